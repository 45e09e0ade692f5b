"""Bring raw up to date: what is missing, what may have changed, and the newest rows."""

from dataclasses import dataclass, replace

from pendulum import DateTime

from pipeline.clock import Clock
from pipeline.errors import GatewayError, RefusedError
from pipeline.extract.ask import Job
from pipeline.extract.devices import fetch_devices
from pipeline.extract.habits import HabitBook
from pipeline.extract.landing import CallLog, Lander
from pipeline.extract.late import LateChanges
from pipeline.extract.plan import Asking, Plan, floor_of, jobs_of, place_of, plan_of
from pipeline.extract.questions import Questions
from pipeline.extract.survey import CountTrait
from pipeline.extract.team import Team
from pipeline.extract.totals import Totals
from pipeline.extract.windows import BEGINNING
from pipeline.gateway.client import Counted, Gateway
from pipeline.gateway.endpoints import MessageQuery
from pipeline.gateway.reading import UNKNOWN, Reading
from pipeline.progress import Progress
from pipeline.settings import Settings
from pipeline.values import Window
from pipeline.warehouse.asked import Trait
from pipeline.warehouse.held import HeldCounts
from pipeline.warehouse.inbox import Inbox
from pipeline.warehouse.raw import RawStore
from pipeline.warehouse.store import Warehouse

_LOOKBACK_DAYS = 7


@dataclass(frozen=True, slots=True)
class SyncResult:
    """What a sync came to.

    Attributes:
        settled_until: up to where rows could be proven, by the gateway's own clock.
        floor_at: where the account's history begins, as far as anybody asked.
        calls: HTTP calls that it made; `late_calls` of them for what may have changed late.
        lookback_calls: what reading the last seven days again would have taken instead.
        held: messages held afterwards that have not vanished; `gone` vanished since the last run.
        holes: stretches of the history that are not proven.
        has_landed: whether any window was answered in this sync.
        error: the first failure of the gateway; None if there was none.
        doubt: why nothing is to be called proven, although no window has a hole; mostly empty.
        complaints: everything that makes the run less than a good one, in sentences.
        proven_by: `counts and totals`, or `windows only` where no total is to be had.
        notes: what a person should read.
    """

    settled_until: DateTime
    floor_at: DateTime
    new_versions: int
    calls: int
    late_calls: int
    lookback_calls: int
    held: int
    gone: int
    holes: tuple[Window, ...]
    has_landed: bool = True
    error: GatewayError | None = None
    doubt: str = ""
    complaints: tuple[str, ...] = ()
    proven_by: str = ""
    notes: tuple[str, ...] = ()


