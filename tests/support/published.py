"""Published snapshots made by hand, and what an export of one left."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from pipeline.progress import SilentProgress
from pipeline.warehouse.export import Exported, export
from pipeline.warehouse.snapshot import open_snapshot

# Two months, a message without a day, and a table that does not grow.
TABLES = """
    create table messages as
    select i::bigint as message_id, date '2026-09-20' + (i % 30)::integer as day,
    'title ' || i as title, timestamptz '2026-09-20 22:30:00+02' + to_hours(i) as due_at,
    timestamp '2026-09-20 22:30:00' as due_local, if(i % 7 = 0, null, i / 3) as rate
    from range(300) as numbers(i);
    insert into messages (message_id, title) values (1000, 'without a day');
    create table devices as select 5::bigint as device_id, 'Lobby' as title;
    comment on table devices is 'The phones';
    comment on column devices.title is 'Its name';
"""


@dataclass(frozen=True, slots=True)
class Published:
    """A snapshot and the folder that it is exported to."""

    snapshot: Path
    folder: Path

    def change(self, sql: str) -> None:
        """Change the snapshot, in a new file as a build does."""
        fresh = self.snapshot.with_suffix(".new")
        if self.snapshot.exists():
            fresh.write_bytes(self.snapshot.read_bytes())
        with duckdb.connect(str(fresh)) as connection:
            connection.execute("set timezone = 'UTC'")
            connection.execute(sql)
        fresh.replace(self.snapshot)

    def export(self) -> Exported:
        """Export it."""
        return export(self.snapshot, self.folder, SilentProgress())

    def states(self) -> dict[str, tuple[int, int]]:
        """Return the inode and the time of change of every file but the lock."""
        found = [path for path in self.folder.rglob("*") if path.is_file() and path.name != ".lock"]
        return {
            path.relative_to(self.folder).as_posix(): (path.stat().st_ino, path.stat().st_mtime_ns)
            for path in found
        }

    def assert_reads_back(self) -> None:
        """Every table, as polars reads its folder, holds the rows of the snapshot."""
        with open_snapshot(self.snapshot) as snapshot:
            for table in snapshot.rows("from duckdb_tables()"):
                schema, name = table["schema_name"], table["table_name"]
                wanted = snapshot.frame(f'from "{schema}"."{name}"')
                folder = name if schema == "main" else f"{schema}/{name}"
                got = self.read(folder).select(wanted.columns)
                assert got.schema == wanted.schema, name
                assert got.sort(pl.all()).equals(wanted.sort(pl.all())), name

    def read(self, folder: str) -> pl.DataFrame:
        """Return a table as polars reads its folder, with the month."""
        return pl.read_parquet(self.folder / folder, hive_partitioning=True)

    def rows(self, folder: str, *columns: str) -> list[Any]:
        """Return some columns of a table, in order."""
        return sorted(self.read(folder).select(columns).rows(), key=str)


def published(folder: Path, sql: str = TABLES) -> Published:
    """Return a snapshot of these tables, not exported yet."""
    made = Published(folder / "analytics.duckdb", folder / "out")
    made.change(sql)
    return made
