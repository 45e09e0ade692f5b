"""An account that is run every hour for weeks, and what goes wrong in weeks.

What happens in an hour follows from its number and the seed alone, never from what the product does
with it. So a soak that was stopped goes on where it was: the world is brought there again by doing
its edits anew, and the hour that was cut off is run again.
"""

import json
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any, Literal, get_args

import duckdb
import polars as pl
import pytest
from pendulum import DateTime

from pipeline.clock import HeldClock
from pipeline.emulator.faults import KINDS, FaultKind, Faults
from pipeline.emulator.forms import Fields
from pipeline.errors import Sms24Error, is_disk_full
from pipeline.extract.plan import Asking
from pipeline.run import Means, run_all
from pipeline.settings import Settings
from pipeline.version import own_version
from support.account import Account, account
from support.command import environment
from support.disk import DISKS
from support.earlier import put_back
from support.edits import Editor
from support.held import VERSIONED
from support.kill import Measure, Victim

Trouble = Literal["faults", "kill", "disk", "outage", "clock", "interrupt"]
TROUBLES: tuple[Trouble, ...] = get_args(Trouble)
OLD_VERSION = "0.0.9"
OLD_FORMAT = 1
KEPT_DAYS = 5
HOUR = 3600
# Runs in which nothing is wrong but our own clock are good ones.
_HARMLESS = frozenset({None, "clock"})
_OUTAGE_HOURS = 3
_SKEWS = (-26 * HOUR, -2 * HOUR, -600, 600, 3 * HOUR, 26 * HOUR)
_MOMENTS = ("call", "delay", "ticket", "landing", "publishing")
# What a run of an hour takes, about: where a kill may strike.
_USUAL = Measure(seconds=2.5, calls=16, windows=2, log_bytes=20_000)


@dataclass(frozen=True, slots=True)
class Course:
    """How a soak goes.

    Attributes:
        start: the instant of the first run.
        hours: how many runs there are, one an hour.
        every: each so many hours something goes wrong.
        process_every: each so many hours the run is a process of its own, with a report.
        upgrade: the number of the first run by this version, on a warehouse of the oldest format.
        look_every: each so many hours all messages are compared with the world.
    """

    start: DateTime
    hours: int
    every: int
    process_every: int
    upgrade: int
    look_every: int
    seed: int = 3

    def trouble(self, number: int) -> Trouble | None:
        """Return what goes wrong in an hour; None if nothing does."""
        slot, part = divmod(number, self.every)
        kind = TROUBLES[slot % len(TROUBLES)]
        lasts = _OUTAGE_HOURS if kind == "outage" else 1
        return kind if number and part < min(lasts, self.every - 1) else None

    def is_good(self, number: int) -> bool:
        """Whether the run of an hour must end well."""
        return self.trouble(number) in _HARMLESS

    def is_process(self, number: int) -> bool:
        """Whether the run of an hour is a process of its own."""
        return number % self.process_every == 0 and self.trouble(number) is None

    def dice(self, number: int) -> Random:
        """Return the dice of an hour."""
        return Random(f"{self.seed}-{number}")


