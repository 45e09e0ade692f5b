"""What the gateway pushes: kept on the disk the moment it comes, landed by the next sync.

An event never makes a row of `raw.messages`: those come from `getallsms` alone.
"""

import hashlib
import json
import os
import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from pendulum import DateTime

from pipeline.warehouse.durable import sync
from pipeline.warehouse.retention import Retention
from pipeline.warehouse.store import Warehouse, statement

Kind = Literal["status", "incoming"]
MOST_WAITING = 200_000
_NUMBER = re.compile(r"\s*\d{1,18}\s*", re.ASCII)
_BLOCK = 5000
_COLUMNS = (
    "event_id", "kind", "message_id", "status", "device_id", "payload", "received_at",
)  # fmt: skip


class FullError(OSError):
    """So many events wait for a sync that no more are taken."""


class EventSpool:
    """A folder of events that wait to be landed; each is a file, named by what it says."""

    def __init__(self, folder: Path, *, most: int = MOST_WAITING) -> None:
        self._folder = folder
        self._most = most
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._waiting = sum(1 for _ in folder.glob("*.event"))

    def put(self, kind: Kind, payload: dict[str, Any], received_at: DateTime) -> bool:
        """Keep an event; once this returns it outlasts a power cut. False if it was there already.

        Raises FullError where too many wait, and OSError of the disk.
        """
        text = json.dumps(payload, sort_keys=True, separators=(",", ":"))
        event_id = hashlib.sha256(f"{kind}:{text}".encode()).hexdigest()
        path = self._folder / f"{event_id}.event"
        if path.exists():
            return False
        if self._waiting >= self._most:
            # A sync may have landed them meanwhile.
            self._waiting = sum(1 for _ in self._folder.glob("*.event"))
            if self._waiting >= self._most:
                raise FullError(f"{self._waiting:,} events wait for a sync")
        said = {"kind": kind, "received_at": received_at.isoformat(), "payload": payload}
        part = path.with_suffix(f".{os.getpid()}.{id(payload)}.part")
        try:
            part.write_text(json.dumps(said), encoding="ascii")
            sync(part)
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)
        sync(self._folder)
        self._waiting += 1
        return True


def land_events(warehouse: Warehouse, folder: Path) -> int:
    """Land the events that wait, each once whatever is cut off where; returns how many were new.

    One that cannot be read is set aside under the name `.bad`.
    """
    if not folder.is_dir():
        return 0
    paths = sorted(folder.glob("*.event"))
    landed = 0
    for begin in range(0, len(paths), _BLOCK):
        block = paths[begin : begin + _BLOCK]
        rows = list(_rows(block))
        with warehouse.transaction():
            warehouse.execute("create or replace temp table pushed as from raw.events limit 0")
            warehouse.append("temp.pushed", _COLUMNS, rows)
            Retention(warehouse).forget_pushed()
            before = warehouse.scalar("select count(*) from raw.events")
            warehouse.script(statement("0_raw/land_events"))
            landed += warehouse.scalar("select count(*) from raw.events") - before
        for path in block:
            path.unlink(missing_ok=True)
    return landed


def _rows(paths: list[Path]) -> Iterator[tuple[Any, ...]]:
    for path in paths:
        try:
            said = json.loads(path.read_text(encoding="ascii"))
            payload = said["payload"]
            received_at = datetime.fromisoformat(said["received_at"])
            told = [_number(payload.get(name)) for name in ("sms_id", "status_id", "device_id")]
            kind, text = str(said["kind"]), json.dumps(payload)
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            path.replace(path.with_suffix(".bad"))
            continue
        message_id, status, device_id = told
        yield path.stem, kind, message_id, status, device_id, text, received_at


def _number(value: Any) -> int | None:
    """Return a whole number that came as one or as text; None for what no table would take."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value if 0 <= value < 10**18 else None
    is_text = isinstance(value, str) and _NUMBER.fullmatch(value)
    return int(value) if is_text else None
