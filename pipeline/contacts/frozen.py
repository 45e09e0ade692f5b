"""The frozen plan: a folder that says exactly what will be sent, and what became of every row."""

import csv
import hashlib
import json
import re
import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from pipeline.contacts.dispositions import Outcome
from pipeline.contacts.reading.container import sha256_of
from pipeline.errors import UsageError
from pipeline.warehouse.drafts import drafting

_ID = re.compile(r"\d{4}-\d\d-\d\dT\d{4}Z-[0-9a-f]{6}")
COLUMNS = ("line", "e164", "name", "consent_at", "consent_source")
_AGAIN = "Make the plan again: sms24 contacts plan FILE --tag TITLE"


@dataclass(frozen=True, slots=True)
class PlannedContact:
    """A contact to send, and the line of the file that asks for it."""

    line: int
    e164: str
    name: str
    consent_at: str = ""
    consent_source: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """A frozen plan, as it was found whole.

    Attributes:
        tag: the title of the tag.
        file: the source, which may be gone by now; `file_sha256` is of its bytes.
        header: the columns of the source; delimiter: what parts the columns of files for people.
        mapping: which columns are what; `options` how rows became contacts.
        counts: rows by disposition; total: contacts to send.
        fingerprint: SHA-256 of all that the plan says, its contacts included.
        told: what a person was told of it (`told.told`); no number in it is whole.
        numbers_version: of the data about the countries' numbers.
    """

    id: str
    folder: Path
    tag: str
    file: Path
    file_sha256: str
    header: tuple[str, ...]
    delimiter: str
    mapping: Mapping[str, Any]
    options: Mapping[str, Any]
    counts: Mapping[str, int]
    total: int
    fingerprint: str
    told: Mapping[str, Any]
    created_at: str
    tool_version: str
    numbers_version: str

    def contacts(self) -> Iterator[PlannedContact]:
        """Yield the contacts to send, in the order of the file."""
        with (self.folder / "contacts.csv").open(encoding="utf-8", newline="") as stream:
            rows = csv.reader(stream)
            next(rows)
            for line, *texts in rows:
                yield PlannedContact(int(line), *texts)

    @property
    def errors_path(self) -> Path:
        """The rejected rows, to be mended and fed again; there is none where no row is."""
        return self.folder / "errors.csv"

    def refuse_changed_file(self) -> None:
        """Refuse where the source is there and is not what was planned.

        Raises:
            UsageError: its bytes differ, or it cannot be read.
        """
        if self.file.exists() and sha256_of(self.file) != self.file_sha256:
            raise UsageError(f"{self.file} has changed since plan {self.id}", advice=_AGAIN)


def runs_folder(data_dir: Path) -> Path:
    """Return where plans are kept; only their owner may look."""
    return data_dir / "runs"


def plan_ids(data_dir: Path) -> list[str]:
    """Return the ids of all plans of a data folder, the newest first."""
    folder = runs_folder(data_dir)
    found = (path.name for path in folder.iterdir()) if folder.is_dir() else ()
    return sorted(filter(_ID.fullmatch, found), reverse=True)


def new_plan_id(now: datetime) -> str:
    """Return a name for a plan that no other one has, in order of time."""
    return f"{now:%Y-%m-%dT%H%MZ}-{secrets.token_hex(3)}"


def load_plan(data_dir: Path, plan_id: str) -> Plan:
    """Return a plan by its id.

    Raises:
        UsageError: there is none, or it is not as it was frozen.
    """
    folder = runs_folder(data_dir) / plan_id
    if not _ID.fullmatch(plan_id) or not folder.is_dir():
        raise UsageError(f"there is no plan {plan_id[:80]!r}", advice=_AGAIN)
    try:
        found = json.loads((folder / "plan.json").read_text("utf-8"))
        fingerprint = found.pop("fingerprint")
        is_whole = fingerprint == fingerprint_of(found)
        if is_whole and sha256_of(folder / "contacts.csv") == found["sha256"]:
            return _plan(folder, found, fingerprint)
    except (UsageError, OSError, ValueError, KeyError, AttributeError, TypeError):
        pass
    raise UsageError(f"plan {plan_id} is damaged or was changed by hand", advice=_AGAIN)


