"""A workbook of Excel as records: every cell as the text of its value, without its format.

Whole numbers stay whole (33612345678, never 3.36E+10 or 33612345678.0), dates are ISO, a formula
is its last result, an error such as #N/A is empty. What Excel has lost is lost: the leading 0 of a
number, digits beyond the fifteenth.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.contacts.reading.container import reading, sha256_of
from pipeline.contacts.reading.head import head_of
from pipeline.contacts.reading.records import MOST_CELL, MOST_RAW
from pipeline.contacts.reading.shapes import ReadingOptions, Record, Refused, Row, SourceFacts
from pipeline.contacts.values import Problem
from pipeline.errors import UsageError

if TYPE_CHECKING:
    import polars as pl

_SAMPLE_ROWS = 200


class WorkbookSource:
    """One sheet of a workbook, held as columns of text; `line` of a record is its row in Excel."""

    def __init__(self, path: Path, options: ReadingOptions) -> None:
        self.blank = 0
        with reading(path):
            name, self._frame, others = _sheet(path, options.sheet)
        begin = next((at for at, row in enumerate(self._frame.iter_rows()) if any(row)), None)
        if begin is None:
            raise UsageError(f"{path} has no rows", advice="Give a sheet with a header and rows.")
        sample = self._frame[begin : begin + _SAMPLE_ROWS]
        head = head_of([_texts(row) for row in sample.iter_rows()], options.has_header)
        self._begin = begin + head.has_header
        self._width = len(head.names)
        self.facts = SourceFacts(
            path=path,
            sha256=sha256_of(path),
            size=path.stat().st_size,
            kind="xlsx",
            has_header=head.has_header,
            header=head.names,
            warnings=(*head.warnings, *(("W_OTHER_SHEETS",) if others else ())),
            sheet=name,
        )

    def blocks(self, size: int = 10_000) -> Iterator[list[Row]]:
        """Yield all rows but blank ones, in order, at most `size` at a time."""
        self.blank = 0
        for begin in range(self._begin, self._frame.height, size):
            rows = self._frame[begin : begin + size].rows()
            found = [self._row(begin + at, _texts(row)) for at, row in enumerate(rows)]
            filled = [row for row in found if row is not None]
            self.blank += len(found) - len(filled)
            yield filled

    def _row(self, at: int, cells: tuple[str, ...]) -> Row | None:
        """Return the row at an index of the sheet; None where it is blank."""
        number = at - self._begin + 1
        if not any(cell.strip() for cell in cells):
            return None
        if not any(cells[self._width :]) and max(map(len, cells)) <= MOST_CELL:
            return Record(at + 1, number, cells[: self._width])
        problem = Problem("E_CSV_COLUMNS", f"cells beyond the {self._width} of the header")
        if max(map(len, cells)) > MOST_CELL:
            problem = Problem("E_CELL_TOO_LONG", f"more than {MOST_CELL} characters")
        return Refused(at + 1, number, problem, "\t".join(cells)[:MOST_RAW])


def _texts(row: tuple[str | None, ...]) -> tuple[str, ...]:
    return tuple(cell or "" for cell in row)


def _sheet(path: Path, asked: str | None) -> "tuple[str, pl.DataFrame, bool]":
    """Return a sheet's name and cells, and whether there are others.

    It is the one asked for, else the first that is not hidden and not empty.
    """
    import fastexcel  # noqa: PLC0415 - only a workbook pays for its engine

    try:
        book = fastexcel.read_excel(path)
        names = book.sheet_names
        for name in names if asked is None else [n for n in names if n == asked]:
            sheet = book.load_sheet(name, header_row=None, skip_rows=0, dtypes="string")
            if asked is not None or (sheet.visible == "visible" and sheet.total_height):
                return name, sheet.to_polars(), len(names) > 1
    except fastexcel.FastExcelError as error:
        raise UsageError(
            f"{path} is a workbook that cannot be read: {str(error).splitlines()[0]}",
            advice="Open it in Excel, save it again as .xlsx or CSV UTF-8, and give that file.",
        ) from None
    if asked is not None:
        raise UsageError(
            f"{path} has no sheet {asked!r}", advice=f"Its sheets: {', '.join(names)}."
        )
    raise UsageError(f"{path} has no rows", advice="Give a workbook with a header and rows.")
