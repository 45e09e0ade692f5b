"""How a person sees work: a bar with an ETA on a terminal, plain lines elsewhere."""

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.progress import Progress
from pipeline.settings import Settings, load_settings

if TYPE_CHECKING:
    from rich.progress import Progress as Bar
    from rich.progress import TaskID


def settings_of(context: click.Context) -> Settings:
    """Return the settings of this call."""
    config = context.obj if isinstance(context.obj, Path) else None
    return load_settings(os.environ, config=config)


def make_progress() -> Progress:
    """Return what fits standard error: a bar on a terminal, lines elsewhere."""
    return BarProgress() if sys.stderr.isatty() else LineProgress()


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
        click.echo(f"{label} ..." if total is None else f"{label} ({total:,}) ...", err=True)

    def advance(self, steps: int) -> None:
        """Count steps; say so now and then."""
        self._done += steps
        if self._done - self._told >= self._EVERY:
            self._told = self._done
            of = f" of {self._total:,}" if self._total else ""
            click.echo(f"  {self._done:,}{of}", err=True)

    def note(self, text: str) -> None:
        """Say something."""
        click.echo(text, err=True)


class BarProgress:
    """A bar with a count and an ETA."""

    def __init__(self) -> None:
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
        if self._bar is not None:
            self._bar.console.print(text, markup=False)

    def close(self) -> None:
        """End the bar of the last stage."""
        if self._bar is not None:
            self._bar.stop()
            self._bar = None


def closed(progress: Progress) -> None:
    """End whatever a progress still shows."""
    if isinstance(progress, BarProgress):
        progress.close()
