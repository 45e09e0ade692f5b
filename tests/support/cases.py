"""Cases of the models as folders: the tables that are given, the table that must come of them.

A folder `tests/models/MODEL/A_SENTENCE/` holds `expect.csv` or `.json`; one `TABLE.csv` or `.json`
for each table given (any other is empty); `variables.json` where a model reads others than usual.
An empty cell of a CSV is null: an empty text needs JSON. In JSON a text is taken as it is, and an
object or a list becomes its JSON text. Columns left out are null; instants end in Z.
"""

import csv
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipeline.transform.contract import contract
from pipeline.transform.models import Model, find_models
from pipeline.warehouse.parse import tables_read
from pipeline.warehouse.store import statement

FOLDER = Path(__file__).parents[1] / "models"
SQL = Path(__file__).parents[2] / "sql"
MODELS = {model.table: model for model in find_models()}
INSTANT = "TIMESTAMP WITH TIME ZONE"
# What a build tells the models, and its type.
VARIABLES = {
    "timezone": ("UTC", "VARCHAR"),
    "privacy": ("mask", "VARCHAR"),
    "settle_hours": (72, "INTEGER"),
    "hash_key": ("key", "VARCHAR"),
    "run_id": ("run", "VARCHAR"),
    "version": ("1.0", "VARCHAR"),
    "built_at": ("2026-03-10T00:00:00Z", INSTANT),
    "data_until": ("2026-03-10T00:00:00Z", INSTANT),
}
Row = Mapping[str, str | None]


def cases_of(table: str) -> list[Path]:
    """Return the folders of a model's cases."""
    return sorted((FOLDER / table).glob("*"))


def rows_of(path: Path) -> list[Row]:
    """Return the rows of a file, each cell a text or null."""
    if path.suffix == ".json":
        rows = json.loads(path.read_text("utf-8"))
        return [{name: _text(value) for name, value in row.items()} for row in rows]
    with path.open(encoding="utf-8", newline="") as file:
        names, *lines = csv.reader(file, strict=True)
    return [dict(zip(names, (cell or None for cell in line), strict=True)) for line in lines]


def given(case: Path) -> dict[str, list[Row]]:
    """Return the tables that a case gives."""
    others = {"expect.csv", "expect.json", "variables.json"}
    paths = [path for path in sorted(case.iterdir()) if path.name not in others]
    assert len({path.stem for path in paths}) == len(paths), "a table is given once"
    return {path.stem: rows_of(path) for path in paths}


@contextmanager
def connected() -> Iterator[duckdb.DuckDBPyConnection]:
    """Open what each case gets a database of its own in."""
    config: dict[str, Any] = {"threads": "1", "autoload_known_extensions": "false"}
    with duckdb.connect(config=config) as connection:
        connection.execute("set timezone = 'UTC'")
        for text in (path.read_text("utf-8") for path in sorted((SQL / "0_raw").glob("*.sql"))):
            if "create or replace temp macro" in text:
                connection.execute(text)
        yield connection


