"""How the published tables lie as Parquet files: which grow, in which types, under what names.

A table that grows has one folder per month, `TABLE/month=2026-10-01/part-0.parquet`; any other is
one file, `TABLE/part-0.parquet`. The month is written as its first day, because every engine reads
that as a date, and `2026-10` as a text.
"""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import Any

import duckdb

from pipeline.warehouse.snapshot import Snapshot
from pipeline.warehouse.store import statement

# A table grows if it has one of these columns and it is a date or an instant; the first one tells
# a row's month.
GROWS_BY = ("day", "not_after")
KEY = "month"
# Where rows without a month lie: Hive's own word for null.
_NO_MONTH = "__HIVE_DEFAULT_PARTITION__"
# Where the one file of an empty table lies; engines need a file to know the columns, and a date to
# know that the month is one.
_FIRST_MONTH = "1970-01-01"
# Raised when the same rows would be written in another way.
_WAY = 1

_AS_IT_IS = re.compile(
    r"BOOLEAN|TINYINT|SMALLINT|INTEGER|BIGINT|FLOAT|DOUBLE|DECIMAL\(.*\)|VARCHAR|BLOB|DATE"
    r"|TIMESTAMP|TIMESTAMP WITH TIME ZONE"
)
# Written as they are, 128-bit numbers would be rounded to doubles, and unsigned ones and
# nanoseconds would not be read everywhere.
_WIDENED = {
    "HUGEINT": "BIGINT",
    "UHUGEINT": "BIGINT",
    "UBIGINT": "DECIMAL(20,0)",
    "UINTEGER": "BIGINT",
    "USMALLINT": "INTEGER",
    "UTINYINT": "SMALLINT",
    "TIMESTAMP_S": "TIMESTAMP",
    "TIMESTAMP_MS": "TIMESTAMP",
    "TIMESTAMP_NS": "TIMESTAMP",
}


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the snapshot: its type there (DuckDB's word), and what it holds."""

    name: str
    kind: str
    comment: str | None = None

    @property
    def written(self) -> str:
        """The type in the files, one that every engine reads; anything unusual becomes text."""
        if _AS_IT_IS.fullmatch(self.kind):
            return self.kind
        return _WIDENED.get(self.kind, "VARCHAR")

    @property
    def expression(self) -> str:
        """The column in a select, in the type of the files."""
        name = _identifier(self.name)
        return name if self.written == self.kind else f"{name}::{self.written} as {name}"


@dataclass(frozen=True, slots=True)
class Table:
    """A table or view of the snapshot."""

    schema: str
    name: str
    columns: tuple[Column, ...]
    comment: str | None = None

    @property
    def qualified(self) -> str:
        """Its name in SQL."""
        return f"{_identifier(self.schema)}.{_identifier(self.name)}"

    @property
    def folder(self) -> str:
        """Its folder: the name alone for the schema `main`, else that of the schema above it."""
        own = _file_name(self.name)
        return own if self.schema == "main" else f"{_file_name(self.schema)}/{own}"

    @property
    def grows_by(self) -> str | None:
        """The column that tells a row's month; None for a table that is one file."""
        kinds = {column.name: column.kind for column in self.columns}
        if KEY in map(str.lower, kinds):
            return None
        dated = (name for name in GROWS_BY if kinds.get(name, "").startswith(("DATE", "TIMESTAMP")))
        return next(dated, None)


@dataclass(frozen=True, slots=True)
class Part:
    """What one file holds: a whole table, or one month of it.

    Attributes:
        month: its first day; None for a whole table, and for rows without a month.
        fingerprint: the same for the same rows in any order, written in the same way.
    """

    table: Table
    month: str | None
    rows: int
    fingerprint: str

    @property
    def path(self) -> str:
        """The file, relative to the export's folder."""
        if self.table.grows_by is None:
            return f"{self.table.folder}/part-0.parquet"
        return f"{self.table.folder}/{KEY}={self.month or _NO_MONTH}/part-0.parquet"

    @property
    def select(self) -> str:
        """The rows of it, in the order of the snapshot."""
        columns = ", ".join(column.expression for column in self.table.columns)
        return f"select {columns} from {self.table.qualified} where {self._condition}"  # noqa: S608 - our own names

    @property
    def _condition(self) -> str:
        if self.table.grows_by is None:
            return "true"
        column = _identifier(self.table.grows_by)
        if self.month is None:
            return f"{column} is null"
        first = f"date '{self.month}'"
        return f"{column} >= {first} and {column} < {first} + interval 1 month"


def read_tables(snapshot: Snapshot) -> list[Table]:
    """Return every table and view of the snapshot, also those that nobody knew of."""
    rows = snapshot.rows(statement("lookups/snapshot_columns"))
    named = groupby(rows, key=itemgetter("schema_name", "table_name", "table_comment"))
    return [
        Table(schema, name, _columns(of_table), comment)
        for (schema, name, comment), of_table in named
    ]


def read_parts(snapshot: Snapshot, table: Table) -> list[Part]:
    """Return the parts of a table with their fingerprints: one pass over it."""
    month = "null"
    if table.grows_by is not None:
        month = f"date_trunc('month', {_identifier(table.grows_by)})::date"
    columns = ", ".join(_identifier(column.name) for column in table.columns)
    # Hashed twice: the sum of plain hashes is the same where two rows swap their last column and
    # few bits differ.
    sums = f"count(*) as rows, sum(hash(hash({columns})))::varchar as hashes"
    grouped = (
        f"select {month}::varchar as month, {sums} from {table.qualified} group by 1 order by 1"  # noqa: S608 - our own names
    )
    found = snapshot.rows(grouped) or [_empty(table)]
    return [
        Part(table, row["month"], row["rows"], _fingerprint(table, row["rows"], row["hashes"]))
        for row in found
    ]


def _empty(table: Table) -> dict[str, Any]:
    return {"month": table.grows_by and _FIRST_MONTH, "rows": 0, "hashes": None}


def _fingerprint(table: Table, rows: int, hashes: str | None) -> str:
    # DuckDB's hash is the same within one version of it only.
    shape = [(column.name, column.kind) for column in table.columns]
    said = repr((_WAY, duckdb.__version__, shape, rows, hashes))
    return hashlib.sha256(said.encode()).hexdigest()[:32]


def _columns(rows: Iterator[dict[str, Any]]) -> tuple[Column, ...]:
    return tuple(
        Column(row["column_name"], row["data_type"], row["column_comment"]) for row in rows
    )


def _identifier(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _file_name(name: str) -> str:
    """Return a name that no file system and no engine takes for anything else.

    Engines skip what begins with `_`, and read `=` as a month's folder.
    """
    kept = re.sub(r"[^A-Za-z0-9_-]", lambda found: _escaped(found.group()), name)
    return _escaped(kept[0]) + kept[1:] if kept.startswith("_") else kept


def _escaped(text: str) -> str:
    return "".join(f"%{byte:02X}" for byte in text.encode())
