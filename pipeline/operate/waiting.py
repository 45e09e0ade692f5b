"""Wait for others to leave a data folder, for jobs that start by themselves."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
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
        for _ in _glances(clock, progress, patience):
            with suppress(BusyError):
                stack.enter_context(writer_lock(data_dir))
                break
        else:
            stack.enter_context(writer_lock(data_dir))
        yield


def wait_until_free(data_dir: Path, clock: Clock, progress: Progress, patience: float) -> None:
    """Return once neither a run nor a sending works in a data folder, or after so many seconds."""
    for _ in _glances(clock, progress, patience):
        if not is_locked(data_dir) and not is_locked(data_dir, SENDERS_LOCK):
            return


def _glances(clock: Clock, progress: Progress, patience: float) -> Iterator[None]:
    """Give a moment to look each second for so many seconds; says once that somebody waits."""
    until, is_told = clock.monotonic() + patience, False
    while clock.monotonic() < until:
        yield
        if not is_told:
            progress.note(_TOLD)
        is_told = True
        clock.sleep(_GLANCE)
