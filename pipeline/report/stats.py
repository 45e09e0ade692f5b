"""Statistics of rates: what a share of a few messages can tell."""

from dataclasses import dataclass
from math import sqrt

Z95 = 1.959964
Z99 = 2.575829
# A change under half a point is no news, however sure it is.
SMALLEST_CHANGE = 0.005
# Nor is a duration that moved by less than a tenth.
SMALLEST_LONGER = 0.1


@dataclass(frozen=True, slots=True)
class Rate:
    """So many hits of so many; `value` and `interval` are None where there is nothing to judge."""

    hits: int
    of: int

    @property
    def value(self) -> float | None:
        """The share, from 0 to 1."""
        return self.hits / self.of if self.of else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """The Wilson 95 % interval of the share."""
        return wilson(self.hits, self.of)


@dataclass(frozen=True, slots=True)
class Change:
    """How far something moved since the compared period.

    Attributes:
        difference: after less before; of shares (0.01 is a point) for rates, relative for counts;
            None where there is no before.
        low, high: the interval of the difference; None where there is none to give.
        is_told: whether it is more than chance and large enough to speak of.
        is_rate: whether it is of shares.
    """

    difference: float | None
    low: float | None = None
    high: float | None = None
    is_told: bool = False
    is_rate: bool = True


def wilson(hits: int, of: int, z: float = Z95) -> tuple[float, float] | None:
    """Return the Wilson score interval of a share; None for a share of nothing.

    Source: E. B. Wilson, Probable inference, the law of succession, and statistical
    inference (1927).
    """
    if of <= 0:
        return None
    share = hits / of
    spread = z * sqrt(share * (1 - share) / of + z * z / (4 * of * of))
    middle, scale = share + z * z / (2 * of), 1 + z * z / of
    low, high = (middle - spread) / scale, (middle + spread) / scale
    return max(0.0, min(share, low)), min(1.0, max(share, high))  # the last digit may stray


def newcombe(after: Rate, before: Rate, z: float = Z95) -> tuple[float, float] | None:
    """Return the interval of the difference of two independent shares; None if one is of nothing.

    Source: R. G. Newcombe, Interval estimation for the difference between independent
    proportions: comparison of eleven methods (1998), method 10.
    """
    one, other = wilson(after.hits, after.of, z), wilson(before.hits, before.of, z)
    if one is None or other is None or after.value is None or before.value is None:
        return None
    difference = after.value - before.value
    down = sqrt((after.value - one[0]) ** 2 + (other[1] - before.value) ** 2)
    up = sqrt((one[1] - after.value) ** 2 + (before.value - other[0]) ** 2)
    return max(-1.0, difference - down), min(1.0, difference + up)


def change_of(after: Rate, before: Rate, z: float = Z95) -> Change:
    """Return how a rate moved; told if the interval leaves out 0 and it is half a point or more."""
    interval = newcombe(after, before, z)
    if interval is None or after.value is None or before.value is None:
        return Change(None)
    difference = after.value - before.value
    is_sure = interval[0] > 0 or interval[1] < 0
    return Change(difference, *interval, is_told=is_sure and abs(difference) >= SMALLEST_CHANGE)


def growth(after: int, before: int) -> Change:
    """Return how a count moved, relative to what it was; told if it is more than chance.

    Chance is that of two Poisson counts: the spread of their difference is the root of their sum.
    """
    if not before:
        return Change(None, is_rate=False)
    is_told = abs(after - before) > Z95 * sqrt(after + before)
    return Change(after / before - 1, is_told=is_told, is_rate=False)


def longer(after: float, before: float) -> Change:
    """Return how a duration moved, relative to what it was; told if it is a tenth or more."""
    if not before:
        return Change(None, is_rate=False)
    moved = after / before - 1
    return Change(moved, is_told=abs(moved) >= SMALLEST_LONGER, is_rate=False)
