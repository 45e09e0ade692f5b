"""What all charts over time share: their slots, and what stands beside or behind the curves."""

from collections.abc import Sequence
from datetime import datetime
from itertools import groupby

from pipeline.report.axes import slot_ticks
from pipeline.report.charts import BOX, Tick, centre
from pipeline.report.formats import short_name
from pipeline.report.source import Source
from pipeline.report.steps import Step, grain_of
from pipeline.report.tables import Column
from pipeline.report.voice import Voice


def step_column(source: Source, voice: Voice) -> Column:
    """Return the first column of a chart's numbers."""
    grain = grain_of(source.asked)
    if grain == "hour":
        return Column(voice.say("Hour"), "moment", "hour")
    return Column(voice.say("Day") if grain == "day" else voice.say("Week from"), "day", grain)


def step_cell(source: Source, step: Step) -> object:
    """Return what that column has for a step."""
    return step.begin if grain_of(source.asked) == "hour" else step.begin.date()


def step_name(source: Source, step: Step, voice: Voice) -> str:
    """Return what a sentence calls a step."""
    grain = grain_of(source.asked)
    if grain == "hour":
        return voice.moment(step.begin)
    day = voice.day(step.begin.date())
    return day if grain == "day" else voice.say("the week from {day}", day=day)


def step_ticks(source: Source, steps: Sequence[Step], voice: Voice) -> tuple[Tick, ...]:
    """Return the ticks below a chart."""
    is_hour = grain_of(source.asked) == "hour"
    return slot_ticks([_short(step.begin, voice, is_hour=is_hour) for step in steps])


def hatches(steps: Sequence[Step]) -> tuple[tuple[float, float], ...]:
    """Return where steps stand whose messages have not had the time to settle."""
    width = BOX / max(len(steps), 1)
    found: list[tuple[float, float]] = []
    place = 0
    for is_mature, run in groupby(steps, key=lambda step: step.is_mature):
        count = len(list(run))
        if not is_mature:
            found.append((round(place * width, 2), round(count * width, 2)))
        place += count
    return tuple(found)


def marks(source: Source, steps: Sequence[Step]) -> tuple[tuple[float, str], ...]:
    """Return where the notes that people made of these days begin."""
    found: list[tuple[float, str]] = []
    for note in source.notes:
        touched = [
            place
            for place, step in enumerate(steps)
            if step.begin.date() <= note.last and step.end.date() > note.first
        ]
        if touched:
            at = round(100 * centre(touched[0], len(steps)), 2)
            found.append((at, short_name(note.text, "")))
    return tuple(found)


def _short(begin: datetime, voice: Voice, *, is_hour: bool) -> str:
    if not is_hour or begin.hour == 0:
        return voice.short_day(begin.date())
    return f"{begin:%H:%M}"
