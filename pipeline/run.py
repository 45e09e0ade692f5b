"""The jobs that join the rooms: sync, build, report, and all three as one run."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

import pendulum

from pipeline.clock import Clock, RightedClock, SystemClock
from pipeline.errors import GatewayError, UnprovenError, UsageError
from pipeline.progress import Progress, SilentProgress
from pipeline.session import Recorded, recorded
from pipeline.settings import Settings
from pipeline.transform.build import build
from pipeline.warehouse.asked import Trait
from pipeline.warehouse.held import HeldCounts
from pipeline.warehouse.imports import HeldImports
from pipeline.warehouse.raw import RawStore
from pipeline.warehouse.store import Warehouse, look_into_warehouse

if TYPE_CHECKING:
    from pipeline.extract.plan import Asking
    from pipeline.extract.preview import Preview
    from pipeline.extract.sync import Sync, SyncResult
    from pipeline.report.writing import Wish


@dataclass(frozen=True, slots=True)
class Means:
    """What a job works with: the time, and whom it tells how far it is."""

    clock: Clock = field(default_factory=SystemClock)
    progress: Progress = field(default_factory=SilentProgress)


@dataclass(slots=True)
class RunResult:
    """What a job came to; the parts that it did not do are None.

    Attributes:
        run_id: the run's name in `runs`, `raw.calls` and `raw.windows`.
        snapshot: where the published snapshot is.
        reports: where the reports are.
    """

    run_id: str
    sync: "SyncResult | None" = None
    snapshot: Path | None = None
    reports: tuple[Path, ...] = ()


@dataclass(slots=True)
class _Session:
    """One run that holds the data folder."""

    settings: Settings
    means: Means
    clock: RightedClock
    run: Recorded
    result: RunResult

    @property
    def run_id(self) -> str:
        return self.run.run_id

    @property
    def warehouse(self) -> Warehouse:
        return self.run.warehouse


def run_sync(settings: Settings, asking: "Asking", means: Means) -> RunResult:
    """Fetch and land; raises UnprovenError if part of the history could not be proven."""
    with _session("sync", settings, means) as session:
        _sync(session, asking)
        _refuse_unproven(session.result.sync)
    return session.result


def plan_sync(settings: Settings, asking: "Asking", clock: Clock) -> "Preview | None":
    """Return what a sync would ask, from what is stored; None if nothing is. Touches nothing."""
    from pipeline.extract.habits import stored_reading  # noqa: PLC0415 - not for `build`
    from pipeline.extract.preview import Previewer  # noqa: PLC0415

    if not settings.warehouse_path.exists():
        return None
    asking = replace(asking, since=asking.since or settings.since)
    with look_into_warehouse(settings.warehouse_path) as warehouse:
        raw = RawStore(warehouse, "plan")
        previewer = Previewer(raw, HeldCounts(warehouse), settings)
        return previewer.look(asking, stored_reading(raw), clock.now())


def run_doctor(settings: Settings, means: Means) -> list[Trait]:
    """Measure the gateway's habits anew and return them; raises GatewayError if it fails."""
    from pipeline.extract.plan import Asking  # noqa: PLC0415 - not for `build`

    with _session("doctor", settings, means) as session, _syncing(session) as sync:
        return sync.measure(Asking(since=settings.since))


def run_build(settings: Settings, means: Means, *, full: bool = False) -> RunResult:
    """Build the tables from raw, check them, publish the snapshot; all anew if `full`."""
    if not settings.warehouse_path.exists():
        raise UsageError(
            f"Nothing was ever fetched into {settings.data_dir}.", advice="Run: sms24 run"
        )
    with _session("build", settings, means) as session:
        _build(session, full=full)
    return session.result


def run_all(settings: Settings, asking: "Asking", means: Means) -> RunResult:
    """Sync, build and report.

    Raises UnprovenError at the end, with everything published and marked, if history has holes; a
    GatewayError at once, with the old snapshot untouched, if the gateway gave nothing. A report
    that cannot be written stops no other one: UsageError at the end. ThresholdError at the end, if
    a rule of the settings says so and nothing else went wrong.
    """
    from pipeline.alerts.watch import watched  # noqa: PLC0415 - for `run` alone
    from pipeline.report.shelf import wishes_of  # noqa: PLC0415

    wishes = wishes_of(settings)
    tell = watched(settings, means.clock, means.progress)
    with _session("run", settings, means) as session, tell:
        failure: GatewayError | None = None
        try:
            _sync(session, asking)
        except GatewayError as error:
            if not _has_landed(session):
                raise
            failure = error
        _build(session)
        complaint = _report(session, wishes)
        if failure is not None:
            raise failure
        _refuse_unproven(session.result.sync)
        if complaint is not None:
            raise complaint
    return session.result