def _plan(folder: Path, found: Mapping[str, Any], fingerprint: str) -> Plan:
    return Plan(
        id=folder.name,
        folder=folder,
        tag=found["tag"],
        file=Path(found["file"]),
        file_sha256=found["file_sha256"],
        header=tuple(found["header"]),
        delimiter=found["delimiter"],
        mapping=found["mapping"],
        options=found["options"],
        counts=found["counts"],
        total=found["rows"],
        fingerprint=fingerprint,
        told=found["told"],
        created_at=found["created_at"],
        tool_version=found["tool_version"],
        numbers_version=found["numbers_version"],
    )


class Freezer:
    """Writes a plan, block by block; nobody sees it before it is whole."""

    def __init__(self, folder: Path, plan_id: str, header: Sequence[str], delimiter: str) -> None:
        self.ready = self.rows = self.errors = 0
        self.folder = folder
        self._width = len(header)
        self._contacts = (folder / "contacts.csv").open("w", encoding="utf-8", newline="")
        self._lines = csv.writer(self._contacts, lineterminator="\n")
        self._lines.writerow(COLUMNS)
        self._errors = (folder / "errors.csv").open("w", encoding="utf-8-sig", newline="")

        from pipeline.contacts.rejects import ErrorsWriter  # noqa: PLC0415 - who loads needs none

        self._refused = ErrorsWriter(self._errors, header, delimiter, plan_id)
        self._parts: list[Path] = []

    def write(self, outcomes: Sequence[Outcome]) -> None:
        """Keep some rows, the next ones of the file."""
        for outcome in outcomes:
            consent = outcome.person.consent
            for contact in outcome.ready:
                line = (outcome.row.line, contact.number.e164, contact.name, *consent)
                self._lines.writerow(line)
                self.ready += 1

        self.errors += self._refused.write(outcomes)
        part = self.folder / f"rows-{len(self._parts):05}.part"
        from pipeline.contacts.rows import frame_of  # noqa: PLC0415 - likewise

        frame = frame_of(outcomes, self._width)
        frame.write_parquet(part, compression="lz4")
        self._parts.append(part)
        self.rows += frame.height

    def finish(self, said: Mapping[str, Any]) -> str:
        """Write `plan.json` last of all; returns the fingerprint."""
        self.close()
        if not self.errors:
            (self.folder / "errors.csv").unlink()
        self._join()
        contacts = self.folder / "contacts.csv"
        found = {**said, "rows": self.ready, "sha256": sha256_of(contacts)}
        fingerprint = fingerprint_of(found)
        text = json.dumps({**found, "fingerprint": fingerprint}, indent=2, ensure_ascii=False)
        (self.folder / "plan.json").write_text(text + "\n", encoding="utf-8")
        return fingerprint

    def close(self) -> None:
        """Close what is open; may be called twice."""
        with closing(self._errors):
            self._contacts.close()

    def _join(self) -> None:
        import polars as pl  # noqa: PLC0415 - who only loads a plan needs none of it

        if not self._parts:
            from pipeline.contacts.rows import frame_of  # noqa: PLC0415 - likewise

            frame_of((), self._width).write_parquet(self.folder / "rows.parquet")
        else:
            pl.scan_parquet(self._parts).sink_parquet(self.folder / "rows.parquet")
        for part in self._parts:
            part.unlink()


@contextmanager
def freezing(
    data_dir: Path, plan_id: str, header: Sequence[str], delimiter: str
) -> Iterator[Freezer]:
    """Give what writes a plan; it stands in its place once this ends, or not at all.

    What planners that were killed have left is removed.
    `header` and `delimiter` are those of the errors file.

    Raises:
        UsageError: the data folder cannot be written.
    """
    with drafting(runs_folder(data_dir), plan_id) as folder:
        freezer = Freezer(folder, plan_id, header, delimiter)
        with closing(freezer):  # on a full disk this fails too
            yield freezer


def fingerprint_of(said: Mapping[str, Any]) -> str:
    """Return the SHA-256 of all that a plan says, but this."""
    text = json.dumps(said, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()
