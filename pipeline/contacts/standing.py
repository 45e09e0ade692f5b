"""Where each row of a plan stands now, by what was planned and what the ledger knows since."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from pipeline.contacts.codes import explained
from pipeline.contacts.dispositions import Disposition
from pipeline.contacts.frozen import Plan
from pipeline.contacts.rows import Asked, FrozenRow
from pipeline.contacts.values import Problem
from pipeline.ledger.ledger import Ledger
from pipeline.ledger.values import Known, is_forgotten

FORGOTTEN = "forgotten"


class Place(StrEnum):
    """The file that a contact stands in; a row of several stands in the first of theirs."""

    ERRORS = "errors"
    IN_DOUBT = "in_doubt"
    UNSENT = "unsent"
    SAVED = "saved"
    SKIPPED = "skipped"


_RANK = {place: rank for rank, place in enumerate(Place)}


@dataclass(frozen=True, slots=True)
class Standing:
    """Where one contact stands, or a row that asks for none.

    Attributes:
        why: a code in `errors`, a disposition, `dropped` or `forgotten` in `skipped`; else empty.
        detail: more of it in words, the gateway's among them.
        known: what the ledger knows; None where it was not asked, or knows nothing.
    """

    place: Place
    e164: str = ""
    name: str = ""
    why: str = ""
    detail: str = ""
    known: Known | None = None


@dataclass(frozen=True, slots=True)
class RowStanding:
    """Where a row stands, and each of its contacts; a rejected row has one without a number."""

    row: FrozenRow
    place: Place
    contacts: tuple[Standing, ...]


class Standings:
    """Looks up the rows of one plan."""

    def __init__(self, plan: Plan, ledger: Ledger) -> None:
        self._ledger = ledger
        self._tag = ledger.tags.of_plan(plan.tag, plan.id)
        self._runs = frozenset(run.id for run in ledger.runs.of(plan.id))
        self._retries = bool(plan.options.get("retry_rejected"))

    def of(self, rows: Sequence[FrozenRow]) -> list[RowStanding]:
        """Return where some rows stand."""
        asked = [(row, row.contacts) for row in rows]
        every = [one for _, contacts in asked for one in contacts]
        numbers = [one.e164 for one in every]
        known = self._ledger.contacts.known(self._tag.id, numbers) if self._tag and numbers else {}
        ready = [one.e164 for one in every if one.disposition == Disposition.READY]
        stopped = self._ledger.suppression.of(ready) if ready else {}
        found = []
        for row, contacts in asked:
            standings = tuple(
                self._ready(one, known.get(one.e164), stopped)
                if one.disposition == Disposition.READY
                else _planned(one, known.get(one.e164))
                for one in contacts
            ) or (_refused(row),)
            place = min((standing.place for standing in standings), key=_RANK.__getitem__)
            found.append(RowStanding(row, place, standings))
        return found

    def _ready(self, one: Asked, known: Known | None, stopped: Mapping[str, str]) -> Standing:
        """Return where a contact stands that was to be sent."""
        if _is_forgotten(one, known):
            return Standing(Place.SKIPPED, why=FORGOTTEN)
        is_own = known is not None and known.last_run in self._runs
        if known is None or known.state == "pending" or (not is_own and self._is_tried(one, known)):
            who = (one.e164, one.name)
            if one.e164 in stopped:
                return Standing(Place.SKIPPED, *who, "suppressed", stopped[one.e164], known)
            reason = known.reason if known and known.state == "pending" else None
            return Standing(Place.UNSENT, *who, "", reason or "", known)
        return _own(one, known) if is_own else _before(one, known)

    def _is_tried(self, one: Asked, known: Known) -> bool:
        """Whether a contact that another plan's run has seen rejected is sent all the same."""
        return known.state == "rejected" and (self._retries or known.name != one.name)


def _is_forgotten(one: Asked, known: Known | None) -> bool:
    """Whether the number was replaced by its hash, in the plan or in the ledger."""
    return is_forgotten(one.e164) or (known is not None and is_forgotten(known.e164))


def _planned(one: Asked, known: Known | None) -> Standing:
    """Return where a contact stands that the plan would not send."""
    if _is_forgotten(one, known):
        return Standing(Place.SKIPPED, why=FORGOTTEN)
    who = (one.e164, one.name)
    if one.disposition == Disposition.REJECTED_BEFORE:
        reason = (known and known.reason) or ""
        return Standing(Place.ERRORS, *who, "E_REJECTED_BEFORE", reason, known)
    detail = one.detail
    if one.disposition == Disposition.IN_DOUBT_BEFORE and known is not None:
        detail = f"now {known.state.replace('_', ' ')}"
    return Standing(Place.SKIPPED, *who, one.disposition, detail, known)


def _own(one: Asked, known: Known) -> Standing:
    """Return where a contact stands that a run of this plan has sent."""
    who, reason = (one.e164, one.name), known.reason or ""
    match known.state:
        case "saved":
            return Standing(Place.SAVED, *who, known=known)
        case "rejected":
            return Standing(Place.ERRORS, *who, "E_GATEWAY_REJECTED", reason, known)
        case "dropped":
            return Standing(Place.SKIPPED, *who, "dropped", reason, known)
    return Standing(Place.IN_DOUBT, *who, "", reason, known)


def _before(one: Asked, known: Known) -> Standing:
    """Return where a contact stands that was ready, and that a run of another plan met first."""
    who, reason = (one.e164, one.name), known.reason or ""
    match known.state:
        case "rejected":
            return Standing(Place.ERRORS, *who, "E_REJECTED_BEFORE", reason, known)
        case "dropped":
            return Standing(Place.SKIPPED, *who, "dropped", reason, known)
        case "saved":
            is_same = known.name == one.name
            why = Disposition.ALREADY_SAVED if is_same else Disposition.NAME_CHANGED
            return Standing(Place.SKIPPED, *who, why, known=known)
    return Standing(Place.SKIPPED, *who, Disposition.IN_DOUBT_BEFORE, reason, known)


def _refused(row: FrozenRow) -> Standing:
    """Return where a row stands that asks for no contact."""
    detail = row.detail or ""
    if row.disposition == Disposition.NOT_ALLOWED:
        words = explained(Problem(row.code or "", detail))
        return Standing(Place.SKIPPED, why=row.disposition, detail=words)
    return Standing(Place.ERRORS, why=row.code or "", detail=detail)
