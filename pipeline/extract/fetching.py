"""Ask many windows at once, in threads, and land what comes in batches."""

from collections.abc import Iterable
from itertools import accumulate

from pipeline.errors import GatewayError
from pipeline.extract.ask import Answer, Asker, Job
from pipeline.extract.crew import Crew
from pipeline.extract.landing import Lander
from pipeline.progress import Progress
from pipeline.values import Window
from pipeline.warehouse.asked import Asked
from pipeline.warehouse.inbox import Landing

_BATCH_BODIES = 8
_BATCH_BYTES = 32_000_000
# A gateway that brings no rows for so many windows in turn brings none at all.
_MOST_FAILURES = 60


class Fetcher:
    """Fetches windows and lands them, the oldest first; used by one thread.

    Attributes:
        error: the first failure that left a hole; None if there was none.
        has_landed: whether any window was answered.
        unusual: windows that came empty where messages would be usual.
        unproven: windows that came, and whose rows and counts do not agree.
        rows: messages that came.
    """

    def __init__(
        self, asker: Asker, lander: Lander, progress: Progress, *, concurrency: int
    ) -> None:
        self._asker = asker
        self._lander = lander
        self._progress = progress
        self._concurrency = concurrency
        self._failures = 0
        self.error: GatewayError | None = None
        self.has_landed = False
        self.unproven = self.rows = 0
        self._short: list[tuple[Window, int]] = []
        self.unusual: list[Window] = []

    @property
    def missing(self) -> int:
        """Messages that were counted and did not come; neighbours miss the same ones."""
        total, last, most = 0, None, 0
        for window, count in sorted(self._short, key=lambda short: short[0].begin_at):
            if last is None or window.begin_at > last:
                total, most = total + most, 0
            last, most = window.end_at, max(most, count)
        return total + most

    def fetch(self, jobs: Iterable[Job]) -> None:
        """Ask for every job and its parts; a gateway that is out leaves the rest unasked."""
        batch = _Batch()
        with Crew(self._asker.ask, self._concurrency) as crew:
            crew.add(jobs)
            while crew.is_busy:
                for answer in crew.answers():
                    batch.add(answer)
                    self._note(answer)
                if self._failures >= _MOST_FAILURES:
                    crew.leave_the_rest()
                while batch.is_full:
                    crew.landed(self._land(batch))
            self._land(batch)

    def _note(self, answer: Answer) -> None:
        if answer.missing and answer.job.window:
            self._short.append((answer.job.window, answer.missing))
        if answer.is_unusual and answer.job.window:
            self.unusual.append(answer.job.window)
        if answer.error is None:
            self._failures = 0 if answer.landing else self._failures
            self.has_landed = self.has_landed or not answer.parts
            is_proven = answer.landing is None or answer.landing.ticket.state == "verified"
            self.unproven += not (is_proven or answer.job.is_tail or answer.job.window is None)
            return
        self._failures += 1
        if answer.parts and self._failures < _MOST_FAILURES:
            return
        self.error = self.error or answer.error
        if not answer.parts:
            # Asked until the breaker opened: the others would be, too.
            self._failures = max(self._failures, _MOST_FAILURES if self._asker.is_out else 0)

    def _land(self, batch: "_Batch") -> int:
        """Land what may be landed together; returns how many askings that were."""
        landings, counted = batch.take()
        kept = self._lander.land(landings, counted)
        rows = sum(asking.whole.rows for asking in kept)
        self.rows += rows
        self._progress.advance(rows)
        return len(landings)


class _Batch:
    """The answers that wait to be landed; many may come while others are being landed."""

    def __init__(self) -> None:
        self._landings: list[Landing] = []
        self._counted: list[Asked] = []

    @property
    def is_full(self) -> bool:
        size = sum(landing.bytes for landing in self._landings)
        return len(self._landings) >= _BATCH_BODIES or size >= _BATCH_BYTES

    def add(self, answer: Answer) -> None:
        self._landings += [answer.landing] if answer.landing else []
        self._counted += [answer.asked] if answer.asked else []

    def take(self) -> tuple[list[Landing], list[Asked]]:
        """Take what is landed together: never more than a full batch, so that memory is bounded."""
        sizes = accumulate(landing.bytes for landing in self._landings)
        fitting = sum(size <= _BATCH_BYTES for size in sizes)
        taken = self._landings[: max(min(fitting, _BATCH_BODIES), 1)]
        counted, self._counted = self._counted, []
        self._landings = self._landings[len(taken) :]
        return taken, counted
