"""The account's phones at work: each asks for messages, sends them, and tells what became of them.

Only what clients sent goes this way. Everything happens at instants that follow from what was
sent and when, never from when somebody looks: looking later gives the same lives.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from heapq import heapify, heappop, heappush
from random import Random

from pipeline.emulator.cast import Phone, Sim
from pipeline.emulator.habits import Habits
from pipeline.emulator.traffic import NEVER, Message
from pipeline.emulator.world import World

_RECEIVED = frozenset({7, 8})
# Threads look at the clock before they take their turn: so much earlier is not put back.
_RACE = 2
_Waiting = tuple[int, int, Message]


@dataclass(slots=True)
class _Worker:
    """One phone's work.

    Attributes:
        free_at: from then on it asks again; what it asked for before is done.
        worked_until: up to then its work was looked at.
        later: what waits for its time, the soonest first.
        ready: what can be taken: the urgent first, then in order of time.
    """

    phone: Phone
    is_on: bool
    free_at: int = 0
    worked_until: int = 0
    later: list[_Waiting] = field(default_factory=list)
    ready: list[tuple[bool, int, int, Message]] = field(default_factory=list)

    @property
    def waiting(self) -> int:
        """How many messages wait."""
        return len(self.later) + len(self.ready)

    def give(self, message: Message, now: int) -> None:
        """Let a message wait."""
        start = max(message.created, message.due or 0)
        if now < self.worked_until - _RACE:  # the clock was put back, and so is the phone
            self.free_at = self.worked_until = now
        self.free_at = max(self.free_at, now + 1)
        heappush(self.later, (start, message.message_id, message))

    def next_poll(self) -> int:
        """Return when it asks for work next and gets some; NEVER if none waits."""
        if not self.is_on or self.waiting == 0:
            return NEVER
        at = self.free_at if self.ready else max(self.free_at, self.later[0][0])
        pause = max(self.phone.delay_between_requests, 1)
        return -(-at // pause) * pause

    def take(self, at: int, most: int) -> Iterator[Message]:
        """Take the first messages whose time has come, the urgent before the others."""
        while self.later and self.later[0][0] <= at:
            start, message_id, message = heappop(self.later)
            heappush(self.ready, (not message.is_urgent, start, message_id, message))
        for _ in range(min(most, len(self.ready))):
            yield heappop(self.ready)[-1]

    def drop(self, message_id: int) -> Message | None:
        """Take a message out of what waits and return it."""
        waiting = [message for *_, message in self.later] + [m for *_, m in self.ready]
        found = next((m for m in waiting if m.message_id == message_id), None)
        self.later = [entry for entry in self.later if entry[-1] is not found]
        self.ready = [entry for entry in self.ready if entry[-1] is not found]
        heapify(self.later)
        heapify(self.ready)
        return found


class Fleet:
    """The phones of a world; one thread at a time.

    Args:
        world: whose phones they are; one that is taken in later is added to it.
        habits: how fast they work, and how it ends.
    """

    def __init__(self, world: World, habits: Habits) -> None:
        self._world = world
        self._habits = habits
        self._workers: dict[int, _Worker] = {}
        for phone in world.phones:
            self._hire(phone)

    def knows(self, device_id: int) -> bool:
        """Return whether a phone is the account's; where any is taken in, it is from then on."""
        if device_id not in self._workers and self._habits.takes_any_device and device_id > 0:
            self._world.phones = (*self._world.phones, _stranger(device_id))
            self._hire(self._world.phones[-1])
        return device_id in self._workers

    def give(self, message: Message, now: int) -> None:
        """Let a message wait on its phone."""
        self._workers[message.device_id].give(message, now)

    def pass_on(self, message_id: int, device_id: int, now: int) -> None:
        """Let a message that waits on a phone wait on another one; nothing if none has it."""
        if device_id not in self._workers:
            return
        for worker in self._workers.values():
            message = worker.drop(message_id)
            if message is not None:
                self._workers[device_id].give(message, now)
                return

    def work_until(self, now: int) -> None:
        """Let the phones do what they do up to an instant."""
        for worker in self._workers.values():
            while (at := worker.next_poll()) <= now:
                self._work(worker, at)
            worker.worked_until = max(worker.worked_until, now)

    def turn(self, device_id: int, now: int, *, is_on: bool) -> None:
        """Switch a phone on or off, from an instant on; KeyError if there is none."""
        self.work_until(now)
        worker = self._workers[device_id]
        worker.is_on = is_on
        worker.free_at = max(worker.free_at, now + 1)

    def waiting(self) -> dict[int, int]:
        """Return how many messages wait on each phone."""
        return {device_id: worker.waiting for device_id, worker in self._workers.items()}

    def _hire(self, phone: Phone) -> None:
        self._workers[phone.device_id] = _Worker(phone, is_on=phone.silent_days == 0)

    def _work(self, worker: _Worker, at: int) -> None:
        """Let a phone take a pack and send it, one message after the other."""
        left = at
        for message in worker.take(at, self._habits.pack):
            random = Random(f"{self._world.epoch} {message.message_id}")
            left += self._habits.sms_seconds
            left += random.randint(0, worker.phone.delay_between_sms or 0)
            message.taken, message.left = at, left
            message.end = _end(random, self._habits)
            if message.end in _RECEIVED:
                message.settled = left + 1 + random.randrange(self._habits.receipt_seconds or 1)
        worker.free_at = max(left, at + 1)


def _end(random: Random, habits: Habits) -> int:
    statuses, shares = zip(*habits.ends, strict=True)
    return int(random.choices(statuses, shares)[0])


def _stranger(device_id: int) -> Phone:
    sims = tuple(Sim(slot, "de", "Telekom.de", f"+49157500000{slot}", "0" * 19) for slot in (0, 1))
    return Phone(device_id, f"Phone {device_id}", sims, "null", "12.1.21", 10, None)
