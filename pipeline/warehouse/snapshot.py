"""Read the published snapshot: read-only, with no way out of the file."""

import csv
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

from pipeline.errors import NothingPublishedError, UsageError, is_disk_full
from pipeline.paths import resource_folder
from pipeline.warehouse.answer import Answer
from pipeline.warehouse.explained import Terms, explained, fetch_frame
from pipeline.warehouse.interrupt import interruptible
from pipeline.warehouse.store import quoted

if TYPE_CHECKING:
    import polars as pl

_LOCKED_DOWN: dict[str, str | bool | int | float | list[str]] = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "python_enable_replacements": "false",
    "temp_directory": "",
    "threads": "2",
}
_REPORT = Terms()
_INSTANT = "TIMESTAMP WITH TIME ZONE"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# By it DuckDB 2.0 knows that a file will hold no null in a column, and says so in the file;
# ClickHouse takes that of one month for all, so that the nulls of others could be read as 0.
_KNOWS_NULLS = "statistics_propagation"
# A pivot over values that DuckDB looks up first is several statements to it, and so is whatever
# holds one: only those that begin like a question are one.
_QUESTION = re.compile(r"\(*\s*(pivot|pivot_wider|select|from|with)\b", re.IGNORECASE)


class Snapshot:
    """A read-only connection to the published tables; `zone` is what instants are shown in."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, terms: Terms, zone: str) -> None:
        self._connection = connection
        self._terms = terms
        self.zone = zone

    def frame(self, sql: str, parameters: Mapping[str, Any] | None = None) -> "pl.DataFrame":
        """Return the rows of one select as a frame; parameters are named `$name`."""
        with explained(self._terms):
            relation = self._connection.sql(sql, params=dict(parameters or {}))
        return fetch_frame(self._connection, relation, self._terms)

    def rows(self, sql: str, parameters: Mapping[str, Any] | None = None) -> list[dict[str, Any]]:
        """Return the rows of one select, each a mapping from column to value."""
        return self.frame(sql, parameters).to_dicts()

    def plain(self, sql: str, parameters: Mapping[str, Any] | None = None) -> list[dict[str, Any]]:
        """Return the rows of a small select like `rows`, without polars: for what starts often.

        Instants come in UTC.
        """
        with explained(self._terms):
            relation = self._connection.sql(sql, params=dict(parameters or {}))
            instants = [str(kind) == _INSTANT for kind in relation.types]
            names = relation.columns
            # Without pytz DuckDB gives no instant to Python.
            parts = [
                f'epoch_us("{name}")' if is_instant else f'"{name}"'
                for name, is_instant in zip(names, instants, strict=True)
            ]
            found = relation.project(", ".join(parts)).fetchall()
        return [
            {
                name: _instant(value) if is_instant else value
                for name, value, is_instant in zip(names, row, instants, strict=True)
            }
            for row in found
        ]

    def refuse_older(self) -> None:
        """Raise UsageError if an sms24 has published it that knew fewer tables or columns."""
        sql = "select table_name, column_name from duckdb_columns() where schema_name = 'main'"
        held = {(row["table_name"], row["column_name"]) for row in self.plain(sql)}
        if not _published() <= held:
            raise UsageError("The snapshot is of an older sms24.", advice="Run: sms24 build")

    def refuse_without(self, table: str) -> None:
        """Raise UsageError if an sms24 has published it that did not know a table."""
        sql = "select count(*) as n from duckdb_tables() where table_name = $table"
        if not self.plain(sql, {"table": table})[0]["n"]:
            raise UsageError("The snapshot is of an older sms24.", advice="Run: sms24 build")

    def write_parquet(self, sql: str, path: Path, *, of: str) -> int:
        """Write the rows of one select of a table to a file; returns how many they are."""
        copy = f"copy ({sql}) to '{quoted(path)}' (format parquet, compression zstd)"
        try:
            found = interruptible(
                self._connection, lambda: self._connection.execute(copy).fetchall()
            )
        except duckdb.Error as error:
            if is_disk_full(error):
                raise
            raise UsageError(f"The table {of} cannot be written as Parquet: {error}") from None
        return int(found[0][0])

    def ask(self, text: str, parameters: Mapping[str, str] | None = None) -> Answer:
        """Return the answer to a person's one select.

        Each parameter is a text, and DuckDB reads it as it would read the same text in quotes.
        UsageError says what is not one select, and which parameter is missing or too many.
        """
        given = dict(parameters or {})
        with explained(self._terms):
            statements = self._connection.extract_statements(text)
        kind = _kind(statements[0], text) if len(statements) == 1 else ""
        if kind not in {"SELECT", "EXPLAIN"}:
            raise UsageError(
                "Exactly one select is expected.",
                advice="Nothing else can be done here: the snapshot is read-only.",
            )
        _match(set(statements[0].named_parameters), set(given))
        with explained(self._terms):
            relation = interruptible(
                self._connection,
                lambda: self._connection.sql(_without_end(text), params=given),
            )
            return Answer(self._connection, relation, given, self._terms, is_plan=kind == "EXPLAIN")


def _instant(micros: int | None) -> datetime | None:
    return None if micros is None else _EPOCH + timedelta(microseconds=micros)


def _kind(statement: duckdb.Statement, text: str) -> str:
    try:
        kind = statement.type.name
    except ValueError:  # a kind that the binding does not know, such as `update extensions`
        return ""
    if kind != "MULTI":
        return kind
    start = next(at for at, what in duckdb.tokenize(text) if what.name != "comment")
    return "SELECT" if _QUESTION.match(text.encode()[start:].decode()) else ""


def _without_end(text: str) -> str:
    """Cut a text of one statement before its semicolon: a comment after it is a syntax error."""
    code = text.encode()
    for at, what in duckdb.tokenize(text):
        if what.name == "operator" and code[at : at + 1] == b";":
            return code[:at].decode()
    return text


def _match(asked: set[str], given: set[str]) -> None:
    if any(name.isdecimal() for name in asked):
        raise UsageError("A parameter has no name.", advice="Write $name, and --param name=value.")
    for name in sorted(asked - given):
        raise UsageError(f"The query asks for ${name}.", advice=f"Add --param {name}=VALUE.")
    for name in sorted(given - asked):
        raise UsageError(
            f"The query has no parameter ${name}.", advice=f"Take --param {name} away."
        )


@cache
def _published() -> frozenset[tuple[str, str]]:
    """Return every table and column that this sms24 publishes."""
    path = resource_folder("sql") / "columns.csv"
    with path.open(encoding="utf-8", newline="") as file:
        named = [(row["table"].partition("."), row["column"]) for row in csv.DictReader(file)]
    return frozenset((table, column) for (floor, _, table), column in named if floor == "marts")


@contextmanager
def open_snapshot(
    path: Path, terms: Terms = _REPORT, *, writes_to: Path | None = None
) -> Iterator[Snapshot]:
    """Open the published snapshot, with no way to any file but those below `writes_to`.

    Raises NothingPublishedError if there is none yet.
    """
    if not path.is_file():
        raise NothingPublishedError(f"There is no published snapshot at {path}.")
    limits = {
        "memory_limit": terms.memory,
        "max_execution_time": str(round(terms.seconds * 1000)),
    }
    try:
        connection = duckdb.connect(str(path), read_only=True, config=_LOCKED_DOWN | limits)
    except duckdb.Error as error:
        raise UsageError(f"The snapshot {path} cannot be opened: {error}") from None
    try:
        # Without one the zone would be that of the machine, and a day another one everywhere.
        zone = _set_zone(connection, is_local=terms.is_local)
        connection.execute("set enable_progress_bar = false")
        if writes_to is not None:
            connection.execute(f"set allowed_directories = ['{quoted(writes_to)}']")
            connection.execute(f"set disabled_optimizers = '{_KNOWS_NULLS}'")
        connection.execute("set enable_external_access = false")
        connection.execute("set lock_configuration = true")
        yield Snapshot(connection, terms, zone)
    finally:
        connection.close()


def _set_zone(connection: duckdb.DuckDBPyConnection, *, is_local: bool) -> str:
    """Set the session's zone and return it; a file that names none that is known is read in UTC."""
    connection.execute("set timezone = 'UTC'")
    if is_local:
        try:
            row = connection.execute("select timezone from snapshot_info").fetchone()
            zone = str(row[0]) if row else ""
            connection.execute("set timezone = $zone", {"zone": zone})
        except duckdb.Error:
            return "UTC"
        return zone
    return "UTC"
