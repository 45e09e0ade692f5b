"""One writer per folder, held by a lock that the system frees when a process ends."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from pipeline.errors import UsageError
from pipeline.warehouse.exchange import end_exchange
from pipeline.warehouse.flock import held


def make_folder(data_dir: Path) -> None:
    """Make a data folder if there is none, whichever command comes first; OSError if it cannot be.

    People read snapshot and reports in it (0755); the rest has modes of its own. One that is
    missing since a restore was cut off is put in its place first.
    """
    end_exchange(data_dir)
    if not data_dir.exists():
        data_dir.mkdir(parents=True)
        data_dir.chmod(0o755)


@contextmanager
def writer_lock(data_dir: Path, name: str = ".lock") -> Iterator[None]:
    """Hold a folder's lock, making the folder if need be; BusyError at once if taken.

    Locks of other names are other locks: a load of contacts and a sync may run at once.
    """
    with ExitStack() as stack:
        try:
            make_folder(data_dir)
            stack.enter_context(held(data_dir / name))
        except OSError as error:
            raise UsageError(
                f"The folder {data_dir} cannot be written ({error.strerror}).",
                advice="Name a folder of yours: SMS24_DATA_DIR, or --to of an export.",
            ) from error
        yield


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
