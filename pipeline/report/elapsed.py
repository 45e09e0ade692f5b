"""The period and the compared one, both up to the same elapsed part, whole and by cell."""

from typing import NamedTuple

import msgspec

from pipeline.report.cells import DIMENSIONS, Cell
from pipeline.report.counts import Counts
from pipeline.report.source import Source
from pipeline.report.split import Part, split
from pipeline.report.stats import Rate


class _Part(Counts, frozen=True, kw_only=True):
    """A row of the query `elapsed`."""

    part: str


class _CellRow(msgspec.Struct, frozen=True):
    """A row of the query `parts`."""

    part: str
    dimension: str
    device_id: int | None
    sim: int | None
    name: str | None
    hits: int
    ended: int


class Both(NamedTuple):
    """Messages by outcome of the two periods."""

    now: Counts
    before: Counts


def elapsed(source: Source) -> Both:
    """Return the messages of both periods up to the same elapsed part."""
    known = {row.part: row for row in source.read("elapsed", _Part)}
    return Both(known.get("now", Counts()), known.get("before", Counts()))


def moved_parts(source: Source) -> dict[str, list[Part[Cell]]]:
    """Return what each cell added to the change of the success rate, by dimension.

    A dimension of one cell tells nothing, and is left out.
    """
    rates: dict[str, dict[str, dict[Cell, Rate]]] = {
        name: {"now": {}, "before": {}} for name in DIMENSIONS
    }
    for row in source.read("parts", _CellRow):
        cell = Cell(row.dimension, row.device_id, row.sim, row.name)
        rates[row.dimension][row.part][cell] = Rate(row.hits, row.ended)
    parts = {name: split(both["before"], both["now"]) for name, both in rates.items()}
    return {name: found for name, found in parts.items() if len(found) > 1}
