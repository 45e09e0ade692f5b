"""Put one data folder in the place of another: a process that dies in between loses neither.

Two folders change names one after the other. What stands in the new one says so from before the
first change on, and whoever opens the data folder next ends what was begun.
"""

import os
import shutil
from contextlib import nullcontext
from pathlib import Path

import msgspec

from pipeline.warehouse.durable import sync
from pipeline.warehouse.flock import held

MARK = ".restoring"
LOCKS = (".lock", "ledger.lock", "outbox.lock")
_MOVED = ("backups", "logs")


class Exchange(msgspec.Struct, frozen=True):
    """An exchange that was begun.

    Attributes:
        before: the name that the folder of before gets, beside the other one.
        source: what the new folder was made of: the path of a backup.
        files: how many files it got.
    """

    before: str
    source: str
    files: int


def draft_of(data_dir: Path) -> Path:
    """Return where the new folder is made."""
    return data_dir.with_name(f".{data_dir.name}.part")


def exchange(data_dir: Path, source: str, files: int) -> None:
    """Put `draft_of` in the place of a folder, which stays beside it as `NAME.before`.

    Its logs and backups move over. The caller holds the locks of the folder.
    """
    begun = Exchange(_free_name(data_dir), source, files)
    draft = draft_of(data_dir)
    mark = draft / MARK
    mark.write_bytes(msgspec.json.encode(begun))
    sync(mark)
    sync(draft)
    data_dir.rename(data_dir.with_name(begun.before))
    _end(data_dir, begun)


def begun_in(data_dir: Path) -> Exchange | None:
    """Return the exchange that a process has begun and not ended; None if there is none."""
    is_there = data_dir.exists()
    mark = (data_dir if is_there else draft_of(data_dir)) / MARK
    try:
        begun = msgspec.json.decode(mark.read_bytes(), type=Exchange)
    except (OSError, msgspec.DecodeError, UnicodeDecodeError):
        return None
    # Without the folder of before nothing was renamed, and what is missing was taken away.
    return begun if is_there or data_dir.with_name(begun.before).exists() else None


def end_exchange(data_dir: Path) -> Exchange | None:
    """End what a process that died has begun; returns it, or None if there is nothing to end.

    BusyError while the one that has begun it lives.
    """
    begun = begun_in(data_dir)
    if begun is None:
        return None
    before = data_dir.with_name(begun.before)
    with held(before / LOCKS[0]) if before.exists() else nullcontext():
        _end(data_dir, begun)
    return begun


def _end(data_dir: Path, begun: Exchange) -> None:
    before = data_dir.with_name(begun.before)
    if not data_dir.exists():
        draft_of(data_dir).rename(data_dir)
    for name in _MOVED:
        if (before / name).exists() and not (data_dir / name).exists():
            (before / name).rename(data_dir / name)
    sync(data_dir.parent)
    if before.exists() and not [path for path in before.iterdir() if path.name not in LOCKS]:
        shutil.rmtree(before)
    (data_dir / MARK).unlink()
    sync(data_dir)


def _free_name(data_dir: Path) -> str:
    name, number = f"{data_dir.name}.before", 1
    while os.path.lexists(data_dir.with_name(name)):
        number += 1
        name = f"{data_dir.name}.before.{number}"
    return name
