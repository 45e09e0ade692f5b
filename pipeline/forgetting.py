"""Take a person's number out of the ledger and out of all plans, of contacts and of bulks."""

from dataclasses import dataclass
from pathlib import Path

from pipeline.clock import Clock
from pipeline.contacts.forgetting import forget_in_plans
from pipeline.contacts.forgotten import Person, cut_rows
from pipeline.importing import Reader, renew_results
from pipeline.ledger.ledger import Ledger
from pipeline.send.forgetting import folders_of, forget_in_bulk


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What had a number: contacts of the ledger, plans, and rows of plans."""

    alias: str
    contacts: int
    plans: int
    rows: int


def forget_number(
    ledger: Ledger, data_dir: Path, e164: str, *, clock: Clock, reader: Reader
) -> Forgotten:
    """Forget a number for good; the caller holds the locks of loaders and of senders."""
    alias = ledger.aliases.made(e164)
    contacts = ledger.contacts.forget(e164)
    cut = forget_in_plans(data_dir, e164, alias)
    renew_results(ledger, data_dir, cut.folders, clock=clock, reader=reader)
    plans, rows = len(cut.folders), cut.rows
    for folder in folders_of(data_dir):
        found = forget_in_bulk(folder, e164, alias, ledger)
        errors = folder / "errors.csv"
        if errors.exists():
            found += cut_rows(errors, Person(e164, alias), "")
        plans += bool(found)
        rows += found
    return Forgotten(alias, contacts, plans, rows)
