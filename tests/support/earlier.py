"""Folders that earlier versions of sms24 have left, and a way back to what they wrote."""

import json
import tarfile
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb

FIXTURES = Path(__file__).parents[1] / "fixtures"
_TABLES = """
    select schema_name || '.' || table_name as name, false as is_view
    from duckdb_tables() where database_name = $database
    union all
    select schema_name || '.' || view_name, true
    from duckdb_views() where database_name = $database and not internal
    order by all
"""
_COLUMNS = """
    select column_name from duckdb_columns()
    where database_name = $database and schema_name || '.' || table_name = $name
"""
_OURS = "warehouse"
_THEIRS = "earlier"


def unpack(number: int, folder: Path) -> dict[str, Any]:
    """Unpack the data folder of a format of the warehouse; returns what its tables said."""
    with tarfile.open(FIXTURES / f"format_{number}.tar.xz") as archive:
        archive.extractall(folder, filter="data")
    told = folder / "expect.json"
    expected: dict[str, Any] = json.loads(told.read_text())
    told.unlink()
    return expected


def put_back(path: Path, number: int) -> None:
    """Bring a warehouse of today to an earlier format: its tables, its columns and no others.

    What raw knows stays, as far as that format could hold it. The tables of the build become those
    of the stored folder, which tell of another account: a build must make them all anew.
    """
    with TemporaryDirectory() as scratch:
        unpack(number, Path(scratch))
        with duckdb.connect(str(path)) as connection:
            stored = Path(scratch) / "warehouse.duckdb"
            connection.execute(f"attach '{stored}' as {_THEIRS} (read_only)")
            _take_away(connection)
            connection.execute("checkpoint")


def shape(connection: duckdb.DuckDBPyConnection, database: str) -> dict[str, list[str]]:
    """Return the columns of every table of a database; views are made anew at every start."""
    told = connection.execute(_TABLES, {"database": database}).fetchall()
    names = [name for name, is_view in told if not is_view]
    return {name: _columns(connection, database, name) for name in names}


def _take_away(connection: duckdb.DuckDBPyConnection) -> None:
    for name, is_view in connection.execute(_TABLES, {"database": _OURS}).fetchall():
        if is_view or not name.startswith("raw."):
            connection.execute(f"drop {'view' if is_view else 'table'} {name} cascade")
    theirs = dict(connection.execute(_TABLES, {"database": _THEIRS}).fetchall())
    ours = [name for name, _ in connection.execute(_TABLES, {"database": _OURS}).fetchall()]
    for name in ours:
        if name not in theirs:
            connection.execute(f"drop table {name}")
            continue
        kept = _columns(connection, _THEIRS, name)
        for column in _columns(connection, _OURS, name):
            if column not in kept:
                connection.execute(f"alter table {name} drop column {column}")
    for name, is_view in theirs.items():
        if name == "raw.format" or not (is_view or name in ours):
            connection.execute(f"create schema if not exists {name.partition('.')[0]}")
            connection.execute(f"create or replace table {name} as from {_THEIRS}.{name}")


def _columns(connection: duckdb.DuckDBPyConnection, database: str, name: str) -> list[str]:
    rows = connection.execute(_COLUMNS, {"database": database, "name": name}).fetchall()
    return sorted(column for (column,) in rows)
