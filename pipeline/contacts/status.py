"""How it stands with contacts: the load that runs, the tags, what is in doubt, what waits."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from pendulum import DateTime

from pipeline.clock import Clock
from pipeline.contacts.frozen import Plan, load_plan, plan_ids
from pipeline.errors import UsageError
from pipeline.ledger.ledger import LOADERS_LOCK, Ledger
from pipeline.ledger.values import Run, Tag
from pipeline.warehouse.lock import is_locked

# The rate is that of the last calls.
_LAST_CALLS = 100
_LAST_SECONDS = 300.0


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadStatus:
    """The last load, or the one that runs.

    Attributes:
        is_running: whether its process holds the lock of loaders.
        state: `running`, `done`, what stopped it, or `died`.
        tag: the title of the plan's tag; None where the plan is gone, and `total` then too.
        done: contacts of the plan that this and earlier runs have sent and settled.
        rate: calls a second of the last minutes; None where none runs.
        seconds_left: how long it may take yet, at that rate.
    """

    run: Run
    is_running: bool
    state: str
    tag: str | None
    total: int | None
    done: int
    rate: float | None
    seconds_left: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanStatus:
    """A plan that somebody may want to apply yet; `state` is None where nobody has."""

    id: str
    tag: str
    total: int
    unsent: int
    state: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactsStatus:
    """All that is told; `probes` are what was found out about the gateway last, by kind."""

    load: LoadStatus | None
    tags: tuple[tuple[Tag, Mapping[str, int]], ...]
    in_doubt: int
    plans: tuple[PlanStatus, ...]
    suppressed: int
    probes: Mapping[str, tuple[str, str]]


def contacts_status(
    data_dir: Path, ledger: Ledger, clock: Clock, plan_id: str | None = None
) -> ContactsStatus:
    """Return how it stands, of one plan if it is named; nothing is changed.

    Raises:
        UsageError: there is no such plan.
    """
    runs = ledger.runs.every()
    if plan_id is not None:
        load_plan(data_dir, plan_id)
        runs = [run for run in runs if run.plan == plan_id]
    load = _load(data_dir, ledger, clock, runs[-1]) if runs else None
    wanted = plan_ids(data_dir) if plan_id is None else [plan_id]
    states = {run.plan: (run, run.state) for run in runs}
    if load:
        states[load.run.plan] = (load.run, load.state)
    plans = _waiting(data_dir, ledger, states, wanted)
    tags = tuple((tag, ledger.contacts.counts(tag.id)) for tag in ledger.tags.every())
    return ContactsStatus(
        load=load,
        tags=tags,
        in_doubt=ledger.contacts.in_doubt(),
        plans=tuple(plans),
        suppressed=ledger.suppression.count(),
        probes=ledger.notes.probes(),
    )


def _load(data_dir: Path, ledger: Ledger, clock: Clock, run: Run) -> LoadStatus:
    is_running = run.state == "running" and is_locked(data_dir, LOADERS_LOCK)
    plan = _plan(data_dir, run.plan)
    done = ledger.runs.settled(run.plan)
    rate = _rate(ledger, run, clock) if is_running else None
    left = None if plan is None or not rate else max(plan.total - done, 0) / rate
    return LoadStatus(
        run=run,
        is_running=is_running,
        state="died" if run.state == "running" and not is_running else run.state,
        tag=plan.tag if plan else None,
        total=plan.total if plan else None,
        done=done,
        rate=rate,
        seconds_left=left,
    )


def _rate(ledger: Ledger, run: Run, clock: Clock) -> float | None:
    """Return the calls a second of the last minutes; None where that cannot be told."""
    since = max(run.started, clock.now().subtract(seconds=_LAST_SECONDS).isoformat())
    times = ledger.runs.last_answers(_LAST_CALLS, since)
    if len(times) < 2:  # noqa: PLR2004 - one moment is no rate
        return None
    seconds = (clock.now() - DateTime.fromisoformat(times[0])).total_seconds()
    return len(times) / seconds if seconds > 0 else None


def _waiting(
    data_dir: Path, ledger: Ledger, states: Mapping[str, tuple[Run, str]], wanted: Iterable[str]
) -> Iterator[PlanStatus]:
    """Give the plans that have somebody to send, the newest first; not the one at work."""
    for plan_id in wanted:
        run, state = states.get(plan_id, (None, None))
        if state == "running" or (run is not None and _unsent(run) == 0):
            continue
        plan = _plan(data_dir, plan_id)
        if plan is None or not plan.total:
            continue
        unsent = None if run is None else _unsent(run)
        settled = ledger.runs.settled(plan_id) if run and unsent is None else 0
        yield PlanStatus(
            id=plan_id,
            tag=plan.tag,
            total=plan.total,
            unsent=plan.total - settled if unsent is None else unsent,
            state=state,
        )


def _unsent(run: Run) -> int | None:
    """Return how many a run has left; None while it runs, or where it died."""
    return None if run.counts is None else int(json.loads(run.counts)["unsent"])


def _plan(data_dir: Path, plan_id: str) -> Plan | None:
    """Return a plan; None for one that is gone or damaged: a load of it was, all the same."""
    try:
        return load_plan(data_dir, plan_id)
    except UsageError:
        return None
