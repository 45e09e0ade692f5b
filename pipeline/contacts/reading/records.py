"""Cut physical lines into records; a damaged line costs itself, never its neighbours."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from pipeline.contacts.reading.encoding import LONE, MOST_LINE
from pipeline.contacts.reading.likeness import looks_like_phones
from pipeline.contacts.reading.shapes import Record, Refused, Row
from pipeline.contacts.values import Problem

# A record grows over so many lines, and so many characters, before its quote counts as left open.
MOST_LINES = 50
_MOST_GROWTH = 20_000
MOST_CELL = 32_767  # as in Excel
# An errors file is written by us: a cell of it may be all line ends, and has a ' more.
_LONGEST = MOST_CELL + 1
MOST_RAW = 1000


class QuotedRecords:
    """Reads records that hold a quote, strictly, line by line as far as each needs."""

    def __init__(self, delimiter: str, most: tuple[int, int] = (MOST_LINES, _MOST_GROWTH)) -> None:
        self._rows = csv.reader(self, delimiter=delimiter, strict=True)
        self._most_lines, self._most_growth = most
        self._lines: Sequence[str] = ()
        self._at = self._stop = self._grown = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if self._at >= self._stop or self._grown > self._most_growth:
            raise StopIteration
        line = self._lines[self._at]
        self._at += 1
        self._grown += len(line)
        return line

    def read(self, lines: Sequence[str], at: int) -> tuple[list[str] | Problem, int]:
        """Return the cells of the record that begins at `at`, and where the next one begins.

        Of a record that is none, a Problem, and its first line alone is spent.
        """
        self._lines, self._at, self._grown = lines, at, 0
        self._stop = min(len(lines), at + self._most_lines)
        try:
            return next(self._rows), self._at
        except csv.Error as error:
            if "field larger" in str(error):
                return Problem("E_CELL_TOO_LONG", f"more than {MOST_CELL} characters"), at + 1
            if self._at > at + 1 or "unexpected end" in str(error):
                return Problem("E_CSV_OPEN_QUOTE", "a quote is opened and not closed"), at + 1
            return Problem("E_CSV_QUOTE", "text after a closing quote"), at + 1


def rows_of(lines: Sequence[str], delimiter: str) -> Iterator[tuple[int, list[str] | Problem]]:
    """Yield where each record of a sample begins, and its cells, however many they are."""
    quoted = QuotedRecords(delimiter)
    at = 0
    while at < len(lines):
        begin, cells = at, cells_of(lines[at], delimiter)
        at += 1
        if cells is None:
            cells_or_problem, at = quoted.read(lines, begin)
            yield begin, cells_or_problem
        else:
            yield begin, cells


def cells_of(line: str, delimiter: str) -> list[str] | None:
    """Return the cells of a line without quotes; None where it has some."""
    return None if '"' in line else line.rstrip("\r\n").split(delimiter)


@dataclass(frozen=True, slots=True)
class Layout:
    """How the lines of one file are to be cut.

    Attributes:
        skipped: physical lines before the first record.
        phone_columns: where numbers stand, from 0; known from the first rows.
        has_bad_bytes: lines may hold lone surrogates.
        is_errors_file: it was written by us, with every quote closed.
    """

    delimiter: str
    width: int
    skipped: int = 0
    phone_columns: tuple[int, ...] = ()
    has_header: bool = True
    has_bad_bytes: bool = False
    is_errors_file: bool = False

    @property
    def most(self) -> tuple[int, int]:
        """Lines and characters over which a record may grow."""
        if self.is_errors_file:
            return self.width * _LONGEST, self.width * _LONGEST
        return MOST_LINES, _MOST_GROWTH


class RecordReader:
    """Reads the records of one file, once; `blank` counts the rows without any text."""

    def __init__(self, layout: Layout) -> None:
        self.blank = 0
        self._layout = layout
        self._quoted = QuotedRecords(layout.delimiter, layout.most)
        self._number = 0
        self._line = 1  # of the first of the lines at hand
        self._closing: dict[int, int] = {}  # a line whose quote closes what another one opened

    def blocks(self, batches: Iterable[list[str]], size: int) -> Iterator[list[Row]]:
        """Yield the rows of all lines, at most `size` at a time."""
        rows: list[Row] = []
        lines: list[str] = []
        skip = self._layout.skipped
        for batch in batches:
            lines += batch
            at = min(skip, len(lines))
            skip -= at
            # Lines are held back, so that a record always finds the rest of itself.
            lines = self._read(lines, at, len(lines) - self._layout.most[0], rows)
            while len(rows) >= size:
                yield rows[:size]
                rows = rows[size:]
        self._read(lines, 0, len(lines), rows)
        for begin in range(0, len(rows), size):
            yield rows[begin : begin + size]

    def _read(self, lines: list[str], at: int, stop: int, rows: list[Row]) -> list[str]:
        """Read the records that begin before `stop`; return the lines that are left."""
        delimiter, width, has_bad = self._delimiter, self._layout.width, self._layout.has_bad_bytes
        first = self._line
        while at < stop:
            line = lines[at]
            if '"' in line or len(line) > MOST_CELL or (has_bad and LONE.search(line)):
                at = self._read_carefully(lines, at, rows)
                continue
            cells = line.rstrip("\r\n").split(delimiter)
            if len(cells) == width and cells[0].strip():
                self._number += 1
                rows.append(Record(first + at, self._number, tuple(cells)))
            else:
                self._judge(cells, lines, (at, at + 1), rows)
            at += 1
        self._line += at
        return lines[at:]

    @property
    def _delimiter(self) -> str:
        return self._layout.delimiter

    def _read_carefully(self, lines: list[str], at: int, rows: list[Row]) -> int:
        """Read one record that is not plain; return where the next one begins."""
        found, end = self._cut(lines, at)
        if isinstance(found, Problem):
            self._refuse(found, lines, (at, end), rows)
        elif self._is_plain(found) and len(lines[at]) <= MOST_CELL and end == at + 1:
            self._number += 1
            rows.append(Record(self._line + at, self._number, tuple(found)))
        else:
            self._judge(found, lines, (at, end), rows)
        return end

    def _is_plain(self, cells: list[str]) -> bool:
        layout = self._layout
        return len(cells) == layout.width and bool(cells[0].strip()) and not layout.has_bad_bytes

    def _cut(self, lines: list[str], at: int) -> tuple[list[str] | Problem, int]:
        line = self._line + at
        if len(lines[at]) > MOST_LINE:
            return Problem("E_CELL_TOO_LONG", f"a line of over {MOST_LINE} characters"), at + 1
        if line in self._closing:
            opened = self._closing.pop(line)
            return Problem("E_CSV_MERGED", f"closes the quote that line {opened} opens"), at + 1
        plain = cells_of(lines[at], self._delimiter)
        if plain is not None:
            return plain, at + 1
        found, end = self._quoted.read(lines, at)
        if end == at + 1 or isinstance(found, Problem) or not _is_merged(found, self._layout):
            return found, end
        # Both lines are damaged, those between them are not: they are read by themselves.
        last = self._line + end - 1
        self._closing[last] = line
        return Problem("E_CSV_MERGED", f"opens a quote that line {last} closes"), at + 1

    def _judge(
        self, cells: list[str], lines: list[str], span: tuple[int, int], rows: list[Row]
    ) -> None:
        """Keep the cells of the lines of `span` as a record, count them as blank, or refuse."""
        width = self._layout.width
        if not any(cell.strip() for cell in cells):
            self._number += 1
            self.blank += 1
            return
        problem = None
        if any(len(cell) > MOST_CELL + self._layout.is_errors_file for cell in cells):
            problem = Problem("E_CELL_TOO_LONG", f"more than {MOST_CELL} characters")
        elif self._layout.has_bad_bytes and any(map(LONE.search, cells)):
            problem = Problem("E_ENCODING", "bytes that are no text in the file's encoding")
        elif len(cells) < width or any(cell.strip() for cell in cells[width:]):
            whose = "header has" if self._layout.has_header else "first rows have"
            problem = Problem("E_CSV_COLUMNS", f"{len(cells)} cells, {whose} {width}")
        if problem:
            self._refuse(problem, lines, span, rows)
            return
        self._number += 1
        rows.append(Record(self._line + span[0], self._number, tuple(cells[:width])))

    def _refuse(
        self, problem: Problem, lines: list[str], span: tuple[int, int], rows: list[Row]
    ) -> None:
        self._number += 1
        raw = "".join(lines[span[0] : span[1]])[:MOST_RAW].rstrip("\r\n")
        text = LONE.sub("\ufffd", raw)
        rows.append(Refused(self._line + span[0], self._number, problem, text))


def _is_merged(cells: Sequence[str], layout: Layout) -> bool:
    """Whether a cell of several lines has swallowed rows: a line of it reads as a whole row."""
    if layout.is_errors_file:
        return False
    for column, cell in enumerate(cells):
        if "\n" not in cell and "\r" not in cell:
            continue
        pieces = [piece.split(layout.delimiter) for piece in cell.splitlines()]
        inner = pieces[1:-1]
        if layout.width > 1:
            # The first line of the first column, and the last line of a later one, are whole too.
            inner = [*pieces[: column == 0], *inner]
            inner += [pieces[-1] + list(cells[column + 1 :])] * (column > 0)
        if any(_is_whole(row, layout) for row in inner):
            return True
    return False


def _is_whole(cells: Sequence[str], layout: Layout) -> bool:
    columns = layout.phone_columns or range(layout.width)
    return len(cells) == layout.width and any(looks_like_phones(cells[c]) for c in columns)
