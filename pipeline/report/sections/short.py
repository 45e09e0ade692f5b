"""In short: the verdict in one sentence, and at most five findings."""

from pipeline.report.baseline import FEWEST_DAYS
from pipeline.report.cells import cell_name
from pipeline.report.counts import Day, total_of
from pipeline.report.elapsed import elapsed, moved_parts
from pipeline.report.findings import QUERIES, findings
from pipeline.report.formats import Formats
from pipeline.report.model import Block, Findings, Section, Text
from pipeline.report.source import Source
from pipeline.report.stats import Change, Rate, change_of
from pipeline.report.traffic import titles, traffic
from pipeline.report.voice import Voice

_MOST = 5
_FEW = 10


def short(source: Source, voice: Voice) -> Section:
    """Return what the whole page comes to."""
    found = findings(source, voice)
    total = total_of(source.read("days", Day)).success
    both = source.once(elapsed)
    change = change_of(both.now.success, both.before.success)
    blocks: tuple[Block, ...] = (
        Findings(
            verdict=_verdict(total, change, voice),
            items=tuple(found[:_MOST]),
            calm=_calm(source, voice),
            brief=_brief(total, change, found[0].brief if found else "", voice),
        ),
    )
    if total.of and not _has_history(source):
        few = voice.say(
            "Not enough history to judge single days: no day of this period has {days} days with "
            "messages before it.",
            days=FEWEST_DAYS,
        )
        blocks += (Text(few, "note"),)
    return Section("short", voice.say("In short"), blocks, ("days", *QUERIES))


def unsigned_points(value: float, voice: Formats) -> str:
    """Return a difference of shares in points, without its sign."""
    return voice.points(abs(value)).lstrip("+")


def _verdict(total: Rate, change: Change, voice: Voice) -> str:
    if not total.of:
        return voice.say("There is no message in this period whose fate is known.")
    if total.of < _FEW:
        return voice.say("{rate} messages succeeded: too few for a rate.", rate=total)
    values = {"rate": total, "messages": total.of}
    if change.difference is None:
        return voice.say(
            "{rate} of {messages} messages succeeded; there is nothing to compare with.", **values
        )
    if not change.is_told:
        return voice.say(
            "{rate} of {messages} messages succeeded, about as before ({points}).",
            **values,
            points=voice.points(change.difference),
        )
    points = unsigned_points(change.difference, voice)
    if change.difference < 0:
        return voice.say(
            "{rate} of {messages} messages succeeded, {points} less than before.",
            **values,
            points=points,
        )
    return voice.say(
        "{rate} of {messages} messages succeeded, {points} more than before.",
        **values,
        points=points,
    )


def _brief(total: Rate, change: Change, finding: str, voice: Voice) -> str:
    if not total.of:
        return voice.say("no message whose fate is known")
    rate = voice.rate(total)
    if change.difference is not None:
        rate = f"{rate} {voice.change(change)}"
    if not finding:
        return voice.say("{rate}, nothing unusual", rate=rate)
    return voice.say("{rate}; {finding}", rate=rate, finding=finding)


def _calm(source: Source, voice: Voice) -> str:
    parts = source.once(moved_parts).get("device", [])
    if not parts:
        return voice.say("Nothing unusual.")
    return voice.say(
        "Nothing unusual. Largest change: {phone}, {points} of the success rate of all.",
        phone=cell_name(parts[0].key, source.once(titles), voice),
        points=voice.points(parts[0].effect),
    )


def _has_history(source: Source) -> bool:
    known = source.once(traffic)
    return sum(1 for of in known.total.of[: max(known.end - 1, 0)] if of) >= FEWEST_DAYS
