"""What templates ask about values to lay them out: places, scales, and what to sort by."""

import re
from collections.abc import Sequence
from datetime import date
from typing import Any

from pipeline.report.charts import Bar
from pipeline.report.stats import Change, Rate
from pipeline.report.tables import Table

Scale = tuple[float, float]
_SHADES = 5
# What most cells are: right-aligned on one line, which needs no class.
_FIGURES = {"number", "share", "rate", "points", "change", "seconds"}
_STEERS_CSS = re.compile(r"[^\w\xa0 ./%-]")
# Bars from this width on may move by half a thousandth without a gap that looks uneven.
_WIDE = 20
_BY_THEIR_TEXT = {"text", "state", "spark", "strip"}
_WORDS = {"text", "day", "moment"}
# The style sheet names the titles of so many columns; those of others stand at their cells.
MOST_LABELS = 12


def tenth(per_mille: float) -> str:
    """Return a place in a box of 1000 as percent, with two decimals at most."""
    return f"{per_mille / 10:.2f}".rstrip("0").rstrip(".")


def short(percent: float) -> str:
    """Return a place in percent without an idle zero."""
    return f"{percent:g}"


def outline(bars: Sequence[Bar]) -> str:
    """Return the bars as one path to fill, in their box of 1000."""
    return "".join(map(_bar, bars))


def _bar(bar: Bar) -> str:
    digits = 0 if bar.width >= _WIDE else 1
    x, width = (f"{round(size, digits):g}" for size in (bar.x, bar.width))
    return f"M{x} {round(bar.y)}h{width}V{round(bar.y + bar.height)}h-{width}"


def lean_sql(text: str) -> str:
    """Return a query with half the indent; one with a text over several lines as it is."""
    lines = text.splitlines()
    if any(line.count("'") % 2 for line in lines):
        return text
    return "\n".join(" " * (_indent(line) // 2) + line.lstrip(" ") for line in lines)


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def sort_key(value: Any) -> float | None:
    """Return the number that a cell of figures or of times is sorted by; None without one."""
    if isinstance(value, Rate):
        value = value.value
    elif isinstance(value, Change):
        value = value.difference
    elif isinstance(value, date):
        value = int(value.strftime("%Y%m%d%H%M"))
    return None if value is None else round(value, 4)


def ranks(table: Table, place: int) -> str | None:
    """Return the rank of each row by a column, nothing for a cell without; None for words."""
    if table.columns[place].kind in _BY_THEIR_TEXT:
        return None
    keys = [sort_key(row[place]) for row in table.rows]
    order = {key: rank for rank, key in enumerate(sorted({key for key in keys if key is not None}))}
    return " ".join("" if key is None else str(order[key]) for key in keys)


def is_typed(table: Table) -> bool:
    """Return whether the cells of a table are not all words and times, which begin at the left."""
    return not {column.kind for column in table.columns} <= _WORDS


def look(value: Any, kind: str) -> str:
    """Return the class of a cell: figures need none, and a change that is none steps back."""
    if kind == "change" and value is not None and direction(value) == "flat":
        return "flat"
    return "" if kind in _FIGURES else kind


def labels(table: Table) -> str:
    """Return the titles of the columns after the first, as the style sheet reads them."""
    titles = [column.title for column in table.columns[1 : MOST_LABELS + 1]]
    return ";".join(f'--c{place}:"{_in_css(title)}"' for place, title in enumerate(titles, 1))


def _in_css(text: str) -> str:
    """Return a text as it may stand within quotes in a style, whatever it holds."""
    return _STEERS_CSS.sub(lambda found: f"\\{ord(found[0]):x} ", text)


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


def whisker_places(rate: Rate, scale: Scale) -> tuple[int, int, int]:
    """Return where an interval begins, its rate and where it ends, in percent of the scale."""
    low, high = rate.interval or scale
    bottom, top = scale
    ends = (low, rate.value or 0, high)
    return tuple(round(100 * (end - bottom) / (top - bottom)) for end in ends)  # type: ignore[return-value]


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
