"""Make the emulator that a person asks for: its account, its clock, its habits, its state."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pendulum import DateTime
from starlette.applications import Starlette

from pipeline.emulator.app import create_app
from pipeline.emulator.faults import COMMON_KINDS, Faults
from pipeline.emulator.habits import Habits
from pipeline.emulator.state import StateFile
from pipeline.emulator.switches import changed
from pipeline.emulator.watch import EmulatorClock
from pipeline.emulator.world import FIRST_ID, make_world

# With these another way an account is the same.
_FREE = frozenset({"answer_seconds", "fault_rate", "token_calls"})


@dataclass(frozen=True, slots=True)
class Options:
    """What a person may choose.

    Attributes:
        seed: which account.
        messages: how many messages exist at the start, over so many `days`.
        first_id: no message has an id below it.
        fault_rate: share of calls that fail, `fault_rates` by endpoint.
        held_at: the clock stands still there; None lets it run with the machine's.
        state: the file that keeps what is written; None keeps it in memory.
    """

    seed: int = 1
    messages: int = 50_000
    days: int = 90
    first_id: int = FIRST_ID
    habits: Habits = field(default_factory=Habits)
    fault_rate: float = 0.0
    fault_rates: Mapping[str, float] = field(default_factory=dict)
    held_at: DateTime | None = None
    state: Path | None = None


def make_emulator(options: Options) -> Starlette:
    """Return the emulator; UsageError if the file of its state cannot be gone on with."""
    clock = EmulatorClock(options.held_at)
    state = None
    if options.state is not None:
        state = StateFile(options.state, _facts(options), clock.now())
    world = make_world(
        seed=options.seed,
        messages=options.messages,
        days=options.days,
        now=clock.now() if state is None else state.epoch,
        first_id=options.first_id,
    )
    faults = Faults(
        seed=options.seed,
        rate=options.fault_rate or options.habits.fault_rate,
        rates=options.fault_rates,
        kinds=COMMON_KINDS,
    )
    return create_app(world, clock, options.habits, faults, state)


def _facts(options: Options) -> tuple[str, ...]:
    """Return what an account follows from, as a person types it."""
    switched = [
        f"--switch {name}={text}"
        for name, text in changed(options.habits).items()
        if name not in _FREE
    ]
    return (
        f"--seed {options.seed}",
        f"--messages {options.messages}",
        f"--days {options.days}",
        f"--first-id {options.first_id}",
        *switched,
    )
