"""How things stand, from the snapshot and the files beside it: cheap enough to be asked often."""

from datetime import datetime
from typing import Any

import msgspec

from pipeline import journal
from pipeline.alerts.rules import rules_of
from pipeline.alerts.state import Alert, read_alerts
from pipeline.journal import Entry
from pipeline.operate.due import next_due, overdue_since
from pipeline.settings import Settings
from pipeline.warehouse.snapshot import open_snapshot

_COVERAGE = """
    select
        min(begin_at) filter (is_proven) as since,
        max(end_at) filter (is_proven) as until,
        coalesce(sum(messages) filter (is_proven), 0)::bigint as messages,
        sum(epoch(end_at) - epoch(begin_at)) filter (is_proven)
        / nullif(sum(epoch(end_at) - epoch(begin_at)) filter (is_proven or not is_tail), 0) as share
    from coverage
"""
_HOLES = """
    select begin_at, end_at, state from coverage
    where not is_proven and not is_tail order by begin_at
"""
_WAITING = """
    select
        count(*) filter (outcome = 'open') as open,
        count(*) filter (is_stuck) as stuck,
        min(due_at) filter (outcome = 'open') as oldest_due_at
    from messages where gone_at is null
"""
_RUNS = """
    select
        run_id, command, started_at, finished_at, exit_code, message, calls, new_versions as rows
    from runs order by started_at desc limit $most
"""


class Standing(msgspec.Struct, kw_only=True):
    """How an account stands; instants are UTC.

    Attributes:
        snapshot: the row of `snapshot_info`; None while nothing was published.
        proven: `since`, `until`, `messages`, and `share`, that of the asked time but for the tail.
        waiting: messages that are `open` and `stuck`, and when the oldest was due.
        runs: the last ones, the newest first, also those that failed or were turned away.
        working: the run that is at work now.
        rules: the thresholds that are set, in words.
        alerts: what the last run found crossed.
        next_due: when the next run is due; None where no schedule is set.
        overdue_since: when one was due that did not start.
    """

    snapshot: dict[str, Any] | None = None
    proven: dict[str, Any] = {}
    holes: list[dict[str, Any]] = []
    waiting: dict[str, Any] = {}
    warnings: list[dict[str, Any]] = []
    runs: list[Entry] = []
    working: Entry | None = None
    rules: list[str] = []
    alerts: list[Alert] = []
    next_due: datetime | None = None
    overdue_since: datetime | None = None


def standing(settings: Settings, now: datetime, most_runs: int) -> Standing:
    """Return how the account of the settings stands.

    UsageError where nothing ever ran, or the snapshot is of an older sms24.
    """
    entries = journal.entries(settings.data_dir)
    found = _beside(settings, entries, now)
    if not settings.snapshot_path.is_file() and entries:
        found.runs = entries[:most_runs]
        return found
    with open_snapshot(settings.snapshot_path) as snapshot:
        snapshot.refuse_without("warnings")
        found.snapshot = snapshot.plain("from snapshot_info")[0]
        found.proven = snapshot.plain(_COVERAGE)[0]
        found.holes = snapshot.plain(_HOLES)
        found.waiting = snapshot.plain(_WAITING)[0]
        found.warnings = snapshot.plain("from warnings")
        published = snapshot.plain(_RUNS, {"most": most_runs})
    found.runs = _runs(entries, published, most_runs)
    return found


def _beside(settings: Settings, entries: list[Entry], now: datetime) -> Standing:
    """Return what is known without the snapshot."""
    working = [e for e in entries if e.exit_code is None and e.pid and journal.is_alive(e.pid)]
    return Standing(
        working=working[0] if working else None,
        rules=[rule.words for rule in rules_of(settings)],
        alerts=[alert for alert in read_alerts(settings.data_dir) if alert.over_at is None],
        next_due=next_due(settings, now),
        overdue_since=overdue_since(settings, entries, now),
    )


def _runs(entries: list[Entry], published: list[dict[str, Any]], most: int) -> list[Entry]:
    """Return the last runs: as the journal has them; older ones as they were published."""
    known = {entry.run_id for entry in entries}
    older = [msgspec.convert(row, Entry) for row in published if row["run_id"] not in known]
    return sorted([*entries, *older], key=lambda entry: entry.started_at, reverse=True)[:most]
