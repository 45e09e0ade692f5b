"""Edits by hand at random over a moving world, and what the next run must show of each.

The rule of what a run can see: it compares counts per status over the whole history and over four
parts of it. A change that leaves every one of those counts as it was cancels out and is left to the
audit. Here each run's edits are drawn so that they do not: see `Editor.draw`.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from random import Random
from typing import Literal

from pendulum import DateTime

from pipeline.emulator.traffic import Message
from pipeline.emulator.world import World

Kind = Literal["status", "delete", "insert", "restore", "resend"]
_SET = (7, 8, 9, 10, 11, 12, 100, 101)


@dataclass(frozen=True, slots=True)
class Done:
    """One edit: what was done to whom; `is_old` where no run looks at it without a reason."""

    kind: Kind
    message_id: int
    created: int
    is_old: bool


class Editor:
    """An operator with a seed.

    Attributes:
        done: every edit so far.
    """

    def __init__(self, world: World, random: Random, *, settle_hours: int = 72) -> None:
        self._world = world
        self._random = random
        self._settle = settle_hours * 3600
        self._touched: set[int] = set()
        self.deleted: list[int] = []
        self._resent: dict[int, int] = {}
        self.done: list[Done] = []

    def draw(self, now: DateTime, count: int) -> list[Done]:
        """Do so many edits at an instant, of any age, none of which cancels out another.

        In one batch each status is either gained or lost, never both: then no two edits, and no
        more of them, leave every count as it was, whatever stretch of time they lie in. What was
        sent again earlier goes on by itself meanwhile, and counts as part of the batch.
        """
        at = int(now.timestamp())
        moved = self._moved_alone(at)
        found: list[Done] = []
        while len(found) < count:
            edit = self._one(at, moved)
            if edit is not None:
                found.append(edit)
        self.done += found
        return found

    def _moved_alone(self, at: int) -> dict[int, int]:
        """Return how what was sent again has moved the counts since the last batch."""
        moved: dict[int, int] = {}
        for message_id, before in self._resent.items():
            message = self._world.find(message_id)
            assert message is not None
            after = self._resent[message_id] = message.status_at(at)
            if after != before:
                for status, step in ((before, -1), (after, 1)):
                    moved[status] = 0 if moved.get(status, step) != step else step
        return moved

    def _one(self, at: int, moved: dict[int, int]) -> Done | None:
        """Try one edit; None where it would cancel out what the batch did before."""
        kind: Kind = self._random.choices(
            ("status", "delete", "insert", "restore", "resend"), (5, 3, 3, 2, 2)
        )[0]
        if kind == "insert":
            return self._insert(at, moved)
        if kind == "restore":
            return self._restore(at, moved)
        message = self._random.choice(self._world.messages)
        if message.created > at - 600 or message.message_id in self._touched:
            return None
        if message.seen_at(at) is None:
            return None
        before = message.status_at(at)
        after = {"status": self._random.choice(_SET), "resend": 1, "delete": None}[kind]
        if after == before or not _may(moved, lost=before, gained=after):
            return None
        self._touched.add(message.message_id)
        if kind == "status" and after is not None:
            self._world.set_status(message.message_id, after, at)
        elif kind == "resend":
            self._world.resend(message.message_id, at)
            self._resent[message.message_id] = 1
        else:
            self._world.delete(message.message_id, at)
            self.deleted.append(message.message_id)
        return self._told(kind, message, at)

    def _insert(self, at: int, moved: dict[int, int]) -> Done | None:
        status = self._random.choice(_SET)
        if not _may(moved, lost=None, gained=status):
            return None
        first = self._world.messages[0].created
        created = self._random.randrange(first, at - 600)
        device = self._random.choice(self._world.phones).device_id
        made = self._world.insert(created, device_id=device, status=status, at=at)
        return Done("insert", made, created, created < at - self._settle)

    def _restore(self, at: int, moved: dict[int, int]) -> Done | None:
        """Bring back what an earlier batch deleted."""
        ready = [m for m in self.deleted if self._world.find(m, at) is None]
        ready = [m for m in ready if self._deleted_before(m, at)]
        if not ready:
            return None
        message_id = self._random.choice(ready)
        message = self._world.find(message_id)
        assert message is not None
        if not _may(moved, lost=None, gained=message.status_at(at)):
            return None
        self._world.restore(message_id, at)
        self.deleted.remove(message_id)
        return self._told("restore", message, at)

    def _deleted_before(self, message_id: int, at: int) -> bool:
        message = self._world.find(message_id)
        return message is not None and message.edits[-1].at < at

    def _told(self, kind: Kind, message: Message, at: int) -> Done:
        due = max(message.created, message.due or 0)
        is_old = message.created < at - self._settle and due < at - self._settle
        return Done(kind, message.message_id, message.created, is_old)


def _may(moved: dict[int, int], *, lost: int | None, gained: int | None) -> bool:
    """Note what a batch does to the count of each status, if that goes one way only."""
    steps = [(status, step) for status, step in ((lost, -1), (gained, 1)) if status is not None]
    if lost == gained or any(moved.get(status, step) != step for status, step in steps):
        return False
    moved.update(steps)
    return True


def ages(done: Iterable[Done], now: DateTime) -> Counter[int]:
    """Return how many edits were of each age, in periods of ten days."""
    at = int(now.timestamp())
    return Counter((at - edit.created) // 864_000 for edit in done)
