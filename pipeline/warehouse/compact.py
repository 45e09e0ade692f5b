"""Write the warehouse anew, so that the bytes of what was taken away are in no file of ours."""

from pathlib import Path

import duckdb

from pipeline.warehouse.durable import sync
from pipeline.warehouse.store import CONFIG, Warehouse, quoted


def is_unfinished(warehouse: Warehouse) -> bool:
    """Whether something was taken away and its bytes are in the file still."""
    return bool(warehouse.scalar("select count(*) from raw.unfinished"))


def compact(path: Path) -> None:
    """Replace a closed warehouse by a copy of what it holds; the caller has the lock.

    Killed at any moment, the old file or the new one is there, whole.
    """
    draft = draft_of(path)
    drop_draft(path)
    connection = duckdb.connect(str(path), config=CONFIG)
    try:
        connection.execute(f"attach '{quoted(draft)}' as fresh (storage_version 'v1.2.0')")
        home = connection.execute("select current_database()").fetchall()[0][0]
        connection.execute(f'copy from database "{home}" to fresh')
        connection.execute("delete from fresh.raw.unfinished")
        connection.execute("checkpoint fresh")
        connection.execute("detach fresh")
    finally:
        connection.close()
    draft.chmod(0o600)
    sync(draft)
    draft.replace(path)
    sync(path.parent)


def draft_of(path: Path) -> Path:
    """Return where a warehouse is written anew."""
    return path.with_name(f".{path.name}.part")


def drop_draft(path: Path) -> None:
    """Take away what a process that was killed had begun to write."""
    draft = draft_of(path)
    draft.unlink(missing_ok=True)
    draft.with_name(f"{draft.name}.wal").unlink(missing_ok=True)
