"""Who asks: the oldest window first, without waiting for who lands, and never far ahead of it."""

import threading
from pathlib import Path

import pendulum
import pytest

from pipeline.extract import crew
from pipeline.extract.ask import Answer, Job
from pipeline.extract.crew import Crew
from pipeline.values import CallRecord, Window
from pipeline.warehouse.inbox import Body, Landing, Ticket

BEGIN = pendulum.datetime(2026, 11, 1)
FEW = 8


def day(number: int, days: int = 1) -> Job:
    """Return a job for some days from a day on."""
    return Job(Window(BEGIN.add(days=number), BEGIN.add(days=number + days)))


def landing() -> Landing:
    """Return what is to be landed of one body."""
    call = CallRecord("c", "getallsms", {}, BEGIN, BEGIN, 200, "ok", 1, bytes=1000)
    return Landing(Ticket("messages", "r", (Body("b.body", call, 1, 1),)), Path("b.ticket"))


def halves(job: Job) -> tuple[Job, Job]:
    """Return the jobs that take the place of one of several days."""
    assert job.window is not None
    middle = job.window.begin_at.add(seconds=job.window.seconds // 2)
    first, second = Window(job.window.begin_at, middle), Window(middle, job.window.end_at)
    return Job(first), Job(second)


class Notes:
    """Parts windows of more than a day, and notes which were asked."""

    def __init__(self) -> None:
        self.asked: list[Job] = []
        self.is_done = threading.Event()

    def ask(self, job: Job) -> Answer:
        """Return the halves of a long window, or a body."""
        self.asked.append(job)
        assert job.window is not None
        if job.window.seconds > 86_400:
            return Answer(job, parts=halves(job))
        return Answer(job, landing=landing())

    def days(self) -> list[float]:
        """Return where the windows that brought bodies begin, in the order of asking, in days."""
        windows = [job.window for job in self.asked if job.window]
        short = [w for w in windows if w.seconds <= 86_400]
        return [(window.begin_at - BEGIN).total_days() for window in short]


def test_the_oldest_part_is_asked_before_a_later_window() -> None:
    """Parts do not wait behind what is later, so that messages of a time are landed together."""
    notes = Notes()
    with Crew(notes.ask, 1) as asking:
        asking.add([day(0, 4), day(4, 2), day(6)])
        while asking.is_busy:
            asking.answers()
    assert notes.days() == sorted(notes.days())
    assert len(notes.days()) == 7


def test_what_failed_waits_until_all_others_were_asked() -> None:
    """A window that is tried again comes after later ones that were not tried yet."""
    notes, gate = Notes(), threading.Event()

    def ask(job: Job) -> Answer:
        gate.wait()
        return notes.ask(job)

    with Crew(ask, 1) as asking:
        # The first one is taken while the others are still being added.
        asking.add([day(9), Job(day(0).window, tries=1), day(5), day(3)])
        gate.set()
        while asking.is_busy:
            asking.answers()
    assert notes.days() in ([9, 3, 5, 0], [3, 5, 9, 0])


def test_askers_do_not_wait_for_who_lands() -> None:
    """Parts are asked while nobody takes the answers, as long as there is room."""
    notes = Notes()
    everything = threading.Event()

    def ask(job: Job) -> Answer:
        answer = notes.ask(job)
        if len(notes.days()) == FEW:
            everything.set()
        return answer

    with Crew(ask, 2) as asking:
        asking.add([day(0, FEW)])
        everything.wait()
        while asking.is_busy:
            asking.answers()
    assert len(notes.asked) == 2 * FEW - 1


def test_askers_are_never_far_ahead_of_who_lands(monkeypatch: pytest.MonkeyPatch) -> None:
    """What came and was not landed is bounded; each landing makes room for as much more."""
    monkeypatch.setattr(crew, "_MOST_AHEAD", FEW)
    notes, came = Notes(), 0
    with Crew(notes.ask, 3) as asking:
        asking.add(day(number) for number in range(5 * FEW))
        while asking.is_busy:
            came += len(asking.answers())
            assert len(notes.asked) <= came + FEW
            if came % FEW == 0:
                asking.landed(FEW)
    assert came == 5 * FEW


def test_an_error_leaves_the_rest_unasked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Askers that wait for room ask for nothing more, and do not keep a run from ending."""
    monkeypatch.setattr(crew, "_MOST_AHEAD", FEW)
    notes = Notes()
    asking = Crew(notes.ask, 3)
    asking.add(day(number) for number in range(5 * FEW))
    came = 0
    while came < FEW:
        came += len(asking.answers())
    with pytest.raises(KeyboardInterrupt), asking:
        raise KeyboardInterrupt
    assert len(notes.asked) == FEW
