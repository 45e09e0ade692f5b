"""Send messages, one call at a time: the intent on the disk before each, the outcome after it."""

from collections.abc import Iterator
from itertools import chain, islice

from pipeline.errors import GatewayError, UsageError
from pipeline.gateway.breaker import Breaker
from pipeline.gateway.outcome import Outcome, Verdict
from pipeline.gateway.write_pace import Pace
from pipeline.interrupting import Interrupting
from pipeline.ledger.ledger import Ledger
from pipeline.ledger.outgoing import HINDRANCES, Answered, Sending
from pipeline.ledger.values import State
from pipeline.send import stops
from pipeline.send.dispatched import Dispatched, Gateway, Letter, Mail, SendMeans, SendOptions
from pipeline.tally import StoppedError

_SLICE_SECONDS = 0.2
_STATES: dict[Verdict, State] = {
    Verdict.SAVED: "saved",
    Verdict.REJECTED: "rejected",
    Verdict.IN_DOUBT: "in_doubt",
}


def dispatch(
    mail: Mail, ledger: Ledger, gateway: Gateway, options: SendOptions, means: SendMeans
) -> Dispatched:
    """Send what waits of a sending and return what it came to; a stop is in it, not raised.

    Each message is looked up in the ledger when it is its turn: what is sent, in doubt, rejected
    or suppressed by then is skipped and counted. Raises BusyError if another command sends,
    UsageError as `Outbox.begin`, or where the same text to the same number is in doubt by another
    sending; KeyboardInterrupt at the second signal; and the database's error where the disk is
    full: no call is made whose intent is not on the disk.
    """
    done = Dispatched(total=mail.total)
    with ledger.sending() as died, Interrupting() as interrupting:
        done.died = died
        if died:
            means.progress.note(f"Messages of a command that died, now in doubt: {died}.")
        _refuse_alike(mail, ledger)
        sending = ledger.outbox.begin(mail.facts)
        try:
            _Dispatcher(sending, ledger, gateway, options, means, done, interrupting).run(mail)
        except StoppedError as stopped:
            done.stop = stopped.stop
        if interrupting.is_asked and done.unsent:
            done.stop = done.stop or stops.interrupted().stop
    return done


def _refuse_alike(mail: Mail, ledger: Ledger) -> None:
    if not ledger.outbox.in_doubt():
        return
    alike = ledger.outbox.alike_in_doubt(list(mail.letters()), mail.facts.key)
    if alike:
        raise UsageError(
            f"The same text to {len(alike):,} of these numbers is in doubt: it may have been sent.",
            advice="Look first: sms24 outbox resolve",
        )


