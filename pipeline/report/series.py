"""How one line of traffic fared day by day: what the rules for incidents read."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

import msgspec


class Line(msgspec.Struct, frozen=True):
    """Successes among the messages whose fate is known, of each day from `first` on.

    Attributes:
        hits: successes of each day; days without messages have 0 of 0.
        of: messages of each day whose fate is known.
    """

    first: date
    hits: tuple[int, ...]
    of: tuple[int, ...]

    def day(self, place: int) -> date:
        """Return the day at a place."""
        return self.first + timedelta(days=place)

    def place(self, day: date) -> int:
        """Return the place of a day, which may lie outside of the line."""
        return (day - self.first).days

    def sums(self, places: Iterable[int]) -> tuple[int, int]:
        """Return successes and messages of some days together."""
        chosen = list(places)
        return sum(self.hits[place] for place in chosen), sum(self.of[place] for place in chosen)


def line_of(
    first: date, days: int, places: Sequence[int], hits: Sequence[int], of: Sequence[int]
) -> Line:
    """Return the line of so many days whose busy days, counted from the first, are told."""
    all_hits, all_of = [0] * days, [0] * days
    for place, hit, count in zip(places, hits, of, strict=True):
        all_hits[place] += hit
        all_of[place] += count
    return Line(first, tuple(all_hits), tuple(all_of))


def together(lines: Sequence[Line]) -> Line:
    """Return the sum of lines of the same days; there must be one at least."""
    return Line(
        lines[0].first,
        tuple(map(sum, zip(*(line.hits for line in lines), strict=True))),
        tuple(map(sum, zip(*(line.of for line in lines), strict=True))),
    )
