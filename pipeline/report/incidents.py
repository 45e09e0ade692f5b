"""Find the days on which a line of traffic did worse than chance and its own habit explain."""

from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from math import exp, lgamma, log, log1p
from typing import NamedTuple

from pipeline.report.baseline import Habit, Usual, usual
from pipeline.report.series import Line
from pipeline.report.stats import wilson

Z_INCIDENT = 3.29
# One side of what that z leaves out.
CHANCE = 0.0005
# A day beside an incident needs less to belong to it.
_CHANCE_OF_EDGE = 0.01
_SPREADS = 3.5
# A day with fewer messages tells nothing: it neither makes an incident nor parts one.
_FEWEST_MESSAGES = 10
# But many such days are no pause in one incident.
_LONGEST_PAUSE = 7


class Dip(NamedTuple):
    """Neighbouring days on which a line did worse than usual.

    Attributes:
        places: the days, as places of the line, first and last included.
        lost: messages that would have succeeded at the usual rate, and did not.
        usual: the rate that was usual before.
        is_open: whether the last day that could be judged belongs to it.
    """

    first: date
    last: date
    places: tuple[int, ...]
    lost: float
    usual: float
    is_open: bool


def find_dips(line: Line, begin: int, end: int, among: int = 1) -> list[Dip]:
    """Return the dips of the days from `begin` up to `end`, the latter excluded.

    Args:
        line: the traffic with the 28 days before `begin`.
        begin: the first place to judge.
        end: the first place that is not to be judged, such as one whose messages are not settled.
        among: how many lines are judged side by side. Each may err that much less often, so that
            all of them together raise no more false alarms than one.
    """
    begin = max(begin, 0)
    odd = odd_days(line, begin, end, among)
    runs = _runs(line, sorted(odd | _edges(line, odd, begin, end)))
    return [_dip(line, run, odd, end) for run in runs if odd.intersection(run)]


def odd_days(line: Line, begin: int, end: int, among: int = 1) -> set[int]:
    """Return the days that the rule finds: all three must hold.

    The Wilson interval with z = 3.29 misses the usual rate; the rate is more than 3.5 spreads below
    the median; and so few successes have a chance below 0.05 %, divided by `among`, at the usual
    rate. The last matters for few messages only, where Wilson's interval errs too often.
    """
    odd: set[int] = set()
    habit = Habit(line)
    for place in range(begin, end):
        hits, of = line.hits[place], line.of[place]
        interval = wilson(hits, of, Z_INCIDENT) if hits < of else None
        middle = habit.median(place) if interval else None
        if interval is None or middle is None or interval[1] >= middle:
            continue  # most days end here, and no phone of hundreds costs more than a median
        known = habit.usual(place, odd)
        if known is not None and _is_odd(hits, of, known, among):
            odd.add(place)
    return odd


def _is_odd(hits: int, of: int, known: Usual, among: int) -> bool:
    interval = wilson(hits, of, Z_INCIDENT)
    return (
        interval is not None
        and interval[1] < known.rate
        and known.median - hits / of > _SPREADS * known.spread
        and chance_of(hits, of, known.rate) < CHANCE / among
    )


@lru_cache(maxsize=4096)
def chance_of(hits: int, of: int, rate: float) -> float:
    """Return the chance of at most so many hits of so many, where each has the same chance."""
    if rate >= 1:
        return 1.0 if hits >= of else 0.0
    if rate <= 0:
        return 1.0
    total = 0.0
    for k in range(hits, -1, -1):
        term = exp(
            lgamma(of + 1)
            - lgamma(k + 1)
            - lgamma(of - k + 1)
            + k * log(rate)
            + (of - k) * log1p(-rate)
        )
        total += term
        if term < total * 1e-9 and k < of * rate:
            break
    return min(total, 1.0)


def _edges(line: Line, odd: set[int], begin: int, end: int) -> set[int]:
    """Return the neighbours of odd days that were low too: an incident seldom keeps to midnight."""
    found: set[int] = set()
    for place in odd:
        for step in (-1, 1):
            near = place + step
            if begin <= near < end and near not in odd and _is_low(line, near, odd):
                found.add(near)
    return found


def _is_low(line: Line, place: int, odd: set[int]) -> bool:
    known = usual(line, place, odd)
    return (
        known is not None
        and line.of[place] > 0
        and chance_of(line.hits[place], line.of[place], known.rate) < _CHANCE_OF_EDGE
    )


def _runs(line: Line, places: Sequence[int]) -> list[list[int]]:
    """Join neighbours, also across a week at the most of days with too few messages to tell."""
    runs: list[list[int]] = []
    for place in places:
        between = range(runs[-1][-1] + 1, place) if runs else range(0)
        is_pause = len(between) <= _LONGEST_PAUSE
        if runs and is_pause and all(line.of[day] < _FEWEST_MESSAGES for day in between):
            runs[-1] += [*between, place]
        else:
            runs.append([place])
    return runs


def _dip(line: Line, run: list[int], odd: set[int], end: int) -> Dip:
    rates = [known.rate for place in run if (known := usual(line, place, odd))]
    expected = rates[0] if rates else 0.0
    lost = sum(expected * line.of[place] - line.hits[place] for place in run)
    silent = all(line.of[place] == 0 for place in range(run[-1] + 1, end))
    return Dip(line.day(run[0]), line.day(run[-1]), tuple(run), lost, expected, silent)
