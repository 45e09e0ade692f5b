"""The typed facts of a contact import: what its `report.json` says."""

from datetime import datetime
from pathlib import PurePath

import msgspec

from pipeline.report.formats import short_name


class Problem(msgspec.Struct, frozen=True):
    """A code that rows have, the first lines of them, and what to do."""

    code: str
    what: str
    to_do: str
    rows: int
    lines: list[int]
    details: list[str]


class Example(msgspec.Struct, frozen=True):
    """What stood in a line, and what it became; numbers masked."""

    line: int
    before: str
    after: str


class Repair(msgspec.Struct, frozen=True):
    """A repair that was made, with the first examples."""

    code: str
    what: str
    rows: int
    examples: list[Example]


class Kind(msgspec.Struct, frozen=True):
    """Contacts to send by country and kind of line."""

    country: str
    kind: str
    contacts: int


class Doubt(msgspec.Struct, frozen=True):
    """A contact whose outcome nobody knows; its number is masked."""

    line: int
    number: str
    sent_at: datetime | None
    why: str


class Change(msgspec.Struct, frozen=True):
    """A contact whose name at the gateway is another one."""

    line: int
    number: str
    old_name: str
    new_name: str
    contact_id: int | None


class Run(msgspec.Struct, frozen=True):
    """A process that worked on the plan; `rate` is in calls a second."""

    run: int
    state: str
    began: datetime
    ended: datetime | None
    calls: int
    rate: float | None


class Stop(msgspec.Struct, frozen=True):
    """Why the last run ended early."""

    message: str
    advice: str


class Source(msgspec.Struct, frozen=True):
    """The list that was planned."""

    path: str
    sha256: str
    size: int
    encoding: str | None
    is_encoding_guessed: bool

    @property
    def name(self) -> str:
        """Its name without folders."""
        return short_name(PurePath(self.path).name, "-")


class Import(msgspec.Struct, frozen=True):
    """All that `report.json` says and the page tells."""

    plan: str
    tag: str
    tag_id: int | None
    state: str
    stop: Stop | None
    file: Source
    region: str | None
    fingerprint: str
    planned_at: datetime
    planned_by: str
    numbers_version: str
    records: int
    to_send: int
    rows: dict[str, int]
    contacts: dict[str, int]
    skipped: dict[str, int]
    problems: list[Problem]
    repairs: list[Repair]
    countries: list[Kind]
    other_tags: dict[str, int]
    in_doubt: list[Doubt]
    name_changes: list[Change]
    runs: list[Run]
    files: dict[str, int]
    written_at: datetime
    tool_version: str

    @property
    def title(self) -> str:
        """The tag on one line."""
        return short_name(self.tag, "-")

    @property
    def doubts(self) -> int:
        """Contacts in doubt, those of earlier loads among them."""
        return self.contacts["in_doubt"] + self.earlier_doubts

    @property
    def earlier_doubts(self) -> int:
        """Contacts of the list that earlier loads left in doubt."""
        return self.skipped.get("in_doubt_before", 0)

    @property
    def is_expanded(self) -> bool:
        """Whether a row asks for several contacts, so that files have more lines than rows."""
        lines = {**self.rows, **{p: self.files[f"{p}.csv"] for p in self.contacts}}
        return lines != self.rows
