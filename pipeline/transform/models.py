"""The models: the SQL files of `sql/`, each one select, each folder a floor and a schema."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from pipeline.errors import UsageError
from pipeline.paths import resource_folder
from pipeline.warehouse.parse import tables_read

SCHEMAS = {"1_staging": "staging", "2_core": "core", "3_marts": "marts"}
_CREATED = re.compile(r"create (?:table if not exists|or replace view) ([a-z_]+\.[a-z_]+)")
# Made by a build itself, before core.
_LOOKED_UP = frozenset({"lookup.zones", "lookup.regions"})
_FLOORS = {"raw": 0, "lookup": 0, "seeds": 0, "staging": 1, "core": 2, "marts": 3}


class Refresh(StrEnum):
    """What of a table is made anew when something has changed.

    WHOLE: all of it. VERSION: the rows of versions that have landed since are appended.
    MESSAGE: the rows of the messages that have changed. DAY: the rows of the days of those; a row
    must depend on nothing but the messages of its day and of the three days before. IMPORT: the
    rows of the imports of contacts that were copied anew.
    """

    WHOLE = "whole"
    VERSION = "by version"
    MESSAGE = "by message"
    DAY = "by day"
    IMPORT = "by import"


@dataclass(frozen=True, slots=True)
class Model:
    """One file of SQL that becomes one table.

    Attributes:
        path: the file.
        schema: the folder's schema: `staging`, `core` or `marts`.
        sentence: what it is, from the header.
        grain: what one row is, from the header.
        key: the columns that no two rows have alike.
        refresh: what of it is made anew after a change.
        reads: the tables that the header says it reads.
        note: what a reader should know, or an empty text.
        sql: the whole file; a bare select.
    """

    path: Path
    schema: str
    sentence: str
    grain: str
    key: tuple[str, ...]
    refresh: Refresh
    reads: tuple[str, ...]
    note: str
    sql: str

    @property
    def name(self) -> str:
        """The table's name without its schema."""
        return self.path.stem

    @property
    def table(self) -> str:
        """The table's qualified name."""
        return f"{self.schema}.{self.name}"

    @property
    def description(self) -> str:
        """What the published table says of itself."""
        return " ".join(filter(None, (self.sentence, f"Grain: {self.grain}", self.note)))


def find_models(root: Path | None = None) -> list[Model]:
    """Return the models in the order of the build: floor by floor, then by name."""
    folder = root or resource_folder("sql")
    return [
        _read_model(path, schema)
        for floor, schema in SCHEMAS.items()
        for path in sorted((folder / floor).glob("*.sql"))
    ]


def find_checks(kind: str) -> list[Path]:
    """Return the files of the checks of a kind: `fail` or `warn`."""
    return sorted((resource_folder("sql") / "checks").glob(f"{kind}__*.sql"))


def known_tables() -> frozenset[str]:
    """Return the tables that are there before any model is built, qualified."""
    root = resource_folder("sql")
    text = "".join(
        (root / "0_raw" / name).read_text("utf-8") for name in ("tables.sql", "views.sql")
    )
    seeds = {f"seeds.{path.stem}" for path in (root / "seeds").glob("*.csv")}
    return frozenset(_CREATED.findall(text)) | seeds | _LOOKED_UP


def prove_floors(models: Iterable[Model], known: Iterable[str]) -> None:
    """Raise UsageError, with file and line, for a model that reads what it must not.

    Args:
        models: all of them, in the order of the build.
        known: the tables that are there before any model is built, qualified.
    """
    tables = {*known, *(model.table for model in models)}
    for model in models:
        try:
            reads = tables_read(model.sql)
        except ValueError as error:
            raise UsageError(f"{model.path} is not one select: {error}.") from None
        for table in sorted(reads):
            if table not in tables:
                raise UsageError(f"{_place(model, table)} reads {table}, which does not exist.")
            if _FLOORS[table.partition(".")[0]] >= _FLOORS[model.schema]:
                raise UsageError(
                    f"{_place(model, table)} reads {table}, which is not of a lower folder."
                )
        if reads != set(model.reads):
            raise UsageError(f"{model.path} reads other tables than its header says.")


def _place(model: Model, table: str) -> str:
    lines = model.sql.splitlines()
    code = (number for number, line in enumerate(lines, 1) if not line.startswith("--"))
    line = next((number for number in code if table in lines[number - 1]), 1)
    return f"{model.path}:{line}"


def _read_model(path: Path, schema: str) -> Model:
    sql = path.read_text(encoding="utf-8")
    header = re.match(r"(?:--.*\n)+", sql)
    text = header.group() if header else ""
    parts = re.split(r"^-- (Grain|Key|Refresh|Reads|Note): ", text, flags=re.MULTILINE)
    given = dict(zip(parts[1::2], map(_joined, parts[2::2]), strict=True))
    if not parts[0].strip() or not {"Grain", "Key", "Reads"} <= set(given):
        raise UsageError(f"The model {path} has no header of what it is, its grain, key and reads.")
    return Model(
        path=path,
        schema=schema,
        sentence=_joined(parts[0]),
        grain=given["Grain"],
        key=tuple(given["Key"].split(", ")),
        refresh=Refresh(given.get("Refresh", "whole")),
        reads=() if given["Reads"] == "nothing" else tuple(given["Reads"].split(", ")),
        note=given.get("Note", ""),
        sql=sql,
    )


def _joined(lines: str) -> str:
    return " ".join(line.removeprefix("--").strip() for line in lines.splitlines()).strip()
