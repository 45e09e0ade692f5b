"""An account that was fetched once, and faults that strike the next run of the command line."""

import shutil
import threading
from collections.abc import Callable, Container, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from pipeline.cli.main import main
from pipeline.clock import HeldClock, SystemClock
from pipeline.emulator.faults import FaultKind, Faults
from pipeline.emulator.habits import EMAIL, PASSWORD, TOKEN, Habits
from support.account import NOW, Account, account
from support.rows import Row

HOURS_LATER = 36
Blow = Callable[[httpx.Request], None]
SECRETS = (TOKEN, EMAIL)
Proven = list[tuple[Any, Any]]


class Strike:
    """Decides which calls of a run fail, and how; does nothing until it is told.

    A kind is a fault of the emulator; a blow acts in the client's transport: it changes the
    request, or raises.

    Attributes:
        struck: calls that failed since the start.
        asked: the endpoint of each call so far.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.asked: list[str] = []
        self.stop()

    def start(self, how: FaultKind | Blow, calls: Container[int]) -> None:
        """Let the calls of these numbers fail; the next one is number 1."""
        with self._lock:
            self._how, self._numbers, self._calls, self.struck = how, calls, 0, 0

    def stop(self) -> None:
        """Let every call through."""
        with self._lock:
            self._how: FaultKind | Blow | None = None
            self._numbers: Container[int] = ()
            self._calls = self.struck = 0

    def kind(self, _endpoint: str, _fields: Mapping[str, str]) -> FaultKind | None:
        """Return the fault of a call for the emulator's plan."""
        how = self._how
        return how if isinstance(how, str) and self._is_due() else None

    def blow(self, request: httpx.Request) -> None:
        """Strike a request before it leaves."""
        self.asked.append(request.url.path.rpartition("/")[2])
        how = self._how
        if how is not None and not isinstance(how, str) and self._is_due():
            how(request)

    def _is_due(self) -> bool:
        with self._lock:
            self._calls += 1
            is_due = self._calls in self._numbers
            self.struck += is_due
            return is_due


@dataclass(frozen=True, slots=True)
class Ended:
    """How a command ended: its exit code, its sentences, all that it showed."""

    code: int
    said: tuple[str, ...]
    shown: str

    def told(self, row: Row) -> None:
        """Assert that it ended as the table says: in two sentences, without a secret."""
        assert self.code == row.code, self.shown
        assert row.words in self.shown, self.shown
        assert len(self.said) == (2 if row.code else 0)
        assert not row.code or row.words in self.said[0]
        assert "Traceback" not in self.shown
        assert not [secret for secret in SECRETS if secret in self.shown]


