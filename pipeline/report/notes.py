"""What people know of some days: notes from a file of theirs, drawn as marks and listed."""

import csv
import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import msgspec

from pipeline.errors import UsageError

_MOST_NOTES = 1000


class Note(msgspec.Struct, frozen=True):
    """A sentence about a day or a range of days, both ends included.

    Attributes:
        scope: what it is about, such as a phone; empty for all.
    """

    first: date
    last: date
    text: str
    scope: str = ""


def read_notes(path: Path) -> tuple[Note, ...]:
    """Return the notes of a TOML file (`[[note]]` tables) or a CSV file, in order of their days.

    Each has `date`, or `from` and `to`; `text`; and, where it is about a part, `scope`.

    Raises:
        UsageError: the file cannot be read, or a note of it has no day or no text.
    """
    try:
        if path.suffix.lower() == ".toml":
            rows = tomllib.loads(path.read_text(encoding="utf-8")).get("note", [])
        else:
            with path.open(encoding="utf-8-sig", newline="") as file:
                rows = list(csv.DictReader(file))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, csv.Error) as error:
        raise UsageError(
            f"The notes in {path} cannot be read: {error}",
            advice="Write [[note]] tables (TOML), or columns date, text, scope (CSV).",
        ) from None
    listed = rows[:_MOST_NOTES] if isinstance(rows, list) else [rows]
    notes = [_note(row, path, number) for number, row in enumerate(listed, start=1)]
    return tuple(sorted(notes, key=lambda note: (note.first, note.last, note.text)))


def _note(row: Any, path: Path, number: int) -> Note:
    cells = row.items() if isinstance(row, dict) else ()
    told = {key: str(value).strip() for key, value in cells if key and value is not None}
    first = told.get("from") or told.get("date", "")
    try:
        begin = date.fromisoformat(first)
        note = Note(begin, date.fromisoformat(told.get("to") or first), told["text"])
    except (ValueError, KeyError):
        note = None
    if note is None or note.last < note.first or not note.text:
        raise UsageError(
            f"Note {number} of {path} names no day, or has no text.",
            advice='Write date = "2026-01-31" (or from and to) and text = "...".',
        )
    return msgspec.structs.replace(note, scope=told.get("scope", ""))
