"""The engines: each reads an export as it is, with its own words and nothing else."""

import re
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path
from typing import Any

from pipeline.warehouse.manifest import Manifest

Answer = list[tuple[Any, ...]]


class Engine:
    """Something that answers SQL about the tables of an export.

    Attributes:
        name: what it is, with its version.
        micros: a time as microseconds since 1970; a wall clock as if it were UTC.
        length: a text's length in characters.
    """

    name: str
    micros: str
    length: str

    def ask(self, question: str) -> Answer:
        """Return the rows of a question, in an order of their own, numbers as Python has them."""
        words = {"micros": self.micros, "length": self.length}
        sql = re.sub(r"\{(\w+):([^}]+)\}", lambda found: words[found[1]].format(found[2]), question)
        rows = [tuple(map(_plain, row)) for row in self.rows(sql)]
        return sorted(rows, key=repr)

    def close(self) -> None:
        """Give back what it holds."""

    def rows(self, sql: str) -> Iterable[Iterable[Any]]:
        """Return the rows of a select in this engine's dialect."""
        raise NotImplementedError


class DuckDb(Engine):
    """The snapshot itself, or the export as DuckDB reads it: what the others must equal."""

    micros = "epoch_us({})"
    length = "length({})"

    def __init__(self, folder: Path, manifest: Manifest, snapshot: Path | None = None) -> None:
        import duckdb

        self.name = "the snapshot" if snapshot else f"DuckDB {duckdb.__version__}"
        self._connection = duckdb.connect()
        self._connection.execute("set timezone = 'UTC'")
        if snapshot:
            self._connection.execute(f"attach '{snapshot}' as snapshot (read_only)")
        for table in manifest.tables:
            month = f", date_trunc('month', \"{table.month_of}\")::date as month"
            files = f"read_parquet('{folder / table.folder}/**/*.parquet')"
            self._connection.execute(
                f'create view "{table.name}" as select *{month if table.month_of else ""}'
                f' from snapshot.main."{table.name}"'
                if snapshot
                else f'create view "{table.name}" as from {files}'
            )

    def rows(self, sql: str) -> Iterable[Iterable[Any]]:
        """Ask DuckDB."""
        return self._connection.execute(sql.replace("`", '"')).fetchall()


class ClickHouse(Engine):
    """ClickHouse, in this process: the table function `file` on each folder."""

    micros = "toUnixTimestamp64Micro({})"
    length = "lengthUTF8({})"

    def __init__(self, folder: Path, manifest: Manifest) -> None:
        from chdb.session import Session

        self._session = Session()
        version = self._session.query("select version()", "CSV").data().strip().strip('"')
        self.name = f"ClickHouse {version}"
        for table in manifest.tables:
            files = f"file('{folder / table.folder}/**/*.parquet')"
            self._session.query(f"create view `{table.name}` as select * from {files}")

    def rows(self, sql: str) -> Iterable[Iterable[Any]]:
        """Ask ClickHouse."""
        import pyarrow.ipc

        answer = self._session.query(sql, "ArrowStream").bytes()
        table = pyarrow.ipc.open_stream(answer).read_all()
        return zip(*(column.to_pylist() for column in table.columns), strict=True)

    def close(self) -> None:
        """Forget the tables."""
        self._session.close()


class Spark(Engine):
    """Spark in local mode: `read.parquet` on each folder."""

    micros = "unix_micros(cast({} as timestamp))"
    length = "length({})"

    def __init__(self, folder: Path, manifest: Manifest) -> None:
        from pyspark.sql import SparkSession

        self._spark = (
            SparkSession.builder.master("local[*]")
            .config("spark.sql.session.timeZone", "UTC")
            .config("spark.driver.bindAddress", "127.0.0.1")
            .config("spark.driver.host", "127.0.0.1")
            .config("spark.driver.memory", "3g")
            .config("spark.ui.enabled", "false")
            .config("spark.ui.showConsoleProgress", "false")
            .config("spark.log.level", "ERROR")
            .getOrCreate()
        )
        self.name = f"Spark {self._spark.version}"
        for table in manifest.tables:
            read = self._spark.read.parquet(str(folder / table.folder))
            read.createOrReplaceTempView(table.name)

    def rows(self, sql: str) -> Iterable[Iterable[Any]]:
        """Ask Spark."""
        return self._spark.sql(sql).collect()

    def close(self) -> None:
        """End the session."""
        self._spark.stop()


def _plain(value: Any) -> Any:
    if isinstance(value, bytes):
        return value.decode()
    return int(value) if isinstance(value, Decimal) else value
