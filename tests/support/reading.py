"""Files of contacts for the tests of reading, and what is read of them."""

from dataclasses import dataclass
from pathlib import Path

from pipeline.contacts.mapping import Given, Mapping, map_columns
from pipeline.contacts.reading.source import (
    ReadingOptions,
    Record,
    Refused,
    Source,
    SourceFacts,
    open_source,
    sample_of,
)


@dataclass(frozen=True)
class Reading:
    """Everything that one reading of a file gave."""

    facts: SourceFacts
    records: list[Record]
    refused: list[Refused]
    blank: int

    @property
    def cells(self) -> list[tuple[str, ...]]:
        """The cells of the records."""
        return [record.cells for record in self.records]

    @property
    def problems(self) -> list[tuple[int, str]]:
        """Line and code of each refused row."""
        return [(row.line, row.problem.code) for row in self.refused]


def read(path: Path, options: ReadingOptions | None = None, size: int = 1000) -> Reading:
    """Read a file to its end."""
    source = open_source(path, options)
    rows = [row for block in source.blocks(size) for row in block]
    return Reading(
        source.facts,
        [row for row in rows if isinstance(row, Record)],
        [row for row in rows if isinstance(row, Refused)],
        source.blank,
    )


def read_text(
    folder: Path, text: str, encoding: str = "utf-8", options: ReadingOptions | None = None
) -> Reading:
    """Write a text to a file as it is, and read it."""
    path = folder / "contacts.csv"
    path.write_bytes(text.encode(encoding))
    return read(path, options)


def source_of(folder: Path, text: str, encoding: str = "utf-8") -> Source:
    """Write a file of contacts and open it."""
    path = folder / "contacts.csv"
    path.write_bytes(text.encode(encoding))
    return open_source(path)


def mapped(folder: Path, text: str, given: Given | None = None) -> Mapping:
    """Write a file of contacts and map its columns."""
    source = source_of(folder, text)
    return map_columns(source.facts, sample_of(source), given)
