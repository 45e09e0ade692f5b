"""Ask for one window of messages: the count first, then the rows, then compare the two."""

import threading
from dataclasses import dataclass
from itertools import count

from pipeline.clock import Clock
from pipeline.errors import GatewayError
from pipeline.gateway.client import Fetched, Gateway
from pipeline.gateway.endpoints import MessageQuery
from pipeline.values import Window
from pipeline.warehouse.inbox import Inbox, Landing, Ticket
from pipeline.warehouse.raw import Asked

# A gateway that cuts answers short cuts at a round number; below this the count is the liar.
LEAST_CAP = 100


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
    """What asking a window came to: it was asked, or it must be parted, or the gateway failed."""

    job: Job
    asked: Asked | None = None
    landing: Landing | None = None
    parts: tuple[Job, ...] = ()
    error: GatewayError | None = None


class Asker:
    """Asks windows; called by several threads at once."""

    def __init__(
        self, gateway: Gateway, inbox: Inbox, clock: Clock, *, run_id: str, window_rows: int
    ) -> None:
        self._gateway = gateway
        self._inbox = inbox
        self._clock = clock
        self._run_id = run_id
        self._window_rows = window_rows
        self._numbers = count(1)
        self._numbers_lock = threading.Lock()

    def ask(self, job: Job) -> Answer:
        """Return what one window came to; a failing gateway is an answer too."""
        try:
            return self._ask(job)
        except GatewayError as error:
            asked = Asked(job.window, "failed", 0, None, None, self._clock.now())
            return Answer(job, asked=asked, error=error)

    def _ask(self, job: Job) -> Answer:
        query = query_of(job.window)
        counted = self._gateway.count_messages(query)
        can_part = job.window.seconds > 1
        if counted.count == 0:
            return Answer(job, asked=self._empty(job, counted.call.call_id))
        if counted.count is not None and counted.count > self._window_rows and can_part:
            return Answer(job, parts=job.halves())
        body_path = self._inbox.new_body(self._next_name())
        fetched = self._gateway.fetch_messages(query, body_path)
        expected = counted.count
        if fetched.rows != expected and expected is not None:
            # Rows may have come or gone between the two calls: the count decides again.
            expected = self._gateway.count_messages(query).count
        if _is_short(fetched.rows, expected) and can_part:
            body_path.unlink()
            return Answer(job, parts=job.halves())
        ticket = self._ticket(job, fetched, expected)
        landing = self._inbox.seal(body_path, ticket)
        return Answer(job, asked=asked_of(ticket, fetched.rows), landing=landing)

    def _empty(self, job: Job, call_id: str) -> Asked:
        state = "unverified" if job.is_tail else "empty"
        return Asked(job.window, state, 0, 0, call_id, self._clock.now())

    def _ticket(self, job: Job, fetched: Fetched, expected: int | None) -> Ticket:
        proven = fetched.rows == expected and not job.is_tail
        state = "verified" if proven else "unverified"
        return Ticket("messages", self._run_id, fetched.call, job.window, state, expected)

    def _next_name(self) -> str:
        with self._numbers_lock:
            return f"{self._run_id}-{next(self._numbers):06d}"


def query_of(window: Window, *, only_count: bool = False) -> MessageQuery:
    """Return the query for a window.

    It starts a second early: then neighbours leave no gap, whether the gateway takes its bounds as
    inclusive or not. Rows that come twice are the same row.
    """
    begin_at = window.begin_at.subtract(seconds=1)
    return MessageQuery(begin_at=begin_at, end_at=window.end_at, only_count=only_count)


def asked_of(ticket: Ticket, rows: int) -> Asked:
    """Return what `raw.windows` keeps of a sealed body; only for bodies of messages."""
    if ticket.window is None:
        raise ValueError("a body of messages has a window")
    call = ticket.call
    return Asked(ticket.window, ticket.state, rows, ticket.counted, call.call_id, call.asked_at)


def _is_short(rows: int, expected: int | None) -> bool:
    return expected is not None and LEAST_CAP <= rows < expected
