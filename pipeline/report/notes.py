"""What people know of some days, from a file of theirs: a sale, a holiday, a phone that moved.

[[note]]
day = 2026-10-23          # or first = ... and last = ...
text = "The phone of Lille stood without power"
device = 5                # left out: of all phones
"""

import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import msgspec

from pipeline.errors import UsageError
from pipeline.report.asked import Asked
from pipeline.report.tables import Column, Table
from pipeline.report.voice import Voice


class Note(msgspec.Struct, frozen=True):
    """A note on local days, both included; of one phone, or of all."""

    first: date
    last: date
    text: str
    device_id: int | None = None


class _Written(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    text: str
    day: date | None = None
    first: date | None = None
    last: date | None = None
    device: int | None = None


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    note: tuple[_Written, ...] = ()


def read_notes(path: Path | None) -> tuple[Note, ...]:
    """Return the notes of a file, the earliest first; UsageError says what is wrong with it."""
    if path is None:
        return ()
    try:
        found = msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), _File)
        return tuple(sorted(map(_note, found.note), key=lambda note: (note.first, note.text)))
    except (OSError, ValueError) as error:  # TOML, UTF-8 and types are ValueErrors too
        raise UsageError(
            f"The notes {path} cannot be read: {error}.", advice="Mend it, or report_notes."
        ) from None


def notes_of(notes: tuple[Note, ...], asked: Asked) -> tuple[Note, ...]:
    """Return the notes that touch the period and what it is narrowed to."""
    period = asked.period
    return tuple(
        note
        for note in notes
        if note.first <= period.last
        and note.last >= period.first
        and (None in (note.device_id, asked.device_id) or note.device_id == asked.device_id)
    )


def notes_table(notes: tuple[Note, ...], voice: Voice) -> Table:
    """Return the notes as a table."""
    columns = (
        Column(voice.say("From"), "day", "first"),
        Column(voice.say("To"), "day", "last"),
        Column(voice.say("Phone"), key="device_id"),
        Column(voice.say("Note"), key="text"),
    )
    rows = tuple((note.first, note.last, _phone(note, voice), note.text) for note in notes)
    return Table(voice.say("What people know of these days"), columns, rows, ident="notes")


def _phone(note: Note, voice: Voice) -> str:
    return voice.say("all") if note.device_id is None else str(note.device_id)


def _note(written: _Written) -> Note:
    given: Any = written.day or written.first
    last = written.day or written.last or given
    if given is None or last < given or (written.day and (written.first or written.last)):
        raise ValueError(f"the note {written.text[:40]!r} needs `day`, or `first` and `last`")
    return Note(given, last, " ".join(written.text.split()), written.device)
