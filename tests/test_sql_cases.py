"""Each model makes of each case's tables what the case's sentence says."""

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from support.cases import FOLDER, MODELS, cases_of, connected, given, outcome

CASES = [case for table in MODELS for case in cases_of(table)]


def sentence(case: Path) -> str:
    """Return the model and what its case says."""
    return f"{case.parent.name}: {case.name.replace('_', ' ')}"


@pytest.fixture(scope="module")
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    """Connect once: each case then has a database of its own."""
    with connected() as opened:
        yield opened


@pytest.mark.parametrize("case", CASES, ids=sentence)
def test_a_model_makes_what_its_case_says(
    case: Path, connection: duckdb.DuckDBPyConnection
) -> None:
    """The folder's name is the rule: the tables given in it make the table expected in it."""
    found, expected = outcome(case, connection)
    assert found == expected


@pytest.mark.parametrize("table", MODELS)
def test_a_model_has_a_normal_an_empty_and_an_odd_case(table: str) -> None:
    """Each model has three cases or more; in one, and not in all, every table given is empty."""
    is_empty = [not any(given(case).values()) for case in cases_of(table)]
    assert len(is_empty) >= 3
    assert any(is_empty)
    assert not all(is_empty) or MODELS[table].reads == ()


def test_a_case_is_a_sentence_about_a_model() -> None:
    """Each folder is a model's, and each in it says in several words what is proven."""
    assert {path.name for path in FOLDER.iterdir()} == set(MODELS)
    assert [case.name for case in CASES if len(case.name.split("_")) < 4] == []


@pytest.mark.parametrize(
    "odd",
    [
        {"raw.windows.csv": "run_id\na\n"},
        {"raw.runs.csv": "run_id,colour\na,red\n"},
        {"raw.runs.csv": "run_id,command\na\n"},
        {"raw.runs.csv": "started_at\n2026-03-01 10:00:00\n"},
        {"raw.runs.csv": "calls\nmany\n"},
        {"raw.runs.csv": "run_id\na\n", "raw.runs.json": "[]"},
        {"expect.csv": "run_id\na\n"},
        {"expect.json": '[{"colour": "red"}]'},
        {"expect.json": '[{"run_id": "a"}, {"command": "run"}]'},
        {"variables.json": '{"colour": "red"}'},
        {"notes.txt": "to do"},
    ],
    ids=str,
)
def test_a_case_that_cannot_be_read_fails(
    odd: dict[str, str], tmp_path: Path, connection: duckdb.DuckDBPyConnection
) -> None:
    """A file, table, column, variable or value that nobody knows is never passed over."""
    case = tmp_path / "marts.runs" / "no_runs_are_none"
    case.mkdir(parents=True)
    for name, text in {"expect.json": "[]", **odd}.items():
        (case / name).write_text(text)
    with pytest.raises((AssertionError, ValueError, duckdb.Error)):
        outcome(case, connection)


def test_a_case_that_is_wrong_fails(tmp_path: Path, connection: duckdb.DuckDBPyConnection) -> None:
    """A row too many, one too few, and a float that is off by a billionth are no match."""
    case = tmp_path / "marts.latency_daily" / "one_of_two_is_sent"
    case.mkdir(parents=True)
    (case / "core.messages.csv").write_text(
        "device_id,outcome,sent_at\n1,sent,2026-03-01T00:00:00Z\n1,sent,\n"
    )
    for text, is_right in [
        ("sent_time_share\n0.5\n", True),
        ("sent_time_share\n0.500000002\n", False),
        ("sent_time_share\n0.5\n0.5\n", False),
        ("sent_time_share\n", False),
    ]:
        (case / "expect.csv").write_text(text)
        found, expected = outcome(case, connection)
        assert (found == expected) is is_right
