"""What becomes of each row: exactly one disposition, against the file itself and the ledger."""

import zlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from pipeline.contacts.reading.source import Row
from pipeline.contacts.values import Problem
from pipeline.ledger.ledger import Ledger
from pipeline.ledger.values import Known, obstacle_of
from pipeline.masks import masked_digits

if TYPE_CHECKING:
    from pipeline.contacts.people import Contact, Person


class Disposition(StrEnum):
    """What becomes of a row, or of one contact of it."""

    READY = "ready"
    BLANK = "blank"
    REJECTED = "rejected"
    NOT_ALLOWED = "not_allowed"
    DUP_IN_FILE = "dup_in_file"
    SUPPRESSED = "suppressed"
    ALREADY_SAVED = "already_saved"
    NAME_CHANGED = "name_changed"
    IN_DOUBT_BEFORE = "in_doubt_before"
    REJECTED_BEFORE = "rejected_before"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What becomes of one contact; `detail` says of which line, which id, since when."""

    disposition: Disposition
    detail: str = ""


_DAY = len("2026-11-22")
_READY = Verdict(Disposition.READY)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What becomes of one row.

    Attributes:
        contacts: what becomes of each contact that it asks for, in order.
        problem: set where it is rejected, not allowed, or was rejected before.
        detail: of a row that is neither ready nor a problem.
    """

    row: Row
    person: "Person"
    disposition: Disposition
    contacts: "tuple[tuple[Contact, Verdict], ...]" = ()
    problem: Problem | None = None
    detail: str = ""

    @property
    def ready(self) -> "Iterator[Contact]":
        """The contacts that will be sent."""
        return (c for c, verdict in self.contacts if verdict.disposition is Disposition.READY)


class Judge:
    """Gives the rows of one file their dispositions, in the order of the file.

    Attributes:
        other_tags: how many contacts to send each other tag has already, by its title.
    """

    def __init__(self, ledger: Ledger, title: str, *, retry_rejected: bool = False) -> None:
        self._ledger = ledger
        self._tag = ledger.tags.find(title)
        self._retry_rejected = retry_rejected
        # By number without its plus: the line where it stands first, and a checksum of its name,
        # in one integer: a million of them take 100 MB, as texts and tuples 350.
        self._seen: dict[int, int] = {}
        self.other_tags: Counter[str] = Counter()

    @property
    def knows_tag(self) -> bool:
        """Whether the tag is at the gateway already."""
        return self._tag is not None and self._tag.state == "saved"

    def judge(self, read: "Sequence[tuple[Row, Person]]") -> list[Outcome]:
        """Return what becomes of some rows, the next ones of the file."""
        asked = [c.number.e164 for _, person in read for c in person.contacts]
        suppressed = self._ledger.suppression.of(asked)
        tag_id = self._tag.id if self._tag else None
        known = {} if tag_id is None else self._ledger.contacts.known(tag_id, asked)
        found = [self._outcome(row, person, suppressed, known) for row, person in read]
        ready = [contact.number.e164 for outcome in found for contact in outcome.ready]
        for titles in self._ledger.contacts.other_tags(tag_id, ready).values():
            self.other_tags.update(titles)
        return found

    def _outcome(
        self, row: Row, person: "Person", suppressed: Mapping[str, str], known: Mapping[str, Known]
    ) -> Outcome:
        if person.problem:
            is_foreign = person.problem.code == "E_PHONE_REGION"
            found = Disposition.NOT_ALLOWED if is_foreign else Disposition.REJECTED
            return Outcome(row, person, found, problem=person.problem)
        contacts = tuple(
            (contact, self._verdict(contact, row.line, suppressed, known))
            for contact in person.contacts
        )
        # A row of several contacts is ready where any of them is, else what its first one is.
        verdict = next((v for _, v in contacts if v is _READY), contacts[0][1])
        problem = None
        if verdict.disposition is Disposition.REJECTED_BEFORE:
            problem = Problem("E_REJECTED_BEFORE", verdict.detail)
        return Outcome(row, person, verdict.disposition, contacts, problem, verdict.detail)

    def _verdict(
        self,
        contact: "Contact",
        line: int,
        suppressed: Mapping[str, str],
        known: Mapping[str, Known],
    ) -> Verdict:
        e164 = contact.number.e164
        mark = zlib.crc32(contact.name.casefold().encode())
        first = self._seen.setdefault(int(e164[1:]), line << 32 | mark)
        if first >> 32 != line:
            other = "" if first & 0xFFFFFFFF == mark else ", other name"
            return Verdict(Disposition.DUP_IN_FILE, f"line {first >> 32}{other}")
        if e164 in suppressed:
            return Verdict(Disposition.SUPPRESSED, suppressed[e164])
        before = known.get(e164)
        return _READY if before is None else self._against(before, contact.name)

    def _against(self, before: Known, name: str) -> Verdict:
        """Return what becomes of a contact that the tag has, or may have, already."""
        found = obstacle_of(before, name, retries_rejected=self._retry_rejected)
        if found is None:
            return _READY
        if before.state == "saved":
            when = f", {before.answered_at[:_DAY]}" if before.answered_at else ""
            return Verdict(Disposition(found), f"contact {before.contact_id}{when}")
        words = (before.reason or "") if before.state == "rejected" else before.state
        return Verdict(Disposition(found), masked_digits(words))
