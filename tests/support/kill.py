"""Moments at which a first load is killed, and what it had landed by then."""

import os
import shutil
import signal
import subprocess
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from typing import Any

from pipeline.emulator.forms import Fields
from pipeline.extract.plan import place_of
from pipeline.extract.windows import clipped, without
from pipeline.gateway.reading import read_name
from pipeline.settings import Settings
from pipeline.statuses import FINAL_STATUSES
from pipeline.values import Window
from pipeline.warehouse.inbox import Inbox
from pipeline.warehouse.raw import RawStore
from pipeline.warehouse.store import Warehouse, open_warehouse
from support.account import NOW, Account

MOMENTS = ("call", "delay", "ticket", "landing", "log", "checkpoint", "publishing")
_GLANCE = 0.0005


@dataclass(frozen=True, slots=True)
class Measure:
    """How long an undisturbed first load is: in seconds, calls, tickets and bytes of the log."""

    seconds: float
    calls: int
    windows: int
    log_bytes: int


class Victim:
    """A first load that is killed at a random moment of one kind.

    Attributes:
        process: set once it is started; calls that come before are not its own.
    """

    def __init__(self, kind: str, random: Random, measure: Measure, folder: Path) -> None:
        self.process: subprocess.Popen[str] | None = None
        self._kind = kind
        self._folder = folder
        self._calls = 0
        self._seen: set[str] = set()
        self._last_call = random.randint(1, measure.calls)
        self._seconds = random.uniform(0, measure.seconds)
        self._tickets = random.randint(1, measure.windows)
        self._landings = random.randint(2, 5)
        self._log_bytes = random.randint(measure.log_bytes // 2, measure.log_bytes)

    def rule(self, endpoint: str, fields: Fields) -> None:
        """Kill while the gateway works on the chosen call; a rule of `Faults`."""
        if self.process is None:
            return
        self._calls += 1
        if self._kind == "call" and self._calls == self._last_call:
            self.kill()

    def kill(self) -> None:
        """Kill as `kill -9` does."""
        if self.process is not None:
            with suppress(ProcessLookupError):
                os.kill(self.process.pid, signal.SIGKILL)

    def await_end(self) -> bool:
        """Wait for the moment, kill; returns whether it was alive until then."""
        assert self.process is not None
        if self._kind == "delay":
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(self._seconds)
        moment: Callable[[], bool] = getattr(self, f"_is_{self._kind}", lambda: False)
        while self.process.poll() is None and not moment() and self._kind != "delay":
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(_GLANCE)
        self.kill()
        self.process.wait()
        return self.process.returncode == -signal.SIGKILL

    def _is_ticket(self) -> bool:
        self._seen |= {path.name for path in (self._folder / "inbox").glob("*.ticket")}
        return len(self._seen) >= self._tickets

    def _is_landing(self) -> bool:
        """Whether the files of one more landing appear: its transaction has begun."""
        now = set((self._folder / "inbox").glob("messages-*.part"))
        if now and "there" not in self._seen:
            self._landings -= 1
        self._seen = {"there"} if now else set()
        return self._landings <= 0

    def _is_log(self) -> bool:
        """Whether the warehouse's log has grown to some size: a transaction is being written."""
        return _size(self._folder / "warehouse.duckdb.wal") >= self._log_bytes

    def _is_checkpoint(self) -> bool:
        """Whether the warehouse's log goes into its file."""
        return _size(self._folder / "warehouse.duckdb") > 100_000

    def _is_publishing(self) -> bool:
        return (self._folder / ".analytics.duckdb.part").exists()


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


@contextmanager
def copied(settings: Settings, folder: Path) -> Iterator[Warehouse]:
    """Open a copy of a folder's warehouse, log included: the folder stays as the kill left it."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("warehouse.duckdb", "warehouse.duckdb.wal"):
        with suppress(FileNotFoundError):
            shutil.copy(settings.data_dir / name, folder / name)
    with open_warehouse(folder / "warehouse.duckdb") as warehouse:
        yield warehouse


def landed(settings: Settings, folder: Path) -> list[Window]:
    """Return what of the history is proven in what a kill left, sealed tickets included."""
    with copied(settings, folder) as warehouse:
        proven = RawStore(warehouse, "look").proven()
    inbox = folder / "inbox"
    if (settings.data_dir / "inbox").is_dir():
        shutil.copytree(settings.data_dir / "inbox", inbox)
    tickets = [landing.ticket for landing in Inbox(inbox).leftovers()]
    proven += [t.window for t in tickets if t.window and t.state == "verified"]
    return proven


@dataclass(frozen=True, slots=True)
class Asked:
    """What a run asked rows of: windows, windows again of late changes, dropped small samples."""

    windows: list[Window]
    open: list[Window]
    dropped: int


def rows_asked(known: Account, settings: Settings, calls: list[dict[str, str]]) -> Asked:
    """Return the windows whose rows a run asked for, by the gateway's own log.

    The survey's samples are told by their mark in `raw.windows`; what it looks at and does not
    keep is in no window there.
    """
    with open_warehouse(settings.warehouse_path) as warehouse:
        store = RawStore(warehouse, "look")
        trait = store.trait("reading")
        assert trait is not None
        place = place_of(read_name(trait.value))
        unsettled = store.unsettled(NOW, settings.settle_hours, FINAL_STATUSES, place)
        kept = Counter(
            (row["begin"], row["end"], row["filters"])
            for row in warehouse.rows(
                """
                select
                    calls.parameters ->> 'begindate' as begin,
                    calls.parameters ->> 'enddate' as end,
                    windows.filters
                from raw.calls as calls
                inner join raw.windows as windows on calls.call_id = windows.call_id
                where windows.run_id = (select arg_max(run_id, rowid) from raw.runs)
                """
            )
        )
    asked = [
        (call["begindate"], call["enddate"])
        for call in calls
        if call["endpoint"] == "getallsms" and "onlycount" not in call and "begindate" in call
    ]
    samples = {(begin, end) for begin, end, filters in kept if filters != "{}"}
    whole = {(begin, end) for begin, end, filters in kept if filters == "{}"}
    horizon = NOW.subtract(hours=settings.settle_hours, minutes=settings.tail_minutes)
    recent = Window(horizon, NOW.add(days=3))
    windows = [_window(*query) for query in asked if query in whole]
    dropped = sum(query not in whole | samples for query in asked)
    return Asked(windows, [*unsettled, recent], dropped)


def _window(begin: str, end: str) -> Window:
    """Return the window of a query, which starts a second early."""
    first, last = (NOW.fromisoformat(f"{text}+00:00").in_timezone("UTC") for text in (begin, end))
    return Window(first.add(seconds=1), last)


def again(asked: Asked, proven: list[Window]) -> list[Window]:
    """Return what was asked although it was landed, and nothing in it may change any more."""
    repeated = [part for window in asked.windows for part in clipped(proven, window)]
    return [w for part in repeated for w in without(part, asked.open) if w.seconds > 1]


def raw_messages(settings: Settings) -> Counter[tuple[Any, ...]]:
    """Return every version that raw holds: id and payload, as often as it is there."""
    with open_warehouse(settings.warehouse_path) as warehouse:
        rows = warehouse.rows("select message_id, payload from raw.messages")
    return Counter(tuple(row.values()) for row in rows)


def own_folder(known: Account, folder: Path) -> Settings:
    """Return the settings of a first load into a new folder with the same key of the hashes."""
    settings = replace(known.settings, data_dir=folder / "data")
    settings.data_dir.mkdir(parents=True, mode=0o700)
    shutil.copy(known.settings.data_dir / "keys", settings.data_dir / "keys")
    return settings
