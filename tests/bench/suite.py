"""Measure all cases, each as often as it is to be, and write what came out.

    python tests/bench/suite.py [--quick] [--only WORDS] [--to docs/benchmarks.md]

A benchmark that is stopped goes on where it was: runs are kept in `build/bench`. Rounds go through
all cases in turn, so that what else the machine does strikes all of them alike. Ends with 1 if a
result of the product is wrong.
"""

import argparse
import os
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from bench.book import ROOT, Book
from bench.cases import QUICK, Case, Scope, Workshop
from bench.document import written


def measured(cases: list[Case], book: Book, only: str = "") -> None:
    """Run each case as often as it lacks; a line tells each run."""
    for number in range(max(case.runs for case in cases)):
        for case in cases:
            if (
                case.name.startswith(only)
                and number < case.runs
                and len(book.runs(case.name)) <= number
            ):
                load = os.getloadavg()[0]
                figures = case.do()
                book.add(case.name, figures | {"load": load, "at": time.time()})
                shown = (
                    f"{k} {v:.2f}" if isinstance(v, float) else f"{k} {v}"
                    for k, v in figures.items()
                )
                print(f"{number + 1}/{case.runs} {case.name}: {', '.join(shown)}", flush=True)


def wrong(book: Book, cases: list[Case]) -> list[str]:
    """Return the cases in which the product was wrong."""
    ours = [case.name for case in cases if case.name.endswith("sms24")]
    return [name for name in ours if book.said(name, "result") not in {"", "right"}]


def main(arguments: list[str] | None = None) -> int:
    """Measure and write; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="small sizes, for correctness alone")
    parser.add_argument("--only", default="", help="the cases whose names begin so")
    parser.add_argument("--dir", type=Path, default=ROOT / "build" / "bench")
    parser.add_argument("--to", type=Path, help="the document; none for none")
    given = parser.parse_args(arguments)
    scope = QUICK if given.quick else Scope()
    folder = given.dir / "quick" if given.quick else given.dir
    folder.mkdir(parents=True, exist_ok=True)
    book, cases = Book(folder), list(Workshop(folder, scope).cases())
    measured(cases, book, given.only)
    if given.to:
        given.to.write_text(written(book, scope), encoding="utf-8")
    for name in wrong(book, cases):
        print(f"{name} is wrong: {book.said(name, 'result')}")
    return 1 if wrong(book, cases) else 0


if __name__ == "__main__":
    sys.exit(main())
