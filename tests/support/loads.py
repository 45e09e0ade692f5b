"""Plans and gateways of loads, for tests."""

import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from pipeline.clock import Clock, HeldClock
from pipeline.contacts.applied import Applied, ApplyMeans, ApplyOptions
from pipeline.contacts.apply import apply_plan
from pipeline.emulator.habits import TOKEN
from pipeline.gateway.client import Gateway
from pipeline.gateway.writing import Writer
from pipeline.ledger.ledger import Ledger, look_into_ledger, open_ledger
from pipeline.ledger.values import Known
from pipeline.settings import Settings
from pipeline.values import Secret
from support.ledger import START, Somebody


@dataclass(frozen=True)
class Listed:
    """A plan that is a list."""

    people: tuple[Somebody, ...]
    id: str = "2026-11-22T2114Z-abc"
    tag: str = "Clients"
    file: Path = Path("contacts.csv")
    file_sha256: str = "aa"
    fingerprint: str = "bb"
    mapping: Mapping[str, object] = field(default_factory=dict)
    options: Mapping[str, object] = field(default_factory=dict)

    @property
    def total(self) -> int:
        """How many people there are."""
        return len(self.people)

    def contacts(self) -> Iterator[Somebody]:
        """Give them in order."""
        return iter(self.people)


def numbered(count: int, first: int = 0) -> tuple[Somebody, ...]:
    """Return so many people."""
    return tuple(Somebody(f"+336{n:08}", f"Person {n}") for n in range(first, first + count))


@contextmanager
def writing(
    settings: Settings,
    clock: Clock,
    *,
    rate: float = 1000.0,
    transport: httpx.BaseTransport | None = None,
) -> Iterator[Writer]:
    """Open what writes to a gateway."""
    with (
        Gateway(settings, clock=clock, transport=transport) as gateway,
        Writer(gateway, settings, clock=clock, rate=rate, transport=transport) as writer,
    ):
        yield writer


@dataclass
class LoadBench:
    """A data folder and how a load of it is run; `gateway` stands in for a writer, if given."""

    folder: Path
    address: str = ""
    clock: HeldClock = field(default_factory=lambda: HeldClock(START))
    secrets: dict[str, Any] = field(default_factory=lambda: {"token": Secret(TOKEN)})
    means: dict[str, Any] = field(default_factory=dict)
    gateway: Any = None

    def apply(self, plan: Listed, **options: Any) -> Applied:
        """Apply a plan."""
        given = {"rate": 1000.0, "patience_seconds": 100.0, **options}
        with ExitStack() as stack:
            writer = self.gateway or stack.enter_context(writing(self.settings(), self.clock))
            ledger = stack.enter_context(open_ledger(self.folder, self.clock))
            means = ApplyMeans(clock=self.clock, random=lambda: 0.5, **self.means)
            return apply_plan(plan, ledger, writer, ApplyOptions(**given), means)

    def settings(self) -> Settings:
        """Return the settings of a process in this folder."""
        return Settings(base_url=self.address, data_dir=self.folder, **self.secrets)

    @contextmanager
    def ledger(self) -> Iterator[Ledger]:
        """Look into the ledger."""
        with look_into_ledger(self.folder, self.clock) as ledger:
            yield ledger

    def states(self, plan: Listed) -> Counter[str]:
        """Return how many of a plan's people are in each state."""
        return Counter(known.state for known in self.known(plan).values())

    def known(self, plan: Listed) -> Mapping[str, Known]:
        """Return what is known of a plan's people."""
        with self.ledger() as ledger:
            tag = ledger.tags.find(plan.tag)
            assert tag is not None
            return ledger.contacts.known(tag.id, [person.e164 for person in plan.people])

    def outcomes(self, plan: Listed, e164: str | None) -> list[str]:
        """Return the outcomes of the calls for a person; those of the tag itself for None."""
        with self.ledger() as ledger:
            tag = ledger.tags.find(plan.tag)
            assert tag is not None
            return [row["outcome"] for row in ledger.contacts.attempts(tag.id, e164)]

    def make_tag(self, plan: Listed) -> None:
        """Have the tag in the ledger already."""
        with open_ledger(self.folder, self.clock) as ledger:
            ledger.tags.check(ledger.tags.adopt(ledger.tags.plan(plan.tag), 8303))


@contextmanager
def started_load(
    folder: Path, address: str, people: int, most_in_doubt: int = 100
) -> Iterator["subprocess.Popen[str]"]:
    """Start a load as a process of its own; it is killed if it still runs at the end."""
    tests = Path(__file__).parent.parent
    environ = {**os.environ, "PYTHONPATH": f"{tests.parent}{os.pathsep}{tests}"}
    given = [str(folder), address, str(people), "1000", str(most_in_doubt)]
    with subprocess.Popen(
        [sys.executable, str(tests / "support" / "loader.py"), *given],
        env=environ,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            process.kill()
