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
