"""Prove a window without a count: its halves must bring the same messages as the whole."""

from dataclasses import dataclass

from pendulum import DateTime

from pipeline.extract.ask import LEAST_CAP, Answer, Job, Limits
from pipeline.extract.questions import Filters, Questions
from pipeline.values import Window
from pipeline.warehouse.asked import Asked
from pipeline.warehouse.inbox import Body

_CLEARLY_LESS = 0.9
# Where so many messages would be usual and none came, the window is not believed to be empty.
_MANY = 20.0


@dataclass(frozen=True, slots=True)
class Usual:
    """What is usual in an account: messages a day, since its first message."""

    per_day: float = 0.0
    since: DateTime | None = None

    def expected(self, window: Window) -> float:
        """Return how many messages a window would usually hold."""
        if self.since is None or self.since >= window.end_at:
            return 0.0
        begin = max(window.begin_at, self.since)
        return self.per_day * (window.end_at - begin).total_seconds() / 86_400


class UncountedMethod:
    """Asks for a window, and for its halves.

    An answer as large as the largest ever seen, in rows or in bytes, may have been cut there, and
    its halves too: it is never taken as whole.

    Args:
        variants: the filters of a plain query, and of each thing that it leaves out.
    """

    def __init__(
        self,
        questions: Questions,
        limits: Limits,
        *,
        variants: tuple[Filters, ...],
        usual: Usual,
    ) -> None:
        self._questions = questions
        self._limits = limits
        self._variants = variants
        self._usual = usual
        self._most_rows = self._most_bytes = 0

    def ask(self, job: Job, parts: tuple[Job, ...]) -> Answer:
        """Fetch the window and, where it may be whole, its halves; compare the two."""
        bodies = self._bodies(job)
        if job.is_tail or job.window is None:
            return self._sealed(job, bodies, is_whole=False)
        is_small = all(self._is_small(body) for body in bodies)
        is_light = max(body.rows for body in bodies) <= self._limits.rows
        if parts and is_small and is_light:
            found = {i for part in parts for i in self._ids_of(part)}
            if found == self._questions.ids(bodies):
                return self._whole(job, job.window, bodies)
        if parts:
            self._questions.drop(bodies)
            return Answer(job, parts=parts)
        is_whole = is_small and self._is_same_from_behind(job, bodies)
        return self._sealed(job, bodies, is_whole=is_whole)

    def _is_same_from_behind(self, job: Job, bodies: list[Body]) -> bool:
        """Whether a window that cannot be parted brings the same from its other end."""
        behind = [
            self._questions.body(job.window, body.filters, None, is_descending=True)
            for body in bodies
        ]
        is_same = self._questions.ids(behind) == self._questions.ids(bodies)
        self._questions.drop(behind)
        return is_same

    def _whole(self, job: Job, window: Window, bodies: list[Body]) -> Answer:
        if any(body.rows for body in bodies):
            return self._sealed(job, bodies, is_whole=True)
        self._questions.drop(bodies)
        is_unusual = self._usual.expected(window) >= _MANY
        state = "unverified" if is_unusual else "empty"
        call, name = bodies[0].call, self._questions.reading.name
        asked = Asked(window, state, 0, None, call.call_id, call.asked_at, name)
        return Answer(job, asked=asked, is_unusual=is_unusual)

    def _bodies(self, job: Job) -> list[Body]:
        return [
            self._questions.body(job.window, {**dict(job.filters), **variant}, None)
            for variant in self._variants
        ]

    def _ids_of(self, job: Job) -> set[int]:
        bodies = self._bodies(job)
        found = self._questions.ids(bodies)
        self._questions.drop(bodies)
        return found

    def _is_small(self, body: Body) -> bool:
        self._most_rows = max(self._most_rows, body.rows)
        self._most_bytes = max(self._most_bytes, body.call.bytes)
        return body.rows < LEAST_CAP or (
            body.rows < _CLEARLY_LESS * self._most_rows
            and body.call.bytes < _CLEARLY_LESS * self._most_bytes
        )

    def _sealed(self, job: Job, bodies: list[Body], *, is_whole: bool) -> Answer:
        state = "verified" if is_whole else "unverified"
        return Answer(job, landing=self._questions.seal(job.window, bodies, state, None))
