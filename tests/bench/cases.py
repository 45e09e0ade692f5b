"""What is measured: cases, each with how often it is run, in the order of a round."""

import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

from bench.book import Figures, figures_of, last_told, own_environment, own_trace
from bench.floor import floor
from bench.peers.measure import measure
from bench.peers.run import run_peer
from bench.product import (
    NOWHERE,
    Account,
    daily_run,
    first_load,
    full_build,
    spent_at_first,
    spent_later,
)
from bench.wire import measure as wire_speeds
from bench.wire import serving
from bench.world import NOW, open_world

HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Scope:
    """How large a benchmark is.

    Attributes:
        loads: messages of first loads; `daily` of daily runs.
        peered: messages of the load that peers are given, too; `peers` are their names.
        built: messages of three years put straight into raw, for builds and questions.
        reported: messages under a report; `phones` how many phones they have.
        planned: rows of the lists of contacts.
        runs: how often each is run, but once above `once_above`; `slow_runs` of slow peers.
    """

    loads: tuple[int, ...] = (10_000, 100_000, 200_000, 1_000_000, 3_000_000)
    daily: tuple[int, ...] = (100_000, 1_000_000, 5_000_000)
    peered: int = 200_000
    peers: tuple[str, ...] = ("script", "dlt", "dlt-untuned", "singer")
    built: tuple[int, ...] = (1_000_000, 5_000_000)
    reported: int = 1_000_000
    phones: tuple[int, ...] = (10, 500)
    planned: tuple[int, ...] = (10_000, 100_000, 1_000_000)
    runs: int = 5
    slow_runs: int = 3
    once_above: int = 1_000_000

    def runs_of(self, size: int) -> int:
        """How often a case of so many messages is run."""
        return self.runs if size <= self.once_above else 1


QUICK = Scope(
    loads=(10_000,),
    daily=(10_000,),
    peered=10_000,
    peers=("script",),
    built=(20_000,),
    reported=10_000,
    phones=(10,),
    planned=(2_000,),
    runs=1,
    slow_runs=1,
)


@dataclass(frozen=True, slots=True)
class Case:
    """One thing to measure.

    Attributes:
        name: what it is called in the book, such as `cold 200000 sms24`.
        runs: how often.
        do: measures it once.
    """

    name: str
    runs: int
    do: Callable[[], Figures]


