"""What is usual for a line of traffic on a day, from the 28 days before it."""

from collections.abc import Collection
from statistics import median
from typing import NamedTuple

from pipeline.report.series import Line

HISTORY_DAYS = 28
_MAD_OF_NORMAL = 1.4826
# With fewer days of history nobody can say what is usual.
FEWEST_DAYS = 14


class Usual(NamedTuple):
    """The usual success rate.

    Attributes:
        rate: what to expect: the median, or the rate of all those days together where that is
            lower. The median of days with few messages is mostly 1, whatever the true rate is; and
            of 40 messages without a failure the next may fail (Laplace's rule of succession).
        median: the median of the daily rates.
        spread: the median distance of the daily rates from their median (MAD), scaled to be the
            standard deviation where the rates are normal.
    """

    rate: float
    median: float
    spread: float


class Habit:
    """What is usual for a line, day by day."""

    def __init__(self, line: Line) -> None:
        self._line = line
        self._rates = [h / n if n else None for h, n in zip(line.hits, line.of, strict=True)]

    def median(self, place: int) -> float | None:
        """Return the median of the daily rates before a day; None with under 14 days of history."""
        rates = self._before(place)
        return median(rates) if len(rates) >= FEWEST_DAYS else None

    def usual(self, place: int, odd: Collection[int] = ()) -> Usual | None:
        """Return what was usual before a day; None with fewer than 14 days of history.

        Args:
            place: the day that is to be judged; it is no part of its own history.
            odd: days already found to be incidents, which must not lower the rate of all together.
        """
        rates = self._before(place)
        if len(rates) < FEWEST_DAYS:
            return None
        middle = median(rates)
        spread = _MAD_OF_NORMAL * median([abs(rate - middle) for rate in rates])
        days = range(max(0, place - HISTORY_DAYS), place)
        hits, of = self._line.sums(day for day in days if day not in odd)
        return Usual(min(middle, (hits + 1) / (of + 2)) if of else middle, middle, spread)

    def _before(self, place: int) -> list[float]:
        days = self._rates[max(0, place - HISTORY_DAYS) : place]
        return [rate for rate in days if rate is not None]


def usual(line: Line, place: int, odd: Collection[int] = ()) -> Usual | None:
    """Return what was usual for a line before a day, as `Habit.usual` does."""
    return Habit(line).usual(place, odd)
