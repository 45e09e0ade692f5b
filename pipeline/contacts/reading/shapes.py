"""The shapes that reading gives: records, refused rows, what is known of the file."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from pipeline.contacts.values import Problem


@dataclass(frozen=True, slots=True)
class Record:
    """One row as text.

    Attributes:
        line: the first physical line in the file (of a workbook the row), from 1.
        number: the row's number, from 1; the header is not counted, blank rows are.
        cells: as many as the header has, as they stand in the file.
        origin: of an errors file that is fed again: line, code, problem, suggestion and run.
    """

    line: int
    number: int
    cells: tuple[str, ...]
    origin: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Refused:
    """One row that cannot be read; `raw` is its text, at most 1,000 characters."""

    line: int
    number: int
    problem: Problem
    raw: str


Row = Record | Refused


@dataclass(frozen=True, slots=True)
class ReadingOptions:
    """What a person may say of the file; None leaves it to the file itself.

    Attributes:
        encoding: for a file that is neither UTF-8 nor UTF-16; cp1252 where nobody says.
        delimiter: one character.
        has_header: whether the first row names the columns.
        sheet: of a workbook, by name.
    """

    encoding: str | None = None
    delimiter: str | None = None
    has_header: bool | None = None
    sheet: str | None = None


@dataclass(frozen=True, slots=True)
class SourceFacts:
    """What is known of a file before its rows are read.

    Attributes:
        sha256: of the file as it lies on disk, 64 hexadecimal digits.
        size: in bytes, on disk.
        kind: `csv`, `xlsx` or `vcard`.
        encoding: a name of Python's; empty for a workbook.
        is_encoding_guessed: neither the file nor a person says it.
        delimiter: empty where there is one column, or none is needed.
        line_end: `CRLF`, `LF` or `CR`, whichever the first lines end in; empty for a workbook.
        header: the columns, trimmed; `column 1` and so on where the file names none.
        warnings: codes, such as `W_NUL`.
        sheet: of a workbook; empty otherwise.
        is_errors_file: it is the errors file of an earlier import.
    """

    path: Path
    sha256: str
    size: int
    kind: str
    encoding: str = ""
    is_encoding_guessed: bool = False
    delimiter: str = ""
    line_end: str = ""
    has_header: bool = True
    header: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    sheet: str = ""
    is_errors_file: bool = False


class Source(Protocol):
    """A file of contacts that can be read, from its first row, as often as needed."""

    @property
    def facts(self) -> SourceFacts:
        """What is known before the rows are read."""

    @property
    def blank(self) -> int:
        """Rows without any text, counted by the latest reading so far."""

    def blocks(self, size: int = 10_000) -> Iterator[list[Row]]:
        """Yield all rows but blank ones, in order, at most `size` at a time."""
