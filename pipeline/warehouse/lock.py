"""One writer per folder, held by a lock that the system frees when a process ends."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipeline.errors import BusyError, UsageError


def make_folder(data_dir: Path) -> None:
    """Make a data folder if there is none, whichever command comes first; OSError if it cannot be.

    People read snapshot and reports in it (0755); the rest has modes of its own.
    """
    if not data_dir.exists():
        data_dir.mkdir(parents=True)
        data_dir.chmod(0o755)


@contextmanager
def writer_lock(data_dir: Path, name: str = ".lock") -> Iterator[None]:
    """Hold a folder's lock, making the folder if need be; BusyError at once if taken.

    Locks of other names are other locks: a load of contacts and a sync may run at once.
    """
    try:
        make_folder(data_dir)
        descriptor = os.open(data_dir / name, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise UsageError(
            f"The folder {data_dir} cannot be written ({error.strerror}).",
            advice="Name a folder of yours: SMS24_DATA_DIR, or --to of an export.",
        ) from error
    try:
        _take(descriptor, data_dir)
        yield
    finally:
        os.close(descriptor)


def is_locked(data_dir: Path, name: str = ".lock") -> bool:
    """Whether a process holds a folder's lock now; nothing is made or written."""
    try:
        descriptor = os.open(data_dir / name, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


def _take(descriptor: int, data_dir: Path) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        holder = os.read(descriptor, 32).decode("ascii", "replace").strip()
        raise BusyError(f"Another sms24 (process {holder}) is working in {data_dir}.") from None
    os.ftruncate(descriptor, 0)
    os.write(descriptor, str(os.getpid()).encode("ascii"))
