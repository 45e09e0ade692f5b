"""`sms24 prune`: take away what need not be kept, as the settings say; the numbers stay the same.

Killed at any moment it has done a part of it, whole; the next run, or prune, does the rest.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from pendulum import DateTime

from pipeline.clock import Clock
from pipeline.ledger.ledger import look_into_ledger, open_ledger
from pipeline.logs import old_logs
from pipeline.progress import Progress
from pipeline.report.shelf import tidy
from pipeline.send.aging import Aged, find_aged, take_texts
from pipeline.send.planned import bulk_folder
from pipeline.session import Recorded, recorded
from pipeline.settings import Settings
from pipeline.transform.build import build
from pipeline.warehouse.compact import is_unfinished
from pipeline.warehouse.lock import writer_lock
from pipeline.warehouse.retention import Retention, must_build
from pipeline.warehouse.store import Warehouse, open_warehouse


@dataclass(frozen=True, slots=True)
class Pruned:
    """What was taken away, or would be.

    Attributes:
        versions: records of messages that others had followed.
        bodies: records of messages whose text has become stars.
        events: pushed events that were cut down to the numbers of message and phone.
        plans: plans of bulks whose texts were taken away.
        kept: those of such an age that keep them: messages wait or are in doubt.
        files: bodies that nobody could read, and copies that upgrades had left.
        reports, logs: files of ours that were too old.
    """

    versions: int = 0
    bodies: int = 0
    events: int = 0
    plans: int = 0
    kept: int = 0
    files: int = 0
    reports: int = 0
    logs: int = 0


def look(settings: Settings, clock: Clock) -> Pruned:
    """Return what `prune` would take away now; changes nothing. BusyError while a run works."""
    now = clock.now()
    found = Pruned()
    aged = aged_plans(settings, clock, only_looks=True)
    if settings.warehouse_path.exists():
        with writer_lock(settings.data_dir), open_warehouse(settings.warehouse_path) as warehouse:
            found = _look_into(warehouse, settings, now)
    return _with_files(found, aged, settings, now, is_dry=True)


def prune(settings: Settings, clock: Clock, progress: Progress) -> Pruned:
    """Take away what the settings say; returns what. BusyError while a run works.

    The tables are the same before and after, but for texts where `privacy` is `full`.
    """
    now = clock.now()
    found = Pruned()
    aged = aged_plans(settings, clock)
    if settings.warehouse_path.exists():
        with recorded("prune", settings, clock) as held:
            found = _look_into(held.warehouse, settings, now)
            _take_away(held, found, settings, clock, progress)
    return _with_files(found, aged, settings, now, is_dry=False)


def _look_into(warehouse: Warehouse, settings: Settings, now: DateTime) -> Pruned:
    retention, bodies = Retention(warehouse), _bodies_before(settings, now)
    months = settings.keep_versions_months
    return Pruned(
        versions=retention.find_superseded(now.subtract(months=months)) if months else 0,
        bodies=retention.find_old_bodies(bodies) if bodies else 0,
        events=retention.old_events(bodies) if bodies else 0,
    )


def _take_away(
    held: Recorded, found: Pruned, settings: Settings, clock: Clock, progress: Progress
) -> None:
    retention, bodies = Retention(held.warehouse), _bodies_before(settings, clock.now())
    if found.versions:
        progress.begin("Pruning records that others have followed", found.versions)
        retention.prune_versions()
    if found.bodies:
        progress.begin("Taking texts away", found.bodies)
        retention.redact_bodies()
    if found.events and bodies:
        progress.begin("Cutting pushed events short", found.events)
        retention.redact_events(bodies)
    if must_build(held.warehouse) and settings.snapshot_path.exists():
        build(
            held.warehouse,
            settings,
            run_id=held.run_id,
            clock=clock,
            progress=progress,
            full=True,
        )
    if is_unfinished(held.warehouse):
        progress.begin("Writing the warehouse anew", None)


def aged_plans(settings: Settings, clock: Clock, *, only_looks: bool = False) -> Aged:
    """Take the texts out of old plans, or only look which; BusyError while a sending works."""
    now, folder = clock.now(), settings.data_dir
    before = _bodies_before(settings, now)
    if before is None or not bulk_folder(folder).is_dir():
        return Aged()
    if only_looks:
        with look_into_ledger(folder, clock) as ledger:
            return find_aged(folder, ledger, before, now)
    with open_ledger(folder, clock) as ledger, ledger.sending():
        aged = find_aged(folder, ledger, before, now)
        take_texts(folder, aged, ledger, before)
    return aged


def _bodies_before(settings: Settings, now: DateTime) -> DateTime | None:
    return now.subtract(days=settings.keep_body_days) if settings.keep_body_days else None


def _with_files(
    found: Pruned, aged: Aged, settings: Settings, now: DateTime, *, is_dry: bool
) -> Pruned:
    logs = list(old_logs(settings.data_dir, now, settings.keep_log_days))
    files = list(_old_files(settings, now))
    if not is_dry:
        for path in (*logs, *files):
            path.unlink(missing_ok=True)
    reports = tidy(settings, only_count=is_dry)
    return replace(
        found,
        plans=len(aged.plans),
        kept=len(aged.kept),
        files=len(files) + len(aged.drafts),
        reports=reports,
        logs=len(logs),
    )


def _old_files(settings: Settings, now: DateTime) -> Iterator[Path]:
    """Give the files that hold texts older than these are to be kept, and that nobody reads."""
    if not settings.keep_body_days:
        return
    oldest = (now - timedelta(days=settings.keep_body_days)).timestamp()
    for path in leftovers_of(settings.data_dir):
        if path.stat().st_mtime < oldest:
            yield path


def leftovers_of(data_dir: Path) -> Iterator[Path]:
    """Give the files of people's texts and numbers that no command reads any more.

    They are bodies and events that could not be read, and what upgrades have copied.
    """
    yield from sorted(data_dir.glob("inbox/unreadable/*"))
    yield from sorted(data_dir.glob("inbox/events/*.bad"))
    yield from sorted(data_dir.glob("*.v*.bak"))
