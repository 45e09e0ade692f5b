"""The imports of contacts as they were copied of their plans and the ledger."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.warehouse.store import Warehouse, statement

if TYPE_CHECKING:
    import polars as pl

_NUMBERS = 100_000  # at once


@dataclass(slots=True)
class Copied:
    """What was copied of what has changed.

    Attributes:
        hashes: of numbers that were forgotten, what stands for them from now on.
        mark: how far the ledger had come, in its own words.
        imports: a row of `raw.contact_imports` for each import that was copied.
        rows: Parquet files with all rows of those imports.
    """

    hashes: Mapping[str, str]
    mark: str
    imports: list[dict[str, object]] = field(default_factory=list)
    rows: list[Path] = field(default_factory=list)


class HeldImports:
    """`raw.contact_imports` and `raw.contact_import_rows`.

    Args:
        scratch: a private folder for files that DuckDB reads.
    """

    def __init__(self, warehouse: Warehouse, scratch: Path) -> None:
        self._warehouse = warehouse
        self._scratch = scratch
        self._paths: list[Path] = []

    def mark(self) -> str | None:
        """Return how far the ledger had come when it was copied; None if it never was."""
        mark: str | None = self._warehouse.scalar("select mark from raw.copied")
        return mark

    def imports(self) -> dict[str, tuple[datetime | None, str | None]]:
        """Return when each import was last applied, and the trace of its rows."""
        rows = self._warehouse.rows("select import_id, applied_at, trace from raw.contact_imports")
        return {row["import_id"]: (row["applied_at"], row["trace"]) for row in rows}

    def numbers(self) -> Iterator[list[str]]:
        """Give the numbers that are held, many at a time."""
        sql = "select distinct e164 from raw.contact_import_rows where e164 is not null"
        for block in self._warehouse.frame(sql).iter_slices(_NUMBERS):
            yield block["e164"].to_list()

    def touched(self, changed: Sequence[tuple[str | None, str | None]]) -> set[str]:
        """Return the imports that have one of these contacts: key of the tag, number; None: all."""
        keys, numbers = [key for key, _ in changed], [number for _, number in changed]
        self._note("touched", {"tag_key": keys, "e164": numbers})
        rows = self._warehouse.rows(statement("0_raw/touched_imports"))
        return {row["import_id"] for row in rows}

    @contextmanager
    def scratch(self) -> Iterator[None]:
        """Let files be written that are gone at the end."""
        self._scratch.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            yield
        finally:
            for path in self._paths:
                path.unlink(missing_ok=True)

    def write(self, rows: "pl.DataFrame") -> Path:
        """Lay rows of an import down for `replace`; inside `scratch`."""
        path = self._scratch / f"imports-{len(self._paths)}.parquet.part"
        self._paths.append(path)
        rows.write_parquet(path, compression="uncompressed")
        return path

    def replace(self, copied: Copied) -> None:
        """Put what was copied in the place of what is held of the same imports."""
        import polars as pl  # noqa: PLC0415 - only who copies pays for polars

        run = self._warehouse.execute
        with self._warehouse.transaction():
            if copied.hashes:
                old, new = list(copied.hashes), list(copied.hashes.values())
                self._note("hashes", {"e164": old, "hashed": new})
                self._warehouse.script(statement("0_raw/forget_numbers"))
            ids = {"ids": [row["import_id"] for row in copied.imports]}
            for table in ("contact_imports", "contact_import_rows"):
                run(f"delete from raw.{table} where import_id in (select unnest($ids))", ids)  # noqa: S608 - our own names
            if copied.imports:
                times = {name: pl.Datetime("us", "UTC") for name in ("planned_at", "applied_at")}
                frame = pl.DataFrame(copied.imports, schema_overrides=times)
                self._warehouse.append_frame("raw.contact_imports", frame, self._scratch)
                run("insert into raw.unbuilt_imports select unnest($ids)", ids)
            if copied.rows:
                files = {"files": [str(path) for path in copied.rows]}
                sql = (
                    "insert into raw.contact_import_rows by name select * from read_parquet($files)"
                )
                run(sql, files)
            run("delete from raw.copied")
            self._warehouse.append("raw.copied", ("mark",), [(copied.mark,)])

    def note_trouble(self, sentences: Sequence[str]) -> None:
        """Keep what could not be read this time, for the table of warnings."""
        said = [(sentence,) for sentence in sentences]
        with self._warehouse.transaction():
            self._warehouse.execute("delete from raw.uncopied")
            self._warehouse.append("raw.uncopied", ("trouble",), said)

    def _note(self, name: str, columns: Mapping[str, Sequence[str | None]]) -> None:
        """Make a temporary table of texts."""
        import polars as pl  # noqa: PLC0415

        frame = pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.String))
        names = ", ".join(f"{column} varchar" for column in columns)
        self._scratch.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._warehouse.execute(f"create or replace temp table {name} ({names})")
        self._warehouse.append_frame(name, frame, self._scratch)
