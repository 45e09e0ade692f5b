"""Plans of files of contacts for tests, with ledgers that hold what a test says."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pendulum
import polars as pl

from pipeline.clock import HeldClock
from pipeline.contacts.frozen import Plan, load_plan
from pipeline.contacts.options import PlanOptions
from pipeline.contacts.plan import Request, make_plan
from pipeline.contacts.summary import Summary
from pipeline.contacts.values import NameRules, PhoneRules
from pipeline.ledger.ledger import look_into_ledger, open_ledger
from pipeline.ledger.values import RunFacts, Settled, State
from pipeline.progress import SilentProgress
from support.ledger import Somebody

NOW = pendulum.datetime(2026, 11, 22, 21, 14)


@dataclass(frozen=True)
class Held:
    """A contact of the tag, as a ledger knows it."""

    state: State
    name: str = "Jean"


@dataclass
class History:
    """What a ledger holds: contacts of the tag T, numbers saved in others, who is suppressed.

    Attributes:
        doubts: contacts in doubt of a tag that has nothing else.
    """

    contacts: dict[str, Held] = field(default_factory=dict)
    others: dict[str, list[str]] = field(default_factory=dict)
    stopped: set[str] = field(default_factory=set)
    doubts: int = 0

    def write(self, folder: Path) -> None:
        """Write the ledger of a data folder."""
        with open_ledger(folder, HeldClock(NOW)) as ledger:
            ledger.tags.adopt(ledger.tags.plan("T"), 8303)
            run = ledger.runs.begin(RunFacts(kind="apply", plan="before"))

            def put(title: str, e164: str, held: Held) -> None:
                tag = ledger.tags.plan(title)
                ledger.contacts.claim(tag.id, Somebody(e164, held.name), run)
                if held.state == "sent":
                    return
                is_dropped, is_saved = held.state == "dropped", held.state == "saved"
                state: State = "in_doubt" if is_dropped else held.state
                settled = Settled(state=state, outcome=state, contact_id=7 if is_saved else None)
                ledger.contacts.settle(tag.id, e164, settled)
                if is_dropped:
                    ledger.contacts.resolve(tag.id, [e164], "drop", "test")

            for e164, held in self.contacts.items():
                put("T", e164, held)
            for e164, titles in self.others.items():
                for title in titles:
                    put(title, e164, Held("saved"))
            for number in range(self.doubts):
                put("Doubts", f"+3361000000{number}", Held("in_doubt"))
            ledger.suppression.add(self.stopped, reason="STOP", source="test")


def options_of(
    region: str | None = "FR", names: NameRules | None = None, **phones: Any
) -> PlanOptions:
    """Return options whose numbers are French unless it is said."""
    return PlanOptions(phones=PhoneRules(region=region, **phones), names=names or NameRules())


def plan_file(
    path: Path, history: History | None = None, options: PlanOptions | None = None, **asked: Any
) -> Summary:
    """Plan a file for the tag T into the folder `data` beside it."""
    request = Request(file=path, tag="T", options=options or options_of(), **asked)
    clock = HeldClock(NOW)
    data = path.parent / "data"
    if history:
        history.write(data)
    with look_into_ledger(data, clock) as ledger:
        return make_plan(request, data, ledger, clock, SilentProgress())


def plan_text(
    folder: Path,
    text: str,
    history: History | None = None,
    options: PlanOptions | None = None,
    **asked: Any,
) -> Summary:
    """Write a file of contacts in UTF-8 and plan it."""
    path = folder / "contacts.csv"
    path.write_bytes(text.encode())
    return plan_file(path, history, options, **asked)


def loaded(summary: Summary) -> Plan:
    """Return the plan as it lies on disk."""
    return load_plan(summary.folder.parent.parent, summary.plan_id)


def sent(summary: Summary) -> list[tuple[int, str, str]]:
    """Return line, number and name of each contact to send."""
    return [(c.line, c.e164, c.name) for c in loaded(summary).contacts()]


def fates(summary: Summary) -> list[tuple[int, str, str | None]]:
    """Return line, disposition, and code or detail of each row."""
    rows = pl.read_parquet(summary.folder / "rows.parquet").iter_rows(named=True)
    return [(row["line"], row["disposition"], row["code"] or row["detail"]) for row in rows]
