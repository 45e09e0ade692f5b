"""Find what changed late: unsettled windows, edits by hand, late inserts, deletions of any age."""

from pipeline.extract.ask import Job
from pipeline.extract.plan import Plan, jobs_of, place_of
from pipeline.extract.reconcile import Reconciler
from pipeline.extract.team import Team
from pipeline.extract.windows import clipped, merged, without
from pipeline.progress import Progress
from pipeline.settings import Settings
from pipeline.statuses import KNOWN_STATUSES
from pipeline.values import Window
from pipeline.warehouse.asked import Place
from pipeline.warehouse.held import HeldCounts

# Without counts so much is read again by every run; the rest in turn.
_REREAD_DAYS = 7


class LateChanges:
    """Asks again for what may have changed since it was proven."""

    def __init__(
        self, team: Team, held: HeldCounts, progress: Progress, settings: Settings
    ) -> None:
        self._team = team
        self._held = held
        self._progress = progress
        self._settings = settings

    def ask(self, plan: Plan) -> None:
        """Ask for what is unsettled, for what differs from the gateway's counts, and in turn."""
        self._team.fetch(jobs_of(plan.unsettled, held=1))
        reading = self._team.questions.reading
        place = place_of(reading)
        if place is None:
            return
        if self._team.counts.is_usable:
            self._reconcile(plan)
        else:
            self._reread(plan)
        now = self._team.questions.now()
        until = plan.history.end_at.subtract(hours=self._settings.settle_hours)
        due = self._held.audit_due(now, until, self._settings.audit_days, place)
        untouched = self._untouched(plan.history)
        windows = [w for stretch in untouched for w in clipped(due, stretch)]
        self._team.fetch(jobs_of(tuple(reading.widened(w) for w in merged(windows)), held=1))

    def _reconcile(self, plan: Plan) -> None:
        place = place_of(self._team.questions.reading)
        if place is None:
            return
        reconciler = Reconciler(
            self._team.questions,
            self._held,
            self._team.counts,
            place,
            limit=self._team.limits.rows,
            longest=self._team.limits.too_long,
        )
        self._team.fetch(self._light(plan, place))
        turn = self._team.questions.now().int_timestamp // 3600
        self._team.fetch(reconciler.differing(self._untouched(plan.history), turn))
        if self._team.questions.reading.is_nullable:
            self._team.fetch(self._undated())

    def _light(self, plan: Plan, place: Place) -> list[Job]:
        """Return jobs for gaps between unsettled windows, cheaper read than compared."""
        horizon = plan.history.end_at.subtract(hours=self._settings.settle_hours)
        recent = Window(horizon, plan.history.end_at)
        gaps = [gap for s in self._untouched(plan.history) for gap in clipped([recent], s)]
        found: list[Job] = []
        for gap in gaps:
            held = self._held.rows_in(gap, place)
            if held <= self._team.limits.rows:
                reading = self._team.questions.reading
                found.append(Job(reading.widened(gap), held=held))
        return found

    def _undated(self) -> list[Job]:
        """Return jobs for the messages that are in no window, since their date is null."""
        held = self._held.by_status_alone()
        statuses = sorted({*KNOWN_STATUSES, *(s for s in held if s is not None)})
        return [
            Job(None, filters=(("status", status),))
            for status in statuses
            if self._team.questions.count(None, {"status": status}) != held.get(status, 0)
        ]

    def _reread(self, plan: Plan) -> None:
        self._progress.note(
            "The gateway's counts are not to be trusted: the last "
            f"{_REREAD_DAYS} days are read again, and older history in turn."
        )
        end = plan.history.end_at
        recent = Window(end.subtract(days=_REREAD_DAYS), end)
        windows = [w for s in self._untouched(plan.history) for w in clipped([recent], s)]
        reading = self._team.questions.reading
        self._team.fetch(jobs_of(tuple(reading.widened(w) for w in windows), held=1))

    def _untouched(self, history: Window) -> list[Window]:
        """Return what of the history this run has not asked for."""
        return without(history, self._team.asked)
