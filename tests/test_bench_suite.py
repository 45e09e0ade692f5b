"""The benchmark of small sizes: its results, never its times."""

from pathlib import Path
from typing import Literal

import pytest

from bench.book import Book
from bench.budgets import Promise
from bench.cases import QUICK, Workshop
from bench.document import written
from bench.figures import slope
from bench.suite import main, measured


def test_the_benchmark_of_small_sizes_is_right(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each case runs, the product's results are true, and the document has no hole."""
    assert main(["--quick", "--dir", str(tmp_path), "--to", str(tmp_path / "b.md")]) == 0
    book = Book(tmp_path / "quick")
    cases = list(Workshop(tmp_path / "quick", QUICK).cases())
    assert all(len(book.runs(case.name)) == case.runs for case in cases)
    loads = [case.name for case in cases if case.name.startswith(("cold", "daily"))]
    said = {book.said(name, "result") for name in loads if not name.endswith("floor")}
    assert (len(loads), said) == (5, {"right"})
    assert book.said(loads[1], "result") == "all rows"
    page = (tmp_path / "b.md").read_text(encoding="utf-8")
    assert "| script | " in page
    assert written(book, QUICK) == page
    before = capsys.readouterr().out
    measured(cases, Book(tmp_path / "quick"))
    assert capsys.readouterr().out == "", "what was measured is not measured again"
    assert before.count("\n") == sum(case.runs for case in cases)


def test_a_book_is_of_one_state_of_the_code(tmp_path: Path) -> None:
    """Runs of another state of the code do not count; those of this one are there again."""
    Book(tmp_path, "one").add("cold", {"seconds": 2.0})
    Book(tmp_path, "one").add("cold", {"seconds": 4.0})
    assert Book(tmp_path, "two").median("cold", "seconds") is None
    assert Book(tmp_path, "one").median("cold", "seconds") == 3.0
    assert Book(tmp_path, "one").spread("cold", "seconds") == (2.0, 4.0)


def test_a_wrong_result_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Where a result of the product was wrong the benchmark ends with 1 and says which."""
    folder = tmp_path / "quick"
    book = Book(folder)
    for case in Workshop(folder, QUICK).cases():
        for _ in range(case.runs):
            book.add(case.name, {"result": "right", "seconds": 1.0})
    assert main(["--quick", "--dir", str(tmp_path)]) == 0
    book.add("daily 10000 sms24", {"result": "wrong: 2 messages missing"})
    assert main(["--quick", "--dir", str(tmp_path)]) == 1
    assert "daily 10000 sms24 is wrong" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("bound", "value", "said"),
    [
        ("<=", 5.0, "missed"),
        ("<=", 3.0, "must"),
        ("<=", 1.0, "aim"),
        (">=", 3.0, "missed"),
        (">=", 4.2, "must"),
        (">=", 5.0, "aim"),
        (">=", None, "not measured"),
    ],
)
def test_a_promise_says_which_bound_is_kept(
    bound: Literal["<=", ">="], value: float | None, said: str
) -> None:
    """A figure keeps its aim, or what it must, or neither."""
    promise = Promise("x", bound, "s", 4.0, 2.0 if bound == "<=" else 4.5)
    assert promise.keeps(value) == said


def test_the_exponent_of_a_power_is_found() -> None:
    """Points on a power's curve give its exponent."""
    assert slope([(x, 3 * x**1.5) for x in (1, 10, 1000)]) == pytest.approx(1.5)
