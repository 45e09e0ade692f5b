"""A job that holds the data folder: its lock, its warehouse, its row in `raw.runs`, its log."""

import sys
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from pipeline.clock import Clock
from pipeline.errors import Sms24Error, is_disk_full
from pipeline.logs import LOG, named_run
from pipeline.settings import Settings
from pipeline.version import own_version
from pipeline.warehouse.compact import compact, drop_draft, is_unfinished
from pipeline.warehouse.lock import writer_lock
from pipeline.warehouse.store import Warehouse, open_warehouse


@dataclass(frozen=True, slots=True)
class Held:
    """What a job holds: the warehouse, and its own name in `runs`, `raw.calls` and logs."""

    run_id: str
    warehouse: Warehouse


@contextmanager
def open_session(command: str, settings: Settings, clock: Clock) -> Iterator[Held]:
    """Hold the data folder, and keep a row in `raw.runs` of how the job began and ended.

    What was taken away in it, or in one that was killed before, is gone from the file at the end.
    """
    run_id = f"{clock.now():%Y%m%dT%H%M%S}-{uuid.uuid4().hex[:8]}"
    path = settings.warehouse_path
    with writer_lock(settings.data_dir), named_run(run_id):
        drop_draft(path)
        with open_warehouse(path) as warehouse:
            with _noted(warehouse, run_id, command, clock):
                yield Held(run_id, warehouse)
            is_due = is_unfinished(warehouse)
        if is_due:
            compact(path)


@contextmanager
def _noted(warehouse: Warehouse, run_id: str, command: str, clock: Clock) -> Iterator[None]:
    columns = ("run_id", "command", "started_at", "version")
    warehouse.append("raw.runs", columns, [(run_id, command, clock.now(), own_version())])
    LOG.info("%s begins", command)
    begun = clock.monotonic()
    exit_code, message = 1, "ended by a bug; the log has the traceback"
    try:
        yield
        exit_code, message = 0, "done"
    except Sms24Error as error:
        exit_code, message = error.exit_code, str(error)
        raise
    except KeyboardInterrupt:
        exit_code, message = 130, "interrupted"
        raise
    finally:
        if is_disk_full(sys.exception()):
            message = "the disk was full"
        seconds = clock.monotonic() - begun
        LOG.info("%s ends after %.1f s with exit code %d: %s", command, seconds, exit_code, message)
        update_run(
            warehouse,
            run_id,
            {"finished_at": clock.now(), "exit_code": exit_code, "message": message},
        )


def update_run(warehouse: Warehouse, run_id: str, values: Mapping[str, object]) -> None:
    """Write down more of a job."""
    pairs = ", ".join(f"{name} = ${name}" for name in values)
    sql = f"update raw.runs set {pairs} where run_id = $run_id"  # noqa: S608 - our own names
    warehouse.execute(sql, {**values, "run_id": run_id})
