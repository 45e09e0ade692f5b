"""Ask for one window of messages: the count first, then the rows, then compare the two."""

import math
import threading
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from pendulum import DateTime

from pipeline.clock import Clock
from pipeline.errors import GatewayError, RefusedError
from pipeline.extract.survey import CountTrait
from pipeline.gateway.client import Fetched, Gateway
from pipeline.gateway.decode import decode_messages
from pipeline.gateway.endpoints import MessageQuery
from pipeline.values import Window
from pipeline.warehouse.inbox import Inbox, Landing, Ticket
from pipeline.warehouse.raw import Asked

# A gateway that cuts answers short cuts at a round number; below this the count is the liar.
LEAST_CAP = 10
_CLEARLY_LESS = 0.9
# A window that still fails at this length fails for another reason than its length.
SHORTEST_FAILING = 60


@dataclass(frozen=True, slots=True)
class Job:
    """A window to ask; `is_tail` marks the newest one, which is never called proven."""

    window: Window
    is_tail: bool = False

    def halves(self) -> tuple["Job", ...]:
        """Return the two halves as jobs."""
        return tuple(Job(half, self.is_tail) for half in self.window.halves())


@dataclass(frozen=True, slots=True)
class Answer:
    """What asking a window came to: it was asked, or is to be parted; `error` is what failed."""

    job: Job
    asked: tuple[Asked, ...] = ()
    landings: tuple[Landing, ...] = ()
    parts: tuple[Job, ...] = ()
    error: GatewayError | None = None


@dataclass(frozen=True, slots=True)
class _Body:
    """An answer on disk beside the count that it should have."""

    path: Path
    fetched: Fetched
    expected: int | None