def _has_landed(session: _Session) -> bool:
    """Whether a run that failed early has landed messages that nobody can see yet."""
    sql = """
        select count(*)
        from raw.messages as messages
        inner join raw.calls as calls on messages.call_id = calls.call_id
        where calls.run_id = $run_id
    """
    return bool(session.warehouse.scalar(sql, {"run_id": session.run_id}))


@contextmanager
def _session(command: str, settings: Settings, means: Means) -> Iterator[_Session]:
    """Hold the data folder, and keep track of how the run began and ended."""
    clock = RightedClock(means.clock)
    with recorded(command, settings, clock) as run:
        try:
            yield _Session(settings, means, clock, run, RunResult(run.run_id))
        finally:
            if clock.seconds_off:
                began = clock.righted(pendulum.instance(run.entry.started_at))
                run.update({"started_at": began})


@contextmanager
def _syncing(session: _Session) -> "Iterator[Sync]":
    from pipeline.extract.landing import CallLog  # noqa: PLC0415 - `build` asks nobody
    from pipeline.extract.sync import Sync  # noqa: PLC0415
    from pipeline.gateway.client import Gateway  # noqa: PLC0415

    settings, clock, calls = session.settings, session.clock, CallLog()
    with Gateway(settings, clock=clock, on_call=calls.add, on_time=clock.hear) as gateway:
        yield Sync(settings, session.warehouse, gateway, calls, run_id=session.run_id, clock=clock)


def _sync(session: _Session, asking: "Asking") -> None:
    asking = replace(asking, since=asking.since or session.settings.since)
    with _syncing(session) as sync:
        result = sync.run(asking, session.means.progress)
    session.result.sync = result
    done = {
        "asked_since": result.floor_at,
        "settled_until": result.settled_until,
        "calls": result.calls,
        "late_calls": result.late_calls,
        "lookback_calls": result.lookback_calls,
        "new_versions": result.new_versions,
        "gone": result.gone,
        "proven_by": result.proven_by,
        "doubt": result.doubt or None,
    }
    session.run.update(done)
    for note in result.notes:
        session.means.progress.note(note)
    if result.error is not None and not result.has_landed:
        raise result.error


def _build(session: _Session, *, full: bool = False) -> None:
    _copy_imports(session, again=full)
    built = build(
        session.warehouse,
        session.settings,
        run_id=session.run_id,
        clock=session.clock,
        progress=session.means.progress,
        full=full,
    )
    for note in built.notes:
        session.means.progress.note(note)
    session.result.snapshot = built.path


def _report(session: _Session, wishes: "list[Wish]") -> UsageError | None:
    from pipeline.report.shelf import shelve  # noqa: PLC0415 - for `run` alone

    complaint: UsageError | None = None
    for wish in wishes:
        try:
            written = shelve(session.settings, [wish])
        except UsageError as error:
            session.means.progress.note(f"The report {wish.kind} was not written: {error}")
            complaint = error
        else:
            session.result.reports += tuple(written[0].paths.values())
    return complaint


def _copy_imports(session: _Session, *, again: bool) -> None:
    from pipeline.contacts.copied import copy_imports  # noqa: PLC0415 - not for `sync`

    folder = session.settings.data_dir
    held = HeldImports(session.warehouse, folder / "inbox")
    for note in copy_imports(held, folder, session.clock, again=again):
        session.means.progress.note(note)


def _refuse_unproven(result: "SyncResult | None") -> None:
    if result is None:
        return
    said = list(result.complaints)
    if result.holes:
        first = result.holes[0]
        said.insert(
            0,
            f"{len(result.holes)} stretches of the history are not proven, "
            f"the first from {first.begin_at:%Y-%m-%d %H:%M} to {first.end_at:%Y-%m-%d %H:%M} UTC.",
        )
    if said:
        raise UnprovenError(" ".join(said))
