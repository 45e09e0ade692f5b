"""The end of a process, and a disk that is full, as the ledger meets them."""

import sqlite3
from collections.abc import Callable
from typing import Any

FULL = "database or disk is full"


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
