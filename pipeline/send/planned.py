"""The frozen plan of a bulk: a folder that says exactly what will be sent, to whom and when."""

import csv
import hashlib
import json
import re
import secrets
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import pendulum
from pendulum import DateTime

from pipeline.errors import UsageError
from pipeline.gateway.endpoints import wall_clock
from pipeline.ledger.outgoing import SendingFacts
from pipeline.ledger.values import is_forgotten
from pipeline.send.dispatched import Letter
from pipeline.warehouse.drafts import drafting
from pipeline.warehouse.durable import sync

_ID = re.compile(r"\d{4}-\d\d-\d\dT\d{4}Z-[0-9a-f]{6}")
PLAN, MESSAGES = "plan.json", "messages.csv"
_COLUMNS = ("line", "to", "at", "segments", "body")
_AGAIN = "Make the plan again: sms24 send-bulk FILE --text TEMPLATE --device ID"


@dataclass(frozen=True, slots=True)
class BulkPlan:
    """A frozen plan, as it was found whole.

    Attributes:
        facts: what the ledger knows it by; its key is the plan's id.
        said: all that `plan.json` says: file, options, counts, how many SMS.
    """

    folder: Path
    facts: SendingFacts
    said: Mapping[str, Any] = field(repr=False)

    @property
    def total(self) -> int:
        """How many messages there are, without those to people who were forgotten."""
        return self.facts.total - int(self.said.get("forgotten", 0))

    def letters(self) -> Iterator[Letter]:
        """Give the messages in order, but for people who were forgotten."""
        said = self.said
        with (self.folder / MESSAGES).open(encoding="utf-8", newline="") as stream:
            rows = csv.reader(stream)
            next(rows)
            for number, (line, to, at, segments, body) in enumerate(rows, self.facts.first_id):
                if is_forgotten(to):
                    continue
                yield Letter(
                    customer_id=number,
                    line=int(line),
                    to=to,
                    body=body,
                    device_id=said["device_id"],
                    sim=said["sim"],
                    at=_instant(at),
                    is_urgent=said["is_urgent"],
                    segments=int(segments),
                )

    @property
    def is_aged(self) -> bool:
        """Whether its texts were taken away, since they were older than the settings keep any."""
        return bool(self.said.get("aged"))

    @property
    def errors_path(self) -> Path:
        """The rejected rows, to be mended and planned again; there is none where no row is."""
        return self.folder / "errors.csv"

    def refuse_aged(self) -> None:
        """Raise UsageError where the texts were taken away: nothing of it can be sent any more."""
        if self.is_aged:
            raise UsageError(
                f"The texts of plan {self.facts.key} were taken away (keep_body_days).",
                advice="What was sent of it: sms24 outbox status",
            )

    def refuse_changed_file(self) -> None:
        """Raise UsageError where the list is there and is not what was planned."""
        path = Path(self.said["file"])
        if path.exists() and sha256_of(path) != self.said["file_sha256"]:
            raise UsageError(f"{path} has changed since plan {self.facts.key}.", advice=_AGAIN)

    def is_over(self, now: DateTime) -> bool:
        """Whether the time to send at is over."""
        at = _instant(str(self.said.get("at") or ""))
        return at is not None and at <= now

    def refuse_over(self, now: DateTime, told_zone: str = "UTC") -> None:
        """Raise UsageError where the time to send at is over: the gateway would send at once.

        Likewise where the gateway, which is told times in `told_zone`, cannot be told this one.
        """
        at = _instant(str(self.said.get("at") or ""))
        if at is None:
            return
        wall_clock(at, told_zone)
        if self.is_over(now):
            raise UsageError(
                f"The time of plan {self.facts.key} is over ({at:%Y-%m-%d %H:%M} UTC).",
                advice=_AGAIN,
            )


def bulk_folder(data_dir: Path) -> Path:
    """Return where plans of bulks are kept; only their owner may look."""
    return data_dir / "outbox"


def new_key(now: datetime) -> str:
    """Return a name for a sending that no other one has, in order of time."""
    return f"{now:%Y-%m-%dT%H%MZ}-{secrets.token_hex(3)}"


def load_bulk(data_dir: Path, plan_id: str) -> BulkPlan:
    """Return a plan by its id; UsageError if there is none, or it is not as it was frozen."""
    folder = bulk_folder(data_dir) / plan_id
    if not _ID.fullmatch(plan_id) or not folder.is_dir():
        raise UsageError(f"There is no plan {plan_id[:80]!r}.", advice=_AGAIN)
    try:
        said = json.loads((folder / PLAN).read_text("utf-8"))
        fingerprint = said.pop("fingerprint")
        is_whole = fingerprint == fingerprint_of(said)
        # One without texts is sent no more: that it was emptied in part harms nobody.
        if is_whole and (said.get("aged") or sha256_of(folder / MESSAGES) == said["sha256"]):
            facts = SendingFacts(
                key=plan_id,
                kind="bulk",
                fingerprint=fingerprint,
                first_id=said["first_id"],
                total=said["total"],
            )
            return BulkPlan(folder, facts, said)
    except (OSError, ValueError, KeyError, AttributeError, TypeError):
        pass
    raise UsageError(f"Plan {plan_id} is damaged or was changed by hand.", advice=_AGAIN)


class Freezer:
    """Writes a plan's messages; nobody sees it before it is whole."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.total = 0
        self._stream = (folder / MESSAGES).open("w", encoding="utf-8", newline="")
        self._rows = csv.writer(self._stream, lineterminator="\n")
        self._rows.writerow(_COLUMNS)

    def write(self, line: int, to: str, at: str, segments: int, body: str) -> None:
        """Keep one message, the next one."""
        self._rows.writerow((line, to, at, segments, body))
        self.total += 1

    def finish(self, said: Mapping[str, Any]) -> str:
        """Write `plan.json` last of all; returns the fingerprint."""
        self.close()
        messages = self.folder / MESSAGES
        sync(messages)
        found = {**said, "total": self.total, "sha256": sha256_of(messages)}
        fingerprint = fingerprint_of(found)
        text = json.dumps({**found, "fingerprint": fingerprint}, indent=2, ensure_ascii=False)
        plan = self.folder / PLAN
        plan.write_text(f"{text}\n", encoding="utf-8")
        sync(plan)
        return fingerprint

    def close(self) -> None:
        """Close what is open; may be called twice."""
        self._stream.close()


@contextmanager
def freezing(data_dir: Path, plan_id: str) -> Iterator[Freezer]:
    """Give what writes a plan; it stands in its place once this ends, or not at all.

    What planners that were killed have left is removed. UsageError as `drafting`.
    """
    with drafting(bulk_folder(data_dir), plan_id) as draft:
        freezer = Freezer(draft)
        with closing(freezer):
            yield freezer


def fingerprint_of(said: Mapping[str, Any]) -> str:
    """Return the SHA-256 of all that a plan says, but this."""
    text = json.dumps(said, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _instant(text: str) -> DateTime | None:
    if not text:
        return None
    return pendulum.instance(datetime.fromisoformat(text)).in_timezone("UTC")
