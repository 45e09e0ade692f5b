"""Open a file of contacts, whatever it is, as a source of records."""

from itertools import chain, islice
from pathlib import Path

from pipeline.contacts.reading.container import kind_of
from pipeline.contacts.reading.guard import ErrorsFile, is_errors_file
from pipeline.contacts.reading.shapes import (
    ReadingOptions,
    Record,
    Refused,
    Row,
    Source,
    SourceFacts,
)
from pipeline.contacts.reading.text import TextSource

__all__ = [
    "ReadingOptions",
    "Record",
    "Refused",
    "Row",
    "Source",
    "SourceFacts",
    "open_source",
    "sample_of",
]


def open_source(path: Path, options: ReadingOptions | None = None) -> Source:
    """Return a file's records; an errors file of an earlier import is recognised by its columns.

    Raises:
        UsageError: the file is missing, empty, damaged, or of a kind without rows of text.
    """
    source = _opened(path, options or ReadingOptions())
    return ErrorsFile(source) if is_errors_file(source.facts.header) else source


def sample_of(source: Source, count: int = 1000) -> list[Record]:
    """Return the first records, at most `count`, for finding which column is what."""
    rows = chain.from_iterable(source.blocks(count))
    return list(islice((row for row in rows if isinstance(row, Record)), count))


def _opened(path: Path, options: ReadingOptions) -> Source:
    kind = kind_of(path)
    if kind == "xlsx":
        from pipeline.contacts.reading.xlsx import WorkbookSource  # noqa: PLC0415

        return WorkbookSource(path, options)
    if kind == "vcard":
        from pipeline.contacts.reading.vcard import CardSource  # noqa: PLC0415

        return CardSource(path, options)
    return TextSource(path, options)
