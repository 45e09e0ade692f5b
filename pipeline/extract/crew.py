"""Ask for windows in several threads, the oldest first, and never far ahead of the landing."""

import itertools
from collections.abc import Callable, Iterable
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from dataclasses import dataclass
from queue import PriorityQueue
from threading import Semaphore
from types import TracebackType
from typing import Self

from pendulum import DateTime

from pipeline.extract.ask import Answer, Job
from pipeline.extract.windows import BEGINNING
from pipeline.futures import wait_for_first

# Askings whose bodies lie on the disk, or are on their way there.
_MOST_AHEAD = 64


@dataclass(frozen=True, slots=True)
class _Told:
    """What one job came to, and the askings of its parts, which have begun."""

    answer: Answer
    parts: "set[Future[_Told]]"


class Crew:
    """Asks for jobs and for the parts that take their place; a context for one thread.

    The oldest window is first: messages of a time then lie together in the warehouse, so that
    questions about a time read little of it. What failed waits until all others were asked.
    """

    def __init__(self, ask: Callable[[Job], Answer], concurrency: int) -> None:
        self._ask = ask
        self._pool = ThreadPoolExecutor(concurrency, thread_name_prefix="ask")
        self._waiting: PriorityQueue[tuple[int, DateTime, int, Job]] = PriorityQueue()
        self._number = itertools.count()
        self._room = Semaphore(_MOST_AHEAD)
        self._pending: set[Future[_Told]] = set()
        self._is_over = False

    def __enter__(self) -> Self:
        """Begin."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        """Wait for what is being asked; after an error the rest is left unasked."""
        if error is not None:
            self._is_over = True
            self._room.release(_MOST_AHEAD)
        self._pool.shutdown(cancel_futures=error is not None)

    @property
    def is_busy(self) -> bool:
        """Whether answers are still to come."""
        return bool(self._pending)

    def add(self, jobs: Iterable[Job]) -> None:
        """Let jobs be asked."""
        self._pending |= self._submitted(jobs)

    def answers(self) -> list[Answer]:
        """Return the answers that have come, if need be after a wait for the first one."""
        done, self._pending = wait_for_first(self._pending)
        told = [future.result() for future in done if not future.cancelled()]
        for one in told:
            self._pending |= one.parts
        return [one.answer for one in told]

    def landed(self, askings: int) -> None:
        """Make room for as many askings more."""
        self._room.release(askings)

    def leave_the_rest(self) -> None:
        """Ask for nothing more."""
        self._pending = {future for future in self._pending if not future.cancel()}

    def _submitted(self, jobs: Iterable[Job]) -> set[Future[_Told]]:
        """Let jobs wait, and for each one somebody ask for the first that waits by then."""
        submitted: set[Future[_Told]] = set()
        for job in jobs:
            begin_at = job.window.begin_at if job.window else BEGINNING
            self._waiting.put((job.tries, begin_at, next(self._number), job))
            submitted.add(self._pool.submit(self._ask_first))
        return submitted

    def _ask_first(self) -> _Told:
        self._room.acquire()
        if self._is_over:
            raise CancelledError
        answer = self._ask(self._waiting.get_nowait()[-1])
        if answer.landing is None:
            self._room.release()
        # By whoever asked: who lands may be busy for long.
        return _Told(answer, self._submitted(answer.parts))
