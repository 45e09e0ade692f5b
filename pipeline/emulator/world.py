"""A made-up account over a stretch of time: the truth that the emulator serves and tests count."""

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

import pendulum
from pendulum import DateTime

from pipeline.emulator.cast import Phone, make_phones
from pipeline.emulator.traffic import DAY, Message, Traffic

_FIRST_ID = 62_000_000
_NEWSLETTER_SHARE = 0.12


@dataclass(frozen=True, slots=True)
class Truth:
    """What is so about a message at an instant; times are aware, in UTC."""

    message_id: int
    status: int
    device_id: int
    sim: int
    customer_id: int | None
    newsletter_id: int | None
    recipient: str
    created_at: DateTime
    due_at: DateTime
    sent_at: DateTime | None


@dataclass(slots=True)
class World:
    """The account's phones and messages, those in order of creation.

    Attributes:
        epoch: the instant for which the world was made (epoch seconds); messages after it are
            planned, and appear when the clock gets there.
        messages: in order of creation.
        added: what clients sent; few, and in no order that matters.
    """

    epoch: int
    phones: tuple[Phone, ...]
    messages: list[Message]
    created: list[int]
    added: list[Message]

    def between(self, begin: int, end: int) -> Iterator[Message]:
        """Return the messages created from `begin` on and before `end` (epoch seconds)."""
        first, last = bisect_left(self.created, begin), bisect_left(self.created, end)
        yield from self.messages[first:last]
        yield from (message for message in self.added if begin <= message.created < end)

    def next_id(self) -> int:
        """Return an id that no message has."""
        return self.messages[-1].message_id + len(self.added) + 1 if self.messages else _FIRST_ID

    def find(self, message_id: int) -> Message | None:
        """Return the message of an id; None if there is none."""
        place = bisect_left(self.messages, message_id, key=lambda message: message.message_id)
        if place < len(self.messages) and self.messages[place].message_id == message_id:
            return self.messages[place]
        return next((m for m in self.added if m.message_id == message_id), None)

    def messages_at(self, now: DateTime) -> Iterator[Truth]:
        """Return what is true of each message that exists at an instant."""
        instant = int(now.timestamp())
        for message in self.between(0, instant + 1):
            due = message.created if message.due is None else max(message.due, message.created)
            sent = message.sent_at(instant)
            yield Truth(
                message_id=message.message_id,
                status=message.status_at(instant),
                device_id=message.device_id,
                sim=message.sim,
                customer_id=message.customer_id or None,
                newsletter_id=message.newsletter[0] if message.newsletter else None,
                recipient=message.sendto,
                created_at=pendulum.from_timestamp(message.created),
                due_at=pendulum.from_timestamp(due),
                sent_at=None if sent is None else pendulum.from_timestamp(sent),
            )


def make_world(
    *, seed: int, messages: int, days: int, now: DateTime, future_days: int = 2
) -> World:
    """Return the account of a seed: the same arguments give the same world.

    Args:
        seed: which world.
        messages: how many exist at `now`, over the `days` before it.
        days: length of the history.
        now: when the history ends.
        future_days: days of traffic planned beyond `now`, at the same density.
    """
    random = Random(seed)
    epoch = int(now.timestamp())
    phones = make_phones(random)
    traffic = Traffic(random, phones, epoch, messages)
    begin = epoch - days * DAY
    planned = messages * future_days // max(days, 1)
    in_bursts = int(messages * _NEWSLETTER_SHARE)
    moments: list[tuple[int, tuple[int, str, str] | None]] = [
        *((moment, None) for moment in traffic.moments(begin, epoch, messages - in_bursts)),
        *(
            (moment, None)
            for moment in traffic.moments(epoch + 1, epoch + future_days * DAY, planned)
        ),
        *traffic.bursts(begin, epoch, in_bursts),
    ]
    moments.sort(key=lambda moment: moment[0])
    made: list[Message] = []
    message_id = _FIRST_ID
    for created, newsletter in moments:
        message_id += 1 + random.randrange(4)
        made.append(traffic.make(message_id, created, newsletter))
    return World(epoch, phones, made, [message.created for message in made], [])
