"""A made-up account over a stretch of time: the truth that the emulator serves and tests count."""

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain
from random import Random

import pendulum
from pendulum import DateTime

from pipeline.emulator.cast import Phone, make_phones
from pipeline.emulator.edits import LONG_AGO, Edit, EditKind, in_order
from pipeline.emulator.traffic import DAY, Message, Traffic

FIRST_ID = 62_000_000
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
        added: what clients sent or operators inserted, in the order of their ids; few.
        first_id: no message has an id below it.

    Edits are what operators do in the web UI. Each is in effect from its instant `at` (epoch
    seconds) on, never before; a `LookupError` says that no message has the id.
    """

    epoch: int
    phones: tuple[Phone, ...]
    messages: list[Message]
    created: list[int]
    added: list[Message] = field(default_factory=list)
    first_id: int = FIRST_ID

    def between(self, begin: int, end: int, now: int | None = None) -> Iterator[Message]:
        """Return the messages created from `begin` on and before `end` (epoch seconds).

        With `now` they are as seen then: without the deleted, the moved on their new device.
        Without it all come as they were made.
        """
        first, last = bisect_left(self.created, begin), bisect_left(self.created, end)
        made = chain(
            self.messages[first:last],
            (message for message in self.added if begin <= message.created < end),
        )
        if now is None:
            return made
        return (seen for message in made if (seen := message.seen_at(now)) is not None)

    def next_id(self) -> int:
        """Return the id of the message that is added next."""
        return self._first_added() + len(self.added)

    def _first_added(self) -> int:
        return self.messages[-1].message_id + 1 if self.messages else self.first_id

    def find(self, message_id: int, now: int | None = None) -> Message | None:
        """Return the message of an id, with `now` as seen then; None if there is none."""
        place = bisect_left(self.messages, message_id, key=lambda message: message.message_id)
        if place < len(self.messages) and self.messages[place].message_id == message_id:
            found: Message | None = self.messages[place]
        else:
            place = message_id - self._first_added()
            found = self.added[place] if 0 <= place < len(self.added) else None
        return found if found is None or now is None else found.seen_at(now)

    def set_status(self, message_id: int, status: int, at: int) -> None:
        """Set a status by hand: it stays until the next edit."""
        self._edit(message_id, "status", at, status)

    def resend(self, message_id: int, at: int) -> None:
        """Send again under the same id: status 1, then its life anew; incoming ones stay 1."""
        self._edit(message_id, "resend", at)

    def delete(self, message_id: int, at: int) -> None:
        """Take a message out of rows and counts."""
        self._edit(message_id, "delete", at)

    def restore(self, message_id: int, at: int) -> None:
        """Bring a deleted message back, as it would be had it never been away."""
        self._edit(message_id, "restore", at)

    def move(self, message_id: int, device_id: int, at: int, *, sim: int | None = None) -> None:
        """Put a message on another device, and on another SIM if one is given."""
        self._edit(message_id, "device", at, device_id)
        if sim is not None:
            self._edit(message_id, "sim", at, sim)

    def insert(
        self,
        created: int,
        *,
        device_id: int,
        sim: int = 0,
        status: int = 7,
        due: int | None = None,
        at: int,
    ) -> int:
        """Make a message that appears late, backdated to `created`; returns its new id."""
        start = created if due is None else max(due, created)
        edits = (
            Edit(LONG_AGO, "delete"),
            Edit(at, "restore"),
            Edit(at, "status", status),
        )
        message = Message(
            message_id=self.next_id(),
            sendto="+33600000000",
            body="inserted late",
            customer_id=None,
            device_id=device_id,
            sim=sim,
            is_urgent=False,
            created=created,
            due=due,
            taken=start,
            left=start,
            settled=start,
            end=status,
            edits=edits,
        )
        self.added.append(message)
        return message.message_id

    def _edit(self, message_id: int, kind: EditKind, at: int, value: int = 0) -> None:
        message = self.find(message_id)
        if message is None:
            raise LookupError(f"no message has the id {message_id}")
        message.edits = in_order((*message.edits, Edit(at, kind, value)))

    def messages_at(self, now: DateTime) -> Iterator[Truth]:
        """Return what is true of each message that exists at an instant."""
        instant = int(now.timestamp())
        for message in self.between(0, instant + 1, instant):
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
    *,
    seed: int,
    messages: int,
    days: int,
    now: DateTime,
    future_days: int = 2,
    first_id: int = FIRST_ID,
) -> World:
    """Return the account of a seed: the same arguments give the same world.

    Args:
        seed: which world.
        messages: how many exist at `now`, over the `days` before it.
        days: length of the history.
        now: when the history ends.
        future_days: days of traffic planned beyond `now`, at the same density.
        first_id: no message has an id below it; in an empty account the first sent one has it.
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
    message_id = first_id
    for created, newsletter in moments:
        message_id += 1 + random.randrange(4)
        made.append(traffic.make(message_id, created, newsletter))
    return World(epoch, phones, made, [message.created for message in made], [], first_id)
