"""The private warehouse: one DuckDB file, one writer; rows in, rows out."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import duckdb

from pipeline.errors import BusyError, WarehouseError
from pipeline.futures import beside
from pipeline.paths import resource_folder
from pipeline.version import own_version
from pipeline.warehouse.durable import copy_private
from pipeline.warehouse.interrupt import interruptible

if TYPE_CHECKING:
    import polars as pl

T = TypeVar("T")
# What the tables of raw look like; a higher number in a file is a newer sms24's.
FORMAT = 3
# How DuckDB words damage that it meets while it reads, whatever class the error has.
_DAMAGE = ("Corrupt database file", "Could not read enough bytes", "not a valid DuckDB")

_OPEN_UP = "Let this user write to the data folder and to the files in it."
_RESTORE = "Restore it from a backup, or move it away and run again: everything is fetched anew."

# How a warehouse is opened.
CONFIG: dict[str, str | bool | int | float | list[str]] = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "python_enable_replacements": "false",
    "storage_compatibility_version": "v1.2.0",
    "threads": "2",
    "memory_limit": "340MB",
    "preserve_insertion_order": "true",
    # Each checkpoint compresses the newest messages once more, up to 122,880 of them.
    "checkpoint_threshold": "128MB",
}


def statement(name: str) -> str:
    """Return the text of `sql/NAME.sql`, such as `0_raw/proven`."""
    return (resource_folder("sql") / f"{name}.sql").read_text(encoding="utf-8")


def quoted(text: object) -> str:
    """Return a text as it stands between the quotes of SQL, where no parameter is taken."""
    return str(text).replace("'", "''")


class Warehouse:
    """An open connection for writing; every time in it is UTC."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, path: Path) -> None:
        self._connection = connection
        self.path = path

    def prepare(self) -> None:
        """Make what is missing of the raw schema; raises WarehouseError for a newer format."""
        known = self.format()
        if known == 1:
            self._number_versions()
        for name in ("tables", "views", "intervals", "macros"):
            self.script(statement(f"0_raw/{name}"))
        if known != FORMAT:
            self.append("raw.format", ("number", "version"), [(FORMAT, own_version())])
        sql = "select count(*) from duckdb_tables() where schema_name || table_name = 'lookupzones'"
        if not self.scalar(sql):
            self.load_zones()

    def format(self) -> int | None:
        """Return the format of the file, None for a new one; WarehouseError if it is newer."""
        sql = "select count(*) from duckdb_tables() where schema_name || table_name = 'rawformat'"
        known = self.scalar("select max(number) from raw.format") if self.scalar(sql) else None
        if known is not None and known > FORMAT:
            raise WarehouseError(
                f"The warehouse {self.path} was written by a newer sms24 (format {known}).",
                advice="Install that version, or use another data folder.",
            )
        return known

    def _number_versions(self) -> None:
        """Bring a file of format 1 to format 2, in which versions have numbers."""
        with self.transaction():
            self.execute("drop schema if exists marts cascade")
            for table in ("messages", "devices"):
                self.execute(f"alter table raw.{table} add column version_id bigint")
                self.execute(f"update raw.{table} set version_id = rowid + 1")  # noqa: S608 - ours
            self.append("raw.format", ("number",), [(2,)])

    def load_zones(self) -> None:
        """Write down anew what the texts of zones can stand for."""
        file = str(resource_folder("sql") / "seeds" / "zone_abbreviations.csv")
        sql = f"create or replace table lookup.zones as {statement('lookups/zones')}"
        self.execute(sql, {"file": file})

    def execute(self, sql: str, parameters: Mapping[str, Any] | None = None) -> None:
        """Run one statement for its effect; parameters are named `$name`."""
        given = dict(parameters or {})
        self._run(lambda: self._connection.execute(sql, given).fetchall())

    def script(self, sql: str) -> None:
        """Run several statements, parted by semicolons."""
        self._run(lambda: self._connection.execute(sql))

    def append(self, table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
        """Append a few hundred rows at the most, in one statement; landing has a faster way."""
        if rows:
            names = ", ".join(columns)
            values = ", ".join("unnest(?)" for _ in columns)
            sql = f"insert into {table} ({names}) select {values}"
            given = [list(column) for column in zip(*rows, strict=True)]
            self._run(lambda: self._connection.execute(sql, given).fetchall())

    def append_frame(self, table: str, frame: "pl.DataFrame", scratch: Path) -> None:
        """Append a frame of any size through a Parquet file in the folder `scratch`."""
        path = scratch / "append.parquet.part"
        frame.write_parquet(path, compression="uncompressed")
        try:
            sql = f"insert into {table} by name select * from read_parquet($file)"  # noqa: S608 - our own names
            self.execute(sql, {"file": str(path)})
        finally:
            path.unlink()

    def frame(self, sql: str, parameters: Mapping[str, Any] | None = None) -> "pl.DataFrame":
        """Return the rows of one select as a frame; instants come as UTC."""
        import polars as pl  # noqa: PLC0415 - only who asks for a frame pays for polars

        given = dict(parameters or {})
        return self._run(lambda: pl.DataFrame(self._connection.sql(sql, params=given)))

    def rows(self, sql: str, parameters: Mapping[str, Any] | None = None) -> list[dict[str, Any]]:
        """Return the rows of one select, each a mapping from column to value."""
        return self.frame(sql, parameters).to_dicts()

    def plain(self, sql: str, parameters: Mapping[str, Any] | None = None) -> list[dict[str, Any]]:
        """Return the rows of one select like `rows`, in half the time; none may hold an instant."""
        given = dict(parameters or {})

        def fetch() -> list[dict[str, Any]]:
            found = self._connection.execute(sql, given).fetchall()
            names = [column[0] for column in self._connection.description or ()]
            return [dict(zip(names, row, strict=True)) for row in found]

        return self._run(fetch)

    def scalar(self, sql: str, parameters: Mapping[str, Any] | None = None) -> Any:
        """Return the first value of the first row, or None; an instant only `rows` can give."""
        given = dict(parameters or {})
        found = self._run(lambda: self._connection.execute(sql, given).fetchall())
        return found[0][0] if found else None

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Commit what happens inside, or roll it all back and raise again.

        A commit after an error would return normally and save nothing, hence the roll-back.
        """
        self._connection.execute("begin transaction")
        try:
            yield
        except BaseException:
            self._connection.execute("rollback")
            raise
        self._connection.execute("commit")

    def write_down(self, other: str) -> None:
        """Bring an attached database and this one from their logs into their files, side by side.

        A checkpoint keeps one processor busy, and the disk.
        """
        with self._connection.cursor() as own:
            writing = partial(own.execute, f'checkpoint "{self.path.stem}"')
            with beside(partial(self._run, writing)):
                self.execute(f"checkpoint {other}")

    def _run(self, work: Callable[[], T]) -> T:
        try:
            return interruptible(self._connection, work)
        except duckdb.Error as error:
            if "Permission denied" in str(error):
                raise WarehouseError(
                    f"The warehouse {self.path} cannot be written.", advice=_OPEN_UP
                ) from None
            if any(words in str(error) for words in _DAMAGE):
                raise WarehouseError(
                    f"The warehouse {self.path} is damaged.", advice=_RESTORE
                ) from None
            raise


@contextmanager
def open_warehouse(path: Path) -> Iterator[Warehouse]:
    """Open the private database for writing, making it if need be; the caller holds the lock."""
    connection = _connect_current(path)
    try:
        path.chmod(0o600)
        warehouse = Warehouse(connection, path)
        warehouse.prepare()
        yield warehouse
    finally:
        connection.close()


def _connect_current(path: Path) -> duckdb.DuckDBPyConnection:
    """Open for writing; one of an older format is copied first, as `NAME.vN.bak`."""
    connection = _connect(path, read_only=False)
    try:
        known = Warehouse(connection, path).format()
        if known in {None, FORMAT}:
            return connection
        connection.execute("checkpoint")
    except BaseException:
        connection.close()
        raise
    connection.close()
    # Only now: a process that reads its own open database loses its lock.
    copy_private(path, path.with_name(f"{path.name}.v{known}.bak"))
    return _connect(path, read_only=False)


@contextmanager
def look_into_warehouse(path: Path) -> Iterator[Warehouse]:
    """Open the private database for reading alone; BusyError while somebody writes."""
    connection = _connect(path, read_only=True)
    try:
        warehouse = Warehouse(connection, path)
        warehouse.format()
        for name in ("intervals", "macros"):
            warehouse.script(statement(f"0_raw/{name}"))
        yield warehouse
    finally:
        connection.close()


def _connect(path: Path, *, read_only: bool) -> duckdb.DuckDBPyConnection:
    try:
        connection = duckdb.connect(str(path), read_only=read_only, config=CONFIG)
    except duckdb.Error as error:
        if "Conflicting lock" in str(error):
            raise BusyError(f"Another process works on {path}.") from None
        is_closed = "Permission denied" in str(error)
        raise WarehouseError(
            f"The warehouse {path} cannot be opened.",
            advice=_OPEN_UP if is_closed else f"{_RESTORE} ({error})",
        ) from None
    connection.execute("set timezone = 'UTC'")
    connection.execute("set enable_progress_bar = false")
    return connection
