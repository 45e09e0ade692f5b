"""A CSV file, in whatever encoding and with whatever delimiter, as records."""

import string
from collections.abc import Iterator
from functools import partial
from itertools import islice
from pathlib import Path

from pipeline.contacts.reading import delimiter as delimiters
from pipeline.contacts.reading.container import open_bytes, reading, sha256_of
from pipeline.contacts.reading.encoding import (
    LONE,
    Encoding,
    detect,
    line_batches,
    line_end_of,
)
from pipeline.contacts.reading.guard import delimiter_of, is_errors_file
from pipeline.contacts.reading.head import Head, head_of
from pipeline.contacts.reading.records import Layout, RecordReader, rows_of
from pipeline.contacts.reading.shapes import ReadingOptions, Row, SourceFacts
from pipeline.contacts.values import Problem
from pipeline.errors import UsageError

_SAMPLE_LINES = 1000
_SAMPLE_CHARS = 2_000_000
_SAMPLE_ROWS = 200
_NOTHING = string.whitespace + "".join(delimiters.DELIMITERS)


class TextSource:
    """A CSV file; its rows are streamed from disk at each reading."""

    def __init__(self, path: Path, options: ReadingOptions) -> None:
        self._path = path
        self._open = partial(open_bytes, path)
        self._reader: RecordReader | None = None
        with reading(path):
            encoding = detect(self._open, options.encoding)
            lines = self._first_lines(encoding)
        begin, delimiter = _beginning(path, lines, options)
        head, end = _head(path, lines, begin, delimiter, options)
        self._layout = Layout(
            delimiter,
            len(head.names),
            skipped=end if head.has_header else begin,
            phone_columns=head.phone_columns,
            has_header=head.has_header,
            has_bad_bytes=encoding.has_bad_bytes,
            is_errors_file=is_errors_file(head.names),
        )
        guessed = ("W_ENCODING_GUESSED",) if encoding.is_guessed else ()
        self.facts = SourceFacts(
            path=path,
            sha256=sha256_of(path),
            size=path.stat().st_size,
            kind="csv",
            encoding=encoding.name,
            is_encoding_guessed=encoding.is_guessed,
            delimiter="" if delimiter == delimiters.NONE else delimiter,
            line_end=line_end_of(lines),
            has_header=head.has_header,
            header=head.names,
            warnings=(*guessed, *(("W_NUL",) if encoding.has_nul else ()), *head.warnings),
        )

    @property
    def blank(self) -> int:
        """Rows without any text, counted by the latest reading so far."""
        return self._reader.blank if self._reader else 0

    def blocks(self, size: int = 10_000) -> Iterator[list[Row]]:
        """Yield all rows but blank ones, in order, at most `size` at a time."""
        self._reader = RecordReader(self._layout)
        with reading(self._path):
            yield from self._reader.blocks(line_batches(self._open, self.facts.encoding), size)

    def _first_lines(self, encoding: Encoding) -> list[str]:
        lines: list[str] = []
        chars = 0
        for batch in line_batches(self._open, encoding.name):
            lines += batch
            chars += sum(map(len, batch))
            if len(lines) >= _SAMPLE_LINES or chars >= _SAMPLE_CHARS:
                break
        return lines[:_SAMPLE_LINES]


def _beginning(path: Path, lines: list[str], options: ReadingOptions) -> tuple[int, str]:
    """Return where the rows begin, and the delimiter; Excel's `sep=` line is no row."""
    named = delimiters.from_sep_line(lines[0]) if lines else None
    begin = int(named is not None)
    # The cells of an errors file may have more lines than are looked at here.
    named = named or (delimiter_of(lines[0]) if lines else None)
    if not any(line.strip(_NOTHING) for line in lines[begin:]):
        raise UsageError(f"{path} has no rows", advice="Give a file with a header and contacts.")
    if options.delimiter is not None:
        return begin, delimiters.checked(options.delimiter)
    return begin, named or delimiters.choose(lines[begin:])


def _head(
    path: Path, lines: list[str], begin: int, delimiter: str, options: ReadingOptions
) -> tuple[Head, int]:
    """Return what the first rows say of the columns, and the line after the first of them."""
    found = list(islice(rows_of(lines[begin:], delimiter), _SAMPLE_LINES))
    first = next((at for at, (_, cells) in enumerate(found) if _has_text(cells)), None)
    if first is None:
        raise UsageError(f"{path} has no rows", advice="Give a file with a header and contacts.")
    at, cells = found[first]
    if isinstance(cells, Problem) and options.has_header is not False:
        raise UsageError(
            f"line {begin + at + 1} of {path}, its header, is damaged: {cells.detail}",
            advice="Mend that line, or say --no-header if it is no header.",
        )
    if isinstance(cells, list) and options.has_header is not False and _has_bad(cells):
        raise UsageError(
            f"line {begin + at + 1} of {path}, its header, has bytes that are no text",
            advice="Name the file's encoding with --encoding, or save it as CSV UTF-8.",
        )
    end = begin + found[first + 1][0] if len(found) > first + 1 else len(lines)
    rows = [cells for _, cells in found if isinstance(cells, list) and _has_text(cells)]
    if not rows:
        raise UsageError(f"{path} has no rows that can be read", advice="Is it a CSV file?")
    return head_of(rows[:_SAMPLE_ROWS], options.has_header), end


def _has_bad(cells: list[str]) -> bool:
    return any(map(LONE.search, cells))


def _has_text(cells: list[str] | Problem) -> bool:
    return isinstance(cells, Problem) or any(map(str.strip, cells))
