"""Send people one by one: the intent on the disk before each call, the outcome after it."""

from collections import deque
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from itertools import islice

from pipeline.contacts.breakers import (
    Rejections,
    doubts_stop,
    login_stop,
    rejections_stop,
    repeated_id_stop,
    turned_away_stop,
    unreachable_stop,
)
from pipeline.contacts.load import Load
from pipeline.errors import GatewayError
from pipeline.gateway.breaker import Breaker
from pipeline.gateway.outcome import Outcome, Verdict
from pipeline.ledger.values import Person, Settled, State, Tag
from pipeline.tally import StoppedError

# A person's signal is seen this soon.
_STEP_SECONDS = 0.1
_SLICE_SECONDS = 1.0
# Rows looked up in one transaction at the most.
_MOST_AT_ONCE = 500
_STATES: dict[Verdict, State] = {
    Verdict.SAVED: "saved",
    Verdict.REJECTED: "rejected",
    Verdict.IN_DOUBT: "in_doubt",
}


@dataclass(frozen=True, slots=True)
class _Flight:
    person: Person
    begun: float


class Sender:
    """Sends people under one tag; the ledger is touched by the calling thread alone.

    What was answered and what is claimed next go into one transaction: it is on the disk before
    any of the claimed calls is made.

    Attributes:
        sent: people of the last `send` whose call came to something.
    """

    def __init__(self, tag: Tag, load: Load) -> None:
        self._tag = tag
        self._ledger = load.ledger
        self._gateway = load.gateway
        self._options = load.options
        self._means = load.means
        self._pace = load.pace
        self._applied = load.applied
        self._interrupting = load.interrupting
        self._rejections = Rejections(load.options.most_alike)
        self._outage = Breaker(load.means.clock, load.options.patience_seconds)
        self._flights: dict[Future[Outcome], _Flight] = {}
        self._people: Iterator[Person] = iter(())
        self._waiting: deque[Person] = deque()
        self._limit: int | None = None
        self._stop: StoppedError | None = None
        self._is_doubting = False
        self._refused_login: str | None = None
        self._has_logged_in = False
        self._has_told_end = self._has_told_outage = False
        self.sent = 0

    def send(self, people: Iterator[Person], *, limit: int | None = None) -> None:
        """Send people, `limit` of them at the most; who cannot be sent is counted as skipped.

        Raises StoppedError once all calls in flight are answered, and KeyboardInterrupt at a
        second signal: then the calls in flight stay `sent` in the ledger.
        """
        self._people, self._limit, self.sent = people, limit, 0
        pool = ThreadPoolExecutor(self._options.most_in_flight, thread_name_prefix="contacts")
        try:
            while self._flights or (self._has_more() and not self._is_over()):
                self._step(pool)
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
        if self._stop is not None:
            raise self._stop

    def _step(self, pool: ThreadPoolExecutor) -> None:
        """Settle what is answered, claim who may be sent, commit, call."""
        landed = self._landed()
        with self._ledger.transaction():
            for flight, outcome in landed:
                self._settle(flight, outcome)
            claimed = self._claimed()
        tag_id = self._tag.gateway_id or 0
        for person in claimed:
            begun = self._means.clock.monotonic()
            call = pool.submit(self._gateway.save_contact, person.e164, tag_id, person.name)
            self._flights[call] = _Flight(person, begun)
        if not self._flights and not self._is_over():
            self._mend()
        if self._interrupting.is_asked and self._flights and not self._has_told_end:
            self._has_told_end = True
            self._means.progress.note(
                f"Interrupted. Answers that are waited for: {len(self._flights)}."
                " Interrupted again, those contacts are in doubt."
            )

    def _is_over(self) -> bool:
        return self._stop is not None or self._interrupting.is_asked

    def _has_more(self) -> bool:
        """Whether somebody is left to be looked up; the next one waits then."""
        if self._limit is not None and self.sent >= self._limit:
            return False
        if not self._waiting:
            self._waiting.extend(islice(self._people, 1))
        return bool(self._waiting)

    def _may_claim(self) -> bool:
        is_held = self._is_doubting or self._refused_login is not None or self._is_over()
        return not is_held and self._has_more()

    def _landed(self) -> list[tuple[_Flight, Outcome]]:
        """Wait until something is to be done; return the calls that are answered."""
        turn = self._pace.wait_seconds()
        if not self._flights:
            self._means.clock.sleep(min(turn, _SLICE_SECONDS))
            return []
        is_open = self._may_claim() and len(self._flights) < self._pace.limit
        seconds = min(turn, _STEP_SECONDS) if is_open else _STEP_SECONDS
        done, _ = wait(self._flights, timeout=seconds, return_when=FIRST_COMPLETED)
        return [(self._flights.pop(call), call.result()) for call in done]

    def _claimed(self) -> list[Person]:
        """Claim who may be sent now."""
        claimed: list[Person] = []
        for _ in range(_MOST_AT_ONCE):
            is_full = len(self._flights) + len(claimed) >= self._pace.limit
            if is_full or self._pace.wait_seconds() or not self._may_claim():
                break
            person = self._waiting.popleft()
            if self._claim(person):
                claimed.append(person)
        return claimed

    def _claim(self, person: Person) -> bool:
        obstacle = self._ledger.contacts.claim(
            self._tag.id,
            person,
            self._applied.run or 0,
            retries_rejected=self._options.retries_rejected,
        )
        if obstacle is not None:
            self._applied.skipped[obstacle] += 1
            self._means.on_skip(person, obstacle)
            self._means.progress.advance(1)
            return False
        self._means.on_claim(person)
        self._pace.begin()
        self.sent += 1
        return True

    def _settle(self, flight: _Flight, outcome: Outcome) -> None:
        """Write down what came of a call, and draw the consequences."""
        e164, number = flight.person.e164, outcome.number
        is_repeated = number is not None and self._ledger.contacts.holder(number, e164) is not None
        if is_repeated and number is not None:
            self._stop = self._stop or repeated_id_stop(number)
        state = "in_doubt" if is_repeated else _STATES.get(outcome.verdict, "pending")
        message = "the contact id is another number's" if is_repeated else outcome.message
        settled = Settled(
            state=state,
            outcome=outcome.verdict,
            contact_id=None if is_repeated else number,
            http_status=outcome.http_status,
            message=message,
            ms=outcome.milliseconds,
        )
        self._ledger.contacts.settle(self._tag.id, e164, settled)
        match state:
            case "saved":
                self._applied.saved += 1
                self._rejections.forget()
                self._note_good(flight)
                self._has_logged_in = False
            case "rejected":
                self._note_good(flight)
                self._note_rejected(e164, outcome.message)
            case "in_doubt":
                self._note_doubt(outcome, message)
            case _:
                self._note_unsent(flight, outcome)

    def _note_good(self, flight: _Flight) -> None:
        self._pace.good(flight.begun)
        self._note_answer()
        self._means.progress.advance(1)

    def _note_rejected(self, e164: str, message: str) -> None:
        self._applied.rejected += 1
        innocent = self._rejections.note(e164, message)
        if innocent:
            reason = f"refused in a row, all by the same words: {message}"
            self._ledger.contacts.put_back(self._tag.id, innocent, reason)
            self._applied.rejected -= len(innocent)
            self._stop = self._stop or rejections_stop(len(innocent), message)

    def _note_doubt(self, outcome: Outcome, message: str) -> None:
        self._applied.in_doubt += 1
        self._means.progress.advance(1)
        self._means.progress.note(f"In doubt: {self._applied.in_doubt:,}, now {message}.")
        self._is_doubting = True
        if outcome.wait_seconds is not None:
            self._pace.rest(outcome.wait_seconds)
        self._outage.failed()
        if self._applied.in_doubt >= self._options.most_in_doubt:
            self._stop = self._stop or doubts_stop(self._applied.in_doubt)

    def _note_unsent(self, flight: _Flight, outcome: Outcome) -> None:
        self._waiting.appendleft(flight.person)
        self.sent -= 1
        if outcome.verdict is Verdict.STOP:
            self._stop = self._stop or turned_away_stop(outcome.message)
        elif outcome.verdict is Verdict.REFUSED_LOGIN:
            self._refused_login = outcome.message
        else:
            self._pace.bad(flight.begun, outcome.wait_seconds)
            self._note_outage(outcome.message)

    def _note_answer(self) -> None:
        self._outage.good()
        self._has_told_outage = False

    def _note_outage(self, message: str) -> None:
        self._outage.failed()
        if not self._has_told_outage:
            self._has_told_outage = True
            self._means.progress.note(
                f"The gateway gives no good answer: {message}."
                f" Waiting for it, up to {self._options.patience_seconds:,.0f} s."
            )
        if self._outage.is_open:
            self._stop = self._stop or unreachable_stop(self._options.patience_seconds, message)

    def _mend(self) -> None:
        """With nothing in flight: log in again, or see whether the gateway answers again."""
        if self._refused_login is not None:
            self._log_in(self._refused_login)
            self._refused_login = None
        elif self._is_doubting and not self._pace.wait_seconds():
            if self._gateway.is_answering():
                self._is_doubting = False
                self._note_answer()
                self._pace.restart()
            else:
                self._pace.rest()
                self._note_outage("it does not answer")

    def _log_in(self, message: str) -> None:
        try:
            is_new = not self._has_logged_in and self._gateway.log_in_again()
        except GatewayError as error:
            self._stop = login_stop(str(error))
            return
        if not is_new:
            self._stop = login_stop(message)
        self._has_logged_in = True
        self._pace.restart()
