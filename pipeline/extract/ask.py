"""Ask for one window of messages: the count first, then the rows, then compare the two."""

import math
import threading
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from pendulum import DateTime

from pipeline.clock import Clock
from pipeline.errors import GatewayError, RefusedError
from pipeline.gateway.client import Fetched, Gateway
from pipeline.gateway.decode import decode_messages
from pipeline.gateway.endpoints import MessageQuery
from pipeline.values import Window
from pipeline.warehouse.inbox import Inbox, Landing, Ticket
from pipeline.warehouse.raw import Asked

# A gateway that cuts answers short cuts at a round number; below this the count is the liar.
LEAST_CAP = 100
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
    asked: Asked | None = None
    landing: Landing | None = None
    parts: tuple[Job, ...] = ()
    error: GatewayError | None = None


class Asker:
    """Asks windows; called by several threads at once.

    Args:
        window_rows: how many messages one answer should hold at the most.
        trusted: counts up to this one are known to be honest; None where there is no usable count.
    """

    def __init__(
        self,
        gateway: Gateway,
        inbox: Inbox,
        clock: Clock,
        *,
        run_id: str,
        window_rows: int,
        trusted: int | None,
    ) -> None:
        self._gateway = gateway
        self._inbox = inbox
        self._clock = clock
        self._run_id = run_id
        self._trusted = trusted
        self._limit = window_rows if trusted is None else max(min(window_rows, trusted), 1)
        self._too_long = math.inf
        self._numbers = count(1)
        self._numbers_lock = threading.Lock()

    def ask(self, job: Job) -> Answer:
        """Return what one window came to; a failing gateway is an answer too."""
        if job.window.seconds >= self._too_long:
            return Answer(job, parts=job.halves())
        try:
            return self._ask(job) if self._trusted is not None else self._ask_uncounted(job)
        except GatewayError as error:
            return self._after(job, error)

    def _after(self, job: Job, error: GatewayError) -> Answer:
        """Halve a window that fails, if the count of a minute shows that the gateway is well."""
        if job.window.seconds > SHORTEST_FAILING and self._is_well(job.window.end_at):
            if isinstance(error, RefusedError):
                self._too_long = min(self._too_long, job.window.seconds)
            return Answer(job, parts=job.halves(), error=error)
        asked = Asked(job.window, "failed", 0, None, None, self._clock.now())
        return Answer(job, asked=asked, error=error)

    def _is_well(self, until: DateTime) -> bool:
        minute = Window(until.subtract(minutes=1), until)
        try:
            self._gateway.count_messages(query_of(minute, only_count=True))
        except GatewayError:
            return False
        return True

    def _ask(self, job: Job) -> Answer:
        query = query_of(job.window)
        counted = self._gateway.count_messages(query)
        can_part = job.window.seconds > 1
        if counted.count == 0:
            return Answer(job, asked=self._empty(job, counted.call.call_id))
        if counted.count is not None and counted.count > self._limit and can_part:
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
        is_whole = expected is not None and fetched.rows == expected <= (self._trusted or 0)
        return self._sealed(job, body_path, fetched, expected, is_whole=is_whole)

    def _ask_uncounted(self, job: Job) -> Answer:
        """Take a window as whole where both its halves together bring the same messages."""
        body_path = self._inbox.new_body(self._next_name())
        fetched = self._gateway.fetch_messages(query_of(job.window), body_path)
        whole = _ids(body_path)
        if job.is_tail:
            return self._sealed(job, body_path, fetched, None, is_whole=False)
        parts = job.halves() if job.window.seconds > 1 else ()
        found = {message_id for part in parts for message_id in self._ids_of(part.window)}
        if parts and (found != whole or len(whole) > self._limit):
            body_path.unlink()
            return Answer(job, parts=parts)
        return self._sealed(job, body_path, fetched, None, is_whole=bool(parts))

    def _ids_of(self, window: Window) -> set[int]:
        path = self._inbox.new_body(self._next_name())
        self._gateway.fetch_messages(query_of(window), path)
        found = _ids(path)
        path.unlink()
        return found

    def _sealed(
        self, job: Job, body_path: Path, fetched: Fetched, expected: int | None, *, is_whole: bool
    ) -> Answer:
        state = "verified" if is_whole and not job.is_tail else "unverified"
        call = fetched.call
        ticket = Ticket("messages", self._run_id, call, job.window, state, expected)
        landing = self._inbox.seal(body_path, ticket)
        return Answer(job, asked=asked_of(ticket, fetched.rows), landing=landing)

    def _empty(self, job: Job, call_id: str) -> Asked:
        state = "unverified" if job.is_tail else "empty"
        return Asked(job.window, state, 0, 0, call_id, self._clock.now())

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


def _ids(path: Path) -> set[int]:
    return {message_id for message_id, _ in decode_messages(path.read_bytes()).records}


def _is_short(rows: int, expected: int | None) -> bool:
    return expected is not None and LEAST_CAP <= rows < expected
