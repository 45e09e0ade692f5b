"""What was promised of the product's speed and size, beside what was measured."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from bench.book import Book
from bench.cases import Scope
from bench.figures import Figures

_MB_OF_MIB = 1.048576
# Promised of few phones and of many.
_PAGES = ((10, 250), (500, 700))


@dataclass(frozen=True, slots=True)
class Promise:
    """What was promised of a figure: to be at the most, or at the least, so much."""

    what: str
    bound: Literal["<=", ">="]
    unit: str
    must: float
    aim: float | None = None

    def keeps(self, value: float | None) -> str:
        """Say which bound a figure keeps."""
        if value is None:
            return "not measured"
        if self.aim is not None and self._is_within(value, self.aim):
            return "aim"
        return "must" if self._is_within(value, self.must) else "missed"

    def _is_within(self, value: float, limit: float) -> bool:
        return value <= limit if self.bound == "<=" else value >= limit


def budgets(book: Book, scope: Scope) -> Iterator[tuple[Promise, float | None]]:
    """Give each promise with what was measured, None where nothing was."""
    figures, peered, large = Figures(book), scope.peered, scope.reported
    built, last, planned = max(scope.built), max(scope.daily), max(scope.planned)
    ours = f"cold {peered} sms24"
    for name in ("dlt-untuned", "dlt"):
        dlt = f"cold {peered} {name}"
        of_load = Promise(f"first load of {peered:,}: time of {name} to ours", ">=", "x", 10, 25)
        yield of_load, figures.ratio(dlt, ours)
        of_memory = Promise(f"the same: memory of {name} to ours", ">=", "x", 5)
        yield of_memory, figures.ratio(dlt, ours, "peak")
    load = f"first load of {large:,}"
    yield Promise(f"{load}: memory", "<=", "MB", 1000, 600), _megabytes(book, f"cold {large} sms24")
    of_floor = Promise(f"{load}: our time to the floor's", "<=", "x", 4, 2)
    yield of_floor, figures.ratio(f"cold {large} sms24", f"cold {large} floor")
    of_build = Promise(f"10,000 changes of {built:,}: full build to build", ">=", "x", 10, 30)
    yield of_build, figures.ratio(f"build {built} full", f"build {built} changed")
    of_run = Promise(f"10,000 changes of {last:,}: full build to daily run", ">=", "x", 10, 30)
    yield of_run, figures.ratio(f"full {last} sms24", f"daily {last} sms24")
    for phones, size in _PAGES:
        report = f"report over {large:,}, {phones} phones"
        yield (
            Promise(f"{report}: time", "<=", "s", 3, 1.5),
            book.median(f"report {phones} en", "all"),
        )
        yield Promise(f"{report}: size", "<=", "KB", size), book.median(f"report {phones} fr", "KB")
    plan = f"plan {planned}"
    of_plan = Promise(f"plan of {planned:,} contacts: processor", "<=", "s", 90, 60)
    yield of_plan, book.median(plan, "processor")
    yield Promise("the same: memory", "<=", "MB", 1000), _megabytes(book, plan)
    for command, must, aim in (("--help", 2, 1), ("status", 3, 2)):
        of_start = Promise(f"`sms24 {command}` to `import duckdb`", "<=", "x", must, aim)
        yield of_start, figures.ratio(f"start sms24 {command}", "start import duckdb")


def _megabytes(book: Book, case: str) -> float | None:
    peak = book.median(case, "peak")
    return None if peak is None else peak * _MB_OF_MIB
