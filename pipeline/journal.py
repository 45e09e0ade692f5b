"""What ran and how it ended, as lines beside the databases: `runs.jsonl` in the data folder.

The warehouse knows it too, but it is closed to others while a run works, and what was turned away
or failed early is published by nobody. A line is written at once and whole; one that was torn by a
power cut is skipped.
"""

import os
from datetime import datetime
from pathlib import Path

import msgspec

NAME = "runs.jsonl"
_OLDER = "runs.1.jsonl"
_MOST_BYTES = 256 * 1024  # about a thousand runs; as many again in the older file
BUSY = 75


class Entry(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """A run as far as it is known; what is None is not known yet, or never was.

    Attributes:
        run_id: the run's name, as in the table `runs`; of one that was turned away its instant.
        pid: the process, while it works.
        rows: new or changed records.
    """

    run_id: str
    command: str
    started_at: datetime
    pid: int | None = None
    finished_at: datetime | None = None
    exit_code: int | None = None
    message: str | None = None
    calls: int | None = None
    rows: int | None = None


def note(data_dir: Path, entry: Entry) -> None:
    """Write down how a run began, or ended; where the folder cannot be written, nothing is."""
    path = data_dir / NAME
    line = msgspec.json.encode(entry) + b"\n"
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
    except OSError:
        return
    try:
        os.write(descriptor, line)
    except OSError:
        return  # a full disk stops the run by itself
    finally:
        os.close(descriptor)


def trim(data_dir: Path) -> None:
    """Set a long journal aside, in the place of the older one; by the holder of the lock alone."""
    path = data_dir / NAME
    if path.exists() and path.stat().st_size > _MOST_BYTES:
        path.replace(data_dir / _OLDER)


def entries(data_dir: Path) -> list[Entry]:
    """Return the runs, the newest first, each as it was last written down."""
    found: dict[str, Entry] = {}
    for name in (_OLDER, NAME):
        try:
            lines = (data_dir / name).read_bytes().splitlines()
        except OSError:
            continue
        for line in lines:
            try:
                entry = msgspec.json.decode(line, type=Entry)
            except msgspec.MsgspecError:
                continue
            found[entry.run_id] = entry
    latest = reversed(found.values())  # of those of one instant, too
    return sorted(latest, key=lambda entry: entry.started_at, reverse=True)


def is_alive(pid: int) -> bool:
    """Whether there is a process of this number."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
