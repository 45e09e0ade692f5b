"""The contract of the tables: each column's name, type and meaning, as in `sql/columns.csv`."""

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from pipeline.errors import CheckError
from pipeline.paths import resource_folder
from pipeline.transform.models import Model
from pipeline.transform.scope import Scope
from pipeline.warehouse.store import Warehouse


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name, its DuckDB type, what it holds."""

    name: str
    type: str
    comment: str


@cache
def contract() -> Mapping[str, tuple[Column, ...]]:
    """Return the columns of each model's table, by its qualified name."""
    found: dict[str, list[Column]] = {}
    path = resource_folder("sql") / "columns.csv"
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            column = Column(row["column"], row["type"], row["comment"])
            found.setdefault(row["table"], []).append(column)
    return {table: tuple(columns) for table, columns in found.items()}


def check_keys(warehouse: Warehouse, models: Iterable[Model], scope: Scope) -> None:
    """Raise CheckError for a table in which two rows have the same key.

    Of tables that grow, only what this build has made is looked at.
    """
    for model in models:
        rows = scope.changed(model)
        names = ", ".join(model.key)
        key = names if len(model.key) == 1 else f"row({names})"
        sql = f"select count(*) - count(distinct {key}) from {rows}"  # noqa: S608 - our own names
        doubles = warehouse.scalar(sql)
        if doubles:
            raise CheckError(f"{model.table} has {doubles} rows whose {names} is another's too.")


def check_contract(warehouse: Warehouse, models: Iterable[Model]) -> None:
    """Raise CheckError for a table that has other columns or types than its contract says."""
    rows = warehouse.plain(
        """
        select
            if(database_name = 'marts', 'marts', schema_name) || '.' || table_name as "table",
            column_name,
            data_type
        from duckdb_columns()
        where
            not internal
            and database_name = if(schema_name = 'main', 'marts', current_database())
        order by "table", column_index
        """
    )
    found: dict[str, list[tuple[str, str]]] = {}
    for row in rows:
        found.setdefault(row["table"], []).append((row["column_name"], row["data_type"]))
    for model in models:
        expected = [(column.name, column.type) for column in contract().get(model.table, ())]
        if found[model.table] != expected:
            odd = sorted(set(found[model.table]) ^ set(expected)) or "their order"
            raise CheckError(f"{model.table} is not what sql/columns.csv says: {odd}.")
