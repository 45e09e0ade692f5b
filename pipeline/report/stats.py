"""Statistics of rates: what a share of a few messages can tell."""

from dataclasses import dataclass
from math import sqrt

Z95 = 1.959964


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
