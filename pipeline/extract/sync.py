"""Bring raw up to date: what is missing, what may have changed, and the newest rows."""

from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace

from pendulum import DateTime

from pipeline.clock import Clock
from pipeline.errors import GatewayError, RefusedError
from pipeline.extract.ask import Answer, Asker, Job, query_of
from pipeline.extract.devices import fetch_devices
from pipeline.extract.habits import HabitBook
from pipeline.extract.landing import CallLog, Lander
from pipeline.extract.survey import CountTrait
from pipeline.extract.windows import BEGINNING, holes, tail_window, windows_to_ask
from pipeline.futures import wait_for_first
from pipeline.gateway.client import Counted, Gateway
from pipeline.gateway.endpoints import MessageQuery
from pipeline.progress import Progress
from pipeline.settings import Settings
from pipeline.statuses import FINAL_STATUSES
from pipeline.values import Window
from pipeline.warehouse.inbox import Inbox, Landing
from pipeline.warehouse.raw import Asked, RawStore
from pipeline.warehouse.store import Warehouse

_BATCH_BODIES = 8
_BATCH_BYTES = 32_000_000
# A gateway that fails for so many windows in one run will fail for the others too.
_PATIENCE = 3
_MOST_HALVINGS = 60


@dataclass(frozen=True, slots=True)
class Asking:
    """What a person asked of a sync.

    Attributes:
        since: the floor of the account's history; None for its beginning.
        until: read no further than this; None for now.
        again: read the whole stretch again, not only what is missing.
    """

    since: DateTime | None = None
    until: DateTime | None = None
    again: bool = False


