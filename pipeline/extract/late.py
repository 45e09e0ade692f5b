"""Find what changed late: unsettled windows, edits by hand, late inserts, deletions of any age."""

from collections.abc import Iterable

from pendulum import DateTime

from pipeline.errors import RefusedError
from pipeline.extract.ask import Job
from pipeline.extract.plan import Plan, jobs_of, place_of
from pipeline.extract.reconcile import Reconciler
from pipeline.extract.survey import TOTAL_KINDS
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
# Where it is not known which date bounds compare, messages are looked for by the likeliest.
GUESS = Place("created", 1, "unknown")


class LateChanges:
    """Asks again for what may have changed since it was proven."""

    def __init__(
        self, team: Team, held: HeldCounts, progress: Progress, settings: Settings
    ) -> None:
        self._team = team
        self._held = held
        self._progress = progress
        self._settings = settings

    @property
    def _most(self) -> float:
        """Messages that are read at once; not more where the gateway is quick: few have changed."""
        return min(self._settings.window_rows, self._team.limits.rows)

    def ask(self, plan: Plan) -> None:
        """Ask for what is unsettled, for what differs from the gateway's counts, and in turn."""
        place = place_of(self._team.questions.reading)
        self._fetch(unsettled_of(self._held, plan, place, self._settings.settle_hours, self._most))
        counts = self._team.counts
        if place is not None and counts.is_usable:
            self._reconcile(plan, place)
        if place is None or not (counts.is_usable and counts.heeds_status):
            self._reread(plan)
            if self._has_changed_at_all():
                self._fetch([plan.history])
        due = due_for_audit(
            self._held, plan, self._settings, place or GUESS, self._team.questions.now()
        )
        self._fetch(self._untouched_of(due, plan))

    def _fetch(self, windows: Iterable[Window]) -> None:
        """Read windows that hold something, those that touch as one: counts part them again."""
        widened = [self._team.questions.reading.widened(window) for window in windows]
        self._team.fetch(jobs_of(tuple(merged(widened)), held=1))

    def _reconcile(self, plan: Plan, place: Place) -> None:
        reconciler = Reconciler(
            self._team.questions,
            self._held,
            self._team.counts,
            place,
            limit=self._most,
            longest=self._team.limits.too_long,
        )
        turn = self._team.questions.now().int_timestamp // 3600
        reconciler.few = self._most if self._is_regular(plan) else 0
        untouched = self._untouched(plan.history)
        self._team.fetch(reconciler.moved(untouched, turn))
        found = reconciler.differing(untouched, turn)
        self._team.fetch(found)
        # What moved meanwhile is told by a second look; what then still differs cannot be told.
        again = reconciler.still_differing(found)
        self._team.fetch(again)
        self._team.unreconciled += len(reconciler.still_differing(again))
        if self._team.questions.reading.is_nullable:
            self._team.fetch(self._undated())

    def _is_regular(self, plan: Plan) -> bool:
        """Whether a run only goes on, and completes no history that was broken off."""
        horizon = plan.history.end_at.subtract(hours=self._settings.settle_hours)
        return all(window.begin_at >= horizon for window in plan.missing)

    def _undated(self) -> list[Job]:
        """Return jobs for the messages that are in no window, since their date is null."""
        held = self._held.by_status_alone()
        statuses = sorted({*KNOWN_STATUSES, *(s for s in held if s is not None)})
        found = [
            Job(None, filters=(("status", status),))
            for status in statuses
            if self._team.questions.count(None, {"status": status}) != held.get(status, 0)
        ]
        known = sum(self._team.questions.count(None, {"status": s}) for s in statuses)
        # Some may have a status that nobody has met.
        return found if self._team.questions.count(None, {}) <= known else [Job(None)]

    def _has_changed_at_all(self) -> bool:
        """Whether counts of all dates, by status, differ from what is held, where there are any."""
        counts = self._team.counts
        if counts.kind not in TOTAL_KINDS or not (counts.is_total_true and counts.heeds_status):
            return False
        held = self._held.by_status_alone()
        statuses = sorted({*KNOWN_STATUSES, *(s for s in held if s is not None)})
        try:
            return any(
                self._team.questions.count(None, {"status": status}) != held.get(status, 0)
                for status in statuses
            )
        except RefusedError:
            return False

    def _reread(self, plan: Plan) -> None:
        self._progress.note(
            f"The gateway's counts do not tell what has changed: the last {_REREAD_DAYS} days are "
            "read again, and older history in turn."
        )
        end = plan.history.end_at
        recent = Window(end.subtract(days=_REREAD_DAYS), end)
        self._fetch(self._untouched_of([recent], plan))

    def _untouched_of(self, windows: Iterable[Window], plan: Plan) -> list[Window]:
        known = list(windows)
        return [w for stretch in self._untouched(plan.history) for w in clipped(known, stretch)]

    def _untouched(self, history: Window) -> list[Window]:
        """Return what of the history this run has not asked for."""
        return without(history, self._team.asked)


def unsettled_of(
    held: HeldCounts, plan: Plan, place: Place | None, settle_hours: int, most: float
) -> list[Window]:
    """Return the unsettled windows, with those gaps between them that are cheaper read than not.

    A gap of recent history with no more than `most` messages costs two calls by itself, and none
    where it makes one window of its neighbours.
    """
    if place is None:
        return list(plan.unsettled)
    end = plan.history.end_at
    recent = Window(end.subtract(hours=settle_hours), end)
    left = without(plan.history, [*plan.missing, *plan.unsettled])
    gaps = (gap for stretch in left for gap in clipped([recent], stretch))
    return merged([*plan.unsettled, *(g for g in gaps if held.rows_in(g, place) <= most)])


def due_for_audit(
    held: HeldCounts, plan: Plan, settings: Settings, place: Place, now: DateTime
) -> list[Window]:
    """Return the days of settled history that are to be read again, whatever counts say."""
    until = plan.history.end_at.subtract(hours=settings.settle_hours)
    return held.audit_due(now, until, settings.audit_days, place)