@dataclass(slots=True)
class Soak:
    """The account, its operator, and how far the soak is.

    Attributes:
        ended: how the run of each hour ended: an exit code, or the name of an error.
    """

    course: Course
    known: Account
    editor: Editor
    diary: Path
    rule: "Rule"
    ended: list[str | int] = field(default_factory=list)

    @property
    def settings(self) -> Settings:
        """The settings of the account."""
        return self.known.settings

    def go_on(self, patch: pytest.MonkeyPatch, look: Callable[["Soak"], None]) -> None:
        """Run the hours that are left; `look` is called where all must be right."""
        self._come_back()
        for number in range(len(self.ended), self.course.hours):
            self._edit(number)
            ended = self._run(number, patch)
            if self.course.is_good(number):
                assert ended == 0, (number, self.course.trouble(number), ended)
                if number % self.course.look_every == 0 or self.course.is_process(number):
                    look(self)
            self.ended.append(ended)
            with self.diary.open("a", encoding="utf-8") as file:
                file.write(json.dumps([number, self.course.trouble(number), ended]) + "\n")

    def now(self, number: int) -> DateTime:
        """Return the instant of an hour's run."""
        return self.course.start.add(hours=number)

    def _come_back(self) -> None:
        if self.diary.exists():
            lines = self.diary.read_text(encoding="utf-8").splitlines()
            self.ended = [json.loads(line)[2] for line in lines]
        for number in range(len(self.ended)):
            self._edit(number)

    def _edit(self, number: int) -> None:
        """Let operators work, where the run of the hour must find it, and owes nothing of before.

        What they do in an hour without a good run may cancel out until the next one: a message that
        was sent again has been delivered again by then. The audit finds that, weeks later.
        """
        self.known.clock.set(self.now(number))
        if number and self.course.is_good(number - 1) and self.course.is_good(number):
            self.editor.draw(self.now(number), self.course.dice(number).choice((0, 0, 1, 3)))

    def _run(self, number: int, patch: pytest.MonkeyPatch) -> str | int:
        trouble, dice = self.course.trouble(number), self.course.dice(number)
        if number == self.course.upgrade:
            put_back(self.settings.warehouse_path, OLD_FORMAT)
        version = OLD_VERSION if number < self.course.upgrade else own_version()
        if trouble in {"kill", "interrupt"}:
            return self._struck(number, version, dice, is_kill=trouble == "kill")
        if self.course.is_process(number):
            with self._process(number, version, reports="last-28-days") as process:
                return _ended(process, number, {0})
        with patch.context() as patched:
            for module in VERSIONED:
                patched.setattr(module, "own_version", lambda: version)
            return self._in_process(number, patched, dice)

    def _in_process(self, number: int, patch: pytest.MonkeyPatch, dice: Random) -> str | int:
        skew = 0
        match self.course.trouble(number):
            case "faults":
                self.rule.fail(dice, 0.3)
            case "outage":
                self.rule.fail(dice, 1.0)
            case "disk":
                DISKS[dice.choice(sorted(DISKS))](patch)
            case "clock":
                skew = dice.choice(_SKEWS)
        clock = HeldClock(self.now(number).add(seconds=skew))
        try:
            run_all(self.settings, Asking(), Means(clock=clock))
        except Sms24Error as error:
            if self.course.is_good(number):
                raise
            return error.exit_code
        except (OSError, duckdb.Error, pl.exceptions.PolarsError) as error:
            if self.course.trouble(number) != "disk" or not is_disk_full(error):
                raise
            return type(error).__name__
        finally:
            self.rule.calm()
        return 0

    def _struck(self, number: int, version: str, dice: Random, *, is_kill: bool) -> int:
        victim = Victim(dice.choice(_MOMENTS), dice, _USUAL, self.settings.data_dir)
        with self._process(number, version) as process:
            if is_kill:
                victim.process = process
                self.rule.watch(victim.rule)
                victim.await_end()
            else:
                self.rule.watch(_interrupt(process, dice.randint(1, _USUAL.calls)))
            ended = _ended(process, number, {0, -signal.SIGKILL if is_kill else 130})
            self.rule.calm()
            return ended

    @contextmanager
    def _process(
        self, number: int, version: str, *, reports: str = "none"
    ) -> Iterator["subprocess.Popen[str]"]:
        held = Path(__file__).with_name("held.py")
        given = {"SMS24_REPORT_PERIODS": reports, "SMS24_REPORT_KEEP_DAYS": str(KEPT_DAYS)}
        with subprocess.Popen(
            [sys.executable, str(held), self.now(number).isoformat(), version, "run"],
            env=environment(self.settings) | given,
            cwd=self.settings.data_dir.parent,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        ) as process:
            try:
                yield process
            finally:
                process.kill()


class Rule:
    """What the gateway does with each call: the rule of its plan of faults."""

    def __init__(self) -> None:
        self.calm()

    def calm(self) -> None:
        """Answer every call."""
        self._rate, self._dice = 0.0, Random(0)
        self._seen: Callable[[str, Fields], object] = lambda _, __: None

    def fail(self, dice: Random, rate: float) -> None:
        """Let a share of the calls fail."""
        self._rate, self._dice = rate, dice

    def watch(self, seen: Callable[[str, Fields], object]) -> None:
        """Show each call to somebody."""
        self._seen = seen

    def __call__(self, endpoint: str, fields: Fields) -> FaultKind | None:
        """Return the fault of a call."""
        self._seen(endpoint, fields)
        fails = self._dice.random() < self._rate
        return self._dice.choice(KINDS) if fails else None


@contextmanager
def soak(folder: Path, course: Course, *, messages: int, days: int) -> Iterator[Soak]:
    """Serve an account with so many messages in so many days, and as many a day from then on."""
    rule = Rule()
    ahead = course.hours // 24 + 2
    given: dict[str, Any] = {"window_rows": 200, "audit_days": 20}
    with account(
        folder,
        messages=messages,
        days=days,
        now=course.start,
        future_days=ahead,
        faults=Faults(rule=rule),
        **given,
    ) as known:
        editor = Editor(known.world, Random(course.seed))
        folder.mkdir(parents=True, exist_ok=True)
        yield Soak(course, known, editor, folder / "diary.jsonl", rule)


def _ended(process: "subprocess.Popen[str]", number: int, allowed: set[int]) -> int:
    """Wait for a process; returns its exit code, which must be one of these."""
    said, _ = process.communicate()
    assert process.returncode in allowed, (number, process.returncode, said)
    assert "Traceback" not in said, (number, said)
    return process.returncode


def _interrupt(process: "subprocess.Popen[str]", last_call: int) -> Callable[[str, Fields], None]:
    calls = 0

    def seen(_: str, __: Fields) -> None:
        nonlocal calls
        calls += 1
        if calls == last_call:
            with suppress(ProcessLookupError):
                process.send_signal(signal.SIGINT)

    return seen
