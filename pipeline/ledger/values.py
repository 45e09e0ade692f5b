"""What the ledger takes and gives."""

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal, Protocol

State = Literal["pending", "sent", "saved", "rejected", "in_doubt", "dropped"]
# Why a contact of a plan is not sent: the disposition that it has, were it planned now.
Obstacle = Literal[
    "already_saved",
    "name_changed",
    "in_doubt_before",
    "rejected_before",
    "dropped",
    "suppressed",
]
Answer = Literal["saved", "resend", "drop"]
# What stands before the hash of a number that was forgotten.
FORGOTTEN = "hmac:"
_HASH = re.compile(r"hmac:[0-9a-f]{32}")


class Person(Protocol):
    """A contact to send: whom, and by what name."""

    @property
    def e164(self) -> str:
        """The number: `+33612345678`."""

    @property
    def name(self) -> str:
        """The name to send."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tag:
    """A tag as the ledger knows it.

    Attributes:
        id: the ledger's own number of it.
        gateway_id: its number at the gateway; None until a savetag was answered.
        state: `planned`, `sent`, `saved`, `in_doubt` or `abandoned`.
        is_checked: whether a first contact went through it and was found good.
    """

    id: int
    title: str
    state: str
    gateway_id: int | None
    is_checked: bool
    note: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A person under a tag as the ledger knows them; times are UTC, ISO 8601.

    Attributes:
        e164: the number; `hmac:...` once it was forgotten.
        reason: why the state is what it is: the gateway's words, or what broke.
        contact_id: the number at the gateway; None unless it answered one.
        first_run: the run that met the person first (`Run.id`).
        last_run: the run that sent last.
    """

    tag_id: int
    e164: str
    name: str
    state: State
    attempts: int
    reason: str | None
    contact_id: int | None
    first_run: int | None
    last_run: int | None
    sent_at: str | None
    answered_at: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """What came of one call.

    Attributes:
        state: what the contact is now.
        outcome: the word of the attempt: `saved`, `rejected`, `in_doubt`, `unsent`, `busy`, ...
        message: the gateway's words, or what broke; no secret.
        ms: how long the call took.
    """

    state: State
    outcome: str
    contact_id: int | None = None
    http_status: int | None = None
    message: str | None = None
    ms: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RunFacts:
    """What a run works on; `mapping` and `options` are JSON."""

    kind: str
    plan: str
    file_name: str | None = None
    file_sha256: str | None = None
    plan_sha256: str | None = None
    mapping: str | None = None
    options: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A run of the past, or of now: then `ended` is None; `counts` is JSON."""

    id: int
    kind: str
    plan: str
    file_name: str | None
    started: str
    ended: str | None
    state: str
    counts: str | None
    pid: int


_OBSTACLES: dict[State, Obstacle] = {
    "saved": "already_saved",
    "sent": "in_doubt_before",
    "in_doubt": "in_doubt_before",
    "rejected": "rejected_before",
    "dropped": "dropped",
}


def obstacle_of(known: Known, name: str, *, retries_rejected: bool) -> Obstacle | None:
    """Return why somebody known under a tag is not sent by a name; None for who may be."""
    is_renamed = known.name != name
    if is_forgotten(known.e164):
        return "dropped" if known.state == "pending" else _OBSTACLES[known.state]
    is_tried = known.state == "rejected" and (is_renamed or retries_rejected)
    if known.state == "pending" or is_tried:
        return None
    is_other = known.state == "saved" and is_renamed
    return "name_changed" if is_other else _OBSTACLES[known.state]


def is_forgotten(e164: str) -> bool:
    """Whether a hash stands in a number's place: it was forgotten, or never known."""
    return _HASH.fullmatch(e164) is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """How far a ledger has come; 0 and None where there is nothing yet.

    Attributes:
        attempt: the last call; `attempted_at` says when it was.
        decision: the last decision; `decided_at` says when it was made.
        suppressed: suppressions ever made; `freed` counts those that were taken back.
        forgotten: numbers that were forgotten.
    """

    attempt: int
    decision: int
    attempted_at: str | None
    decided_at: str | None
    suppressed: int
    freed: int
    forgotten: int


@dataclass(frozen=True, slots=True)
class Standing:
    """What a contact that was to be sent is now; `reason` says why, where there is one.

    A call in flight, or one that a process that died was making, is `pending` until it is known
    what came of it; who waits and may not be sent any more is `suppressed`.
    """

    state: str
    reason: str | None


def key_of(title: str) -> str:
    """Return by what two titles of a tag are the same one."""
    return " ".join(unicodedata.normalize("NFC", title).split()).casefold()
