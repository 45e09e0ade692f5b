"""The end of a process, and a disk that is full, as the ledger meets them and a run does."""

import errno
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import IO, Any

import duckdb
import polars as pl
import pytest

from pipeline.ledger import store as stores

FULL = "database or disk is full"
NO_SPACE = OSError(errno.ENOSPC, "No space left on device")


class CrashError(BaseException):
    """The end of a process."""


class Disk(sqlite3.Connection):
    """A connection whose commits may fail, as those of a full disk do."""

    is_full: Callable[[], bool] = lambda: False

    def execute(self, sql: str, *given: Any) -> sqlite3.Cursor:
        """Run a statement; a commit fails while the disk is full."""
        if sql == "commit" and Disk.is_full():
            raise sqlite3.OperationalError(FULL)
        return super().execute(sql, *given)


@contextmanager
def full_after(patch: pytest.MonkeyPatch, kind: type, name: str, calls: int) -> Iterator[None]:
    """Let the disk be full once a method of a part of the ledger was called so often."""
    seen: list[str] = []
    method = getattr(kind, name)

    def noted(*given: Any, **named: Any) -> Any:
        seen.append(name)
        return method(*given, **named)

    with patch.context() as inner:
        inner.setattr(kind, name, noted)
        inner.setattr(Disk, "is_full", lambda: len(seen) >= calls)
        inner.setattr(stores.sqlite3, "connect", partial(sqlite3.connect, factory=Disk))
        yield


def fill_while_spooling(patch: pytest.MonkeyPatch) -> None:
    """Let the write of every body meet a full disk."""
    opened = Path.open

    def full(path: Path, *given: Any, **named: Any) -> IO[Any]:
        if path.suffix == ".body" and "wb" in given:
            path.write_bytes(b"{")
            raise NO_SPACE
        return opened(path, *given, **named)

    patch.setattr(Path, "open", full)


def fill_while_landing(patch: pytest.MonkeyPatch) -> None:
    """Let the frames that messages are landed by meet a full disk."""
    error = pl.exceptions.ComputeError("parquet: underlying IO error: No space left on device")
    patch.setattr(pl.DataFrame, "write_parquet", raising(error))


def fill_while_publishing(patch: pytest.MonkeyPatch) -> None:
    """Let the draft of the tables meet a full disk."""
    error = duckdb.IOException('Could not write to file "x": No space left on device')
    patch.setattr("pipeline.transform.build.comment", raising(error))


def raising(error: BaseException) -> Callable[..., None]:
    """Return a function that fails."""

    def full(*_: object, **__: object) -> None:
        raise error

    return full


DISKS = {
    "disk-full-spooling": fill_while_spooling,
    "disk-full-landing": fill_while_landing,
    "disk-full-publishing": fill_while_publishing,
}
