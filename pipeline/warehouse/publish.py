"""Publish the marts: a file of its own, replaced at once, so that no reader is ever disturbed."""

import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from pipeline.errors import UsageError
from pipeline.warehouse.durable import sync
from pipeline.warehouse.store import Warehouse, quoted

# Own models are a convenience: one that takes longer is not worth a scheduled run that hangs.
_OWN_SECONDS = 120
_OWN_CONFIG: dict[str, str | bool | int | float | list[str]] = {
    "enable_external_access": "false",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "python_enable_replacements": "false",
    "threads": "2",
    "memory_limit": "400MB",
    "max_execution_time": str(_OWN_SECONDS * 1000),
}

# The format of 1.2 opens in every client since then; 2.0's own is refused by 1.5.
_ATTACH = "attach '{path}' as marts (storage_version 'v1.2.0')"


@contextmanager
def draft_of(target: Path) -> Iterator[Path]:
    """Give the path of a new snapshot; it takes the old one's place when all went well.

    Mode 0444. Readers that have the old one open keep it.
    """
    if target.is_dir():
        raise UsageError(
            f"{target} is a folder.", advice="Move it away: the snapshot belongs there."
        )
    draft = target.with_name(f".{target.name}.part")
    _remove(draft)
    try:
        yield draft
        draft.chmod(0o444)
        sync(draft)
        draft.replace(target)
        sync(target.parent)
        # A log that somebody's killed writer left beside the old file would not fit the new one.
        target.with_name(f"{target.name}.wal").unlink(missing_ok=True)
    finally:
        _remove(draft)


@contextmanager
def attached(warehouse: Warehouse, draft: Path) -> Iterator[None]:
    """Attach a draft under the name `marts`, and write it out whole at the end."""
    warehouse.execute(_ATTACH.format(path=quoted(draft)))
    try:
        yield
        warehouse.write_down("marts")
    finally:
        warehouse.execute("detach marts")


def trace_of(target: Path) -> str:
    """Return a text that differs once somebody has written to a published file, or replaced it."""
    if not target.is_file():
        return ""
    seen = target.stat()
    return f"{seen.st_size} {seen.st_mtime_ns} {seen.st_ino}"


def copy_published(target: Path, draft: Path) -> None:
    """Make a draft of the published snapshot."""
    shutil.copyfile(target, draft)
    draft.chmod(0o600)
    # Now, while nobody waits for it: at the end only what has changed is left to be written.
    sync(draft)


class Draft:
    """A new snapshot by itself: nothing outside its file can be reached from it."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection

    def tables(self) -> frozenset[str]:
        """Return the names of the published tables."""
        rows = self._connection.execute("select table_name from duckdb_tables()").fetchall()
        return frozenset(name for (name,) in rows)

    def warn(self, name: str, sentences: Iterable[str]) -> None:
        """Add to the published warnings."""
        for sentence in sentences:
            row = {"name": name, "sentence": sentence}
            self._connection.execute("insert into warnings values ($name, 1, $sentence)", row)

    def create_own(self, name: str, sql: str) -> str | None:
        """Make a table of one select; returns why that could not be, or None."""
        try:
            self._connection.execute(f'create table my."{name}" as {sql}').fetchall()
        except duckdb.Error as error:
            return f"failed: {str(error).splitlines()[0]}"
        return None


@contextmanager
def open_draft(draft: Path) -> Iterator[Draft]:
    """Open a draft by itself, for writing."""
    with duckdb.connect(str(draft), config=_OWN_CONFIG) as connection:
        # A day is what it is for whoever asks the snapshot: one of the reporting zone.
        zone = connection.execute("select timezone from snapshot_info").fetchall()[0][0]
        connection.execute("set timezone = $zone", {"zone": zone})
        connection.execute("set lock_configuration = true")
        yield Draft(connection)


def comment(
    warehouse: Warehouse, table: str, sentence: str, columns: Iterator[tuple[str, str]]
) -> None:
    """Say in the database what a published table is, and what each of its columns holds."""
    said = [f"comment on table {table} is '{quoted(sentence)}'"]
    said += [f"comment on column {table}.\"{name}\" is '{quoted(text)}'" for name, text in columns]
    warehouse.script(";\n".join(said))


def _remove(draft: Path) -> None:
    draft.unlink(missing_ok=True)
    draft.with_name(f"{draft.name}.wal").unlink(missing_ok=True)
