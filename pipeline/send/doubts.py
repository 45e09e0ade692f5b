"""Messages of which nobody knows whether they were sent: looked for in the gateway's own list."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

import pendulum
from pendulum import DateTime

from pipeline.gateway.endpoints import MessageQuery
from pipeline.gateway.records import Message
from pipeline.ledger.ledger import Ledger
from pipeline.ledger.outgoing import Posted, Sending, Sent
from pipeline.ledger.values import key_of

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
        begin, end = _bounds(sent.sent_at, sent.due, self._now)
        return MessageQuery(begin=begin, end=end, customer_id=sent.customer_id)


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


def number_of_newsletter(posted: Posted, gateway: Reader, now: DateTime) -> int | None:
    """Return the gateway's number of a newsletter by the messages of that title; None if none is.

    That none is there says little: the phone may not have begun. Raises GatewayError.
    """
    begin, end = _bounds(posted.sent_at, posted.due, now)
    query = MessageQuery(begin=begin, end=end, device_id=posted.device_id)
    titles = {key_of(posted.title)}
    found = (
        message.newsletter_id
        for message in gateway.messages(query)
        if message.newsletter_id and key_of(message.newsletter_title or "") in titles
    )
    return max(found, default=None)


def _bounds(sent_at: str | None, due: str | None, now: DateTime) -> tuple[str, str]:
    """Return a window around a call and what it scheduled, wide enough for any zone."""
    begin, end = (_instant(text) if text else now for text in (sent_at, due))
    return (
        _text(begin.subtract(days=_SLACK_DAYS)),
        _text(max(end, now).add(days=_SLACK_DAYS)),
    )


def _instant(text: str) -> DateTime:
    return pendulum.instance(datetime.fromisoformat(text))


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
