"""Change what a frozen plan holds, so that it is whole before and after."""

import csv
import json
from collections.abc import Mapping
from pathlib import Path

from pipeline.ledger.ledger import Ledger
from pipeline.send.planned import MESSAGES, PLAN, BulkPlan, fingerprint_of, sha256_of
from pipeline.warehouse.durable import sync

TO, BODY = 1, 4
_NEW = ".new"


def read_messages(folder: Path) -> list[list[str]]:
    """Return the rows of `messages.csv`, the header first; `TO` and `BODY` are places in them."""
    with (folder / MESSAGES).open(encoding="utf-8", newline="") as stream:
        return list(csv.reader(stream))


def rewrite(
    folder: Path,
    plan: BulkPlan | None,
    rows: list[list[str]],
    changes: Mapping[str, object],
    ledger: Ledger,
) -> None:
    """Put other messages, and what the plan then says, in the place of those of before.

    `plan` is None for one that is not whole and does not become so. A process that dies in between
    leaves one that is refused; the same call again makes it whole.
    """
    draft = folder / f"{MESSAGES}{_NEW}"
    with draft.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream, lineterminator="\n").writerows(rows)
    sync(draft)
    if plan is not None:
        _say(plan, {**changes, "sha256": sha256_of(draft)}, ledger)
    draft.replace(folder / MESSAGES)
    sync(folder)


def _say(plan: BulkPlan, changes: Mapping[str, object], ledger: Ledger) -> None:
    said = {**plan.said, **changes}
    fingerprint = fingerprint_of(said)
    draft = plan.folder / f"{PLAN}{_NEW}"
    text = json.dumps({**said, "fingerprint": fingerprint}, indent=2, ensure_ascii=False)
    draft.write_text(f"{text}\n", encoding="utf-8")
    sync(draft)
    ledger.outbox.renew(plan.facts.key, fingerprint)
    draft.replace(plan.folder / PLAN)


def drafts_in(folder: Path) -> list[Path]:
    """Return what a process that died in `rewrite`, or beside it, has left: texts are in it."""
    return [*folder.glob(f"*{_NEW}"), *folder.glob("*.part")]


def drop_drafts(folder: Path) -> None:
    """Remove those."""
    for path in drafts_in(folder):
        path.unlink(missing_ok=True)
