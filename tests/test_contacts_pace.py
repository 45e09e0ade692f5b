"""How fast a load goes, what a first contact is for, and the breakers by themselves."""

import pytest

from pipeline.clock import HeldClock
from pipeline.contacts.breakers import Rejections
from pipeline.gateway.write_pace import Pace
from support.ledger import START
from support.loads import Listed, numbered

HUNDRED = Listed(numbered(100))


@pytest.fixture
def clock() -> HeldClock:
    """Return a clock that is driven."""
    return HeldClock(START)


@pytest.fixture
def pace(clock: HeldClock) -> Pace:
    """Return a pace of five a second, up to four at once, whose jitter is a half."""
    return Pace(clock, rate=5.0, most=4, random=lambda: 0.5)


def answered(pace: Pace, clock: HeldClock, seconds: float, times: int = 1) -> None:
    """Let calls be answered after so long."""
    for _ in range(times):
        begun = clock.monotonic()
        clock.sleep(seconds)
        pace.good(begun)


def test_the_window_opens_slowly_to_its_most(pace: Pace, clock: HeldClock) -> None:
    """One call at first; one more for each window of good answers; four at the most."""
    limits = [pace.limit]
    for _ in range(12):
        answered(pace, clock, 0.1)
        limits.append(pace.limit)
    assert limits == [1, 2, 2, 2, 3, 3, 3, 4, 4, 4, 4, 4, 4]


def test_the_window_is_cut_once_per_round_trip(pace: Pace, clock: HeldClock) -> None:
    """Of four calls that fail together the first cuts the window by 0.7; a later one again."""
    answered(pace, clock, 0.1, times=20)
    begun = clock.monotonic()
    clock.sleep(0.1)
    for _ in range(4):
        pace.bad(begun)
    assert pace.limit == 2
    pace.bad(clock.monotonic() + 0.1)
    assert pace.limit == 1


def test_a_slow_answer_cuts_the_window(pace: Pace, clock: HeldClock) -> None:
    """An answer that takes three times the usual time is a sign of load; a hiccup is none."""
    answered(pace, clock, 0.4, times=20)
    answered(pace, clock, 1.1)
    assert pace.limit == 4
    answered(pace, clock, 1.3)
    assert pace.limit == 2


def test_waits_grow_and_are_spread(pace: Pace, clock: HeldClock) -> None:
    """Full jitter doubles from a second up to a minute; a good answer begins anew."""
    waits = []
    for _ in range(9):
        pace.bad(clock.monotonic())
        waits.append(pace.wait_seconds())
        clock.sleep(pace.wait_seconds())
    assert waits == [0.5, 1, 2, 4, 8, 16, 30, 30, 30]
    answered(pace, clock, 0.1)
    pace.bad(clock.monotonic())
    assert pace.wait_seconds() == pytest.approx(0.5)


def test_what_the_gateway_asks_is_kept(pace: Pace, clock: HeldClock) -> None:
    """Retry-After beats the jitter."""
    pace.bad(clock.monotonic(), 45.0)
    assert pace.wait_seconds() == 45


def test_turns_keep_the_rate(pace: Pace, clock: HeldClock) -> None:
    """Turns are a fifth of a second apart, and time that was not used is not made up for."""
    pace.begin()
    assert pace.wait_seconds() == pytest.approx(0.2)
    clock.sleep(10)
    pace.begin()
    assert pace.wait_seconds() == pytest.approx(0.2)


def test_rejections_are_counted_by_their_words() -> None:
    """Other words begin a new row; a saved contact ends it; the fifth gives all of them back."""
    row = Rejections(5)
    assert [row.note(str(n), "a") for n in range(4)] == [[]] * 4
    assert row.note("4", "b") == []
    row.forget()
    assert [row.note(str(n), "b") for n in range(5)] == [[]] * 4 + [list("01234")]
    assert (row.is_open, row.note("5", "b")) == (True, ["5"])
