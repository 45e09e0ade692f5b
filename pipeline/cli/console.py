"""How a person sees work: a bar with an ETA on a terminal, plain lines elsewhere."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline import logs
from pipeline.cli.aside import tell
from pipeline.clock import Clock
from pipeline.progress import Progress
from pipeline.settings import Loaded, Settings, load
from pipeline.warehouse.exchange import end_exchange

if TYPE_CHECKING:
    from rich.progress import Progress as Bar
    from rich.progress import TaskID

    from pipeline.cli.rate import RateColumn

_MINUTE, _HOUR = 60, 3600
_FAST = 10
_LONGEST_SILENCE = 300.0


def settings_of(context: click.Context) -> Settings:
    """Return the settings of this call."""
    return loaded_of(context).settings


def loaded_of(context: click.Context) -> Loaded:
    """Return the settings of this call, with where they came from."""
    config = context.obj if isinstance(context.obj, Path) else None
    loaded = load(os.environ, config=config)
    settings = loaded.settings
    if context.command.name != "restore" and end_exchange(settings.data_dir) is not None:
        tell(
            f"A restore into {settings.data_dir} had been cut off; it is whole now."
            " Next: sms24 build."
        )
    logs.start(settings.data_dir, settings.log_form, settings.keep_log_days)
    return loaded


def make_progress() -> Progress:
    """Return what fits standard error: a bar on a terminal, lines elsewhere."""
    return BarProgress() if sys.stderr.isatty() else LineProgress()


def make_timed_progress(clock: Clock) -> Progress:
    """Return what fits standard error for quick steps: a bar, or a line each second."""
    return BarProgress() if sys.stderr.isatty() else TimedProgress(clock)


def make_slow_progress(clock: Clock) -> Progress:
    """Return what fits standard error for work of seconds or days: both tell the rate."""
    slow = TimedProgress(clock, most_seconds=_LONGEST_SILENCE)
    return BarProgress(shows_rate=True) if sys.stderr.isatty() else slow


def duration(seconds: float) -> str:
    """Return a length of time in the unit that a person would use."""
    if seconds < 2 * _MINUTE:
        return f"{seconds:.0f} s"
    return f"{seconds / _MINUTE:.0f} min" if seconds < 2 * _HOUR else f"{seconds / _HOUR:,.1f} h"


class TimedProgress:
    """A line at each stage, and one now and then while it lasts, with rate and ETA.

    Args:
        clock: the time.
        most_seconds: a line comes each second at first; later after a twentieth of the time that
            the stage has taken, and this at the most.
    """

    _SHARE = 20

    def __init__(self, clock: Clock, *, most_seconds: float = 1.0) -> None:
        self._clock = clock
        self._most_seconds = most_seconds
        self._is_slow = most_seconds > 1  # then the total is no guess
        self._total: int | None = None
        self._done = self._told_done = 0
        self._begun = self._told = 0.0

    def begin(self, label: str, total: int | None) -> None:
        """Name the stage; the total may be a guess."""
        self._total, self._done, self._told_done = total, 0, 0
        self._begun = self._told = self._clock.monotonic()
        about = "about " * (not self._is_slow)
        known = "" if total is None else f" ({about}{total:,})"
        tell(f"{label}{known} ...")

    def advance(self, steps: int) -> None:
        """Count steps; say so when it is time."""
        self._done += steps
        now = self._clock.monotonic()
        if now - self._told < min(max(1.0, (now - self._begun) / self._SHARE), self._most_seconds):
            return
        # What was skipped at the start of a load says nothing about the rest of it.
        rate = (self._done - self._told_done) / (now - self._told)
        self._told, self._told_done = now, self._done
        shown = f"{rate:,.0f}" if rate >= _FAST else f"{rate:.1f}"
        of = f" of {self._total:,}" if self._is_slow and self._total else ""
        left = ""
        if self._total and rate:  # nothing moves while a gateway is waited for
            left = f", {duration(max(self._total - self._done, 0) / rate)} left"
        tell(f"  {self._done:,}{of}, {shown} a second{left}")

    def note(self, text: str) -> None:
        """Say something."""
        logs.LOG.info("%s", text)
        tell(text)


class LineProgress:
    """A line at each stage, and every so many steps."""

    _EVERY = 10_000

    def __init__(self) -> None:
        self._label = ""
        self._total: int | None = None
        self._done = self._told = 0

    def begin(self, label: str, total: int | None) -> None:
        """Name the stage."""
        self._label, self._total, self._done, self._told = label, total, 0, 0
        tell(f"{label} ..." if total is None else f"{label} ({total:,}) ...")

    def advance(self, steps: int) -> None:
        """Count steps; say so now and then."""
        self._done += steps
        if self._done - self._told >= self._EVERY:
            self._told = self._done
            of = f" of {self._total:,}" if self._total else ""
            tell(f"  {self._done:,}{of}")

    def note(self, text: str) -> None:
        """Say something."""
        logs.LOG.info("%s", text)
        tell(text)


class BarProgress:
    """A bar with a count and an ETA; of slow work with its rate too."""

    def __init__(self, *, shows_rate: bool = False) -> None:
        self._shows_rate = shows_rate
        self._bar: Bar | None = None
        self._task: TaskID | None = None

    def begin(self, label: str, total: int | None) -> None:
        """Start a bar for the stage, under those of the stages before."""
        from rich.console import Console  # noqa: PLC0415 - only a terminal pays for rich
        from rich.progress import (  # noqa: PLC0415
            BarColumn,
            MofNCompleteColumn,
            TextColumn,
            TimeElapsedColumn,
            TimeRemainingColumn,
        )
        from rich.progress import Progress as Bar  # noqa: PLC0415

        self.close()
        columns = (
            TextColumn("{task.description:<22}"),
            BarColumn(),
            MofNCompleteColumn(),
            *self._rate(),
            TimeElapsedColumn(),
            TimeRemainingColumn(),
        )
        self._bar = Bar(*columns, console=Console(stderr=True))
        self._task = self._bar.add_task(label, total=total)
        self._bar.start()

    def advance(self, steps: int) -> None:
        """Move the bar."""
        if self._bar is not None and self._task is not None:
            self._bar.advance(self._task, steps)

    def note(self, text: str) -> None:
        """Say something above the bar."""
        logs.LOG.info("%s", text)
        if self._bar is not None:
            self._bar.console.print(text, markup=False)

    @contextmanager
    def held(self) -> Iterator[None]:
        """Take the bar away while a person is asked."""
        if self._bar is not None:
            self._bar.stop()
        yield
        if self._bar is not None:
            self._bar.start()

    def _rate(self) -> "list[RateColumn]":
        if not self._shows_rate:
            return []
        from pipeline.cli.rate import RateColumn  # noqa: PLC0415

        return [RateColumn()]

    def close(self) -> None:
        """End the bar of the last stage; one that counted nothing leaves no line."""
        if self._bar is not None:
            counted = (task.total is not None or task.completed for task in self._bar.tasks)
            self._bar.live.transient = not any(counted)
            self._bar.stop()
            self._bar = None


def closed(progress: Progress) -> None:
    """End whatever a progress still shows."""
    if isinstance(progress, BarProgress):
        progress.close()
