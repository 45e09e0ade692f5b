"""Make a long account out of a real snapshot: the same rows again, further and further back."""

from pathlib import Path

import duckdb

from pipeline.warehouse.layout import Table, read_tables
from pipeline.warehouse.snapshot import open_snapshot


def stretch(source: Path, target: Path, copies: int) -> None:
    """Write a snapshot with the rows of each table that grows `copies` times.

    Each copy lies before the last one by the days that the messages span, with message numbers of
    its own. Sums that hold in the source hold in it; `failure_codes` and other tables that do not
    grow stay as they are. The zone's clock changes are not moved: a wall clock may be an hour off.
    """
    with open_snapshot(source) as snapshot:
        tables = [t for t in read_tables(snapshot) if t.schema == "main"]
        step, span = snapshot.frame(
            "select max(message_id) + 1, max(day) - min(day) + 1 from messages"
        ).row(0)
    target.unlink(missing_ok=True)
    with duckdb.connect() as connection:
        connection.execute("set timezone = 'UTC'")
        connection.execute(f"attach '{source}' as old (read_only)")
        connection.execute(f"attach '{target}' as new (storage_version 'v1.2.0')")
        for table in tables:
            created = f"create table new.{table.qualified} as from old.{table.qualified}"
            connection.execute(f"{created} limit {0 if table.grows_by else 'all'}")
            for back in range(copies - 1, -1, -1) if table.grows_by else ():
                columns = ", ".join(_moved(table, copies - 1 - back, step, back * span))
                connection.execute(
                    f"insert into new.{table.qualified} select {columns} from old.{table.qualified}"
                )


def _moved(table: Table, copy: int, step: int, days: int) -> list[str]:
    """Return the columns of a table, moved back by some days and up by some numbers."""
    return [
        f'"{column.name}" + {copy * step}'
        if column.name == "message_id"
        else f'("{column.name}" - to_days({days}))::{column.kind}'
        if column.kind.startswith(("DATE", "TIMESTAMP"))
        else f'"{column.name}"'
        for column in table.columns
    ]
