"""The messages of one command: one text to one or more numbers."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field

from pendulum import DateTime

from pipeline.ledger.ledger import Ledger
from pipeline.ledger.outgoing import SendingFacts
from pipeline.send.bodies import Body
from pipeline.send.dispatched import Letter


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """One text to some numbers.

    Attributes:
        numbers: in E.164, each once; those that are suppressed are left out when it is their turn.
        at: when to send (UTC); None is now.
    """

    numbers: tuple[str, ...] = field(repr=False)
    body: Body
    device_id: int
    sim: int = 0
    at: DateTime | None = None
    is_urgent: bool = False

    @property
    def segments(self) -> int:
        """SMS that one of the messages is."""
        return self.body.segments.count if self.body.segments else 0


@dataclass(frozen=True, slots=True)
class Single:
    """A command's messages, with the numbers of our own that they have."""

    facts: SendingFacts
    text: Text

    @property
    def total(self) -> int:
        """How many messages there are."""
        return self.facts.total

    def letters(self) -> Iterator[Letter]:
        """Give the messages in order."""
        for place, number in enumerate(self.text.numbers):
            yield Letter(
                customer_id=self.facts.first_id + place,
                line=place + 1,
                to=number,
                body=self.text.body.text,
                device_id=self.text.device_id,
                sim=self.text.sim,
                at=self.text.at,
                is_urgent=self.text.is_urgent,
                segments=self.text.segments,
            )


def single(text: Text, key: str, ledger: Ledger) -> Single:
    """Return a text as a sending; that of its key, where it was sent before."""
    known = ledger.outbox.find(key)
    count = len(text.numbers)
    facts = SendingFacts(
        key=key,
        kind="send",
        fingerprint=_fingerprint_of(text, ledger),
        first_id=known.first_id if known else ledger.outbox.free_ids(count),
        total=count,
    )
    return Single(facts, text)


def _fingerprint_of(text: Text, ledger: Ledger) -> str:
    said = {
        "numbers": text.numbers,
        "body": ledger.outbox.text_key(text.body.text),
        "device_id": text.device_id,
        "sim": text.sim,
        "at": text.at.isoformat() if text.at else None,
        "urgent": text.is_urgent,
    }
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()
