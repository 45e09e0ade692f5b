"""What a reader must know before the first number."""

from datetime import date, datetime, time, timedelta

import msgspec

from pipeline.report.counts import Counts, Day, total_of
from pipeline.report.model import Origin
from pipeline.report.source import Source
from pipeline.report.voice import Voice

_ENOUGH_DAYS = 14


class Warned(msgspec.Struct, frozen=True):
    """What a check found that is odd and stopped nothing."""

    sentence: str
    rows: int


class Reach(msgspec.Struct, frozen=True, kw_only=True):
    """How much there is to report on.

    Attributes:
        asked_all, asked_here: messages of the period in all, and within the filter.
        before: messages of the same part of the compared period, within the filter.
        nearest_before, nearest_after: the nearest days with messages around the period.
        history_days: days from the first message within the filter to the end of the period.
        first_known: the first day of the history that was asked for; None before the first sync.
        is_known: whether the phone of the filter is known; true without a filter.
        doubt: why nothing is called proven although no window has a hole; None for no reason.
    """

    asked_all: int
    asked_here: int
    before: int
    nearest_before: date | None
    nearest_after: date | None
    history_days: int
    first_known: date | None
    is_known: bool
    doubt: str | None


def notices(source: Source, origin: Origin, voice: Voice) -> list[str]:
    """Return the sentences at the top of the page; empty if nothing is amiss."""
    reach, total = source.read("reach", Reach)[0], total_of(source.read("days", Day))
    told = [] if origin.first_busy_day is None else _unproven(source, origin, reach, voice)
    told += [
        _nothing(source, origin, reach, voice),
        _only_open(reach, total, voice),
        _short_history(source, reach, voice),
        _unknown(total, voice),
    ]
    told += [
        f"{voice.term(found.sentence)} ({voice.number(found.rows)})"
        for found in source.read("warnings", Warned)
    ]
    return [sentence for sentence in told if sentence]


def proof(source: Source, origin: Origin, voice: Voice) -> str:
    """Return how much of the period is proven, in a sentence."""
    if origin.until_local is None:
        return voice.say("Nothing is proven yet. Run: sms24 sync")
    if origin.holes:
        return voice.count(
            "Not proven complete: the history has a hole in this period. Messages may be missing, "
            "and the numbers may change.",
            "Not proven complete: the history has {number} holes in this period. Messages may be "
            "missing, and the numbers may change.",
            origin.holes,
        )
    last = datetime.combine(source.asked.period.last + timedelta(days=1), time())
    return voice.say(
        "Proven complete up to {moment}: what was fetched equals the gateway's own counts.",
        moment=min(last, origin.until_local),
    )


def _unproven(source: Source, origin: Origin, reach: Reach, voice: Voice) -> list[str]:
    """Mark a report over what is not proven."""
    told = []
    if origin.holes or origin.until_local is None:
        told.append(proof(source, origin, voice))
    if reach.doubt:
        told.append(voice.say("Nothing is called proven: {why}", why=voice.term(reach.doubt)))
    first = source.asked.period.first
    if reach.first_known and first < reach.first_known:
        told.append(
            voice.say(
                "The history that was asked for begins on {day}: nothing is known of the days "
                "before. To ask for more: sms24 sync --since",
                day=reach.first_known,
            )
        )
    return told


def _nothing(source: Source, origin: Origin, reach: Reach, voice: Voice) -> str:
    if not reach.is_known:
        return voice.say(
            "The filter matches nothing: no phone has the number {device}.",
            device=str(source.asked.device_id),
        )
    if origin.first_busy_day is None:
        return _never(origin, reach, voice)
    if reach.asked_here:
        return ""
    if reach.asked_all:
        return voice.count(
            "The filter matches nothing: one message was due in this period, by another phone.",
            "The filter matches nothing: {number} messages were due in this period, none of them "
            "by this phone.",
            reach.asked_all,
        )
    nearest = _nearest(source, reach)
    if nearest is None:
        return voice.say("No outgoing message was due in this period.")
    return voice.say(
        "No outgoing message was due in this period; the nearest day with any is {day}.",
        day=nearest,
    )


def _never(origin: Origin, reach: Reach, voice: Voice) -> str:
    if reach.first_known and origin.until_local:
        return voice.say("The account has no outgoing message, so there is nothing to report.")
    return voice.say(
        "No outgoing message has been fetched yet, so there is nothing to report. Run: sms24 sync"
    )


def _nearest(source: Source, reach: Reach) -> date | None:
    period = source.asked.period
    before, after = reach.nearest_before, reach.nearest_after
    if before is None or after is None:
        return before or after
    return before if period.first - before <= after - period.last else after


def _only_open(reach: Reach, total: Counts, voice: Voice) -> str:
    if not reach.asked_here or total.ended:
        return ""
    return voice.say("The fate of every message of this period is still open: there is no rate.")


def _short_history(source: Source, reach: Reach, voice: Voice) -> str:
    if not reach.asked_here:
        return ""
    if reach.history_days < _ENOUGH_DAYS:
        return voice.count(
            "There is one day of history: too little to tell what is usual; incidents are looked "
            "for after 14 days.",
            "There are {number} days of history: too few to tell what is usual; incidents are "
            "looked for after 14 days.",
            reach.history_days,
        )
    if not reach.before:
        return voice.say(
            "Everything is new: the compared period, {first} to {last}, has no message, so "
            "nothing can be called better or worse.",
            first=source.asked.before.first,
            last=source.asked.before.last,
        )
    return ""


def _unknown(total: Counts, voice: Voice) -> str:
    if not total.unknown:
        return ""
    return voice.count(
        "One message has a status that nobody has documented; it counts in the traffic, "
        "but as neither success nor failure.",
        "{number} messages have a status that nobody has documented; they count in the "
        "traffic, but as neither success nor failure.",
        total.unknown,
    )
