"""Messages of which nobody knows whether they were sent: looked for in the gateway's own list."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import pendulum
from pendulum import DateTime

from pipeline.gateway.endpoints import MessageQuery
from pipeline.gateway.records import Message
from pipeline.ledger.ledger import Ledger
from pipeline.ledger.outgoing import Sending, Sent

# A day on either side: in whatever zone the gateway reads a bound, the message is inside.
_SLACK_DAYS = 1
_TAIL = 8


class Reader(Protocol):
    """What looking needs of the gateway (`pipeline.gateway.client.Gateway`)."""

    def messages(self, query: MessageQuery) -> list[Message]:
        """Return the messages that a query finds."""


@dataclass(slots=True)
class Found:
    """What the gateway's list says of messages in doubt.

    Attributes:
        there: the gateway's id of each that is in the list, by customer id.
        missing: those that are not.
        several: those that are there more than once.
        is_proven: whether the same question finds a message that is known to be there; without one
            that is missing says little.
    """

    there: dict[int, int] = field(default_factory=dict)
    missing: list[int] = field(default_factory=list)
    several: list[int] = field(default_factory=list)
    is_proven: bool = False


class _List:
    """Asks for one message at a time, by its customer id; keeps what comes along."""

    def __init__(self, gateway: Reader, now: DateTime) -> None:
        self._gateway = gateway
        self._now = now
        self._asked: set[int] = set()
        self._seen: dict[int, dict[int, Message]] = {}

    def of(self, sent: Sent) -> list[Message]:
        """Return the messages in the list with a customer id and its number."""
        if sent.customer_id not in self._seen and sent.customer_id not in self._asked:
            self._asked.add(sent.customer_id)
            for message in self._gateway.messages(self._query(sent)):
                mine = self._seen.setdefault(message.customer_id or 0, {})
                mine[message.message_id] = message
        found = self._seen.get(sent.customer_id, {}).values()
        return [message for message in found if _is_to(message, sent.e164)]

    def _query(self, sent: Sent) -> MessageQuery:
        begin = pendulum.parse(sent.sent_at or self._now.isoformat())
        due = pendulum.parse(sent.due) if sent.due else self._now
        assert isinstance(begin, DateTime)  # noqa: S101 - the ledger writes instants
        assert isinstance(due, DateTime)  # noqa: S101
        return MessageQuery(
            begin=_text(begin.subtract(days=_SLACK_DAYS)),
            end=_text(max(due, self._now).add(days=_SLACK_DAYS)),
            customer_id=sent.customer_id,
        )


def look_for(
    doubts: Iterable[Sent], ledger: Ledger, sendings: Sequence[Sending], gateway: Reader,
    now: DateTime,
) -> Found:  # fmt: skip
    """Ask the gateway's list for messages in doubt, by customer id; changes nothing.

    Raises GatewayError where it cannot be asked.
    """
    listed, found = _List(gateway, now), Found()
    for sent in doubts:
        messages = listed.of(sent)
        if not messages:
            found.missing.append(sent.customer_id)
            continue
        found.there[sent.customer_id] = min(message.message_id for message in messages)
        if len(messages) > 1:
            found.several.append(sent.customer_id)
    found.is_proven = bool(found.there) or (
        bool(found.missing) and _finds_known(listed, ledger, sendings)
    )
    return found


def _finds_known(listed: _List, ledger: Ledger, sendings: Sequence[Sending]) -> bool:
    """Whether a message that is known to have been sent is found by the same question."""
    for sending in reversed(sendings):
        known = next(ledger.outbox.of(sending, "saved"), None)
        if known is not None:
            return bool(listed.of(known))
    return False


def _is_to(message: Message, e164: str) -> bool:
    """Whether a message went to a number: the gateway may have another spelling of it."""
    theirs, ours = (_digits(text)[-_TAIL:] for text in (message.recipient, e164))
    return theirs == ours or not e164.startswith("+")


def _digits(text: str) -> str:
    return "".join(character for character in text if character.isdecimal())


def _text(instant: DateTime) -> str:
    return f"{instant:%Y-%m-%d %H:%M:%S}"
