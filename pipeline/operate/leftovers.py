"""What earlier work has left on the disk, how large it is, and what to do about it."""

import shlex
from collections.abc import Iterator
from pathlib import Path

from pipeline.errors import Sms24Error
from pipeline.operate.files import amount
from pipeline.operate.finding import Finding, look, ok
from pipeline.settings import Settings
from pipeline.warehouse.exchange import draft_of
from pipeline.warehouse.lock import is_locked
from pipeline.warehouse.store import look_into_warehouse

_AREA = "leftovers"


def leftovers(settings: Settings) -> list[Finding]:
    """Return what can go: copies of upgrades and restores, and bytes that a kill has left."""
    found = [
        *_unfinished(settings),
        *_copies(settings.data_dir),
        *_of_restores(settings.data_dir),
    ]
    return found or [ok(_AREA, "Nothing is left over.")]


def _unfinished(settings: Settings) -> Iterator[Finding]:
    """Give what was taken away and is in the bytes of the warehouse still."""
    path = settings.warehouse_path
    if not path.exists():
        return
    try:
        with look_into_warehouse(path) as warehouse:
            rows = warehouse.rows("select distinct reason from raw.unfinished order by reason")
    except Sms24Error:
        return  # whether it can be read is told of the database
    if rows:
        reasons = ", ".join(str(row["reason"]) for row in rows)
        yield look(
            _AREA,
            f"{path.name} ({amount(_size(path))}) still holds bytes of what is gone: {reasons}.",
            "The next sms24 run writes it anew; or now: sms24 prune",
        )


def _copies(data_dir: Path) -> Iterator[Finding]:
    for path in sorted(data_dir.glob("*.v*.bak")):
        yield look(
            _AREA,
            f"{path.name} ({amount(_size(path))}) is the copy of before an upgrade.",
            f"If the new version does well: rm {shlex.quote(str(path))}",
        )


def _of_restores(data_dir: Path) -> Iterator[Finding]:
    """Give what restores have put aside, and what one that was killed had begun to copy."""
    for path in sorted(data_dir.parent.glob(f"{data_dir.name}.before*")):
        yield look(
            _AREA,
            f"{path} ({amount(_size(path))}) is the data folder of before a restore.",
            f"If nothing of it is missed: rm -r {shlex.quote(str(path))}",
        )
    draft = draft_of(data_dir)
    if draft.exists() and not is_locked(data_dir):
        yield look(
            _AREA,
            f"{draft} ({amount(_size(draft))}) is what a restore that was cut off had copied.",
            f"Restore again, or: rm -r {shlex.quote(str(draft))}",
        )


def _size(path: Path) -> int:
    files = path.rglob("*") if path.is_dir() else (path,)
    return sum(file.lstat().st_size for file in files if not file.is_dir())