class Sync:
    """One sync of one account into one warehouse; the caller holds the lock."""

    def __init__(
        self,
        settings: Settings,
        warehouse: Warehouse,
        gateway: Gateway,
        calls: CallLog,
        *,
        run_id: str,
        clock: Clock,
    ) -> None:
        self._settings = settings
        self._gateway = gateway
        self._calls = calls
        self._run_id = run_id
        self._clock = clock
        self._inbox = Inbox(settings.data_dir / "inbox")
        self._raw = RawStore(warehouse, run_id)
        self._held = HeldCounts(warehouse)
        self._lander = Lander(warehouse, self._inbox, calls, run_id=run_id, clock=clock)
        self._book = HabitBook(
            self._questions("survey", UNKNOWN),
            self._lander,
            self._raw,
            self._inbox.new_body("survey"),
            window_rows=settings.window_rows,
        )

    def run(self, asking: Asking, progress: Progress) -> SyncResult:
        """Fetch and land; raises GatewayError if the gateway gave nothing at all."""
        self._lander.read_as(self._book.known_reading())
        self._lander.land_leftovers()
        try:
            total, now = self._begin(asking)
            counts = self._book.counts(self._whole(asking, now), total.count)
            reading = self._book.reading(counts)
        finally:
            self._raw.add_calls(self._calls.take())
        progress.begin("Fetching messages", None if self._raw.proven() else total.count)
        team, plan, late_calls = self._fetch(asking, now, counts, reading, progress)
        if self._lander.strays:
            # What came from outside what was asked tells that the reading is wrong.
            strays = self._lander.strays
            self._lander.take_back_absences()
            self._book.doubt(f"{len(strays)} windows brought messages from outside")
            again = self._book.reading(counts, again=True, near=strays[0].begin_at)
            if again != reading:
                team, plan, more = self._fetch(asking, now, counts, again, progress)
                late_calls += more
        if self._lander.gone and counts.is_usable and self._are_hidden(team):
            # What seemed to vanish is still counted: from now on plain queries leave it out.
            self._lander.take_back_absences()
            counts = self._book.counts(self._whole(asking, now), total.count, again=True)
            reading = team.questions.reading
            team, plan, more = self._fetch(asking, now, counts, reading, progress)
            late_calls += more
        self._raw.add_calls(self._calls.take())
        return self._result(asking, now, plan, team, late_calls)

    def _are_hidden(self, team: Team) -> bool:
        """Whether the gateway, asked by status or SIM, still counts messages that seem gone."""
        place = place_of(team.questions.reading)
        if place is None:
            return False
        for axis, value, begin, end in self._held.just_gone(self._run_id, place):
            window = team.questions.reading.widened(Window(begin, end.add(seconds=2)))
            counted = team.questions.count(window, {axis: value})
            if counted > self._held.live_in(window, axis, value, place):
                return True
        return False

    def measure(self, asking: Asking) -> list[Trait]:
        """Measure every habit anew; returns them. Raises GatewayError if the gateway fails."""
        self._lander.land_leftovers()
        try:
            total, now = self._begin(asking)
            counts = self._book.counts(self._whole(asking, now), total.count, again=True)
            self._book.reading(counts, again=True)
        finally:
            self._raw.add_calls(self._calls.take())
        return self._raw.traits()

    def _fetch(
        self,
        asking: Asking,
        now: DateTime,
        counts: CountTrait,
        reading: Reading,
        progress: Progress,
    ) -> tuple[Team, Plan, int]:
        """Fetch under one reading: what is missing, what may have changed, the tail."""
        self._lander.read_as(reading)
        questions = self._questions("again" if self._lander.strays else "window", reading)
        self._lander.strays = []
        team = Team(questions, counts, self._lander, progress, self._settings, book=self._book)
        plan = plan_of(self._raw, self._settings, reading, asking, now)
        has_floor = self._book.floor > BEGINNING
        self._totals = Totals(team, self._held, self._raw, has_floor=has_floor)
        if counts.kind == "unfiltered":
            team.fetch([Job(plan.history, is_tail=True)])
            return team, plan, 0
        try:
            team.fetch(jobs_of(plan.missing, held=int(asking.again)))
            before = self._calls.total
            if asking.until is None and not team.fetcher.error:
                LateChanges(team, self._held, progress, self._settings).ask(plan)
            late_calls = self._calls.total - before
            if plan.tail is not None:
                self._totals.begin()
                team.fetch([Job(plan.tail, is_tail=True)])
                self._totals.end()
        except GatewayError as error:
            team.fetcher.error = team.fetcher.error or error
            late_calls = 0
        self._book.keep_limits(team.limits.cap, team.limits.too_long)
        return team, plan, late_calls

    def _result(
        self, asking: Asking, now: DateTime, plan: Plan, team: Team, late_calls: int
    ) -> SyncResult:
        fresh = plan_of(self._raw, self._settings, team.questions.reading, asking, now)
        fetcher = team.fetcher
        doubt = self._doubt(team, plan, fresh) if asking.until is None else ""
        if fetcher.unproven:
            self._book.contradict_counts(f"{fetcher.unproven} windows whose rows differ")
        return SyncResult(
            settled_until=plan.history.end_at,
            floor_at=self._book.floor,
            new_versions=self._lander.new_versions,
            calls=self._calls.total,
            late_calls=late_calls,
            lookback_calls=self._lookback_calls(now),
            held=self._raw.held(),
            gone=self._lander.gone,
            holes=fresh.holes,
            has_landed=fetcher.has_landed,
            error=fetcher.error,
            doubt=doubt,
            complaints=tuple(filter(None, (doubt, *_complaints(team)))),
            proven_by=self._totals.proven_by(),
            notes=self._notes(),
        )

    def _doubt(self, team: Team, plan: Plan, fresh: Plan) -> str:
        """Say why no window is to be trusted, if so."""
        if team.counts.kind == "unfiltered":
            return "The gateway does not heed dates: no window can be told from another."
        if not team.questions.reading.is_known and fresh.holes:
            return "It is not known in which zone the gateway reads dates, and windows are missing."
        if plan.tail is None:
            return ""
        # Where something failed, messages are missing for a reason that is known.
        is_explained = team.fetcher.error is not None or bool(fresh.holes)
        return self._totals.doubt(is_explained=is_explained)

    def _begin(self, asking: Asking) -> tuple[Counted, DateTime]:
        """Land the device list, see that the account is ours; returns total and gateway's clock."""
        reading = self._book.known_reading()
        self._lander.land_devices(
            fetch_devices(
                self._gateway, self._inbox, self._raw, run_id=self._run_id, reading=reading
            )
        )
        total = self._total()
        self._book.floor = floor_of(self._raw, asking)
        return total, (total.gateway_time or self._clock.now()).set(microsecond=0)

    def _notes(self) -> tuple[str, ...]:
        notes = self._lander.surprises()
        if self._lander.unreadable:
            notes.append(
                f"{self._lander.unreadable} answers in the inbox were damaged. They lie in "
                f"{self._inbox.folder / 'unreadable'}; what they held was asked again."
            )
        if self._lander.gone:
            notes.append(f"{self._lander.gone} messages have vanished at the gateway.")
        return tuple(notes)

    def _lookback_calls(self, now: DateTime) -> int:
        """Return what a fixed look-back would cost: a count and the rows, a window at a time."""
        messages = self._held.created_since(now.subtract(days=_LOOKBACK_DAYS))
        return 2 * max(1, -(-messages // self._settings.window_rows))

    def _questions(self, tag: str, reading: Reading) -> Questions:
        return Questions(
            self._gateway,
            self._inbox,
            self._clock,
            name=f"{self._run_id}-{tag}",
            run_id=self._run_id,
            reading=reading,
        )

    def _whole(self, asking: Asking, now: DateTime) -> Window:
        """Return the history as texts, for the survey of counts."""
        end = now.subtract(minutes=self._settings.tail_minutes)
        return Window(min(floor_of(self._raw, asking), end), end)

    def _total(self) -> Counted:
        """Return the count without dates: None where the gateway wants dates."""
        try:
            return self._gateway.count_messages(MessageQuery(only_count=True))
        except RefusedError:
            # The devices answered under this login, so it is the question that is refused.
            now = self._clock.now()
            minute = UNKNOWN.query(Window(now.subtract(minutes=1), now), only_count=True)
            return replace(self._gateway.count_messages(minute), count=None)


def _complaints(team: Team) -> list[str]:
    fetcher, said = team.fetcher, list[str]()
    if fetcher.error is not None:
        said.append(str(fetcher.error))
    if fetcher.missing:
        said.append(f"{fetcher.missing} messages were counted and did not come.")
    elif fetcher.unproven:
        said.append(f"The rows and counts of {fetcher.unproven} windows do not agree.")
    elif team.unreconciled:
        said.append(f"{team.unreconciled} windows hold something else than the gateway counts.")
    if fetcher.unusual:
        first = fetcher.unusual[0]
        said.append(
            f"No message came from {first.begin_at:%Y-%m-%d %H:%M} to "
            f"{first.end_at:%Y-%m-%d %H:%M} UTC, where many would be usual."
        )
    return said
