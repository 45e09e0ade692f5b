"""Wait for others to leave a data folder, for jobs that start by themselves."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from pipeline.clock import Clock
from pipeline.errors import BusyError
from pipeline.ledger.ledger import SENDERS_LOCK
from pipeline.progress import Progress
from pipeline.warehouse.lock import is_locked, writer_lock

_GLANCE = 1.0
_TOLD = "Another sms24 is working; waiting for it to end."


@contextmanager
def waited_lock(
    data_dir: Path, clock: Clock, progress: Progress, patience: float
) -> Iterator[None]:
    """Hold the lock of a data folder once it is free; BusyError after so many seconds."""
    with ExitStack() as stack:
        until, is_told = clock.monotonic() + patience, False
        while True:
            try:
                stack.enter_context(writer_lock(data_dir))
                break
            except BusyError:
                if clock.monotonic() >= until:
                    raise
            if not is_told:
                progress.note(_TOLD)
            is_told = True
            clock.sleep(_GLANCE)
        yield


def wait_until_free(data_dir: Path, clock: Clock, progress: Progress, patience: float) -> None:
    """Return once neither a run nor a sending works in a data folder, or after so many seconds."""
    until, is_told = clock.monotonic() + patience, False
    while clock.monotonic() < until:
        if not is_locked(data_dir) and not is_locked(data_dir, SENDERS_LOCK):
            return
        if not is_told:
            progress.note(_TOLD)
        is_told = True
        clock.sleep(_GLANCE)