class Workshop:
    """Where cases find worlds and put what they make."""

    def __init__(self, folder: Path, scope: Scope) -> None:
        self.folder = folder.resolve()
        self.scope = scope
        # Other code would build what is kept anew.
        self._kept = self.folder / f"kept-{own_trace()}"

    def cases(self) -> Iterator[Case]:
        """Give the cases in the order in which a round runs them."""
        yield Case("wire", self.scope.runs, self._wire)
        yield from self._starts()
        for size in self.scope.loads:
            yield from self._loads(size)
        for size in self.scope.daily:
            yield from self._daily(size)
        for size in self.scope.built:
            yield from self._builds(size)
        for phones in self.scope.phones:
            yield from self._reports(phones)
        for rows in self.scope.planned:
            yield Case(f"plan {rows}", self.scope.runs_of(rows), lambda rows=rows: self._plan(rows))
        yield from self._spent(self.scope.reported, max(self.scope.daily))

    def world(self, size: int) -> Path:
        """Return a world; it is made if need be. A year has as many messages as three million."""
        folder, days = self.folder / "worlds" / str(size), 90 if size <= 3_000_000 else 1095
        if not (folder / "world.json").exists():
            _python(HERE / "world.py", folder, "--messages", size, "--days", days)
        return folder

    def kept(self, size: int) -> Path:
        """Return the folder of an account of which everything was fetched once."""
        return _made_once(self._kept / str(size), lambda to: first_load(self.world(size), to))

    def _wire(self) -> Figures:
        speeds = list(wire_speeds(self.world(max(self.scope.peered, 100_000))))
        return {speed.what: speed.megabytes_per_second for speed in speeds}

    def _starts(self) -> Iterator[Case]:
        base = NOW.isoformat()
        said = {
            "import duckdb": (sys.executable, "-c", "import duckdb"),
            "sms24 --help": ("--help",),
            "sms24 status": ("status",),
        }
        for name, words in said.items():
            yield Case(f"start {name}", self.scope.runs * 3, lambda w=words: self._start(base, w))

    def _start(self, instant: str, words: tuple[str, ...]) -> Figures:
        if words[0] == sys.executable:
            return figures_of(measure(words, self.folder / "said.txt"))
        size = self.scope.peered
        account = Account(open_world(self.world(size)), self.kept(size))
        return account.measured(NOWHERE, instant, *words)

    def _loads(self, size: int) -> Iterator[Case]:
        runs, home = self.scope.runs_of(size), self.folder / "home"
        yield Case(f"cold {size} sms24", runs, lambda: first_load(self.world(size), home))
        yield Case(f"cold {size} floor", runs, lambda: floor(self.world(size), home))
        if size != self.scope.peered:
            return
        for name in self.scope.peers:
            often = runs if name == "script" else self.scope.slow_runs
            for is_changed in (False, True):
                what = f"{'daily' if is_changed else 'cold'} {size} {name}"
                yield Case(
                    what, often, lambda n=name, c=is_changed: self._peer(n, size, is_changed=c)
                )

    def _peer(self, name: str, size: int, *, is_changed: bool) -> Figures:
        out, world = self.folder / f"home-{name}", self.world(size)
        if not is_changed:
            shutil.rmtree(out, ignore_errors=True)
        # The script needs nothing that we have not.
        python = Path(sys.executable) if name == "script" else None
        with serving(world, is_changed=is_changed) as url:
            took = asdict(run_peer(name, url, world, out, changed=is_changed, python=python))
        names = {"cpu_seconds": "processor", "peak_mib": "peak", "verdict": "result"}
        return {names.get(name, name): value for name, value in took.items()}

    def _daily(self, size: int) -> Iterator[Case]:
        runs, home = self.scope.runs, self.folder / "home"
        yield Case(
            f"daily {size} sms24", runs, lambda: daily_run(self.world(size), self.kept(size), home)
        )
        runs = self.scope.runs_of(size)
        yield Case(
            f"full {size} sms24", runs, lambda: full_build(self.world(size), self.kept(size), home)
        )

    def _spent(self, first: int, later: int) -> Iterator[Case]:
        home = self.folder / "home"
        yield Case(f"spent {first}", 1, lambda: spent_at_first(self.world(first), home))
        world, kept = partial(self.world, later), partial(self.kept, later)
        yield Case(f"spent daily {later}", 1, lambda: spent_later(world(), kept(), home))

    def _builds(self, size: int) -> Iterator[Case]:
        folder, runs = self.folder / "built" / str(size), self.scope.runs_of(size)
        for step in ("full", "change", "changed", "unchanged", "publish"):
            yield Case(f"build {size} {step}", runs, lambda s=step: self._build(folder, size, s))
        yield Case(f"ask {size}", self.scope.runs, lambda: self._build(folder, size, "ask"))

    def _build(self, folder: Path, size: int, step: str) -> Figures:
        if step == "full" or not folder.exists():
            shutil.rmtree(folder, ignore_errors=True)
            shutil.copytree(self._made(size), folder)
            if step != "full":
                self._build(folder, size, "changed")
        command = [sys.executable, HERE / "build.py", step, "--dir", folder, "--messages", size]
        return self._step(command)

    def _made(self, size: int) -> Path:
        """Return an account in raw that was never built."""
        make = (HERE / "build.py", "make", "--messages", size, "--dir")
        return _made_once(self.folder / "made" / str(size), lambda to: _python(*make, to))

    def _reports(self, phones: int) -> Iterator[Case]:
        for language in ("en", "fr"):
            words = ("report", phones, language)
            yield Case(
                f"report {phones} {language}",
                self.scope.runs,
                lambda w=words: self._report(w),
            )

    def _report(self, words: tuple[object, ...]) -> Figures:
        make = (HERE / "report.py", "make", "--messages", self.scope.reported, "--dir")
        folder = _made_once(self.folder / "reports", lambda to: _python(*make, to))
        return self._step([sys.executable, HERE / "report.py", *words, "--dir", folder])

    def _plan(self, rows: int) -> Figures:
        home = self.folder / "home"
        shutil.rmtree(home, ignore_errors=True)
        home.mkdir(parents=True)
        _python(HERE / "contacts.py", home / "list.csv", rows)
        words = ("contacts", "plan", "list.csv", "--tag", "T", "--region", "FR")
        command = [sys.executable, "-m", "pipeline", *words]
        environment = own_environment(SMS24_TOKEN="x", SMS24_DATA_DIR="data")
        return figures_of(measure(command, home / "said.txt", environment, home, code=5))

    def _step(self, command: list[object]) -> Figures:
        """Measure a step that ends by saying more figures, as JSON."""
        said = self.folder / "said.txt"
        took = measure([str(word) for word in command], said, own_environment())
        return figures_of(took) | last_told(said)


def _made_once(folder: Path, make: Callable[[Path], object]) -> Path:
    """Return a folder; it is made if it is not there, and there only once it is whole."""
    if not folder.exists():
        part = folder.with_suffix(".part")
        shutil.rmtree(part, ignore_errors=True)
        make(part)
        part.rename(folder)
    return folder


def _python(*command: object) -> None:
    words = [sys.executable, *map(str, command)]
    subprocess.run(words, check=True, env=own_environment(), stdout=subprocess.DEVNULL)
