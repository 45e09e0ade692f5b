"""What became of a sending's messages: the ledger and the published snapshot, one to one."""

import csv
from collections import Counter
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from typing import Any

from pipeline.ledger.ledger import Ledger
from pipeline.ledger.outgoing import Sending
from pipeline.send.planned import bulk_folder
from pipeline.warehouse.snapshot import Snapshot

_COLUMNS = ("customer_id", "number", "state", "message_id", "status", "outcome", "sent_at")


@dataclass(slots=True)
class Results:
    """What a reconciliation found.

    Attributes:
        outcomes: messages by what they came to: `delivered`, `failed`, ...
        missing: taken by the gateway, but in no answer of it that was fetched.
        unexpected: in the gateway's list, though the ledger does not say that it was taken.
        several: messages of ours that the gateway has more than once.
        path: where each message is told of; None for a sending of no plan.
    """

    total: int
    outcomes: Counter[str] = field(default_factory=Counter)
    missing: int = 0
    unexpected: int = 0
    several: int = 0
    path: Path | None = None

    @property
    def is_clean(self) -> bool:
        """Whether every message that was taken is there exactly once, and no other one."""
        return not (self.missing or self.unexpected or self.several)


def reconcile(ledger: Ledger, sending: Sending, snapshot: Snapshot, data_dir: Path) -> Results:
    """Compare a sending with the fetched messages; keeps their ids in the ledger."""
    last = sending.first_id + sending.total - 1
    rows = snapshot.rows(_question(), {"first": sending.first_id, "last": last})
    by_id: dict[int, list[dict[str, Any]]] = {}
    for row in rows:
        by_id.setdefault(row["customer_id"], []).append(row)
    found, lines = Results(sending.total), []
    for sent in ledger.outbox.of(sending):
        there = by_id.get(sent.customer_id, [])
        found.missing += sent.state == "saved" and not there
        found.unexpected += sent.state != "saved" and bool(there)
        found.several += len(there) > 1
        found.outcomes[there[0]["outcome"] if there else sent.state] += 1
        first = there[0] if there else {}
        told = [first.get(name) for name in _COLUMNS[3:]]
        lines.append((sent.customer_id, sent.e164, sent.state, *told))
    waiting = sending.total - len(lines)
    if waiting:
        found.outcomes["unsent"] = waiting
    ledger.outbox.note_ids({mine: theirs[0]["message_id"] for mine, theirs in by_id.items()})
    found.path = _write(bulk_folder(data_dir) / sending.key, lines)
    return found


def _write(folder: Path, lines: list[tuple[Any, ...]]) -> Path | None:
    if not folder.is_dir():
        return None
    path = folder / "results.csv"
    draft = path.with_suffix(".part")
    with draft.open("w", encoding="utf-8-sig", newline="") as stream:
        rows = csv.writer(stream)
        rows.writerow(_COLUMNS)
        # A number keeps its plus, and a spreadsheet runs nothing.
        rows.writerows((mine, f"'{number}", *rest) for mine, number, *rest in lines)
    draft.replace(path)
    return path


def _question() -> str:
    return (files("pipeline.send") / "results.sql").read_text(encoding="utf-8")
