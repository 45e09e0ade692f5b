"""The geometry of charts: numbers in, plain shapes out, all positions in percent or per mille.

Text and ticks sit at percentages of the drawing, so that they keep their size on any screen; curves
and bars are in a box of 1000 by 1000 that stretches.
"""

from collections.abc import Sequence
from itertools import groupby

import msgspec

from pipeline.report.tables import Table

BOX = 1000.0
_SPARK = 48
_WIDEST_BAR = 90.0


class Tick(msgspec.Struct, frozen=True):
    """A mark on an axis: its place in percent, its text; optional ones hide on narrow screens."""

    at: float
    text: str
    is_optional: bool = False


class Curve(msgspec.Struct, frozen=True):
    """A path in the box, and the role that its style follows.

    Roles: `line`, `dashed` (a second line), `median` (dotted), `band` (an area).
    """

    role: str
    path: str


class Bar(msgspec.Struct, frozen=True):
    """A rectangle in the box, and the role that its style follows.

    Roles: the outcomes, or `series-1` to `series-6` and `other`; see `reports/macros/ink.html`.
    """

    role: str
    x: float
    y: float
    width: float
    height: float


class Chart(msgspec.Struct, frozen=True, tag="chart"):
    """Everything that a template needs to draw a chart; it computes nothing.

    Attributes:
        ident: unique in the page.
        finding: what the chart shows, in a sentence.
        description: range and last value, for those who do not see it.
        legend: (role, text) of each series; roles also `hatch`, `ring`, `mark`.
        data: the numbers behind the chart: one row per slot, in the order of the slots; None for a
            small one within other numbers.
        marks: vertical lines: the place in percent, and what they tell.
        hatches: slots that are not final: where they begin, and their width, in the box.
        rings: places to look at: in percent from the left and the top, and what they tell.
    """

    ident: str
    title: str
    finding: str
    description: str
    x_ticks: tuple[Tick, ...]
    y_ticks: tuple[Tick, ...]
    data: Table | None
    legend: tuple[tuple[str, str], ...] = ()
    curves: tuple[Curve, ...] = ()
    points: tuple[tuple[float, float], ...] = ()
    bars: tuple[Bar, ...] = ()
    marks: tuple[tuple[float, str], ...] = ()
    hatches: tuple[tuple[float, float], ...] = ()
    rings: tuple[tuple[float, float, str], ...] = ()


def centre(place: int, count: int) -> float:
    """Return the middle of the slot of a place among `count` slots, from 0 to 1."""
    return (place + 0.5) / count


def line_paths(values: Sequence[float | None], low: float, high: float) -> str:
    """Return one path through the values that exist; a gap where one is missing.

    Args:
        values: one per slot.
        low: the value at the bottom of the box.
        high: the value at the top.
    """
    parts: list[str] = []
    pen = "M"
    for place, value in enumerate(values):
        if value is None:
            pen = "M"
            continue
        parts.append(f"{pen}{_x(place, len(values))} {_y(value, low, high)}")
        pen = "L"
    return "".join(parts)


def lone_points(
    values: Sequence[float | None], low: float, high: float
) -> tuple[tuple[float, float], ...]:
    """Return the places, in percent, of values without neighbours, which no line would show."""
    return tuple(
        (round(100 * centre(place, len(values)), 2), _y(value, low, high) / 10)
        for place, value in enumerate(values)
        if value is not None
        and (place == 0 or values[place - 1] is None)
        and (place == len(values) - 1 or values[place + 1] is None)
    )


def band_path(intervals: Sequence[tuple[float, float] | None], low: float, high: float) -> str:
    """Return closed areas around each run of intervals that exist."""
    count = len(intervals)
    parts: list[str] = []
    run: list[tuple[int, float, float]] = []
    for place, interval in enumerate([*intervals, None]):
        if interval is not None:
            run.append((place, *interval))
            continue
        if len(run) > 1:
            upper = [f"{_x(x, count)} {_y(top, low, high)}" for x, _, top in run]
            lower = [f"{_x(x, count)} {_y(bottom, low, high)}" for x, bottom, _ in reversed(run)]
            parts.append(f"M{'L'.join(upper + lower)}Z")
        run = []
    return "".join(parts)


def stacked_bars(stacks: Sequence[Sequence[tuple[str, int]]], highest: float) -> tuple[Bar, ...]:
    """Return the rectangles of stacks of (role, size), the first at the bottom; few stay slim."""
    slot = BOX / max(len(stacks), 1)
    width = min(0.76 * slot, _WIDEST_BAR)
    bars: list[Bar] = []
    for place, stack in enumerate(stacks):
        top = 0.0
        for role, size in stack:
            if size > 0:
                top += size
                height = round(size / highest * BOX, 2)
                y = round(BOX - top / highest * BOX, 2)
                left = (place + 0.5) * slot - width / 2
                bars.append(Bar(role, round(left, 2), y, round(width, 2), height))
    return tuple(bars)


def round_top(highest: float) -> float:
    """Return the next of 1, 2, 5, 10, 20, 50 ... at or above a number; 1 for nothing."""
    if highest <= 1:
        return 1.0
    scale = 10 ** (len(str(int(highest))) - 1)
    return float(next(step * scale for step in (1, 2, 5, 10) if step * scale >= highest))


def _x(place: int, count: int) -> int:
    return round(centre(place, count) * BOX)


def _y(value: float, low: float, high: float) -> int:
    return round(BOX - (value - low) / (high - low) * BOX)


def spark_path(
    values: Sequence[float | None], scale: tuple[float, float] | None = None
) -> tuple[str, str] | None:
    """Return the path of a sparkline and that of the dot at its last value.

    They are drawn in a box that is two wide for each slot, and 48 high.

    Args:
        values: one per slot.
        scale: the values at the bottom and the top; without it, the least and the greatest.

    Returns:
        None where there are not two values: a line has two ends.
    """
    known = [value for value in values if value is not None]
    if len(known) < 2:  # noqa: PLR2004 - a line has two ends
        return None
    low, high = scale or (min(known), max(known))
    if high <= low:
        low, high = low - 1, high + 1
    parts: list[str] = []
    last: tuple[int, int] | None = None
    end = (0, 0)
    for at, value in enumerate(values):
        here = (
            None if value is None else (2 * at + 1, round(_SPARK * (high - value) / (high - low)))
        )
        if here and last:
            begin = " " if parts[-1][0] != "M" else "l"
            parts.append(f"{begin}{here[0] - last[0]} {here[1] - last[1]}")
        elif here:
            parts.append(f"M{here[0]} {here[1]}")
        last, end = here, here or end
    return "".join(parts).replace(" -", "-"), f"M{end[0]} {end[1]}h0"


def strip_paths(values: Sequence[float | None]) -> tuple[str, str]:
    """Return the shapes of a strip in a box of 100: its days above nothing, and those of nothing.

    A day with something is a block from top to bottom, one with nothing a low one at the ground,
    one without a value is left blank; neighbours of a kind are one block.
    """
    step, shapes = 100 / max(len(values), 1), {True: "", False: ""}
    for kind, run in groupby(enumerate(values), key=lambda one: one[1] and one[1] > 0):
        places = [place for place, _ in run]
        if kind is not None:
            left, width = round(places[0] * step, 1), round(len(places) * step, 1)
            top = 0 if kind else 70
            shapes[bool(kind)] += f"M{left:g} {top}h{width:g}v{100 - top}h-{width:g}z"
    return shapes[True], shapes[False]
