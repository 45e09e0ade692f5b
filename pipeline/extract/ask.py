"""Ask for windows, whatever the method is that proves them; part those that fail."""

import math
from collections import Counter
from dataclasses import dataclass, replace
from typing import Protocol

from pendulum import DateTime

from pipeline.clock import Clock
from pipeline.errors import GatewayError, RefusedError
from pipeline.extract.questions import Questions
from pipeline.values import Window
from pipeline.warehouse.asked import Asked
from pipeline.warehouse.inbox import Landing

# A gateway that cuts answers short cuts at a round number; below this the count is the liar.
LEAST_CAP = 10
_TRIES = 3
_PAUSE_SECONDS = 5.0
# A gateway that is quick is asked for so many times what one answer should hold.
_MOST_TIMES = 4
_QUICK_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Job:
    """What to ask for.

    Attributes:
        window: None for messages asked without dates.
        is_tail: whether it is the newest one, which is never called proven.
        held: messages that are held in it; where there are some, a count of 0 is checked by rows.
        filters: what is asked without dates.
        tries: how often it failed although the gateway was well.
        parent: the window that it is a part of.
    """

    window: Window | None
    is_tail: bool = False
    held: int = 0
    filters: tuple[tuple[str, int], ...] = ()
    tries: int = 0
    parent: Window | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What asking a window came to: it was asked, or is to be parted.

    Attributes:
        asked: where it was asked and nothing is to be landed: counted empty, or failed.
        landing: the bodies that came.
        parts: the jobs that take this one's place.
        error: what failed.
        missing: messages that were counted and did not come.
        counted: messages that were counted, where the rows then failed.
        is_unusual: whether nothing came where messages would be usual, and no count confirms it.
    """

    job: Job
    asked: Asked | None = None
    landing: Landing | None = None
    parts: tuple[Job, ...] = ()
    error: GatewayError | None = None
    missing: int = 0
    counted: int = 0
    is_unusual: bool = False


class Limits:
    """What is learnt of the gateway's limits while it is asked.

    Attributes:
        rows: messages that one answer should hold at the most, for now: it grows while answers are
            quick, until one of them fails.
        cap: the fewest rows at which an answer was cut short; infinite if none ever was.
        shortest: seconds of windows that halving does not make smaller.
    """

    def __init__(self, rows: float, too_long: float = math.inf) -> None:
        self.rows = max(rows, 1)
        self._most = _MOST_TIMES * self.rows
        self.cap = math.inf
        self._accepted = 0.0
        self._full: Counter[Window] = Counter()
        self.shortest = 1
        self._refused = [too_long]

    @property
    def too_long(self) -> float:
        """Seconds of the shortest window that was refused for its length; infinite if none was.

        A window that is refused although a longer one was accepted is refused for another reason.
        """
        return min((r for r in self._refused if r > self._accepted), default=math.inf)

    def as_full_as(self, parent: Window) -> None:
        """Note that a part counts as much as the whole; where both do, time parts it no further.

        Such is a gateway that cuts bounds to days, say.
        """
        self._full[parent] += 1
        if self._full[parent] > 1:
            self.shortest = max(self.shortest, parent.seconds)

    def accepted(self, seconds: float) -> None:
        """Note that a window of this length was answered."""
        self._accepted = max(self._accepted, seconds)

    def refused(self, seconds: float) -> None:
        """Note that a window of this length was refused."""
        self._refused.append(seconds)

    def came(self, rows: int, seconds: float) -> None:
        """Note that an answer of so many rows came, and how long it took."""
        if 2 * rows > self.rows and seconds < _QUICK_SECONDS:
            self.rows = min(2 * self.rows, self._most)

    def bound(self, rows: float) -> None:
        """Ask for no more rows than so many from now on."""
        self._most = max(min(self._most, rows), 1)
        self.rows = min(self.rows, self._most)

    def cut_at(self, rows: int) -> None:
        """Note that an answer was cut short at so many rows."""
        self.cap = min(self.cap, rows)
        self.bound(rows)

    def too_heavy(self, rows: int) -> None:
        """Note that an answer of so many rows failed."""
        self.bound(max(rows // 2, LEAST_CAP))


class Method(Protocol):
    """A way to ask for a window and to prove that all of it came; used by several threads."""

    def ask(self, job: Job, parts: tuple[Job, ...]) -> Answer:
        """Return what came; `parts` are the jobs that can take its place, if any."""


class Asker:
    """Asks windows; called by several threads at once."""

    def __init__(self, questions: Questions, method: Method, limits: Limits, clock: Clock) -> None:
        self._questions = questions
        self._method = method
        self._limits = limits
        self._clock = clock

    @property
    def is_out(self) -> bool:
        """Whether the gateway was given up."""
        return self._questions.gateway.breaker.is_open

    def ask(self, job: Job) -> Answer:
        """Return what one window came to; a failing gateway is an answer too."""
        parts = self._parts(job)
        if job.window and parts and job.window.seconds >= self._limits.too_long:
            return Answer(job, parts=parts)
        while True:
            try:
                answer = self._method.ask(job, parts)
            except GatewayError as error:
                answer = Answer(job, error=error)
            if answer.error is None:
                if job.window and not answer.parts:
                    self._limits.accepted(job.window.seconds)
                return answer
            judged = self._after(answer, answer.error, parts)
            if judged is not None:
                return judged

    def _parts(self, job: Job) -> tuple[Job, ...]:
        if job.window is None or job.window.seconds <= self._limits.shortest:
            return ()
        windows = self._questions.reading.parts(job.window)
        # What is held is in one of the halves: a count of 0 is checked by rows in both.
        return tuple(replace(job, window=window, tries=0, parent=job.window) for window in windows)

    def _after(self, answer: Answer, error: GatewayError, parts: tuple[Job, ...]) -> Answer | None:
        """Part a window that fails if the count of a minute shows that the gateway is well.

        A gateway that is not well is asked again after a pause, until its breaker opens.
        """
        job = answer.job
        if not is_well(self._questions, job.window.end_at if job.window else self._clock.now()):
            if not self._questions.gateway.breaker.is_open:
                self._clock.sleep(_PAUSE_SECONDS)
                return None
        elif parts:
            self._learn(answer, error)
            return replace(answer, parts=parts)
        elif job.tries + 1 < _TRIES:
            return replace(answer, parts=(replace(job, tries=job.tries + 1),))
        name = self._questions.reading.name
        asked = Asked(job.window, "failed", 0, None, None, self._clock.now(), name)
        return Answer(job, asked=asked, error=error)

    def _learn(self, answer: Answer, error: GatewayError) -> None:
        """Ask for less from now on: shorter windows after a refusal, else lighter answers."""
        window = answer.job.window
        if isinstance(error, RefusedError) and window:
            self._limits.refused(window.seconds)
        elif answer.counted > LEAST_CAP:
            self._limits.too_heavy(answer.counted)


def is_well(questions: Questions, until: DateTime) -> bool:
    """Whether the gateway answers the cheapest question there is: the count of a minute."""
    minute = Window(until.subtract(minutes=1), until)
    try:
        questions.gateway.count_messages(questions.reading.query(minute, only_count=True))
    except GatewayError:
        return False
    return True
