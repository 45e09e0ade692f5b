"""The columns of a file as its header and first rows show them; what is unclear is asked."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice

from pipeline.contacts.headers import normalised
from pipeline.contacts.reading.source import Record, SourceFacts
from pipeline.errors import UsageError

_SAMPLE = 500


@dataclass(frozen=True, slots=True)
class Column:
    """What a person sees of a column: how much of it is filled (0 to 1), and its first cell."""

    position: int
    header: str
    filled: float
    example: str


def columns_of(facts: SourceFacts, sample: Sequence[Record]) -> tuple[Column, ...]:
    """Return every column, counted from 1, as the sample shows it."""
    found = []
    for at, header in enumerate(facts.header):
        filled = [row.cells[at] for row in sample if row.cells[at].strip()]
        share = len(filled) / len(sample) if sample else 0.0
        found.append(Column(at + 1, header, share, filled[0] if filled else ""))
    return tuple(found)


@dataclass(frozen=True)
class Table:
    """The header and the first rows of a file, seen by column; columns count from 0."""

    header: tuple[str, ...]
    sample: tuple[Record, ...]

    @cached_property
    def places(self) -> Mapping[str, list[int]]:
        """The columns of each normalised header."""
        places: dict[str, list[int]] = {}
        for at, header in enumerate(self.header):
            places.setdefault(normalised(header), []).append(at)
        return places

    def place(self, header: str) -> int | None:
        """Return the column of a normalised header; None if there is none.

        Raises:
            UsageError: several columns have it.
        """
        found = self.places.get(header, [])
        if len(found) > 1:
            raise self.ambiguous(found, "have the same header")
        return found[0] if found else None

    def asked(self, text: str) -> int:
        """Return the column that a person names, by header or by position from 1.

        Raises:
            UsageError: there is none, or several.
        """
        found = self.place(normalised(text)) if normalised(text) else None
        if found is None and text.strip().isdecimal() and 0 < int(text) <= len(self.header):
            return int(text) - 1
        if found is None:
            names = ", ".join(header or "(no header)" for header in self.header)
            raise UsageError(f"there is no column {text!r}", advice=f"The columns are: {names}.")
        return found

    def cells(self, column: int) -> list[str]:
        """Return the first cells of a column that hold anything."""
        filled = (row.cells[column] for row in self.sample if row.cells[column].strip())
        return list(islice(filled, _SAMPLE))

    def refuse_alike(self, meanings: Mapping[int, Hashable], what: str) -> None:
        """Refuse two columns of the same meaning; `what` says what both may be."""
        alike: dict[Hashable, list[int]] = {}
        for column, meaning in meanings.items():
            alike.setdefault(meaning, []).append(column)
        for columns in alike.values():
            if len(columns) > 1:
                raise self.ambiguous(columns, what)

    def refuse_blank_headers(self) -> None:
        """Refuse columns that hold something and have no header."""
        blank = [at for at, header in enumerate(self.header) if not header and self.cells(at)]
        if blank:
            raise self.ambiguous(blank, "have no header" if len(blank) > 1 else "has no header")

    def ambiguous(self, columns: Sequence[int], what: str) -> UsageError:
        """Return the error that names columns by position and header, and says what of them."""
        named = " and ".join(f"{at + 1} ({self.header[at] or 'no header'})" for at in columns)
        word = "columns" if len(columns) > 1 else "column"
        return UsageError(
            f"E_HEADER_AMBIGUOUS: {word} {named} {what}",
            advice="Say which columns hold the number and the name, by position: "
            "--map phone=1 --map name=2.",
        )
