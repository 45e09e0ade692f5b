"""The rules of the SQL folder, held with DuckDB's own parser."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipeline.transform.models import SCHEMAS, Model, find_models

ROOT = Path(__file__).parent.parent
FILES = sorted((ROOT / "sql").rglob("*.sql"))
MODELS = find_models()
FLOOR = {"seeds": 0, "raw": 0, "lookup": 0, "staging": 1, "core": 2, "marts": 3}


def named(item: Path | Model) -> str:
    """Return what a case is called."""
    return item.table if isinstance(item, Model) else str(item.relative_to(ROOT))


def nodes_of(tree: Any) -> Iterator[dict[str, Any]]:
    """Return every object in a parse tree."""
    if isinstance(tree, dict):
        yield tree
    for part in tree.values() if isinstance(tree, dict) else tree if isinstance(tree, list) else ():
        yield from nodes_of(part)


def tables_read(sql: str) -> set[str]:
    """Return the tables that a select reads, common table expressions left out."""
    with duckdb.connect() as connection:
        row = connection.execute("select json_serialize_sql($sql)", {"sql": sql}).fetchone()
    nodes = list(nodes_of(json.loads(row[0] if row else "")))
    local = {entry["key"] for node in nodes for entry in node.get("cte_map", {}).get("map", ())}
    tables = (node for node in nodes if node.get("type") == "BASE_TABLE")
    names = {f"{node['schema_name']}.{node['table_name']}".lstrip(".") for node in tables}
    return names - local


@pytest.mark.parametrize("model", MODELS, ids=named)
def test_a_model_reads_what_its_header_says(model: Model) -> None:
    """The header's list of tables is the parser's."""
    assert sorted(tables_read(model.sql)) == sorted(model.reads)


@pytest.mark.parametrize("model", MODELS, ids=named)
def test_a_model_reads_lower_floors_only(model: Model) -> None:
    """A model reads nothing of its own folder, nor of a higher one."""
    for table in tables_read(model.sql):
        assert FLOOR[table.split(".")[0]] < FLOOR[model.schema], table


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


def test_every_published_column_is_explained() -> None:
    """Each column that a mart can have stands in the comments, and each comment has a column."""
    text = (ROOT / "sql/seeds/column_comments.csv").read_text(encoding="utf-8")
    lines = text.splitlines()[1:]
    assert len(lines) == len({line.split(",")[1] + line.split(",")[0] for line in lines})
