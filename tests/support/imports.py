"""Imports of contacts for tests: planned, loaded, copied into a snapshot."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipeline.clock import HeldClock
from pipeline.contacts.applied import Applied
from pipeline.contacts.options import PlanOptions
from pipeline.contacts.summary import Summary
from pipeline.ledger.ledger import Ledger, open_ledger
from pipeline.progress import SilentProgress
from pipeline.run import Means, run_build
from pipeline.settings import Settings
from pipeline.warehouse.snapshot import open_snapshot
from pipeline.warehouse.store import open_warehouse
from support.contacts import NOW, History, loaded, plan_text
from support.loads import LoadBench
from support.scripted import Answering, Scripted


class Noted(SilentProgress):
    """Keeps what a person should read."""

    def __init__(self) -> None:
        self.notes: list[str] = []

    def note(self, text: str) -> None:
        """Keep it."""
        self.notes.append(text)


@dataclass
class ImportBench:
    """A data folder whose plans are loaded and copied; `notes` are those of the last build."""

    folder: Path
    clock: HeldClock = field(default_factory=lambda: HeldClock(NOW))
    changes: dict[str, Any] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    gateway: Scripted = field(default_factory=Scripted)

    @property
    def settings(self) -> Settings:
        """Return the settings of a process here."""
        return Settings(data_dir=self.folder / "data", **self.changes)

    def plan(
        self, text: str, history: History | None = None, options: PlanOptions | None = None
    ) -> Summary:
        """Freeze a plan of a list for the tag T."""
        return plan_text(self.folder, text, history, options)

    def apply(self, summary: Summary, answers: Answering = lambda _: None) -> Applied:
        """Load a plan into a gateway that answers so."""
        self.gateway.answers = answers
        load = LoadBench(self.settings.data_dir, clock=self.clock, gateway=self.gateway)
        limits = {"most_in_doubt": 100, "most_alike": 100, "most_in_flight": 1}
        return load.apply(loaded(summary), **limits)

    @contextmanager
    def ledger(self) -> Iterator[Ledger]:
        """Open the ledger for writing."""
        with open_ledger(self.settings.data_dir, self.clock) as ledger:
            yield ledger

    def build(self, *, full: bool = False) -> None:
        """Build and publish, as a run does after it has fetched."""
        if not self.settings.warehouse_path.exists():
            self.settings.data_dir.mkdir(exist_ok=True)
            with open_warehouse(self.settings.warehouse_path):
                pass
        progress = Noted()
        run_build(self.settings, Means(clock=self.clock, progress=progress), full=full)
        self.notes = progress.notes

    def rows(self, sql: str) -> list[dict[str, Any]]:
        """Ask the snapshot."""
        with open_snapshot(self.settings.snapshot_path) as snapshot:
            return snapshot.rows(sql)

    def states(self) -> list[tuple[int, str, str | None]]:
        """Return line, state and reason of each row of all imports."""
        found = self.rows("from contact_import_rows order by import_id, line, contact")
        return [(row["line"], row["state"], row["reason"]) for row in found]

    def imports(self) -> list[dict[str, Any]]:
        """Return the imports."""
        return self.rows("from contact_imports order by import_id")
