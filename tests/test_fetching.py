"""Fetching and landing go on side by side, and what waits to be landed is never landed at once."""

import threading
from collections.abc import Iterable, Sequence
from pathlib import Path

import pendulum
import pytest

from pipeline.extract.ask import Answer, Job
from pipeline.extract.fetching import Fetcher
from pipeline.progress import SilentProgress
from pipeline.values import CallRecord, Window
from pipeline.warehouse.asked import Asked, Asking
from pipeline.warehouse.inbox import Body, Landing, Ticket

BEGIN = pendulum.datetime(2026, 11, 1)
WINDOW = Window(BEGIN, BEGIN.add(days=1))
JOBS = 60


class FastAsker:
    """Answers at once; tells when the last job was asked."""

    is_out = False

    def __init__(self, size: int) -> None:
        self._size = size
        self._left = JOBS
        self._lock = threading.Lock()
        self.all_asked = threading.Event()

    def ask(self, job: Job) -> Answer:
        """Return an answer of some size."""
        call = CallRecord("c", "getallsms", {}, BEGIN, BEGIN, 200, "ok", 1, bytes=self._size)
        ticket = Ticket("messages", "r", (Body("b.body", call, 1, 1),), WINDOW, "verified", 1)
        with self._lock:
            self._left -= 1
            if not self._left:
                self.all_asked.set()
        return Answer(job, landing=Landing(ticket, Path("b.ticket")))


class SlowLander:
    """Lands nothing until every job was asked, and notes how much it is given at once."""

    def __init__(self, asker: FastAsker) -> None:
        self._asker = asker
        self.batches: list[int] = []

    def land(self, landings: Sequence[Landing], counted: Iterable[Asked]) -> list[Asking]:
        """Note how many landings come together."""
        self._asker.all_asked.wait()
        self.batches.append(len(landings))
        return []


@pytest.mark.parametrize(("size", "most"), [(1000, 8), (10_000_000, 3), (100_000_000, 1)])
def test_what_came_while_landing_is_landed_in_bounded_batches(size: int, most: int) -> None:
    """A gateway that is faster than the landing makes more batches, not larger ones."""
    asker = FastAsker(size)
    lander = SlowLander(asker)
    fetcher = Fetcher(asker, lander, SilentProgress(), concurrency=4)
    fetcher.fetch([Job(WINDOW)] * JOBS)
    assert sum(lander.batches) == JOBS
    assert max(lander.batches) == most
