"""Prove a window by its count: the count first, then the rows, then compare the two."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from pipeline.errors import GatewayError
from pipeline.extract.ask import LEAST_CAP, Answer, Job, Limits
from pipeline.extract.crowd import CrowdAsker
from pipeline.extract.questions import Filters, Questions
from pipeline.extract.survey import CountTrait
from pipeline.values import Window
from pipeline.warehouse.asked import Asked
from pipeline.warehouse.inbox import Body


@dataclass(frozen=True, slots=True)
class _Taken:
    """Bodies for one question; `short` messages did not come; whether rows and count agree."""

    bodies: tuple[Body, ...]
    short: int
    is_exact: bool


class CountedMethod:
    """Asks for a window and compares its rows with its count.

    Args:
        counts: what the gateway's counts are worth, and what a plain query leaves out.
        values: for each axis the values that messages are known to have.
    """

    def __init__(
        self,
        questions: Questions,
        limits: Limits,
        *,
        counts: CountTrait,
        values: Mapping[str, Sequence[int]],
    ) -> None:
        self._questions = questions
        self._limits = limits
        self._trusted = counts.trusted if counts.kind == "capped" else math.inf
        limits.bound(self._trusted)
        self._variants = counts.variants
        self._counts: dict[Window, int] = {}
        hidden = {"status": counts.hidden_statuses, "sim": counts.hidden_sims}
        self._crowd = CrowdAsker(questions, trusted=self._trusted, values=values, hidden=hidden)

    def ask(self, job: Job, parts: tuple[Job, ...]) -> Answer:
        """Count, fetch, compare; likewise for each thing that a plain query leaves out."""
        questions = [{**dict(job.filters), **variant} for variant in self._variants]
        first = self._questions.counted(job.window, questions[0])
        counts = [first.count or 0]
        counts += [self._questions.count(job.window, filters) for filters in questions[1:]]
        self._compare(job, sum(counts))
        if parts and sum(counts) and self._must_part(job, max(counts)):
            return Answer(job, parts=parts)
        taken: list[_Taken] = []
        for filters, count in zip(questions, counts, strict=True):
            if count or job.held:
                try:
                    taken.append(self._take(job.window, filters, count, can_part=bool(parts)))
                except GatewayError as error:
                    self._drop(taken)
                    return Answer(job, error=error, counted=count)
                if parts and taken[-1].short:
                    self._drop(taken)
                    return Answer(job, parts=parts)
        return self._told(job, taken, sum(counts), first.call.call_id)

    def _compare(self, job: Job, count: int) -> None:
        """Note where a part counts as much as the window that was parted."""
        if job.window is not None:
            self._counts[job.window] = count
        if job.parent is not None and count and self._counts.get(job.parent) == count:
            self._limits.as_full_as(job.parent)

    def _must_part(self, job: Job, count: int) -> bool:
        is_folded = job.window and self._questions.reading.fold_in(job.window)
        return count > self._limits.rows or bool(is_folded)

    def _told(self, job: Job, taken: list[_Taken], counted: int, call_id: str) -> Answer:
        bodies = [body for part in taken for body in part.bodies]
        is_exact = all(part.is_exact for part in taken)
        can_prove = job.window is not None and not job.is_tail
        if is_exact and not any(body.rows for body in bodies):
            self._drop(taken)
            state = "empty" if can_prove else "unverified"
            now, name = self._questions.now(), self._questions.reading.name
            asked = Asked(job.window, state, 0, 0, call_id, now, name, is_complete=True)
            return Answer(job, asked=asked)
        state = "verified" if is_exact and can_prove else "unverified"
        landing = self._questions.seal(job.window, bodies, state, counted, is_complete=is_exact)
        return Answer(job, landing=landing, missing=sum(part.short for part in taken))

    def _take(
        self, window: Window | None, filters: Filters, count: int, *, can_part: bool
    ) -> _Taken:
        if count > self._limits.rows and not can_part:
            return self._crowded(window, filters, count, ())
        body = self._questions.body(window, filters, count)
        if body.rows == count:
            self._limits.came(count, body.call.seconds)
        else:
            # Rows may have come or gone between the two calls: the count decides again.
            count = self._questions.count(window, filters)
            body = replace(body, counted=count)
        if LEAST_CAP <= body.rows < count:
            return self._cut(window, filters, body, can_part=can_part)
        return _Taken((body,), max(count - body.rows, 0), body.rows == count <= self._trusted)

    def _cut(
        self, window: Window | None, filters: Filters, body: Body, *, can_part: bool
    ) -> _Taken:
        """Take an answer that is shorter than its count: twice alike, it was cut at a cap."""
        count = body.counted or 0
        again = self._questions.body(window, filters, count)
        if again.rows == count:
            self._questions.drop([body])
            return _Taken((again,), 0, count <= self._trusted)
        if again.rows == body.rows:
            self._limits.cut_at(body.rows)
        if can_part:
            return _Taken((body, again), max(count - again.rows, 1), is_exact=False)
        return self._crowded(window, filters, count, (body, again))

    def _crowded(
        self, window: Window | None, filters: Filters, count: int, came: tuple[Body, ...]
    ) -> _Taken:
        crowd = self._crowd.ask(window, filters, count, self._limits.rows)
        return _Taken((*came, *crowd.bodies), crowd.missing, not crowd.missing)

    def _drop(self, taken: list[_Taken]) -> None:
        self._questions.drop(body for part in taken for body in part.bodies)
