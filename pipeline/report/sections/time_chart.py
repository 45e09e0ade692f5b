"""How long messages took from due to sent, over time."""

from collections.abc import Sequence
from datetime import timedelta

from pipeline.report.axes import longest_time, time_ticks
from pipeline.report.charts import Chart, Curve, line_paths, lone_points
from pipeline.report.sections.stepwise import (
    hatches,
    marks,
    step_cell,
    step_column,
    step_name,
    step_ticks,
)
from pipeline.report.source import Source
from pipeline.report.stats import Rate
from pipeline.report.steps import Step, grain_of
from pipeline.report.tables import Column, Table
from pipeline.report.timing import Timed, is_timed, timing
from pipeline.report.voice import Voice


def time_chart(source: Source, steps: Sequence[Step], voice: Voice) -> Chart:
    """Return the median of the time to send as a line, and its 95th percentile dashed."""
    rows = [_timed(source, step) for step in steps]
    drawn = [
        row if is_timed(row) and step.is_shown else Timed()
        for row, step in zip(rows, steps, strict=True)
    ]
    p50, p95 = [row.p50 for row in drawn], [row.p95 for row in drawn]
    top = longest_time(max((value for value in p95 if value is not None), default=1))
    now = source.once(timing).now
    last = steps[-1]
    return Chart(
        ident="times",
        title=_title(source, voice),
        finding=voice.say(
            "Half of the messages were sent within {p50} of being due, 95 % within {p95}.",
            p50=voice.seconds(now.p50),
            p95=voice.seconds(now.p95),
        ),
        description=voice.say(
            "Two lines of {count} values on a scale from 0 to {top}. The last, {step}: median "
            "{p50}, 95 % within {p95}.",
            count=len(steps),
            top=voice.seconds(top),
            step=step_name(source, last, voice),
            p50=voice.seconds(rows[-1].p50),
            p95=voice.seconds(rows[-1].p95),
        ),
        x_ticks=step_ticks(source, steps, voice),
        y_ticks=time_ticks(top, voice),
        legend=(("line", voice.say("median")), ("dashed", voice.say("95 % were faster"))),
        curves=(
            Curve("line", line_paths(p50, 0, top)),
            Curve("dashed", line_paths(p95, 0, top)),
        ),
        points=lone_points(p50, 0, top),
        marks=marks(source, steps),
        hatches=hatches(steps),
        data=_data(source, steps, rows, voice),
    )


def _timed(source: Source, step: Step) -> Timed:
    begin = step.begin
    if grain_of(source.asked) == "week":
        begin -= timedelta(days=begin.weekday())
    return source.once(timing).by_step.get(begin, Timed())


def _title(source: Source, voice: Voice) -> str:
    return {
        "hour": voice.say("Time from due to sent, per hour"),
        "day": voice.say("Time from due to sent, per day"),
        "week": voice.say("Time from due to sent, per week"),
    }[grain_of(source.asked)]


def _data(source: Source, steps: Sequence[Step], rows: Sequence[Timed], voice: Voice) -> Table:
    return Table(
        _title(source, voice),
        (
            step_column(source, voice),
            Column(voice.say("Median"), "seconds", "p50"),
            Column(voice.say("95 % within"), "seconds", "p95"),
            Column(voice.say("Left the phone"), "number", "left_phone"),
            Column(voice.say("Telling when"), "rate", "timed"),
        ),
        tuple(
            (step_cell(source, step), row.p50, row.p95, row.left_phone, _share(row))
            for step, row in zip(steps, rows, strict=True)
        ),
        ident=f"times_by_{grain_of(source.asked)}",
    )


def _share(row: Timed) -> Rate:
    return Rate(row.timed, row.left_phone)
