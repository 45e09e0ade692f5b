"""Take the texts of old sendings out of their plans; what was sent, and that it was, stays.

Never sending twice does not need them: the ledger knows each message by its number and the keyed
hash of its text. Killed at any moment, the next call does the rest.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import pendulum
from pendulum import DateTime

from pipeline.errors import UsageError
from pipeline.ledger.ledger import Ledger
from pipeline.ledger.outgoing import Sent
from pipeline.send.forgetting import folders_of
from pipeline.send.planned import MESSAGES, PLAN, BulkPlan, bulk_folder, load_bulk, sha256_of
from pipeline.send.rewriting import BODY, drafts_in, drop_drafts, read_messages, rewrite
from pipeline.warehouse.drafts import drafts_before, sweep

_MADE = re.compile(r"(\d{4}-\d\d-\d\d)T(\d\d)(\d\d)Z")
_DOUBTFUL = {"sent", "in_doubt"}
_ERRORS = "errors.csv"
_NEVER = "1970-01-01T00:00:00+00:00"


@dataclass(slots=True)
class Aged:
    """What is older than texts are kept.

    Attributes:
        plans: folders of plans whose texts can go.
        kept: those with messages that wait or are in doubt: their texts stay.
        drafts: what planners that were killed have left.
    """

    plans: list[Path] = field(default_factory=list)
    kept: list[Path] = field(default_factory=list)
    drafts: list[Path] = field(default_factory=list)


def find_aged(data_dir: Path, ledger: Ledger, before: DateTime, now: DateTime) -> Aged:
    """Return the plans of bulks that were made, and last sent of, before an instant."""
    found = Aged(drafts=drafts_before(bulk_folder(data_dir), _name_at(before)))
    for folder in folders_of(data_dir):
        plan = _whole(data_dir, folder)
        if _made_at(folder) >= before or _has_no_text(plan, folder):
            continue
        sent = _sent_of(folder.name, ledger)
        if any(_instant(one.answered_at or one.sent_at) >= before for one in sent.values()):
            continue
        (found.kept if _is_open(plan, sent, ledger, now) else found.plans).append(folder)
    return found


def take_texts(data_dir: Path, aged: Aged, ledger: Ledger, before: DateTime) -> None:
    """Empty the texts of plans; the caller holds the lock of senders."""
    sweep(bulk_folder(data_dir), _name_at(before))
    for folder in aged.plans:
        plan = _whole(data_dir, folder)
        if plan is None:
            # Nobody can send what was changed by hand, nor tell which part of it is a text.
            for name in (MESSAGES, PLAN):
                (folder / name).unlink(missing_ok=True)
        else:
            rows = read_messages(folder)
            for row in rows[1:]:
                row[BODY] = ""
            rewrite(folder, plan, rows, {"template": "", "aged": True}, ledger)
        (folder / _ERRORS).unlink(missing_ok=True)
        drop_drafts(folder)


def _whole(data_dir: Path, folder: Path) -> BulkPlan | None:
    try:
        return load_bulk(data_dir, folder.name)
    except UsageError:
        return None


def _has_no_text(plan: BulkPlan | None, folder: Path) -> bool:
    """Whether the work is done: a process that died in it has left one of these."""
    if plan is None:
        left = [folder / name for name in (MESSAGES, PLAN, _ERRORS)]
        return not any(path.exists() for path in left + drafts_in(folder))
    is_emptied = plan.is_aged and sha256_of(folder / MESSAGES) == plan.said["sha256"]
    return is_emptied and not (plan.errors_path.exists() or drafts_in(folder))


def _is_open(
    plan: BulkPlan | None, sent: Mapping[int, Sent], ledger: Ledger, now: DateTime
) -> bool:
    """Whether a message of a plan is in doubt, or may still be sent."""
    if any(one.state in _DOUBTFUL for one in sent.values()):
        return True
    if plan is None or plan.is_aged or plan.is_over(now):
        return False
    waiting = [
        letter.to
        for letter in plan.letters()
        if letter.customer_id not in sent or sent[letter.customer_id].state == "pending"
    ]
    return len(ledger.suppression.of(waiting)) < len({*waiting})


def _sent_of(key: str, ledger: Ledger) -> Mapping[int, Sent]:
    sending = ledger.outbox.find(key)
    return {one.customer_id: one for one in ledger.outbox.of(sending)} if sending else {}


def _made_at(folder: Path) -> DateTime:
    """Return when a plan was made: by its name, else by the file system."""
    match = _MADE.match(folder.name)
    if match is None:
        return pendulum.from_timestamp(folder.stat().st_mtime)
    return _instant(f"{match[1]}T{match[2]}:{match[3]}:00+00:00")


def _instant(text: str | None) -> DateTime:
    return pendulum.instance(datetime.fromisoformat(text or _NEVER))


def _name_at(instant: DateTime) -> str:
    return f"{instant:%Y-%m-%dT%H%MZ}"
