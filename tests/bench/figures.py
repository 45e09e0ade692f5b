"""Medians, spreads, ratios and powers of what was measured, in the words of the document."""

import math
from collections.abc import Callable, Iterable, Sequence

from bench.book import Book


class Figures:
    """Medians and spreads of a book, in the words of the document."""

    def __init__(self, book: Book) -> None:
        self._book = book

    def time(self, case: str, figure: str = "seconds") -> str:
        """Return a median, and the least and the most: `1.20 (1.10-1.31)`."""
        middle, spread = self._book.median(case, figure), self._book.spread(case, figure)
        if middle is None or spread is None:
            return "-"
        least, most = (short(value) for value in spread)
        return short(middle) if least == most else f"{short(middle)} ({least}-{most})"

    def number(self, case: str, figure: str, digits: int = 0) -> str:
        """Return a median alone."""
        middle = self._book.median(case, figure)
        return "-" if middle is None else f"{middle:,.{digits}f}"

    def said(self, case: str) -> str:
        """Return what was wrong or right with the results of a case."""
        return self._book.said(case, "result") or "-"

    def ratio(self, case: str, to: str, figure: str = "seconds") -> float | None:
        """Return how much larger a figure of one case is than that of another."""
        above, below = (self._book.median(name, figure) for name in (case, to))
        return above / below if above is not None and below else None

    def times(self, case: str, to: str, figure: str = "seconds") -> str:
        """Return a ratio in words: `12.3`, or `-`."""
        found = self.ratio(case, to, figure)
        return "-" if found is None else short(found)

    def exponent(self, name: Callable[[int], str], sizes: Iterable[int], figure: str) -> str:
        """Return the exponent with which a figure grows, by least squares of logarithms."""
        found = [(n, value) for n in sizes if (value := self._book.median(name(n), figure))]
        return f"{slope(found):.2f}" if len(found) > 1 else "-"


def short(value: float) -> str:
    """Return a number with about three digits that count."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def slope(points: Sequence[tuple[float, float]]) -> float:
    """Return the exponent of the power that fits points best."""
    logs = [(math.log(x), math.log(y)) for x, y in points]
    middle_x, middle_y = (sum(values) / len(logs) for values in zip(*logs, strict=True))
    across = sum((x - middle_x) ** 2 for x, _ in logs)
    return sum((x - middle_x) * (y - middle_y) for x, y in logs) / across