class _Dispatcher:
    """Sends one sending's messages; used by one thread."""

    def __init__(  # noqa: PLR0913, PLR0917 - the parts of a sending
        self,
        sending: Sending,
        ledger: Ledger,
        gateway: Gateway,
        options: SendOptions,
        means: SendMeans,
        done: Dispatched,
        interrupting: Interrupting,
    ) -> None:
        self._sending = sending
        self._ledger = ledger
        self._gateway = gateway
        self._options = options
        self._means = means
        self._done = done
        self._interrupting = interrupting
        self._pace = Pace(means.clock, rate=options.rate, most=1, random=means.random)
        self._outage = Breaker(means.clock, options.patience_seconds)
        self._alike: tuple[str, list[int]] = ("", [])
        self._doubts = 0
        self._is_doubting = self._has_logged_in = self._has_told_outage = False

    def run(self, mail: Mail) -> None:
        self._means.progress.begin("Sending messages", mail.total)
        for batch in self._batches(mail.letters()):
            if not self._deliver(batch):
                return

    def _batches(self, letters: Iterator[Letter]) -> Iterator[list[Letter]]:
        """Give what one call each holds; a bulk that nobody has seen work begins with one."""
        is_bulk, limit = self._sending.kind == "bulk", self._options.limit
        letters = islice(self._unsent(letters), limit)
        counts = self._ledger.outbox.counts(self._sending)
        sizes: Iterator[int] = iter(())
        if is_bulk and not counts.get("saved"):
            sizes = iter((1,))
        rest = self._options.batch if is_bulk else 1
        for size in chain(sizes, iter(lambda: rest, 0)):
            batch = list(islice(letters, size))
            if not batch:
                return
            yield batch

    def _unsent(self, letters: Iterator[Letter]) -> Iterator[Letter]:
        """Give the messages that wait; the others are counted."""
        earlier = self._ledger.outbox.of(self._sending)
        known = {sent.customer_id: (sent.state, sent.sms_id) for sent in earlier}
        for letter in letters:
            state, sms_id = known.get(letter.customer_id, ("pending", None))
            if state == "pending":
                yield letter
            else:
                self._done.sms_ids += [sms_id] if sms_id and state == "saved" else []
                self._done.skipped[HINDRANCES[state]] += 1
                self._means.progress.advance(1)

    def _deliver(self, batch: list[Letter]) -> bool:
        """Send one call's messages; False where the run was interrupted before."""
        while batch:
            if not self._wait():
                return False
            claimed = self._claim(batch)
            if not claimed:
                return True
            batch = self._call(claimed)
        return True

    def _wait(self) -> bool:
        """Wait for the turn, and for a gateway that gives good answers; False if interrupted."""
        while not self._interrupting.is_asked:
            seconds = self._pace.wait_seconds()
            if seconds:
                self._means.clock.sleep(min(seconds, _SLICE_SECONDS))
            elif not self._is_doubting:
                return True
            elif self._gateway.is_answering():
                self._is_doubting = False
                self._outage.good()
            else:
                self._pace.rest()
                self._note_outage("it does not answer")
        return False

    def _claim(self, batch: list[Letter]) -> list[Letter]:
        hindrances = self._ledger.outbox.claim(self._sending, batch)
        claimed = [letter for letter in batch if hindrances[letter.customer_id] is None]
        self._done.skipped.update(why for why in hindrances.values() if why is not None)
        self._means.progress.advance(len(batch) - len(claimed))
        return claimed

    def _call(self, letters: list[Letter]) -> list[Letter]:
        """Make one call, write down what came of it; returns what is to be sent again."""
        begun = self._means.clock.monotonic()
        self._pace.begin()
        outcome = self._made(letters)
        state = _STATES.get(outcome.verdict, "pending")
        if state == "rejected" and len(letters) > 1:
            state = "in_doubt"
        answered = Answered(
            state=state,
            outcome=outcome.verdict,
            message=outcome.message,
            sms_id=outcome.number if len(letters) == 1 else None,
            http_status=outcome.http_status,
            ms=outcome.milliseconds,
        )
        self._ledger.outbox.settle(self._sending, letters, answered)
        match state:
            case "saved":
                self._note_saved(letters, outcome, begun)
            case "rejected":
                self._note_rejected(letters[0], outcome.message, begun)
            case "in_doubt":
                self._note_doubt(letters, outcome)
            case _:
                self._note_unsent(outcome, begun)
                return letters
        self._means.progress.advance(len(letters))
        return []

    def _made(self, letters: list[Letter]) -> Outcome:
        if self._sending.kind == "bulk":
            return self._gateway.send_many([letter.sms() for letter in letters])
        sms = letters[0].sms()
        by_password = self._options.by_password
        return self._gateway.send_by_password(sms) if by_password else self._gateway.send(sms)

    def _note_saved(self, letters: list[Letter], outcome: Outcome, begun: float) -> None:
        self._done.saved += len(letters)
        self._done.segments += sum(letter.segments for letter in letters)
        self._done.sms_ids += [] if outcome.number is None else [outcome.number]
        self._alike, self._has_logged_in = ("", []), False
        self._note_answer(begun)

    def _note_answer(self, begun: float) -> None:
        self._pace.good(begun)
        self._outage.good()
        self._has_told_outage = False

    def _note_rejected(self, letter: Letter, message: str, begun: float) -> None:
        self._note_answer(begun)
        words, row = self._alike
        row = [*row, letter.customer_id] if words == message else [letter.customer_id]
        self._alike = (message, row)
        self._done.rejected += 1
        self._done.reasons[message] += 1
        if self._sending.kind == "bulk" and not self._done.saved:
            raise stops.first_refused(message)
        if len(row) >= self._options.most_alike:
            stop = stops.rejections(len(row), message)
            self._ledger.outbox.put_back(row, str(stop))
            self._done.rejected -= len(row)
            self._done.reasons[message] -= len(row)
            raise stop

    def _note_doubt(self, letters: list[Letter], outcome: Outcome) -> None:
        self._done.in_doubt += len(letters)
        self._done.reasons[outcome.message] += len(letters)
        self._doubts += 1
        if outcome.verdict is Verdict.REJECTED:
            raise stops.batch_refused(len(letters), outcome.message)
        self._means.progress.note(f"In doubt: {self._done.in_doubt:,}, now {outcome.message}.")
        if self._doubts >= self._options.most_in_doubt:
            raise stops.doubts(self._doubts)
        self._is_doubting = True

    def _note_unsent(self, outcome: Outcome, begun: float) -> None:
        match outcome.verdict:
            case Verdict.STOP:
                raise stops.turned_away(outcome.message)
            case Verdict.REFUSED_LOGIN:
                self._log_in(outcome.message)
            case _:
                self._pace.bad(begun, outcome.wait_seconds)
                self._note_outage(outcome.message)

    def _note_outage(self, message: str) -> None:
        self._outage.failed()
        seconds = self._options.patience_seconds
        if not self._has_told_outage:
            self._has_told_outage = True
            self._means.progress.note(
                f"The gateway gives no good answer: {message}. Waiting for it, up to"
                f" {seconds:,.0f} s."
            )
        if self._outage.is_open:
            raise stops.unreachable(seconds, message)

    def _log_in(self, message: str) -> None:
        try:
            is_new = not self._has_logged_in and self._gateway.log_in_again()
        except GatewayError as error:
            raise stops.login(str(error)) from error
        if not is_new:
            raise stops.login(message)
        self._has_logged_in = True
