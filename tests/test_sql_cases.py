"""Each model makes of each case's tables what the case's sentence says."""

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from support.cases import MODELS, cases_of, connected, outcome

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
