"""The rules of the SQL folder, held with DuckDB's own parser."""

import re
from pathlib import Path

import duckdb
import pytest

from pipeline.transform.contract import contract
from pipeline.transform.models import SCHEMAS, Model, find_models, known_tables, prove_floors

ROOT = Path(__file__).parent.parent
FILES = sorted((ROOT / "sql").rglob("*.sql"))
MODELS = find_models()


def named(item: Path | Model) -> str:
    """Return what a case is called."""
    return item.table if isinstance(item, Model) else str(item.relative_to(ROOT))


def test_models_read_lower_floors_only_and_say_so() -> None:
    """A model reads nothing of its own folder nor of a higher one, and its header lists it all."""
    prove_floors(MODELS, known_tables())


@pytest.mark.parametrize("model", MODELS, ids=named)
def test_a_model_is_one_select_that_ends_plainly(model: Model) -> None:
    """A model is a single select of at most 100 lines that ends in `select * from final`."""
    with duckdb.connect() as connection:
        kinds = [statement.type.name for statement in connection.extract_statements(model.sql)]
    assert kinds == ["SELECT"]
    assert model.sql.endswith("\nselect * from final\n")
    assert len(model.sql.splitlines()) <= 100
    assert model.schema in SCHEMAS.values()


@pytest.mark.parametrize("path", FILES, ids=named)
def test_a_file_opens_with_what_it_is(path: Path) -> None:
    """Every SQL file starts with a comment, is short, lower case and indented by spaces."""
    text = path.read_text(encoding="utf-8")
    assert text.startswith("-- ")
    assert "\t" not in text
    assert max(len(line) for line in text.splitlines()) <= 110
    code = re.sub(r"--.*|'[^']*'|\"[^\"]*\"", "", text)
    assert re.findall(r"\b(SELECT|FROM|WHERE|JOIN|GROUP|ORDER|WITH|AS)\b", code) == []


@pytest.mark.parametrize("path", FILES, ids=named)
def test_a_division_never_meets_zero(path: Path) -> None:
    """Every division by a count goes through nullif, or stands inside a guard of its own."""
    code = re.sub(r"--.*|'[^']*'", "", path.read_text(encoding="utf-8"))
    guarded = ("nullif", "n", "(1", "sum", "traffic", "2")
    for divisor in re.findall(r"/+\s*([\w.(]+)", code):
        assert divisor.startswith(guarded), divisor


def test_every_column_is_explained() -> None:
    """Each model has a contract, and each column of it a type and a meaning."""
    assert contract().keys() == {model.table for model in MODELS}
    for columns in contract().values():
        assert all(column.type and column.comment for column in columns)
