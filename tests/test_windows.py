"""Arithmetic on stretches of time: what is missing, what overlaps, what to ask."""

from itertools import pairwise

import pendulum
from hypothesis import given
from hypothesis import strategies as st

from pipeline.extract.windows import clipped, merged, without
from pipeline.values import Window

START = pendulum.datetime(2026, 1, 1)
SPAN = 200


def window(begin: int, end: int) -> Window:
    """Return a window by its seconds after a start."""
    return Window(START.add(seconds=begin), START.add(seconds=end))


def seconds(windows: list[Window]) -> set[int]:
    """Return every second that windows hold."""
    found: set[int] = set()
    for item in windows:
        begin = int((item.begin_at - START).total_seconds())
        found |= set(range(begin, begin + item.seconds))
    return found


edges = st.tuples(st.integers(0, SPAN), st.integers(0, SPAN)).map(sorted)
some = st.lists(edges.map(lambda pair: window(*pair)), max_size=12)
WHOLE = window(0, SPAN)


@given(some)
def test_merging_keeps_every_second_once(windows: list[Window]) -> None:
    """Merged windows hold the same seconds, in order, apart from one another."""
    result = merged(windows)
    assert seconds(result) == seconds(windows)
    assert all(a.end_at < b.begin_at for a, b in pairwise(result))


@given(some)
def test_what_is_left_and_what_was_taken_make_the_whole(windows: list[Window]) -> None:
    """A whole without its parts holds exactly the other seconds."""
    assert seconds(without(WHOLE, windows)) == set(range(SPAN)) - seconds(windows)


@given(some, edges.map(lambda pair: window(*pair)))
def test_clipping_keeps_what_is_inside(windows: list[Window], to: Window) -> None:
    """What is clipped holds exactly the seconds that are in both, in order and apart."""
    result = clipped(windows, to)
    assert seconds(result) == seconds(windows) & seconds([to])
    assert all(a.end_at < b.begin_at for a, b in pairwise(result))


@given(st.integers(2, 10**7))
def test_halves_make_the_whole(length: int) -> None:
    """Both halves of a window are shorter, touch, and together are it."""
    whole = window(0, length)
    first, second = whole.halves()
    assert (first.begin_at, second.end_at) == (whole.begin_at, whole.end_at)
    assert first.end_at == second.begin_at
    assert 0 < first.seconds < length
    assert 0 < second.seconds < length
