"""The models: the SQL files of `sql/`, each one select, each folder a floor and a schema."""

import re
from dataclasses import dataclass
from pathlib import Path

from pipeline.errors import UsageError
from pipeline.paths import resource_folder

SCHEMAS = {"1_staging": "staging", "2_core": "core", "3_marts": "marts"}


@dataclass(frozen=True, slots=True)
class Model:
    """One file of SQL that becomes one table.

    Attributes:
        schema: the folder's schema: `staging`, `core` or `marts`.
        name: the file's name, and the table's.
        sentence: what it is, from the header.
        grain: what one row is, from the header.
        reads: the tables that the header says it reads.
        sql: the whole file; a bare select.
    """

    schema: str
    name: str
    sentence: str
    grain: str
    reads: tuple[str, ...]
    sql: str

    @property
    def table(self) -> str:
        """The table's qualified name."""
        return f"{self.schema}.{self.name}"


def find_models() -> list[Model]:
    """Return the models in the order of the build: floor by floor, then by name."""
    root = resource_folder("sql")
    return [
        _read_model(path, schema)
        for folder, schema in SCHEMAS.items()
        for path in sorted((root / folder).glob("*.sql"))
    ]


def find_checks(kind: str) -> list[Path]:
    """Return the files of the checks of a kind: `fail` or `warn`."""
    return sorted((resource_folder("sql") / "checks").glob(f"{kind}__*.sql"))


def _read_model(path: Path, schema: str) -> Model:
    sql = path.read_text(encoding="utf-8")
    header = re.match(r"(?:--.*\n)+", sql)
    text = header.group() if header else ""
    parts = re.split(r"^-- (Grain|Reads|Note): ", text, flags=re.MULTILINE)
    given = dict(zip(parts[1::2], map(_joined, parts[2::2]), strict=True))
    if not parts[0].strip() or not {"Grain", "Reads"} <= set(given):
        raise UsageError(f"The model {path} has no header of what it is, its grain and its reads.")
    reads = () if given["Reads"] == "nothing" else tuple(given["Reads"].split(", "))
    return Model(schema, path.stem, _joined(parts[0]), given["Grain"], reads, sql)


def _joined(lines: str) -> str:
    return " ".join(line.removeprefix("--").strip() for line in lines.splitlines()).strip()
