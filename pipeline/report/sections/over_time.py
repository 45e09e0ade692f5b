"""How the period went, step by step: the rate, the volume, and how long sending took."""

from pipeline.report.counts import Day, total_of
from pipeline.report.model import Block, Section, Text
from pipeline.report.notes import notes_table
from pipeline.report.sections.rate_chart import rate_chart
from pipeline.report.sections.time_chart import time_chart
from pipeline.report.sections.volume_chart import volume_chart
from pipeline.report.source import Source
from pipeline.report.steps import grain_of, steps
from pipeline.report.timing import is_timed, timing
from pipeline.report.voice import Voice

QUERIES = ("history", "timing")


def over_time(source: Source, voice: Voice) -> Section:
    """Return the charts over time, and what people noted of its days."""
    title = voice.say("Over time")
    if not total_of(source.read("days", Day)).outgoing:
        nothing = voice.say(
            "No day of this period has an outgoing message, so there is no curve to draw."
        )
        return Section("time", title, (Text(nothing, "empty"),), QUERIES)
    known = source.once(steps)
    blocks: list[Block] = [
        rate_chart(source, known, voice),
        volume_chart(source, known, voice),
        _times(source, voice),
    ]
    if source.notes:
        blocks.append(notes_table(source.notes, voice))
    queries = (*QUERIES, "hours") if grain_of(source.asked) == "hour" else QUERIES
    return Section("time", title, tuple(blocks), queries)


def _times(source: Source, voice: Voice) -> Block:
    if is_timed(source.once(timing).now):
        return time_chart(source, source.once(steps), voice)
    return Text(
        voice.say(
            "Too few messages of this period tell when they were sent, so there is no curve of the "
            "time to send."
        ),
        "empty",
    )
