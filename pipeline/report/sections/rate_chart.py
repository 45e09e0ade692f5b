"""The success rate over time: line, band, what is usual, incidents."""

from collections.abc import Sequence
from datetime import date

from pipeline.report.axes import rate_ticks, zoomed_bottom
from pipeline.report.charts import Chart, Curve, band_path, centre, line_paths, lone_points
from pipeline.report.event_words import mark_of
from pipeline.report.events import Found, events
from pipeline.report.formats import TOO_FEW
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
from pipeline.report.voice import Voice

Ring = tuple[float, float, str]


def rate_chart(source: Source, steps: list[Step], voice: Voice) -> Chart:
    """Return the success rate of each step with its 95 % band and the median of 28 days."""
    values = [step.counts.success.value if step.is_shown else None for step in steps]
    intervals = [step.counts.success.interval if step.is_shown else None for step in steps]
    medians = [step.median for step in steps]
    lows = [interval[0] for interval in intervals if interval]
    bottom = min(zoomed_bottom(lows), zoomed_bottom([m for m in medians if m is not None] or [1]))
    rings = _rings(source, steps, bottom, voice)
    return Chart(
        ident="success",
        title=_title(source, voice),
        finding=_finding(source, steps, voice),
        description=_description(source, steps, bottom, voice),
        x_ticks=step_ticks(source, steps, voice),
        y_ticks=rate_ticks(bottom, voice),
        legend=_legend(source, steps, rings, voice),
        curves=(
            Curve("band", band_path(intervals, bottom, 1)),
            Curve("median", line_paths(medians, bottom, 1)),
            Curve("line", line_paths(values, bottom, 1)),
        ),
        points=lone_points(values, bottom, 1),
        marks=marks(source, steps),
        hatches=hatches(steps),
        rings=rings,
        data=_data(source, steps, voice),
    )


def _title(source: Source, voice: Voice) -> str:
    return {
        "hour": voice.say("Success rate per hour"),
        "day": voice.say("Success rate per day"),
        "week": voice.say("Success rate per week"),
    }[grain_of(source.asked)]


def _rings(source: Source, steps: Sequence[Step], bottom: float, voice: Voice) -> tuple[Ring, ...]:
    """Return a ring for each step of a dip of the total, with words at the first of each dip."""
    found: list[Ring] = []
    known = source.once(events)
    if grain_of(source.asked) == "hour":  # the rule judges whole days
        return ()
    for dip in known.odd:
        text = _told(known, dip.first, dip.last, source, voice)
        for place, step in enumerate(steps):
            value = step.counts.success.value
            if value is None or step.end.date() <= dip.first or step.begin.date() > dip.last:
                continue
            at = round(100 * centre(place, len(steps)), 2)
            height = round(100 * (1 - value) / (1 - bottom), 2)
            found.append((at, min(max(height, 0.0), 100.0), text))
            text = ""
    return tuple(found)


def _told(known: Found, first: date, last: date, source: Source, voice: Voice) -> str:
    """Return the words of the costliest event that shows in a dip of the total."""
    for event in known.events:
        if event.is_in_total and event.dip.first <= last and event.dip.last >= first:
            return mark_of(event, source, voice)
    return ""


def _legend(
    source: Source, steps: Sequence[Step], rings: tuple[Ring, ...], voice: Voice
) -> tuple[tuple[str, str], ...]:
    told = {
        "line": (True, voice.say("success rate")),
        "band": (True, voice.say("95 % interval")),
        "median": (
            any(step.median is not None for step in steps),
            voice.say("median of 28 days before"),
        ),
        "ring": (bool(rings), voice.say("out of the ordinary")),
        "hatch": (
            any(not step.is_mature for step in steps),
            voice.say("not settled yet"),
        ),
        "mark": (bool(marks(source, steps)), voice.say("note")),
    }
    return tuple((role, text) for role, (is_there, text) in told.items() if is_there)


def _finding(source: Source, steps: Sequence[Step], voice: Voice) -> str:
    judged = [step for step in steps if step.counts.success.of]
    if not judged:
        return voice.say("No message of this period has ended yet.")
    worst = min(judged, key=lambda step: (step.counts.success.interval or (0, 1))[1])
    total = Rate(
        sum(step.counts.success.hits for step in judged),
        sum(step.counts.success.of for step in judged),
    )
    if total.of < TOO_FEW:
        return voice.say("Of the messages whose fate is known, {rate} got through.", rate=total)
    return voice.say(
        "{rate} of the messages whose fate is known got through ({interval}); "
        "the worst was {step} with {low}.",
        rate=total,
        interval=voice.interval(total),
        step=step_name(source, worst, voice),
        low=worst.counts.success,
    )


def _description(source: Source, steps: Sequence[Step], bottom: float, voice: Voice) -> str:
    last = steps[-1]
    return voice.say(
        "Line of {count} values on a scale from {bottom} to {top}. The last, {step}: {messages} "
        "messages, success rate {rate}.",
        count=len(steps),
        bottom=voice.whole_share(bottom),
        top=voice.whole_share(1),
        step=step_name(source, last, voice),
        messages=last.counts.outgoing,
        rate=last.counts.success,
    )


def _data(source: Source, steps: Sequence[Step], voice: Voice) -> Table:
    yes, no = voice.say("yes"), voice.say("no")
    return Table(
        _title(source, voice),
        (
            step_column(source, voice),
            Column(voice.say("Success rate"), "rate", "success_rate"),
            Column(voice.say("95 % interval"), "interval", "interval"),
            Column(voice.say("Ended"), "number", "ended"),
            Column(voice.say("Median of 28 days before"), "share", "median"),
            Column(voice.say("Proven"), key="proven"),
            Column(voice.say("Settled"), key="settled"),
        ),
        tuple(
            (
                step_cell(source, step),
                step.counts.success,
                step.counts.success,
                step.counts.ended,
                step.median,
                yes if step.is_proven else no,
                yes if step.is_mature else no,
            )
            for step in steps
        ),
        ident=f"success_by_{grain_of(source.asked)}",
    )
