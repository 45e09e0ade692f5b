"""The ledger's file: opened, brought up to date, changed in transactions that are on the disk."""

import os
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from pipeline.clock import Clock
from pipeline.errors import BusyError, UsageError, is_disk_full
from pipeline.warehouse.lock import make_folder

_HERE = Path(__file__).parent
# Version N of the ledger is made by the first N of these.
MIGRATIONS = ("1_tables", "2_outbox")
_LOCKED_SECONDS = 30.0
_SETTINGS = (
    "pragma journal_mode = wal",
    "pragma synchronous = full",
    # macOS: without it `fsync` leaves data in the disk's own memory.
    "pragma fullfsync = on",
    "pragma foreign_keys = on",
    "pragma secure_delete = on",
)


@cache
def statement(name: str) -> str:
    """Return the text of a statement in this folder."""
    return (_HERE / f"{name}.sql").read_text(encoding="utf-8")


class Store:
    """A connection; used by the thread that opened it."""

    def __init__(self, connection: sqlite3.Connection, path: Path, clock: Clock) -> None:
        self._connection = connection
        self._clock = clock
        self.path = path

    def now(self) -> str:
        """Return the instant as the ledger writes it."""
        return self._clock.now().isoformat(timespec="milliseconds")

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Do all of a block or nothing; after it the change is on the disk. May be nested."""
        if self._is_in_one():
            yield
            return
        with told(self.path):
            self._connection.execute("begin immediate")
        try:
            yield
            with told(self.path):
                self._connection.execute("commit")
        finally:
            if self._is_in_one():
                self._connection.execute("rollback")

    def _is_in_one(self) -> bool:
        return self._connection.in_transaction

    def rows(
        self, sql: str, parameters: Sequence[Any] | Mapping[str, Any] = ()
    ) -> list[sqlite3.Row]:
        """Return the rows of a question."""
        with told(self.path):
            return self._connection.execute(sql, parameters).fetchall()

    def scan(
        self, sql: str, parameters: Sequence[Any] | Mapping[str, Any] = ()
    ) -> Iterator[sqlite3.Row]:
        """Give the rows of a question one by one; for many."""
        with told(self.path):
            yield from self._connection.execute(sql, parameters)

    def change(self, sql: str, parameters: Sequence[Any] | Mapping[str, Any] = ()) -> int:
        """Run a statement and return how many rows it changed."""
        with told(self.path):
            return self._connection.execute(sql, parameters).rowcount

    def insert(self, table: str, row: Mapping[str, Any]) -> int:
        """Insert a row and return its number."""
        names, marks = ", ".join(row), ", ".join("?" for _ in row)
        sql = f"insert into {table} ({names}) values ({marks})"  # noqa: S608 - question marks
        with told(self.path):
            number = self._connection.execute(sql, tuple(row.values())).lastrowid
        return number or 0

    def change_all(self, sql: str, rows: Iterable[Sequence[Any]]) -> int:
        """Run a statement for each row and return how many rows it changed."""
        with told(self.path):
            return self._connection.executemany(sql, rows).rowcount

    def copy_to(self, path: Path) -> None:
        """Write a copy of the ledger, 0600; one of that name is replaced."""
        draft = path.with_name(f"{path.name}.part")
        draft.unlink(missing_ok=True)
        os.close(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600))
        with told(draft), closing(sqlite3.connect(draft)) as copy:
            self._connection.backup(copy)
        draft.replace(path)

    def wipe(self) -> None:
        """Let nothing that was overwritten stay in the log beside the file."""
        self.rows("pragma wal_checkpoint(truncate)")


@contextmanager
def opened(path: Path, clock: Clock, *, only_looks: bool = False) -> Iterator[Store]:
    """Open a ledger, making it (0600) or bringing it up to date if need be.

    A ledger that is only looked at and is not there is an empty one in memory.
    """
    is_there = path.exists()
    if not is_there and not only_looks:
        make_folder(path.parent)
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600))
    place = str(path) if is_there or not only_looks else ":memory:"
    with told(path):
        connection = sqlite3.connect(place, timeout=_LOCKED_SECONDS, isolation_level=None)
    with closing(connection):
        connection.row_factory = sqlite3.Row
        store = Store(connection, path, clock)
        for setting in _SETTINGS:
            store.rows(setting)
        migrate(store, MIGRATIONS)
        if only_looks:
            store.rows("pragma query_only = on")
        yield store


def migrate(store: Store, scripts: Sequence[str]) -> None:
    """Bring a ledger to the last version, after a copy of it; UsageError if it is newer."""
    version = _version(store)
    if version > len(scripts):
        raise UsageError(
            f"The ledger {store.path} was written by a newer sms24 (version {version}).",
            advice="Install that version, or use another data folder.",
        )
    if version == len(scripts):
        return
    if version:
        store.copy_to(store.path.with_name(f"{store.path.name}.v{version}.bak"))
    with store.transaction():
        # Another process may have been faster.
        for number in range(_version(store), len(scripts)):
            for part in _parts(statement(scripts[number])):
                store.change(part)
            store.rows(f"pragma user_version = {number + 1}")


def _version(store: Store) -> int:
    return int(store.rows("pragma user_version")[0][0])


def _parts(script: str) -> Iterator[str]:
    """Give the statements of a script; `executescript` would end the transaction."""
    part = ""
    for line in script.splitlines(keepends=True):
        part += line
        if sqlite3.complete_statement(part):
            yield part
            part = ""


@contextmanager
def told(path: Path) -> Iterator[None]:
    """Say in our own words what a person can mend; a full disk keeps SQLite's own."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        if code == sqlite3.SQLITE_BUSY:
            raise BusyError(f"Another sms24 is writing the ledger {path}.") from error
        if code in {sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT}:
            raise UsageError(
                f"The ledger {path} is damaged.",
                advice="Restore it from a backup. Without it sms24 cannot tell who was sent.",
            ) from error
        if code in {sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM}:
            raise UsageError(
                f"The ledger {path} cannot be written.",
                advice="Look at who owns the data folder.",
            ) from error
        if code == sqlite3.SQLITE_IOERR and not is_disk_full(error):
            raise UsageError(
                f"The disk fails where the ledger {path} is ({error.sqlite_errorname}).",
                advice="Look at the disk, and at how large a file may be (ulimit -f).",
            ) from error
        raise
