"""What the outbox takes and gives."""

from dataclasses import dataclass, field
from typing import Literal, Protocol

from pipeline.ledger.values import State

SendingKind = Literal["send", "bulk"]
# Why a message of a plan is not sent now.
Hindrance = Literal["already_sent", "in_doubt_before", "rejected_before", "dropped", "suppressed"]
HINDRANCES: dict[State, Hindrance] = {
    "saved": "already_sent",
    "sent": "in_doubt_before",
    "in_doubt": "in_doubt_before",
    "rejected": "rejected_before",
    "dropped": "dropped",
}


class Letter(Protocol):
    """A message to send."""

    @property
    def customer_id(self) -> int:
        """The number of our own by which it is found again; no other message has it."""

    @property
    def to(self) -> str:
        """The number: `+33612345678`."""

    @property
    def body(self) -> str:
        """The text."""

    @property
    def device_id(self) -> int:
        """The phone that sends."""

    @property
    def due(self) -> str | None:
        """When it is to be sent (UTC, ISO 8601); None is now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SendingFacts:
    """One command or one plan that sends.

    Attributes:
        key: what it is known by; never used for another one.
        fingerprint: SHA-256 of all that it says.
        first_id: the customer id of its first message; the others follow.
        total: messages in it.
    """

    key: str
    kind: SendingKind
    fingerprint: str
    first_id: int
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending:
    """A sending as the ledger knows it."""

    id: int
    key: str
    kind: SendingKind
    fingerprint: str
    first_id: int
    total: int
    created: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A message as the ledger knows it; times are UTC, ISO 8601.

    Attributes:
        e164: the number; `hmac:...` once it was forgotten.
        sms_id: the gateway's id; None where no answer gave one, as for a bulk.
        reason: why the state is what it is: the gateway's words, or what broke.
    """

    customer_id: int
    sending_id: int
    e164: str = field(repr=False)
    text_key: str
    device_id: int
    due: str | None
    state: State
    attempts: int
    reason: str | None
    sms_id: int | None
    sent_at: str | None
    answered_at: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """What came of one call, for each of its messages.

    Attributes:
        outcome: the word of the call: `saved`, `rejected`, `in_doubt`, `unsent`, `busy`, ...
        sms_id: the gateway's id, of a call that held one message.
    """

    state: State
    outcome: str
    message: str
    sms_id: int | None = None
    http_status: int | None = None
    ms: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """A newsletter as the ledger knows it; `tags` are the ledger's numbers of the tags, in JSON."""

    id: int
    title: str
    fingerprint: str
    tags: str
    people: int
    device_id: int
    due: str | None
    state: State
    reason: str | None
    gateway_id: int | None
    sent_at: str | None
    answered_at: str | None
