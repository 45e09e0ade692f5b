"""A job that holds the data folder: its lock, warehouse, row in `raw.runs`, journal and log."""

import os
import sys
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

import msgspec

from pipeline import journal
from pipeline.clock import Clock, plain
from pipeline.errors import BusyError, Sms24Error, is_disk_full
from pipeline.journal import Entry
from pipeline.logs import LOG, named_run
from pipeline.settings import Settings
from pipeline.version import own_version
from pipeline.warehouse.compact import compact, drop_draft, is_unfinished
from pipeline.warehouse.lock import writer_lock
from pipeline.warehouse.store import Warehouse, open_warehouse


@dataclass(slots=True)
class Recorded:
    """A job that is under way: its name, the warehouse, and what is known of it so far."""

    warehouse: Warehouse
    entry: Entry

    @property
    def run_id(self) -> str:
        """The job's name in `runs`, `raw.calls`, `raw.windows` and logs."""
        return self.entry.run_id

    def update(self, values: Mapping[str, object]) -> None:
        """Keep what is known now, by the columns of `raw.runs`."""
        pairs = ", ".join(f"{name} = ${name}" for name in values)
        sql = f"update raw.runs set {pairs} where run_id = $run_id"  # noqa: S608 - our own names
        self.warehouse.execute(sql, {**values, "run_id": self.run_id})
        told = {"calls": values.get("calls"), "rows": values.get("new_versions")}
        known = {name: value for name, value in told.items() if value is not None}
        self.entry = msgspec.structs.replace(self.entry, **known)


@contextmanager
def recorded(command: str, settings: Settings, clock: Clock) -> Iterator[Recorded]:
    """Hold the data folder for a job, and write down how it began and ended.

    What was taken away in it, or in one that was killed before, is gone from the file at the end.
    BusyError if another one holds the folder: that is written down too, and lands in `raw.runs` by
    the next job that holds it.
    """
    began = clock.now()
    run_id = f"{began:%Y%m%dT%H%M%S}-{uuid.uuid4().hex[:8]}"
    entry = Entry(run_id=run_id, command=command, started_at=plain(began), pid=os.getpid())
    path = settings.warehouse_path
    with _held(settings, entry, clock), named_run(run_id):
        drop_draft(path)
        with open_warehouse(path) as warehouse:
            _land_turned_away(warehouse, settings)
            columns = ("run_id", "command", "started_at", "version")
            warehouse.append("raw.runs", columns, [(run_id, command, began, own_version())])
            run = Recorded(warehouse, entry)
            with _noted(run, settings, clock):
                yield run
            is_due = is_unfinished(warehouse)
        if is_due:
            compact(path)


@contextmanager
def _noted(run: Recorded, settings: Settings, clock: Clock) -> Iterator[None]:
    LOG.info("%s begins", run.entry.command)
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
        _end(run, settings, clock, exit_code, message)


def _end(run: Recorded, settings: Settings, clock: Clock, exit_code: int, message: str) -> None:
    ended = {"finished_at": plain(clock.now()), "exit_code": exit_code, "message": message}
    entry = msgspec.structs.replace(run.entry, pid=None, **ended)
    journal.note(settings.data_dir, entry)  # first: the others may fail on a full disk
    LOG.info("%s ends with exit code %d: %s", run.entry.command, exit_code, message)
    run.update(ended)


@contextmanager
def _held(settings: Settings, entry: Entry, clock: Clock) -> Iterator[None]:
    is_held = False
    try:
        with writer_lock(settings.data_dir):
            is_held = True
            journal.trim(settings.data_dir)
            journal.note(settings.data_dir, entry)
            yield
    except BusyError as error:
        if not is_held:
            ended = msgspec.structs.replace(
                entry,
                pid=None,
                finished_at=plain(clock.now()),
                exit_code=journal.BUSY,
                message=str(error),
            )
            journal.note(settings.data_dir, ended)
        raise


def _land_turned_away(warehouse: Warehouse, settings: Settings) -> None:
    """Append the runs that found the folder held, since the last one that held it."""
    found = [e for e in journal.entries(settings.data_dir) if e.exit_code == journal.BUSY]
    if not found:
        return
    known = set(warehouse.frame("select run_id from raw.runs where exit_code = 75")["run_id"])
    columns = ("run_id", "command", "started_at", "finished_at", "exit_code", "message")
    rows = [
        (e.run_id, e.command, e.started_at, e.finished_at, e.exit_code, e.message)
        for e in reversed(found)
        if e.run_id not in known
    ]
    warehouse.append("raw.runs", columns, rows)
