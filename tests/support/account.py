"""An account for tests: an emulated world at an instant, and a data folder of its own."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pendulum
from pendulum import DateTime

from pipeline.clock import HeldClock, SystemClock
from pipeline.emulator.account import Account as Writes
from pipeline.emulator.app import create_app
from pipeline.emulator.faults import Faults
from pipeline.emulator.habits import TOKEN, Habits
from pipeline.emulator.log import CallLog
from pipeline.emulator.watch import EmulatorClock
from pipeline.emulator.world import World, make_world
from pipeline.extract.plan import Asking
from pipeline.run import Means, RunResult, run_all
from pipeline.settings import Settings
from pipeline.values import Secret
from pipeline.warehouse.snapshot import open_snapshot
from support.emulator import running_app

# A week after the clocks of Europe went back, a month after those of Sydney went forward.
NOW = pendulum.datetime(2026, 11, 2, 9, 30)


@dataclass(slots=True)
class Account:
    """One emulated account and the product beside it."""

    world: World
    clock: EmulatorClock
    settings: Settings
    faults: Faults
    log: CallLog
    written: Writes

    def means(self) -> Means:
        """Return what a job works with at this instant."""
        return Means(clock=HeldClock(self.clock.now()))

    def run(self, asking: Asking | None = None, **changes: Any) -> RunResult:
        """Run sync, build and report."""
        return run_all(replace(self.settings, **changes), asking or Asking(), self.means())

    def calls(self) -> list[dict[str, str]]:
        """Return what the gateway was asked: each call's `endpoint` and fields, without secrets."""
        return self.log.calls()

    def rows(self, sql: str) -> list[dict[str, Any]]:
        """Ask the snapshot."""
        with open_snapshot(self.settings.snapshot_path) as snapshot:
            return snapshot.rows(sql)


@contextmanager
def account(  # noqa: PLR0913 - one argument per thing that a test may choose
    folder: Path,
    *,
    messages: int = 2000,
    days: int = 40,
    habits: Habits | None = None,
    faults: Faults | None = None,
    seed: int = 7,
    future_days: int = 2,
    now: DateTime = NOW,
    **settings: Any,
) -> Iterator[Account]:
    """Serve a world whose clock stands still at `now`; gives it with its settings.

    A plan of faults may be switched off and on between runs.
    """
    world = make_world(seed=seed, messages=messages, days=days, now=now, future_days=future_days)
    clock = EmulatorClock(now)
    app = create_app(world, clock, habits, faults)
    with running_app(app) as address:
        given = Settings(
            base_url=address,
            token=Secret(TOKEN),
            data_dir=folder / "data",
            rate=100_000,
            timezone="Europe/Paris",
            report_periods=(),  # a test that looks at a report asks for it
        )
        asked = replace(given, **settings)
        yield Account(world, clock, asked, app.state.faults, app.state.log, app.state.account)


@contextmanager
def account_of_today(folder: Path, **given: Any) -> Iterator[Account]:
    """Serve a small account in the present: commands that send take the time from the system."""
    with account(folder, messages=20, days=2, **given) as known:
        known.clock.set(SystemClock().now())
        yield known
