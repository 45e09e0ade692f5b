"""What templates ask about values to lay them out: places, scales, and what to sort by."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from pipeline.report.charts import Bar
from pipeline.report.stats import Change, Rate
from pipeline.report.tables import Table

Scale = tuple[float, float]
_SHADES = 5


def tenth(per_mille: float) -> str:
    """Return a place in a box of 1000 as percent, with two decimals at most."""
    return f"{per_mille / 10:.2f}".rstrip("0").rstrip(".")


def outline(bars: Sequence[Bar]) -> str:
    """Return the bars as one path in their box of 1000."""
    return "".join(
        f"M{bar.x:g} {bar.y:g}h{bar.width:g}v{bar.height:g}h-{bar.width:g}z" for bar in bars
    )


def sort_key(value: Any, kind: str) -> float | str | None:
    """Return the number that a cell is sorted by, "" for a cell without; None sorts by its text."""
    if kind in {"text", "state", "spark", "strip"}:
        return None
    if isinstance(value, Rate):
        value = value.value
    elif isinstance(value, Change):
        value = value.difference
    elif isinstance(value, date):
        return value.strftime("%Y%m%d%H%M")
    return "" if value is None else round(value, 4)


def scales(table: Table) -> list[Scale | None]:
    """Return the one scale of each column of sparklines or whiskers: rows can be compared."""
    return [
        _scale([row[place] for row in table.rows if row[place] is not None], column.kind)
        for place, column in enumerate(table.columns)
    ]


def _scale(cells: list[Any], kind: str) -> Scale | None:
    if kind == "whisker":
        lows = [rate.interval[0] for rate in cells if rate.interval]
        return int(min(lows, default=0) * 10) / 10, 1.0
    if kind == "spark":
        known = [value for cell in cells for value in cell if value is not None]
        return (min(known), max(known)) if known else None
    return None


def whisker_places(rate: Rate, scale: Scale) -> tuple[float, float, float]:
    """Return where an interval begins, its rate and where it ends, in percent of the scale."""
    low, high = rate.interval or scale
    bottom, top = scale
    ends = (low, rate.value or 0, high)
    return tuple(round(100 * (end - bottom) / (top - bottom), 1) for end in ends)  # type: ignore[return-value]


def shade(rate: Rate, worst: float) -> int:
    """Return how dark a rate's cell is, from 0 to 5."""
    return 0 if not worst else min(_SHADES, round(_SHADES * (rate.value or 0) / worst))


def direction(change: Change) -> str:
    """Return `up`, `down`, or `flat` where nothing is told."""
    if not change.is_told or not change.difference:
        return "flat"
    return "up" if change.difference > 0 else "down"


def has_dimension(blocks: Sequence[Any]) -> bool:
    """Return whether a table among the blocks has rows that a reader may look for by name."""
    return any(getattr(block, "is_dimension", False) for block in blocks)


def kind_of(block: Any) -> str:
    """Return what a block is, by the tag of its type."""
    return str(block.__struct_config__.tag)