@dataclass(slots=True)
class Stage:
    """One account in a data folder of its own, and the command line in front of it."""

    known: Account
    strike: Strike
    folder: Path
    capfd: pytest.CaptureFixture[str]
    monkeypatch: pytest.MonkeyPatch
    clock: HeldClock = field(default_factory=lambda: HeldClock(NOW))

    def set_up(self) -> None:
        """Let commands see this account, at its time, with waits that take none."""
        settings = self.known.settings
        given = {
            "BASE_URL": settings.base_url,
            "TOKEN": TOKEN,
            "DATA_DIR": str(self.folder),
            "TIMEZONE": settings.timezone,
            "RATE": "1000",
        }
        for name, value in given.items():
            self.monkeypatch.setenv(f"SMS24_{name}", value)
        self.monkeypatch.chdir(settings.data_dir.parent)
        self.monkeypatch.setattr(SystemClock, "now", lambda _: self.clock.now())
        self.monkeypatch.setattr(SystemClock, "monotonic", lambda _: self.clock.monotonic())
        self.monkeypatch.setattr(SystemClock, "sleep", lambda _, s: self.clock.sleep(s))
        send = httpx.HTTPTransport.handle_request

        def struck(transport: httpx.HTTPTransport, request: httpx.Request) -> httpx.Response:
            self.strike.blow(request)
            return send(transport, request)

        self.monkeypatch.setattr(httpx.HTTPTransport, "handle_request", struck)

    def log_in_by_password(self) -> None:
        """Let commands fetch a token instead of having one."""
        self.monkeypatch.setenv("SMS24_TOKEN", "")
        self.monkeypatch.setenv("SMS24_EMAIL", EMAIL)
        self.monkeypatch.setenv("SMS24_PASSWORD", PASSWORD)

    def later(self, hours: float) -> None:
        """Let time pass for the gateway and for us."""
        self.known.clock.advance(hours * 3600)
        self.clock = HeldClock(self.known.clock.now())

    def run(self, *command: str) -> Ended:
        """Run a command, `run` unless named."""
        self.capfd.readouterr()
        code = main(list(command or ("run",)))
        shown = self.capfd.readouterr()
        said = [line for line in shown.err.splitlines() if line not in shown.out]
        sentences = tuple(line for line in said if line.startswith("sms24: "))
        rest = [line for line in said if line not in sentences and not line.endswith(" ...")]
        assert not code or not rest, rest
        return Ended(code, sentences, shown.out + shown.err)

    def run_calls(self) -> int:
        """Return how many calls were made so far."""
        return len(self.strike.asked)

    def assert_good(self, ended: Ended, proven: Proven) -> None:
        """Assert a green run: every message right, what was proven is proven, no secret kept."""
        assert (ended.code, ended.said) == (0, ()), ended.shown
        now = self.known.clock.now()
        truth = {m.message_id: m.status for m in self.known.world.messages_at(now)}
        rows = self.rows("select message_id, status from messages where gone_at is null")
        assert {row["message_id"]: row["status"] for row in rows} == truth
        self.assert_still_proven(proven)
        files = [path for path in self.folder.rglob("*") if path.is_file()]
        texts = [ended.shown.encode(), *(path.read_bytes() for path in files)]
        assert not [s for s in SECRETS if any(s.encode() in text for text in texts)]

    def assert_still_proven(self, proven: Proven) -> None:
        """Assert that every stretch that was proven is inside one that is."""
        now = self.proven()
        lost = [(a, b) for a, b in proven if not any(c <= a and b <= d for c, d in now)]
        assert proven
        assert not lost, (lost, now)

    def assert_mends(self, proven: Proven) -> None:
        """Assert that an hour later, without a fault, the next run is a good one."""
        self.later(1)
        self.assert_good(self.run(), proven)

    def rows(self, sql: str) -> list[dict[str, Any]]:
        """Ask the snapshot."""
        return self._own().rows(sql)

    def proven(self) -> Proven:
        """Return the stretches that the snapshot calls proven."""
        sql = "select begin_at, end_at from coverage where is_proven order by begin_at"
        return [(row["begin_at"], row["end_at"]) for row in self.rows(sql)]

    def snapshot(self) -> tuple[int, int, bytes]:
        """Return what tells whether the snapshot was touched."""
        path = self._own().settings.snapshot_path
        return path.stat().st_ino, path.stat().st_mtime_ns, path.read_bytes()

    def _own(self) -> Account:
        return replace(self.known, settings=replace(self.known.settings, data_dir=self.folder))


@contextmanager
def fetched_once(folder: Path, habits: Habits | None = None) -> Iterator[tuple[Account, Strike]]:
    """Serve a small account and fetch it once, at NOW."""
    strike = Strike()
    faults = Faults(rule=strike.kind)
    with account(folder, messages=150, days=4, habits=habits, faults=faults) as known:
        known.run()
        yield known, strike


def staged(
    once: tuple[Account, Strike],
    folder: Path,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> Stage:
    """Return a copy of what was fetched once, so many hours later."""
    known, strike = once
    strike.stop()
    strike.asked.clear()
    known.clock.set(NOW)
    shutil.copytree(known.settings.data_dir, folder / "data")
    stage = Stage(known, strike, folder / "data", capfd, monkeypatch)
    stage.set_up()
    stage.later(HOURS_LATER)
    return stage