@dataclass(frozen=True, slots=True)
class SyncResult:
    """What a sync came to.

    Attributes:
        settled_until: up to where rows could be proven, by the gateway's own clock.
        held: messages held afterwards.
        holes: stretches of the history that are not proven.
        has_landed: whether any window was answered in this sync.
        error: the first failure of the gateway; None if there was none.
        doubt: why messages may be missing although no window has a hole; empty for no reason.
    """

    settled_until: DateTime
    new_versions: int
    calls: int
    held: int
    holes: tuple[Window, ...]
    has_landed: bool = True
    error: GatewayError | None = None
    doubt: str = ""


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
        self._warehouse = warehouse
        self._gateway = gateway
        self._calls = calls
        self._run_id = run_id
        self._clock = clock
        self._inbox = Inbox(settings.data_dir / "inbox")
        self._raw = RawStore(warehouse, run_id, self._inbox.folder)
        self._lander = Lander(warehouse, self._raw, self._inbox, calls)
        self._habits = HabitBook(
            gateway,
            self._raw,
            clock,
            self._inbox.new_body("survey"),
            window_rows=settings.window_rows,
        )
        self._error: GatewayError | None = None
        self._answered = 0

    def run(self, asking: Asking, progress: Progress) -> SyncResult:
        """Fetch and land; raises GatewayError if the gateway gave nothing at all."""
        self._lander.land_leftovers()
        try:
            self._lander.land_devices(
                fetch_devices(self._gateway, self._inbox, self._raw, run_id=self._run_id)
            )
            total = self._total()
        finally:
            self._raw.add_calls(self._calls.take())
        now = (total.gateway_time or self._clock.now()).set(microsecond=0)
        settled_until = now.subtract(minutes=self._settings.tail_minutes)
        history = _history(asking, settled_until)
        counts = self._habits.counts(history, total.count)
        first = not self._raw.proven()
        progress.begin("Fetching messages", total.count if first else None)
        self._fetch(self._plan(history, asking, now, counts), counts, progress)
        self._habits.measure_zone()
        self._raw.add_calls(self._calls.take())
        provable = history.end_at.subtract(hours=self._raw.margin_hours())
        is_all = asking.since is None and asking.until is None
        expected = _expected(total.count, counts) if is_all else None
        held = int(self._warehouse.scalar("select count(*) from raw.message_heads"))
        return SyncResult(
            settled_until=settled_until,
            new_versions=self._lander.new_versions,
            calls=self._calls.total,
            held=held,
            holes=tuple(holes(Window(history.begin_at, provable), self._raw.proven())),
            has_landed=self._answered > 0,
            error=self._error,
            doubt=self._doubt(expected, held) if is_all else "",
        )

    def _doubt(self, expected: int | None, held: int) -> str:
        """Say why windows without holes may still lack messages; nothing where they cannot."""
        if expected is not None and held < expected:
            return f"The gateway counts {expected} messages and only {held} came."
        if expected is None and held and not self._raw.holds_unsent():
            return (
                "The gateway tells no total, and every message that came has a sent time: "
                "those that were never sent may be missing."
            )
        return ""

    def _total(self) -> Counted:
        """Return the count without dates: None where the gateway wants dates."""
        query = MessageQuery(only_count=True)
        try:
            return self._gateway.count_messages(query)
        except RefusedError:
            # The devices answered under this login, so it is the question that is refused.
            minute = Window(self._clock.now().subtract(minutes=1), self._clock.now())
            return replace(
                self._gateway.count_messages(query_of(minute, only_count=True)), count=None
            )

    def _plan(
        self, history: Window, asking: Asking, now: DateTime, counts: CountTrait
    ) -> list[Job]:
        if counts.kind == "unfiltered":
            return [Job(history, is_tail=True)]
        unsettled = self._raw.unsettled(now, self._settings.settle_hours, FINAL_STATUSES)
        windows = windows_to_ask(
            history=history,
            proven=self._raw.proven(),
            unsettled=unsettled,
            again=history if asking.again else None,
        )
        jobs = [Job(window) for window in windows]
        if asking.until is None:
            jobs.append(Job(tail_window(history.end_at), is_tail=True))
        return jobs

    def _fetch(self, jobs: Iterable[Job], counts: CountTrait, progress: Progress) -> None:
        asker = Asker(
            self._gateway,
            self._inbox,
            self._clock,
            run_id=self._run_id,
            window_rows=self._settings.window_rows,
            counts=counts,
        )
        batch = _Batch(self._lander, progress)
        failures = 0.0
        with ThreadPoolExecutor(self._settings.concurrency, thread_name_prefix="ask") as pool:
            pending: set[Future[Answer]] = {pool.submit(asker.ask, job) for job in jobs}
            try:
                while pending:
                    done, pending = wait_for_first(pending)
                    for answer in (future.result() for future in done):
                        pending |= {pool.submit(asker.ask, part) for part in answer.parts}
                        batch.add(answer)
                        failures += self._weigh(answer)
                        self._answered += answer.error is None and bool(answer.asked)
                    if failures >= _PATIENCE:
                        pending = {future for future in pending if not future.cancel()}
                    if batch.is_full:
                        batch.land()
                batch.land()
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                raise

    def _weigh(self, answer: Answer) -> float:
        """Keep the first failure that left a hole; what was halved instead weighs little."""
        if answer.error is None:
            return 0
        if answer.parts:
            return _PATIENCE / _MOST_HALVINGS
        self._error = self._error or answer.error
        return _PATIENCE if isinstance(answer.error, RefusedError) else 1


class _Batch:
    """The answers since the last landing."""

    def __init__(self, lander: Lander, progress: Progress) -> None:
        self._lander = lander
        self._progress = progress
        self._landings: list[Landing] = []
        self._asked: list[Asked] = []

    @property
    def is_full(self) -> bool:
        size = sum(landing.ticket.call.bytes for landing in self._landings)
        return len(self._landings) >= _BATCH_BODIES or size >= _BATCH_BYTES

    def add(self, answer: Answer) -> None:
        self._landings += answer.landings
        self._asked += answer.asked

    def land(self) -> None:
        self._lander.land(self._landings, self._asked)
        self._progress.advance(sum(asked.rows for asked in self._asked))
        self._landings, self._asked = [], []


def _expected(total: int | None, counts: CountTrait) -> int | None:
    """Return how many messages there must be; None where no count tells."""
    if total is None or counts.kind in {"capped", "absent"}:
        return None
    return total


def _history(asking: Asking, settled_until: DateTime) -> Window:
    end = min(asking.until, settled_until) if asking.until else settled_until
    begin = min(asking.since or BEGINNING, end)
    return Window(begin, end)
