"""An account that lives through three runs, with edits by hand and new phones in between.

What the gateway said in which run is overheard at the gateway, row by row: that, and the world, is
all that the expected tables are computed from.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random
from typing import Any

import polars as pl
import pytest

from pipeline.emulator.cast import Phone, Sim
from pipeline.emulator.habits import Habits
from pipeline.emulator.render import Renderer
from pipeline.emulator.traffic import Message
from pipeline.extract.plan import Asking
from pipeline.run import run_sync
from pipeline.warehouse.snapshot import open_snapshot
from support.account import NOW, Account, account
from support.edits import Editor

HOUR, DAY = 3_600, 86_400
DAYS = 32
OPERATOR = "Prixtel"
TAIL = 300  # seconds before the gateway's clock that no run calls proven


@dataclass(slots=True)
class Run:
    """One run as the gateway saw it: the instant (epoch seconds) and the phones that it listed."""

    at: int
    command: str
    run_id: str
    phones: tuple[Phone, ...]
    calls: int


@dataclass(slots=True)
class Life:
    """What an account lived through.

    Attributes:
        since: floor of the history that was given (epoch seconds); None for none.
        told: for each message the instants of the runs in which the gateway showed a row of it.
        listed: the phones as listed in each run.
    """

    account: Account
    habits: Habits
    since: int | None
    told: dict[int, set[int]] = field(default_factory=dict)
    runs: list[Run] = field(default_factory=list)
    _tables: dict[str, pl.DataFrame] = field(default_factory=dict)

    @property
    def zone(self) -> str:
        """The reporting zone."""
        return self.account.settings.timezone

    @property
    def instants(self) -> list[int]:
        """The instants of the runs, in order."""
        return [run.at for run in self.runs]

    @property
    def until(self) -> int:
        """The end of what is proven after the last run."""
        return self.runs[-1].at - TAIL

    def messages(self) -> list[Message]:
        """Return every message of the world, also the deleted and those yet to come."""
        return [*self.account.world.messages, *self.account.world.added]

    def seen(self, message: Message) -> dict[int, Message]:
        """Return the message as it was at the instants of the runs at which it was there."""
        found = {at: message.seen_at(at) for at in self.instants if message.created <= at}
        return {at: there for at, there in found.items() if there is not None}

    def published(self, table: str) -> pl.DataFrame:
        """Return a published table; times are cut to the second, a run takes less."""
        if table not in self._tables:
            with open_snapshot(self.account.settings.snapshot_path) as snapshot:
                self._tables[table] = snapshot.frame(f'from "{table}"').with_columns(
                    pl.col(pl.Datetime("us", "UTC")).dt.truncate("1s")
                )
        return self._tables[table]

    def run(self, command: str) -> None:
        """Let the product work at this instant."""
        known, before = self.account, self.account.log.total
        if command == "sync":
            result = run_sync(known.settings, Asking(), known.means())
        else:
            result = known.run()
        at = int(known.clock.now().timestamp())
        calls = known.log.total - before
        self.runs.append(Run(at, command, result.run_id, known.world.phones, calls))


@contextmanager
def life(folder: Path, *, seed: int, zone: str, habits: Habits) -> Iterator[Life]:
    """Serve a small random world, run over it three times, and give what came of it."""
    random = Random(seed)
    since = random.choice((None, NOW.subtract(days=DAYS + 1, hours=random.randrange(24))))
    count = 500
    if not habits.filters_in_zone:
        # Its zone must be found out, to the quarter of an hour: that takes messages.
        since, count = None, 2000
    settings: dict[str, Any] = {"timezone": zone, "window_rows": 1000, "since": since}
    with (
        account(folder, messages=count, days=DAYS, seed=seed, habits=habits, **settings) as known,
        pytest.MonkeyPatch.context() as patch,
    ):
        lived = Life(known, habits, None if since is None else int(since.timestamp()))
        _overhear(lived, patch)
        editor = Editor(known.world, random)
        _slow_down(known, random)
        _fail_some(known, random)
        for message in random.sample(known.world.messages[:200], 2):
            message.end = 3
        known.world.phones = _without(known.world.phones, random.randrange(3, 7))
        for command in ("run", "sync", "run"):
            if lived.runs:
                known.clock.advance(random.randrange(3 * HOUR, 11 * HOUR))
                editor.draw(known.clock.now(), 10)
                _move_one(lived, random)
                _tidy(lived)
                known.world.phones = _changed(lived, random)
            lived.run(command)
        yield lived


def _overhear(lived: Life, patch: pytest.MonkeyPatch) -> None:
    """Note every row that the gateway writes."""
    write = Renderer.message

    def message(renderer: Renderer, shown: Message, now: int) -> str:
        lived.told.setdefault(shown.message_id, set()).add(now)
        return write(renderer, shown, now)

    patch.setattr(Renderer, "message", message)


def _slow_down(known: Account, random: Random) -> None:
    """Let the latest messages take hours for each step, so that runs see them on their way."""
    for message in known.world.messages:
        if message.created < known.world.epoch - 2 * DAY or message.end in {5, 1, 3, 4}:
            continue
        if message.newsletter is None and random.random() < 0.7:
            steps = [int(random.expovariate(1 / (4 * HOUR))) + 1 for _ in range(3)]
            message.taken += steps[0]
            message.left = message.taken + steps[1]
            if message.settled is not None:
                message.settled = message.left + steps[2]


def _fail_some(known: Account, random: Random) -> None:
    """Let a few SIMs fail with some of what they got lately; now and then two phones with all."""
    if random.random() < 0.5:
        _fail_operator(known)
    phones, epoch = known.world.phones, known.world.epoch
    for _ in range(5):
        phone, slot = random.choice(phones), random.randrange(2)
        for status in random.choices((9, 10, 12, 100), (6, 2, 1, 1), k=random.randrange(4)):
            created = epoch - random.randrange(1, HOUR)
            known.world.insert(
                created, device_id=phone.device_id, sim=slot, status=status, at=epoch - 1
            )


def _fail_operator(known: Account) -> None:
    """Let all that two phones got lately fail; they have the same operator in the end."""
    world = known.world
    *others, last = world.phones
    same = replace(last.sims[0], carrier=OPERATOR)
    world.phones = (*others, replace(last, sims=(same,)))
    failing = {world.phones[1].device_id, last.device_id}
    for message in world.messages:
        if message.device_id in failing and message.created > world.epoch - 2 * DAY:
            message.end = 5 if message.end == 5 else 9
    for device_id in failing:
        world.insert(world.epoch - 60, device_id=device_id, sim=0, status=9, at=world.epoch - 1)


def _tidy(lived: Life) -> None:
    """Delete the first message that is stuck, and end what is in no documented status."""
    world, now = lived.account.world, int(lived.account.clock.now().timestamp())
    if len(lived.runs) > 1:
        return
    old = [m for m in lived.messages() if m.created < now - 6 * DAY and not m.edits]
    stuck = next(m for m in old if m.status_at(now) == 3)
    world.delete(stuck.message_id, now)
    for message in old:
        if message.status_at(now) == 4:
            world.set_status(message.message_id, 8, now)


def _move_one(lived: Life, random: Random) -> None:
    """Put a delivered message on another phone: one that each run has read so far."""
    now = int(lived.account.clock.now().timestamp())
    ready = [
        m
        for m in lived.messages()
        if lived.told.get(m.message_id) == set(lived.instants)
        and len(m.edits) == 0
        and m.status_at(lived.instants[0]) == 7
        and m.created > now - 2 * DAY
    ]
    if ready:
        phone = random.choice(lived.account.world.phones)
        lived.account.world.move(random.choice(ready).message_id, phone.device_id, now)


def _without(phones: tuple[Phone, ...], place: int) -> tuple[Phone, ...]:
    return phones[:place] + phones[place + 1 :]


def _changed(lived: Life, random: Random) -> tuple[Phone, ...]:
    """Change what phones there are: names, versions, silence, SIMs; one is listed no more."""
    first, second, third, *rest = lived.account.world.phones
    if len(lived.runs) > 1:
        back = replace(first, sims=lived.runs[0].phones[0].sims)
        silent = replace(third, silent_days=random.randrange(2), delay_between_requests=25)
        return (back, second, silent, *rest[1:])
    renamed = replace(first, title="Lille un", app_version="12.2.0", sims=_swapped(first, 1))
    return (renamed, replace(second, sims=_swapped(second, 2)), third, *rest)


def _swapped(phone: Phone, number: int) -> tuple[Sim, ...]:
    """Return the SIMs of a phone with another one in the first slot."""
    sim, *others = phone.sims
    return (replace(sim, carrier=OPERATOR, icc_id=f"893315000000000001{number}"), *others)
