"""Plans that are applied to a scripted gateway, and the files of their runs, for tests."""

import csv
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipeline.contacts.applied import Applied
from pipeline.contacts.frozen import Plan
from pipeline.contacts.results import Page, write_results
from pipeline.contacts.summary import Summary
from pipeline.ledger.ledger import open_ledger
from pipeline.tally import Stop
from support.contacts import loaded
from support.loads import LoadBench
from support.scripted import Scripted


class Applicable:
    """A frozen plan as `apply_plan` takes it."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self.sha256 = plan.fingerprint

    def __getattr__(self, name: str) -> Any:
        return getattr(self._plan, name)


@dataclass
class ResultsBench:
    """A plan, the gateway that it is applied to, and what its files say."""

    plan: Plan
    gateway: Scripted = field(default_factory=Scripted)
    page: Page | None = None

    @property
    def loads(self) -> LoadBench:
        """How loads are run in the plan's data folder."""
        return LoadBench(self.plan.folder.parent.parent, gateway=self.gateway)

    def apply(self, **options: Any) -> Applied:
        """Apply the plan and write its files."""
        applied = self.loads.apply(Applicable(self.plan), **options)  # type: ignore[arg-type]
        self.write(applied.run, applied.stop)
        return applied

    def write(self, run: int | None = None, stop: Stop | None = None) -> Path:
        """Write the files as things stand now."""
        loads = self.loads
        with open_ledger(loads.folder, loads.clock) as ledger:
            return write_results(
                self.plan, ledger, clock=loads.clock, run=run, stop=stop, page=self.page
            )

    def resolve(self, *e164s: str, answer: Any, **more: Any) -> int:
        """Decide about contacts in doubt."""
        loads = self.loads
        with open_ledger(loads.folder, loads.clock) as ledger:
            tag = ledger.tags.find(self.plan.tag)
            assert tag is not None
            return ledger.contacts.resolve(tag.id, e164s, answer, "a test", **more)

    def rows(self, name: str) -> list[dict[str, str]]:
        """Return the lines of a CSV file of the run, by column."""
        with (self.plan.folder / f"{name}.csv").open(encoding="utf-8-sig", newline="") as stream:
            return list(csv.DictReader(stream, delimiter=self.plan.delimiter))

    def said(self, name: str = "report") -> dict[str, Any]:
        """Return what a JSON file of the run says."""
        found: dict[str, Any] = json.loads((self.plan.folder / f"{name}.json").read_text("utf-8"))
        return found


def bench_of(summary: Summary, gateway: Scripted | None = None) -> ResultsBench:
    """Return a bench for a plan that was made."""
    return ResultsBench(loaded(summary), gateway or Scripted())
