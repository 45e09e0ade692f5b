"""The errors file of an import: how its cells are guarded from Excel, and read back.

Its columns are those of the contacts, then five of its own; the last is its signature.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cached_property

from pipeline.contacts.reading.shapes import Record, Row, Source, SourceFacts

OWN_COLUMNS = ("_line", "_code", "_problem", "_suggestion", "_slc1")
_HEADER = re.compile(r"_line(.)" + r"\1".join(OWN_COLUMNS[1:]))
_SIGNATURE = OWN_COLUMNS[-1]
# Excel would run such a cell or turn it into a number; a leading ' is among them so that
# exactly one can be taken away again.
_GUARDED = ("=", "+", "-", "@", "\t", "\r", "'")


def guarded(cell: str) -> str:
    """Return a cell as the errors file has it: with one leading ' where Excel would change it."""
    return f"'{cell}" if cell.startswith(_GUARDED) else cell


def unguarded(cell: str) -> str:
    """Return what `guarded` was given: one leading ' is taken away."""
    return cell.removeprefix("'")


def is_errors_file(header: tuple[str, ...]) -> bool:
    """Whether the columns are those of an errors file."""
    return _SIGNATURE in header


def delimiter_of(line: str) -> str | None:
    """Return what parts the columns of an errors file, by its header; None for other files."""
    match = _HEADER.search(line)
    return match[1] if match else None


def is_numbered(header: tuple[str, ...]) -> bool:
    """Whether columns have the names that those of a file without header are given."""
    return header == tuple(f"column {number + 1}" for number in range(len(header)))


class ErrorsFile:
    """An errors file that is fed again: its own columns go to `origin`, its cells are bared."""

    def __init__(self, source: Source) -> None:
        self._source = source
        header = source.facts.header
        self._kept = [at for at, name in enumerate(header) if name not in OWN_COLUMNS]
        self._own = [header.index(name) if name in header else None for name in OWN_COLUMNS]

    @cached_property
    def facts(self) -> SourceFacts:
        """What is known before the rows are read, the file's own columns left out."""
        facts = self._source.facts
        header = tuple(unguarded(facts.header[at]) for at in self._kept)
        return replace(
            facts, header=header, has_header=not is_numbered(header), is_errors_file=True
        )

    @property
    def blank(self) -> int:
        """Rows without any text, counted by the latest reading so far."""
        return self._source.blank

    def blocks(self, size: int = 10_000) -> Iterator[list[Row]]:
        """Yield all rows but blank ones, in order, at most `size` at a time."""
        for rows in self._source.blocks(size):
            yield [self._bared(row) if isinstance(row, Record) else row for row in rows]

    def _bared(self, row: Record) -> Record:
        cells = tuple(unguarded(row.cells[at]) for at in self._kept)
        origin = tuple("" if at is None else unguarded(row.cells[at]) for at in self._own)
        return Record(row.line, row.number, cells, origin)
