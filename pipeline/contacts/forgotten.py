"""How a number is found in the files of a plan, in any spelling, and taken out of them."""

import csv
import json
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.contacts.dispositions import Disposition
from pipeline.contacts.library import read
from pipeline.contacts.reading.guard import delimiter_of

if TYPE_CHECKING:
    import polars as pl

# Digits of one number with whatever is dialled before it; longer cells hold several.
_ONE_NUMBER = 19
_SURELY = 8
_READY = Disposition.READY.value


@dataclass(slots=True)
class Cut:
    """Which plans had a number, by their folders, and in how many rows of them it was."""

    folders: list[Path] = field(default_factory=list)
    rows: int = 0


@dataclass(frozen=True)
class Person:
    """Whom to forget, and the hash that takes the place of the number."""

    e164: str
    alias: str

    @cached_property
    def national(self) -> str:
        """The number without its calling code; all of it where nobody knows that."""
        return read(self.e164, None).national or self.e164[1:]

    def is_in(self, cell: str) -> bool:
        """Whether a cell holds the number, as it may be written at home or abroad."""
        digits = "".join(
            str(unicodedata.decimal(character)) for character in cell if character.isdecimal()
        )
        if len(digits) <= _ONE_NUMBER:
            return digits.endswith(self.national)
        wanted = self.national if len(self.national) >= _SURELY else self.e164[1:]
        return wanted in digits


def cut_rows(path: Path, person: Person, delimiter: str, *, into: Path | None = None) -> int:
    """Take the rows that hold the number out of a CSV file; returns how many they were.

    The others stay byte for byte. `into` gets the result; without it the file itself does.
    """
    target = into or path.with_name(f"{path.name}.new")
    done = 0
    with (
        path.open(encoding="utf-8", newline="") as source,
        target.open("w", encoding="utf-8", newline="") as stream,
    ):
        for number, (text, cells) in enumerate(_records(source, delimiter)):
            if number and any(map(person.is_in, cells)):
                done += 1
            else:
                stream.write(text)
    if into is None:
        target.replace(path)
    return done


def _records(source: Iterator[str], delimiter: str) -> Iterator[tuple[str, list[str]]]:
    """Give each record as it stands, and its cells."""
    lines: list[str] = []
    header = next(source, "")

    def kept() -> Iterator[str]:
        for line in chain([header], source):
            lines.append(line)
            yield line

    for cells in csv.reader(kept(), delimiter=delimiter_of(header) or delimiter or ","):
        yield "".join(lines), cells
        lines.clear()


def cut_text(path: Path, person: Person) -> int:
    """Replace the number by its hash in a file of text; returns 1 if it was there."""
    text = path.read_text(encoding="utf-8")
    if person.e164 not in text:
        return 0
    path.write_text(text.replace(person.e164, person.alias), encoding="utf-8")
    return 1


def counted(path: Path) -> dict[str, int]:
    """Return how many rows of a plan have each disposition."""
    import polars as pl  # noqa: PLC0415

    return dict(pl.read_parquet(path, columns=["disposition"])["disposition"].value_counts().rows())


def cut_parquet(path: Path, person: Person) -> int:
    """Replace the number in the rows of a plan; returns how many rows had it.

    A contact that was to be sent is suppressed from here on; whatever else a row says of the
    person is blank.
    """
    import polars as pl  # noqa: PLC0415 - who only loads a plan needs none of it

    frame = pl.read_parquet(path)
    texts = [name for name, kind in frame.schema.items() if kind in (pl.String, pl.List)]
    found = [
        at
        for at, row in enumerate(frame.select(texts).iter_rows())
        if any(_holds(person, cell) for cell in row)
    ]
    if not found:
        return 0
    rows = [frame.row(at, named=True) for at in found]
    for row in rows:
        _forget_row(row, person)
    _write(path, frame, found, pl.DataFrame(rows, schema=frame.schema))
    return len(found)


def _holds(person: Person, cell: Any) -> bool:
    if isinstance(cell, list):
        return any(_holds(person, each) for each in cell)
    return cell is not None and (person.e164 in cell or person.is_in(cell))


def _forget_row(row: dict[str, Any], person: Person) -> None:
    several = json.loads(row.get("several") or "[]")
    for each in several:
        if each[0] == person.e164:
            each[:3] = person.alias, "", _after(each[2])
    numbers = (row["e164"] or "").split(" ")
    if several:
        row["several"] = json.dumps(several, ensure_ascii=False)
        fates = [each[2] for each in several]
        row["disposition"] = _READY if _READY in fates else fates[0]
    elif person.e164 in numbers:
        row["disposition"] = _after(row["disposition"])
    row["e164"] = " ".join(person.alias if n == person.e164 else n for n in numbers) or None
    for name, value in row.items():
        if name == "cells":
            row[name] = [""] * len(value)
        elif name in {"name", "suggestion"} or (name == "detail" and _holds(person, value)):
            row[name] = None


def _after(disposition: str) -> str:
    """Return what becomes of a contact that was forgotten: it is not sent."""
    return Disposition.SUPPRESSED.value if disposition == _READY else disposition


def _write(path: Path, frame: "pl.DataFrame", found: list[int], changed: "pl.DataFrame") -> None:
    import polars as pl  # noqa: PLC0415

    places = pl.Series("at", found, dtype=pl.UInt32)
    numbered = frame.with_row_index("at")
    kept = numbered.filter(~pl.col("at").is_in(places.implode()))
    whole = pl.concat([kept, changed.with_columns(places).select(numbered.columns)]).sort("at")
    draft = path.with_name(f"{path.name}.new")
    whole.drop("at").write_parquet(draft)
    draft.replace(path)
