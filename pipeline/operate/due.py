"""When the next run is due, and whether one that was did not start."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import pendulum

from pipeline.clock import plain
from pipeline.journal import Entry
from pipeline.settings import Settings

_GRACE = timedelta(minutes=15)


def next_due(settings: Settings, now: datetime) -> datetime | None:
    """Return when the next run is due; None where no schedule is set."""
    if settings.schedule is None:
        return None
    return plain(settings.schedule.next_after(pendulum.instance(now), settings.timezone))


def overdue_since(settings: Settings, entries: Sequence[Entry], now: datetime) -> datetime | None:
    """Return when a run was due that did not start within a quarter of an hour; None for none."""
    started = [entry.started_at for entry in entries if entry.command == "run"]
    if settings.schedule is None or not started:
        return None
    instant = pendulum.instance(now - _GRACE)
    due = plain(settings.schedule.last_before(instant, settings.timezone))
    return due if max(started) < due else None
