"""Take a person's number out of the plans of bulks; the other messages keep their numbers."""

import csv
import json
from collections.abc import Iterator
from pathlib import Path

from pipeline.errors import UsageError
from pipeline.ledger.ledger import Ledger
from pipeline.ledger.values import is_forgotten
from pipeline.send.planned import (
    MESSAGES,
    PLAN,
    BulkPlan,
    bulk_folder,
    fingerprint_of,
    load_bulk,
    sha256_of,
)
from pipeline.warehouse.durable import sync

_TO, _BODY = 1, 4


def folders_of(data_dir: Path) -> Iterator[Path]:
    """Give the folder of each plan of a bulk."""
    folder = bulk_folder(data_dir)
    found = sorted(folder.iterdir()) if folder.is_dir() else []
    return (path for path in found if path.is_dir() and not path.name.startswith("."))


def forget_in_bulk(folder: Path, e164: str, alias: str, ledger: Ledger) -> int:
    """Put a hash in a number's place and empty its texts; returns how many messages had it.

    Such a message is sent no more. A plan that was whole is whole again; a process that dies in
    between leaves one that is refused. What was told of single messages goes: `results.csv`.
    """
    messages = folder / MESSAGES
    if not messages.exists():
        return 0
    (folder / "results.csv").unlink(missing_ok=True)
    with messages.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.reader(stream))
    mine = [row for row in rows if row[_TO] == e164]
    if not mine:
        return 0
    try:
        plan: BulkPlan | None = load_bulk(folder.parent.parent, folder.name)
    except UsageError:
        plan = None  # it was not whole, and is not to become so
    for row in mine:
        row[_TO], row[_BODY] = alias, ""
    draft = folder / f"{MESSAGES}.new"
    with draft.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream, lineterminator="\n").writerows(rows)
    sync(draft)
    if plan is not None:
        _renew(plan, {"sha256": sha256_of(draft), "forgotten": _forgotten(rows)}, ledger)
    draft.replace(messages)
    sync(folder)
    return len(mine)


def _forgotten(rows: list[list[str]]) -> int:
    return sum(is_forgotten(row[_TO]) for row in rows)


def _renew(plan: BulkPlan, changes: dict[str, object], ledger: Ledger) -> None:
    said = {**plan.said, **changes}
    fingerprint = fingerprint_of(said)
    draft = plan.folder / f"{PLAN}.new"
    text = json.dumps({**said, "fingerprint": fingerprint}, indent=2, ensure_ascii=False)
    draft.write_text(f"{text}\n", encoding="utf-8")
    sync(draft)
    ledger.outbox.renew(plan.facts.key, fingerprint)
    draft.replace(plan.folder / PLAN)
