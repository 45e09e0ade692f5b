"""The rows of a plan as they are frozen: one per record, what became of it, and its cells."""

import json
from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from pipeline.contacts.dispositions import Outcome, Verdict
from pipeline.contacts.people import Contact
from pipeline.contacts.reading.source import Record, Row

if TYPE_CHECKING:
    import polars as pl

_BLOCK = 10_000


class Asked(NamedTuple):
    """One contact that a row asks for, and what the plan says of it."""

    e164: str
    name: str
    disposition: str
    detail: str


class FrozenRow(NamedTuple):
    """A row of `rows.parquet`.

    Attributes:
        number: of the record, from 1, the header not counted.
        e164: the numbers with a blank between; name: that of the first one.
        several: what becomes of each contact, as JSON, where the row has more than one.
        cells: as they stood in the file.
    """

    line: int
    number: int
    disposition: str
    code: str | None
    detail: str | None
    suggestion: str | None
    e164: str | None
    name: str | None
    warnings: str | None
    several: str | None
    cells: Sequence[str]

    @property
    def contacts(self) -> list[Asked]:
        """The contacts that the row asks for; none where it is rejected."""
        if self.several is not None:
            return [Asked(*found) for found in json.loads(self.several)]
        if self.e164 is None:
            return []
        return [Asked(self.e164, self.name or "", self.disposition, self.detail or "")]


def cells_of(row: Row, width: int) -> Sequence[str]:
    """Return the cells of a row; one that could not be cut stands whole in its first cell."""
    return row.cells if isinstance(row, Record) else (row.raw, *[""] * (width - 1))


def frame_of(outcomes: Sequence[Outcome], width: int) -> "pl.DataFrame":
    """Return a row for each outcome; `width` is how many columns the file has."""
    import polars as pl  # noqa: PLC0415 - who only loads a plan needs none of it

    problems = [outcome.problem for outcome in outcomes]
    contacts = [outcome.contacts for outcome in outcomes]
    columns: dict[str, list[Any]] = {
        "line": [outcome.row.line for outcome in outcomes],
        "number": [outcome.row.number for outcome in outcomes],
        "disposition": [outcome.disposition.value for outcome in outcomes],
        "code": [problem.code if problem else None for problem in problems],
        "detail": [(o.problem.detail if o.problem else o.detail) or None for o in outcomes],
        "suggestion": [outcome.person.suggestion for outcome in outcomes],
        "e164": [" ".join(c.number.e164 for c, _ in found) or None for found in contacts],
        "name": [found[0][0].name if found else None for found in contacts],
        "warnings": [" ".join(outcome.person.warnings) or None for outcome in outcomes],
        "several": [_several(found) if len(found) > 1 else None for found in contacts],
    }
    whole = ("line", "number")
    schema = {name: pl.Int64 if name in whole else pl.String for name in columns}
    # A list of tuples becomes a column of lists ten times slower than this.
    flat = list(chain.from_iterable(cells_of(outcome.row, width) for outcome in outcomes))
    cells = pl.Series("cells", flat, dtype=pl.String).reshape((len(outcomes), width))
    return pl.DataFrame(columns, schema=schema).with_columns(cells.arr.to_list())


def read_rows(path: Path) -> Iterator[list[FrozenRow]]:
    """Give the rows of `rows.parquet` in the order of the file, 10,000 at a time."""
    import polars as pl  # noqa: PLC0415

    for frame in pl.scan_parquet(path).collect_batches(chunk_size=_BLOCK, maintain_order=True):
        for part in frame.iter_slices(_BLOCK):
            yield [FrozenRow._make(row) for row in part.iter_rows()]


def _several(contacts: Sequence[tuple[Contact, Verdict]]) -> str:
    found = [(c.number.e164, c.name, v.disposition.value, v.detail) for c, v in contacts]
    return json.dumps(found, ensure_ascii=False)
