"""Read every value of a database once: DuckDB compares each block with its check sum."""

from pathlib import Path

import duckdb

from pipeline.errors import WarehouseError
from pipeline.warehouse.store import look_into_warehouse

_TABLES = "select schema_name, table_name from duckdb_tables() order by all"
_HEADS = """
    select
        (select count(*) from raw.message_heads) as heads,
        (select count(distinct message_id) from raw.messages) as messages
"""


def read_warehouse(path: Path) -> int:
    """Return how many messages the warehouse holds, after reading all of it.

    Raises:
        BusyError: a run works on it.
        WarehouseError: it is damaged, cannot be opened, or has lost where messages stand.
    """
    with look_into_warehouse(path) as warehouse:
        for table in warehouse.rows(_TABLES):
            name = f'"{table["schema_name"]}"."{table["table_name"]}"'
            warehouse.scalar(f"select bit_xor(hash(read)) from {name} as read")  # noqa: S608 - ours
        found = warehouse.rows(_HEADS)[0]
    if found["heads"] != found["messages"]:
        raise WarehouseError(
            f"The warehouse {path} knows where {found['heads']:,} of {found['messages']:,}"
            " messages stand.",
            advice="Run: sms24 run --since with the first day of the account.",
        )
    return int(found["messages"])


def read_snapshot(path: Path) -> int:
    """Return how many tables the snapshot holds, after reading all of it; WarehouseError if bad."""
    try:
        with duckdb.connect(str(path), read_only=True) as connection:
            tables = connection.execute(_TABLES).fetchall()
            for schema, table in tables:
                sql = f'select bit_xor(hash(read)) from "{schema}"."{table}" as read'  # noqa: S608 - ours
                connection.execute(sql).fetchall()
    except duckdb.Error as error:
        raise WarehouseError(
            f"The snapshot {path} is damaged ({type(error).__name__}).",
            advice="Run: sms24 build --full",
        ) from None
    return len(tables)
