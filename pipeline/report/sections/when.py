"""When messages fail: by weekday and hour."""

import msgspec

from pipeline.report.model import Heat, Section, Text
from pipeline.report.source import Source
from pipeline.report.stats import Rate
from pipeline.report.voice import Voice

_TOO_FEW = 10
_HOURS = 24
_WEEK = range(1, 8)


class Hour(msgspec.Struct, frozen=True):
    """The messages that were due in an hour of a weekday, 1 for Monday."""

    weekday: int
    hour: int
    outgoing: int
    lost: int

    @property
    def failures(self) -> Rate:
        """`failure_rate`."""
        return Rate(self.lost, self.outgoing)


def when(source: Source, voice: Voice) -> Section:
    """Return the failure rate of each hour of the week."""
    title, hours = voice.say("When"), source.read("when", Hour)
    known = [hour for hour in hours if hour.outgoing >= _TOO_FEW]
    if known:
        return Section("when", title, (week(known, source.asked.timezone, voice),), ("when",))
    if hours:
        said = voice.say("No hour of the week has ten messages: too few to compare hours.")
    else:
        said = voice.say("No message was due in this period, so no hour of the week had any.")
    return Section("when", title, (Text(said, "empty"),), ("when",))


def week(known: list[Hour], timezone: str, voice: Voice) -> Heat:
    """Return a table of weekdays and hours, shaded by the failure rate."""
    rates = {(hour.weekday, hour.hour): hour.failures for hour in known}
    return Heat(
        ident="week",
        title=voice.say("Failure rate by weekday and hour"),
        finding=_finding(known, voice),
        corner=voice.say("Weekday"),
        columns=tuple(f"{hour:02}" for hour in range(_HOURS)),
        rows=tuple(
            (voice.weekday(day), tuple(rates.get((day, hour)) for hour in range(_HOURS)))
            for day in _WEEK
        ),
        worst=max(rate.value or 0 for rate in rates.values()),
        note=voice.say(
            "Failed and undelivered messages, of all that were due in that hour in {zone}. Blank "
            "under 10 messages.",
            zone=timezone,
        ),
    )


def _finding(known: list[Hour], voice: Voice) -> str:
    """Name the hour that is worst for sure: the one whose interval begins highest."""
    worst = max(known, key=lambda hour: (hour.failures.interval or (0, 0))[0])
    if not worst.lost:
        return voice.say("No message failed in any hour with ten or more.")
    return voice.say(
        "The worst hour is {weekday} from {hour}:00: {rate} of {messages} messages failed.",
        weekday=voice.weekday(worst.weekday),
        hour=f"{worst.hour:02}",
        rate=worst.failures,
        messages=worst.outgoing,
    )