class Asker:
    """Asks windows; called by several threads at once.

    Args:
        window_rows: how many messages one answer should hold at the most.
        counts: what the gateway's counts are worth, and which statuses need an asking of their own.
    """

    def __init__(
        self,
        gateway: Gateway,
        inbox: Inbox,
        clock: Clock,
        *,
        run_id: str,
        window_rows: int,
        counts: CountTrait,
    ) -> None:
        self._gateway = gateway
        self._inbox = inbox
        self._clock = clock
        self._run_id = run_id
        self._counts = counts
        self._limit = max(min(window_rows, counts.trusted), 1) if counts.is_usable else window_rows
        self._statuses: tuple[int | None, ...] = (None, *counts.hidden)
        self._largest = 0
        self._too_long = math.inf
        self._numbers = count(1)
        self._numbers_lock = threading.Lock()

    def ask(self, job: Job) -> Answer:
        """Return what one window came to; a failing gateway is an answer too."""
        if job.window.seconds >= self._too_long:
            return Answer(job, parts=job.halves())
        try:
            return self._ask(job) if self._counts.is_usable else self._ask_uncounted(job)
        except GatewayError as error:
            return self._after(job, error)

    def _after(self, job: Job, error: GatewayError) -> Answer:
        """Halve a window that fails, if the count of a minute shows that the gateway is well."""
        if job.window.seconds > SHORTEST_FAILING and self._is_well(job.window.end_at):
            if isinstance(error, RefusedError):
                self._too_long = min(self._too_long, job.window.seconds)
            return Answer(job, parts=job.halves(), error=error)
        asked = Asked(job.window, "failed", 0, None, None, self._clock.now())
        return Answer(job, asked=(asked,), error=error)

    def _is_well(self, until: DateTime) -> bool:
        minute = Window(until.subtract(minutes=1), until)
        try:
            self._gateway.count_messages(query_of(minute, only_count=True))
        except GatewayError:
            return False
        return True

    def _ask(self, job: Job) -> Answer:
        """Count, fetch, compare; likewise for each status that a plain query leaves out."""
        queries = [query_of(job.window, status=status) for status in self._statuses]
        counted = [self._gateway.count_messages(query) for query in queries]
        can_part = job.window.seconds > 1
        if max(item.count or 0 for item in counted) > self._limit and can_part:
            return Answer(job, parts=job.halves())
        bodies: list[_Body] = []
        for query, item in zip(queries, counted, strict=True):
            if item.count == 0:
                continue
            body = self._body(query, item.count)
            bodies.append(body)
            if _is_short(body.fetched.rows, body.expected) and can_part:
                _drop(bodies)
                return Answer(job, parts=job.halves())
        if not bodies:
            return Answer(job, asked=(self._empty(job, counted[0].call.call_id),))
        trusted = self._counts.trusted
        is_whole = all(
            body.expected is not None and body.fetched.rows == body.expected <= trusted
            for body in bodies
        )
        return self._sealed(job, bodies, is_whole=is_whole)

    def _body(self, query: MessageQuery, expected: int | None) -> _Body:
        path = self._inbox.new_body(self._next_name())
        fetched = self._gateway.fetch_messages(query, path)
        if fetched.rows != expected and expected is not None:
            # Rows may have come or gone between the two calls: the count decides again.
            expected = self._gateway.count_messages(query).count
        return _Body(path, fetched, expected)

    def _ask_uncounted(self, job: Job) -> Answer:
        """Take a window as whole where both its halves together bring the same messages."""
        bodies = self._uncounted_bodies(job.window)
        if job.is_tail:
            return self._sealed(job, bodies, is_whole=False)
        whole = _ids(bodies)
        rows = max(body.fetched.rows for body in bodies)
        self._largest = max(self._largest, rows)
        # An answer as large as the largest ever seen may have been cut there, and its halves too.
        is_small = rows < LEAST_CAP or rows < _CLEARLY_LESS * self._largest
        parts = job.halves() if job.window.seconds > 1 else ()
        if is_small and rows <= self._limit and parts:
            found = {message_id for part in parts for message_id in self._ids_of(part.window)}
            if found == whole:
                return self._sealed(job, bodies, is_whole=True)
        if parts:
            _drop(bodies)
            return Answer(job, parts=parts)
        return self._sealed(job, bodies, is_whole=False)

    def _uncounted_bodies(self, window: Window) -> list[_Body]:
        return [self._body(query_of(window, status=s), None) for s in self._statuses]

    def _ids_of(self, window: Window) -> set[int]:
        bodies = self._uncounted_bodies(window)
        found = _ids(bodies)
        _drop(bodies)
        return found

    def _empty(self, job: Job, call_id: str) -> Asked:
        state = "unverified" if job.is_tail else "empty"
        return Asked(job.window, state, 0, 0, call_id, self._clock.now())

    def _sealed(self, job: Job, bodies: list[_Body], *, is_whole: bool) -> Answer:
        """Seal the bodies of a window; only the last one, with all before it, proves it."""
        landings: list[Landing] = []
        for place, body in enumerate(bodies, start=1):
            proves = is_whole and not job.is_tail and place == len(bodies)
            state = "verified" if proves else "unverified"
            call = body.fetched.call
            ticket = Ticket("messages", self._run_id, call, job.window, state, body.expected)
            landings.append(self._inbox.seal(body.path, ticket))
        asked = (
            asked_of(landing.ticket, body.fetched.rows)
            for landing, body in zip(landings, bodies, strict=True)
        )
        return Answer(job, asked=tuple(asked), landings=tuple(landings))

    def _next_name(self) -> str:
        with self._numbers_lock:
            return f"{self._run_id}-{next(self._numbers):06d}"


def query_of(
    window: Window, *, only_count: bool = False, status: int | None = None
) -> MessageQuery:
    """Return the query for a window.

    It starts a second early: then neighbours leave no gap, whether the gateway takes its bounds as
    inclusive or not. Rows that come twice are the same row.
    """
    begin_at = window.begin_at.subtract(seconds=1)
    return MessageQuery(
        begin_at=begin_at, end_at=window.end_at, only_count=only_count, status=status
    )


def asked_of(ticket: Ticket, rows: int) -> Asked:
    """Return what `raw.windows` keeps of a sealed body; only for bodies of messages."""
    if ticket.window is None:
        raise ValueError("a body of messages has a window")
    call = ticket.call
    return Asked(ticket.window, ticket.state, rows, ticket.counted, call.call_id, call.asked_at)


def _drop(bodies: list[_Body]) -> None:
    for body in bodies:
        body.path.unlink()


def _ids(bodies: list[_Body]) -> set[int]:
    pages = (decode_messages(body.path.read_bytes()) for body in bodies)
    return {message_id for page in pages for message_id, _ in page.records}


def _is_short(rows: int, expected: int | None) -> bool:
    return expected is not None and LEAST_CAP <= rows < expected
