"""What the rules for incidents read: the traffic of the period and of the 28 days before it."""

from dataclasses import dataclass
from datetime import date

import msgspec

from pipeline.report.cells import Cell
from pipeline.report.counts import Day
from pipeline.report.series import Line, line_of, together
from pipeline.report.source import Source


class _LineRow(msgspec.Struct, frozen=True):
    """A row of the query `lines`."""

    dimension: str
    device_id: int | None
    sim: int | None
    name: str | None
    places: list[int]
    hits: list[int]
    ended: list[int]


class _CodeRow(msgspec.Struct, frozen=True):
    """A row of the query `line_codes`."""

    device_id: int | None
    sim: int | None
    code: int
    places: list[int]
    messages: list[int]


class PhoneNow(msgspec.Struct, frozen=True):
    """How a phone does now; a row of the query `phones_now`."""

    device_id: int
    title: str | None
    is_listed: bool
    state: str
    likely_cause: str | None
    first_action: str | None
    silent_seconds: float | None


@dataclass(frozen=True, slots=True)
class CodeLine:
    """How often a failure code came on a SIM, by the place of the day."""

    cell: Cell
    code: int
    messages: dict[int, int]


@dataclass(frozen=True, slots=True)
class Traffic:
    """The lines of a report; all begin 28 days before its period.

    Attributes:
        days: every day with its messages by outcome.
        total: all traffic together.
        cells: the line of each cell of each dimension.
        sims: the same of the SIMs, by phone.
        codes: the failures of each SIM by code.
        begin: the place of the period's first day.
        end: the place of the first day whose messages have not had the time to settle.
    """

    days: tuple[Day, ...]
    total: Line
    cells: dict[Cell, Line]
    sims: dict[int | None, dict[Cell, Line]]
    codes: tuple[CodeLine, ...]
    begin: int
    end: int

    def of(self, dimension: str) -> dict[Cell, Line]:
        """Return the lines of one dimension."""
        return {cell: line for cell, line in self.cells.items() if cell.dimension == dimension}


def traffic(source: Source) -> Traffic:
    """Return what happened by day, in total and by cell."""
    days = tuple(source.read("history", Day))
    first, count = days[0].day, len(days)
    total = Line(
        first,
        tuple(day.success.hits for day in days),
        tuple(day.success.of for day in days),
    )
    sims, others = _cells(source, first, count)
    phones = {
        Cell("device", number): together(list(lines.values())) for number, lines in sims.items()
    }
    return Traffic(
        days=days,
        total=total,
        cells=phones
        | {cell: line for lines in sims.values() for cell, line in lines.items()}
        | others,
        sims=sims,
        codes=tuple(
            CodeLine(
                Cell("sim", row.device_id, row.sim),
                row.code,
                dict(zip(row.places, row.messages, strict=True)),
            )
            for row in source.read("line_codes", _CodeRow)
        ),
        begin=total.place(source.asked.period.first),
        end=min(max(total.place(source.asked.mature_until.date()), 0), count),
    )


def phones(source: Source) -> dict[int | None, PhoneNow]:
    """Return every phone by its id."""
    return {phone.device_id: phone for phone in source.read("phones_now", PhoneNow)}


def titles(source: Source) -> dict[int | None, str | None]:
    """Return what each phone is called."""
    return {number: phone.title for number, phone in source.once(phones).items()}


def _cells(
    source: Source, first: date, count: int
) -> tuple[dict[int | None, dict[Cell, Line]], dict[Cell, Line]]:
    sims: dict[int | None, dict[Cell, Line]] = {}
    others: dict[Cell, Line] = {}
    for row in source.read("lines", _LineRow):
        cell = Cell(row.dimension, row.device_id, row.sim, row.name)
        line = line_of(first, count, row.places, row.hits, row.ended)
        place = sims.setdefault(row.device_id, {}) if row.dimension == "sim" else others
        place[cell] = line
    return sims, others
