"""Publish the marts: a file of its own, replaced at once, so that no reader is ever disturbed."""

import os
from collections.abc import Iterable, Mapping
from pathlib import Path

from pipeline.warehouse.store import Warehouse

Comments = Mapping[tuple[str, str], str]


def publish(
    warehouse: Warehouse, tables: Iterable[tuple[str, str]], comments: Comments, target: Path
) -> None:
    """Copy the schema `marts` to `target` and put it in the old one's place.

    Args:
        warehouse: where the marts stand.
        tables: each table's name, and what it is in a sentence.
        comments: what each (table, column) holds.
        target: the snapshot; mode 0444. Readers that have the old one open keep it.
    """
    part = target.with_name(f".{target.name}.part")
    _remove(part)
    try:
        # The format of 1.2 opens in every client since then; 2.0's own is refused by 1.5.
        warehouse.execute(f"attach '{_quoted(part)}' as snapshot (storage_version 'v1.2.0')")
        try:
            for name, sentence in tables:
                _copy(warehouse, name, sentence, comments)
            warehouse.execute("checkpoint snapshot")
        finally:
            warehouse.execute("detach snapshot")
        part.chmod(0o444)
        _sync(part)
        part.replace(target)
        _sync(target.parent)
        # A log that somebody's killed writer left beside the old file would not fit the new one.
        target.with_name(f"{target.name}.wal").unlink(missing_ok=True)
    finally:
        _remove(part)


def _copy(warehouse: Warehouse, name: str, sentence: str, comments: Comments) -> None:
    table = f'snapshot.main."{name}"'
    warehouse.execute(f'create table {table} as select * from marts."{name}"')  # noqa: S608
    warehouse.execute(f"comment on table {table} is '{_quoted(sentence)}'")
    for (owner, column), text in comments.items():
        if owner == name:
            warehouse.execute(f"comment on column {table}.\"{column}\" is '{_quoted(text)}'")


def _quoted(text: object) -> str:
    return str(text).replace("'", "''")


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _remove(part: Path) -> None:
    part.unlink(missing_ok=True)
    part.with_name(f"{part.name}.wal").unlink(missing_ok=True)
