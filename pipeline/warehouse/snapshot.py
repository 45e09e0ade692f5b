"""Read the published snapshot: read-only, with no way out of the file."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

from pipeline.errors import UsageError, is_disk_full
from pipeline.warehouse.interrupt import interruptible

if TYPE_CHECKING:
    import polars as pl

_LOCKED_DOWN: dict[str, str | bool | int | float | list[str]] = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "python_enable_replacements": "false",
    "temp_directory": "",
    "threads": "2",
    "memory_limit": "2GB",
}
# By it DuckDB 2.0 knows that a file will hold no null in a column, and says so in the file;
# ClickHouse takes that of one month for all, so that the nulls of others could be read as 0.
_KNOWS_NULLS = "statistics_propagation"


class Snapshot:
    """A read-only connection to the published tables; times come as UTC."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection

    def frame(self, sql: str, parameters: Mapping[str, Any] | None = None) -> "pl.DataFrame":
        """Return the rows of one select as a frame; parameters are named `$name`."""
        import polars as pl  # noqa: PLC0415 - only who asks for a frame pays for polars

        with self._explained():
            return interruptible(
                self._connection,
                lambda: pl.DataFrame(self._connection.sql(sql, params=dict(parameters or {}))),
            )

    def rows(self, sql: str, parameters: Mapping[str, Any] | None = None) -> list[dict[str, Any]]:
        """Return the rows of one select, each a mapping from column to value."""
        return self.frame(sql, parameters).to_dicts()

    def statement_kinds(self, sql: str) -> list[str]:
        """Return the kind of each statement in a text, such as `SELECT`."""
        with self._explained():
            return [s.type.name for s in self._connection.extract_statements(sql)]

    def write_parquet(self, sql: str, path: Path, *, of: str) -> int:
        """Write the rows of one select of a table to a file; returns how many they are."""
        copy = f"copy ({sql}) to '{_quoted(path)}' (format parquet, compression zstd)"
        with self._explained(f"The table {of} cannot be written as Parquet"):
            found = interruptible(
                self._connection, lambda: self._connection.execute(copy).fetchall()
            )
        return int(found[0][0])

    @contextmanager
    def _explained(self, what: str = "The query failed") -> Iterator[None]:
        try:
            yield
        except duckdb.Error as error:
            if is_disk_full(error):
                raise
            raise UsageError(f"{what}: {error}") from None


@contextmanager
def open_snapshot(path: Path, *, writes_to: Path | None = None) -> Iterator[Snapshot]:
    """Open the published snapshot, with no way to any file but those below `writes_to`.

    Raises UsageError if there is none yet.
    """
    if not path.is_file():
        raise UsageError(
            f"There is no published snapshot at {path}.", advice="Run: sms24 run, or sms24 demo."
        )
    try:
        connection = duckdb.connect(str(path), read_only=True, config=_LOCKED_DOWN)
    except duckdb.Error as error:
        raise UsageError(f"The snapshot {path} cannot be opened: {error}") from None
    try:
        connection.execute("set timezone = 'UTC'")
        connection.execute("set enable_progress_bar = false")
        if writes_to is not None:
            connection.execute(f"set allowed_directories = ['{_quoted(writes_to)}']")
            connection.execute(f"set disabled_optimizers = '{_KNOWS_NULLS}'")
        connection.execute("set enable_external_access = false")
        connection.execute("set lock_configuration = true")
        yield Snapshot(connection)
    finally:
        connection.close()


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")
