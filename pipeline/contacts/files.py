"""The CSV files of a run, for people and their spreadsheets: each contact stands in one of them."""

import csv
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TextIO

from pipeline.contacts.codes import explained, sentences
from pipeline.contacts.dispositions import Disposition
from pipeline.contacts.frozen import Plan
from pipeline.contacts.reading.guard import guarded
from pipeline.contacts.rejects import ErrorsWriter
from pipeline.contacts.rows import FrozenRow
from pipeline.contacts.standing import Place, RowStanding, Standing
from pipeline.contacts.values import Problem

NAME_CHANGES = "name_changes"
_WHO = ("line", "number", "name")
_COLUMNS: Mapping[str, tuple[str, ...]] = {
    Place.SAVED: (*_WHO, "contact_id", "saved_at"),
    Place.IN_DOUBT: (*_WHO, "sent_at", "why", "what_to_do"),
    Place.SKIPPED: (*_WHO, "why", "detail", "contact_id", "saved_at"),
    Place.UNSENT: (*_WHO, "why"),
    NAME_CHANGES: ("line", "number", "old_name", "new_name", "contact_id"),
}
_NO_ANSWER = "no answer yet"
_LOOK = (
    "Look for it in the panel. It is there: sms24 contacts resolve {plan} --assume-saved."
    " It is not: --resend."
)


class ResultFiles:
    """Writes the files of one plan into a folder; UTF-8 with BOM, the plan's delimiter.

    Attributes:
        rows: lines in each file so far, by its name without `.csv`.
    """

    def __init__(self, folder: Path, plan: Plan) -> None:
        self.rows: Counter[str] = Counter(dict.fromkeys((*Place, NAME_CHANGES), 0))
        self._folder = folder
        self._delimiter = plan.delimiter
        self._what_to_do = _LOOK.format(plan=plan.id)
        self._streams: list[TextIO] = []
        self._errors = ErrorsWriter(self._open(Place.ERRORS), plan.header, plan.delimiter, plan.id)
        self._tables = {name: self._table(name, columns) for name, columns in _COLUMNS.items()}
        self._cells: Mapping[str, Callable[[Standing], tuple[object, ...]]] = {
            Place.SAVED: _saved,
            Place.IN_DOUBT: self._in_doubt,
            Place.SKIPPED: _skipped,
            Place.UNSENT: lambda standing: (standing.detail,),
        }

    def write(self, found: Iterable[RowStanding]) -> None:
        """Write some rows, the next ones of the file."""
        for standing in found:
            row = standing.row
            if standing.place is Place.ERRORS:
                self._write_error(row, standing.contacts)
            for contact in standing.contacts:
                if contact.place is not Place.ERRORS:
                    more = self._cells[contact.place](contact)
                    self._write(contact.place, (row.line, contact.e164, contact.name, *more))
                if contact.why == Disposition.NAME_CHANGED and contact.known is not None:
                    names = (contact.known.name, contact.name)
                    changed = (row.line, contact.e164, *names, contact.known.contact_id)
                    self._write(NAME_CHANGES, changed)

    def close(self) -> None:
        """Close all files; may be called twice."""
        for stream in self._streams:
            stream.close()

    def _open(self, name: str) -> TextIO:
        stream = (self._folder / f"{name}.csv").open("w", encoding="utf-8-sig", newline="")
        self._streams.append(stream)
        return stream

    def _table(self, name: str, columns: tuple[str, ...]) -> Callable[[Iterable[str]], object]:
        rows = csv.writer(self._open(name), delimiter=self._delimiter)
        rows.writerow(columns)
        return rows.writerow

    def _write(self, name: str, values: Iterable[object]) -> None:
        self._tables[name](guarded("" if value is None else str(value)) for value in values)
        self.rows[name] += 1

    def _write_error(self, row: FrozenRow, contacts: Iterable[Standing]) -> None:
        """Write a row of which a contact is rejected, or the row itself: it may be mended."""
        wrong = [contact for contact in contacts if contact.place is Place.ERRORS]
        words = "; ".join(_words(contact, names_it=row.several is not None) for contact in wrong)
        self._errors.write_row(row.cells, row.line, wrong[0].why, words, row.suggestion or "")
        self.rows[Place.ERRORS] += 1

    def _in_doubt(self, standing: Standing) -> tuple[object, ...]:
        sent_at = standing.known.sent_at if standing.known else None
        return (sent_at, standing.detail or _NO_ANSWER, self._what_to_do)


def _saved(standing: Standing) -> tuple[object, ...]:
    known = standing.known
    return (known.contact_id, known.answered_at) if known else ("", "")


def _skipped(standing: Standing) -> tuple[object, ...]:
    known = standing.known
    saved = _saved(standing) if known and known.state == "saved" else ("", "")
    return (standing.why, standing.detail, *saved)


def _words(standing: Standing, *, names_it: bool) -> str:
    """Return what is wrong in words; the gateway's own are left as they are."""
    if not standing.e164:
        return explained(Problem(standing.why, standing.detail))
    words = sentences()[standing.why]
    words = f"{words}: {standing.detail}" if standing.detail else words
    return f"{standing.e164}: {words}" if names_it else words
