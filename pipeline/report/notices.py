"""What a reader must know before the first number."""

import msgspec

from pipeline.report.counts import Day, total_of
from pipeline.report.model import Origin
from pipeline.report.source import Source
from pipeline.report.voice import Voice


class Warned(msgspec.Struct, frozen=True):
    """What a check found that is odd and stopped nothing."""

    sentence: str
    rows: int


def notices(source: Source, origin: Origin, voice: Voice) -> list[str]:
    """Return the sentences at the top of the page; empty if nothing is amiss."""
    told = _about_period(source, origin, voice)
    if origin.holes:
        told.append(
            voice.count(
                "The history has a hole in this period: messages may be missing, and the numbers "
                "may change. The table coverage tells where.",
                "The history has {number} holes in this period: messages may be missing, and the "
                "numbers may change. The table coverage tells where.",
                origin.holes,
            )
        )
    total = total_of(source.read("days", Day))
    if total.unknown:
        told.append(
            voice.count(
                "One message has a status that nobody has documented; it counts in the traffic, "
                "but as neither success nor failure.",
                "{number} messages have a status that nobody has documented; they count in the "
                "traffic, but as neither success nor failure.",
                total.unknown,
            )
        )
    return told + [
        f"{voice.term(found.sentence)} ({voice.number(found.rows)})"
        for found in source.read("warnings", Warned)
    ]


def _about_period(source: Source, origin: Origin, voice: Voice) -> list[str]:
    total = total_of(source.read("days", Day))
    if origin.first_busy_day is None:
        return [
            voice.say(
                "No outgoing message has been fetched yet, so there is nothing to report. Run: "
                "sms24 sync"
            )
        ]
    if total.outgoing == 0:
        return [
            voice.say(
                "No outgoing message was due in this period; the data have some from {first} to "
                "{last}.",
                first=origin.first_busy_day,
                last=origin.last_busy_day,
            )
        ]
    if total.ended == 0:
        return [
            voice.say("The fate of every message of this period is still open: there is no rate.")
        ]
    return []