def outcome(
    case: Path, connection: duckdb.DuckDBPyConnection
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return the rows that a case's model makes of the tables given, and those expected."""
    model = MODELS[case.parent.name]
    assert {path.suffix for path in case.iterdir()} <= {".csv", ".json"}, "CSV and JSON are read"
    (path,) = case.glob("expect.*")
    names = _names(path)
    with _database(connection):
        _set_variables(connection, case)
        _make_tables(connection, model, given(case))
        connection.execute(f"create table actual as {model.sql}")
        connection.execute(f"create table expected ({_columns(model.table, names)})")
        _insert(connection, "expected", model.table, rows_of(path))
        types = [(column.name, column.type) for column in contract()[model.table]]
        described = connection.execute("describe actual").fetchall()
        assert [(name, type_) for name, type_, *_ in described] == types
        found = _read(connection, "actual", model.table, names)
        wanted = _read(connection, "expected", model.table, names)
    return found, [{name: _about(value) for name, value in row.items()} for row in wanted]


@contextmanager
def _database(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    connection.execute("attach ':memory:' as own")
    connection.execute("use own")
    try:
        yield
    finally:
        connection.execute("use memory")
        connection.execute("detach own")


def _set_variables(connection: duckdb.DuckDBPyConnection, case: Path) -> None:
    path = case / "variables.json"
    told = json.loads(path.read_text("utf-8")) if path.exists() else {}
    assert told.keys() <= VARIABLES.keys(), "an unknown variable"
    for name, (usual, type_) in VARIABLES.items():
        value = told.get(name, usual)
        connection.execute(f"set variable {name} = $value::{type_}", {"value": value})


def _make_tables(
    connection: duckdb.DuckDBPyConnection, model: Model, tables: Mapping[str, list[Row]]
) -> None:
    """Make every table that a model reads; what the product brings along is as it brings it."""
    for schema in ("raw", "lookup", "seeds", "staging", "core"):
        connection.execute(f"create schema {schema}")
    needed = _needed(model.table)
    assert tables.keys() <= needed, f"{model.table} reads {sorted(needed)}"
    for name in sorted(needed):
        connection.execute(f"create table {name} ({_columns(name, list(_types()[name]))})")
        _insert(connection, name, name, tables.get(name, []))
    if any(name in _views() for name in model.reads):
        connection.execute(statement("0_raw/views"))
    for name in model.reads:
        schema, _, stem = name.partition(".")
        if schema == "seeds":
            file = {"file": str(SQL / "seeds" / f"{stem}.csv")}
            connection.execute(f"create table {name} as from read_csv($file, header = true)", file)
        elif name in {"lookup.regions", "lookup.zones"}:
            file = (
                {"file": str(SQL / "seeds" / "zone_abbreviations.csv")} if stem == "zones" else {}
            )
            connection.execute(f"create table {name} as {statement(f'lookups/{stem}')}", file)


@cache
def _needed(table: str) -> frozenset[str]:
    """Return the tables that a case may give: those that the model reads, also through views."""
    found: set[str] = set()
    for name in MODELS[table].reads:
        if name in _views():
            found |= {"raw.windows", "raw.runs", "raw.traits", "raw.messages", "raw.status_history"}
        elif name == "lookup.regions":
            found |= tables_read(statement("lookups/regions"))
        elif name in _types():
            found.add(name)
    return frozenset(found)


@cache
def _types() -> Mapping[str, Mapping[str, str]]:
    """Return the columns and types of every table of raw, lookup, staging and core."""
    with duckdb.connect() as connection:
        connection.execute(statement("0_raw/tables"))
        rows = connection.execute(
            "select schema_name || '.' || table_name, column_name, data_type from duckdb_columns()"
            " where not internal order by 1, column_index"
        ).fetchall()
    rows += [(name, c.name, c.type) for name, columns in contract().items() for c in columns]
    found: dict[str, dict[str, str]] = {}
    for name, column, type_ in rows:
        found.setdefault(name, {})[column] = type_
    return found


@cache
def _views() -> frozenset[str]:
    text = statement("0_raw/views")
    return frozenset(line.split()[4] for line in text.splitlines() if line.startswith("create or"))


def _columns(table: str, names: Sequence[str]) -> str:
    assert set(names) <= _types()[table].keys(), f"{table} has no such column"
    return ", ".join(f"{name} {_types()[table][name]}" for name in names) or "nothing integer"


def _names(path: Path) -> list[str]:
    """Return the columns that an expectation names: every row of it must name the same."""
    if path.suffix == ".csv":
        with path.open(encoding="utf-8", newline="") as file:
            return next(csv.reader(file))
    rows = rows_of(path)
    assert len({tuple(row) for row in rows}) <= 1, "each row names the same columns"
    return list(rows[0]) if rows else []


def _insert(
    connection: duckdb.DuckDBPyConnection, target: str, table: str, rows: list[Row]
) -> None:
    """Insert rows whose columns are those of a table."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    assert set(names) <= _types()[table].keys(), f"{table} has other columns"
    for row in rows:
        instants = {name: text for name, text in row.items() if _types()[table][name] == INSTANT}
        assert all(text is None or text.endswith("Z") for text in instants.values()), instants
    if rows:
        marks = f"({', '.join('?' for _ in names)})"
        values = [row.get(name) for row in rows for name in names]
        sql = f"insert into {target} ({', '.join(names)}) values {', '.join([marks] * len(rows))}"
        connection.execute(sql, values)


def _read(
    connection: duckdb.DuckDBPyConnection, name: str, table: str, names: Sequence[str]
) -> list[dict[str, Any]]:
    """Return some columns of all rows, sorted; everything but floats as its text."""
    floats = [name for name in names if _types()[table][name] == "DOUBLE"]
    texts = [name for name in names if name not in floats]
    chosen = [f"{name}::varchar" for name in texts] + floats or ["null"]
    found = connection.execute(f"select {', '.join(chosen)} from {name}").fetchall()
    rows = [dict(zip(texts + floats, row, strict=False)) for row in found]
    return sorted(
        rows, key=lambda row: [(v is not None, 0 if v is None else v) for v in row.values()]
    )


def _about(value: Any) -> Any:
    return pytest.approx(value, rel=1e-9, abs=1e-9) if isinstance(value, float) else value


def _text(value: Any) -> str | None:
    return value if value is None or isinstance(value, str) else json.dumps(value)
