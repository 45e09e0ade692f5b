"""The product as its users run it, on a world: a first load, a run a day later, a full build."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.book import Figures, figures_of, last_told, own_environment
from bench.peers.measure import measure
from bench.wire import serving, tally
from bench.world import World, open_world
from pipeline.emulator.habits import TOKEN

HERE = Path(__file__).parent
_RENDITIONS = ("base", "changed")
# No pause between calls, as the peers make none.
_SETTINGS = {
    "SMS24_TOKEN": TOKEN,
    "SMS24_RATE": "1000",
    "SMS24_TIMEZONE": "Europe/Paris",
    "SMS24_REPORT_PERIODS": "none",
}


# Of a command that asks no gateway.
NOWHERE = "http://127.0.0.1:9"


@dataclass(frozen=True, slots=True)
class Account:
    """A world and the data folder that is kept of it.

    Attributes:
        home: a folder of its own; the data lie in `data` in it.
    """

    world: World
    home: Path

    def fetch(self, *, is_changed: bool) -> Figures:
        """Run `sms24 run` on a rendition of the world; measured and checked."""
        rendition = _RENDITIONS[is_changed]
        with serving(self.world.folder, is_changed=is_changed) as url:
            figures = self.measured(url, self.world.now(rendition).isoformat(), "run")
            told = tally(url)
        size = {"calls": told["calls"], "MB": told["bytes"] / 1e6}
        return {**figures, **size, "result": self.verdict(rendition)}

    def spent(self, *, is_changed: bool) -> Figures:
        """Run `sms24 run` likewise; returns seconds of processor by what they went to."""
        instant = self.world.now(_RENDITIONS[is_changed]).isoformat()
        with serving(self.world.folder, is_changed=is_changed) as url:
            self.measured(url, instant, "run", by="spent.py")
        return last_told(self.home / "said.txt")

    def rebuild(self) -> Figures:
        """Run `sms24 build --full`."""
        instant = self.world.now("base").isoformat()
        return self.measured(NOWHERE, instant, "build", "--full")

    def measured(self, url: str, instant: str, *words: str, by: str = "held_run.py") -> Figures:
        """Return what `sms24 WORDS` took at an instant; RuntimeError if it does not end with 0."""
        self.home.mkdir(parents=True, exist_ok=True)
        given = {"SMS24_BASE_URL": url, "SMS24_DATA_DIR": str(self.home / "data")}
        command = [sys.executable, str(HERE / by), instant, *words]
        environment = own_environment(**_SETTINGS, **given)
        return figures_of(measure(command, self.home / "said.txt", environment, self.home))

    def verdict(self, rendition: str) -> str:
        """Return `right`, or what is wrong with the published tables."""
        code = "import sys; from bench.verdict import main; main(*sys.argv[1:])"
        snapshot = self.home / "data" / "analytics.duckdb"
        command = [sys.executable, "-c", code, str(snapshot), str(self.world.folder / rendition)]
        done = subprocess.run(
            command, check=True, env=own_environment(), stdout=subprocess.PIPE, text=True
        )
        return done.stdout.strip()


def first_load(world: Path, home: Path) -> Figures:
    """Fetch a world into an empty folder."""
    shutil.rmtree(home, ignore_errors=True)
    return Account(open_world(world), home).fetch(is_changed=False)


def spent_at_first(world: Path, home: Path) -> Figures:
    """Fetch a world into an empty folder; returns what `Account.spent` does."""
    shutil.rmtree(home, ignore_errors=True)
    return Account(open_world(world), home).spent(is_changed=False)


def spent_later(world: Path, kept: Path, home: Path) -> Figures:
    """Run a day later on a copy of a folder that holds the first load; likewise."""
    with _copy(kept, home):
        return Account(open_world(world), home).spent(is_changed=True)


def daily_run(world: Path, kept: Path, home: Path) -> Figures:
    """Run a day later on a copy of a folder that holds the first load."""
    with _copy(kept, home):
        return Account(open_world(world), home).fetch(is_changed=True)


def full_build(world: Path, kept: Path, home: Path) -> Figures:
    """Build everything anew in a copy of a folder that holds the first load."""
    with _copy(kept, home):
        return Account(open_world(world), home).rebuild()


@contextmanager
def _copy(kept: Path, home: Path) -> Iterator[None]:
    shutil.rmtree(home, ignore_errors=True)
    shutil.copytree(kept, home, copy_function=_alike)
    try:
        yield
    finally:
        shutil.rmtree(home)


def _alike(source: str, target: str) -> str:
    """Copy a file; a snapshot stays the very same one, by which a build knows it for its own."""
    if source.endswith("analytics.duckdb"):
        os.link(source, target)
        return target
    return shutil.copy2(source, target)
