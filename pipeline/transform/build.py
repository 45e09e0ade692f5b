"""Build every model from raw, check the result, publish it: all of it, or nothing."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.clock import Clock
from pipeline.paths import resource_folder
from pipeline.progress import Progress
from pipeline.settings import Settings
from pipeline.transform.checks import run_checks
from pipeline.transform.models import SCHEMAS, Model, find_models
from pipeline.transform.phones import normalised
from pipeline.version import own_version
from pipeline.warehouse.keys import hash_key
from pipeline.warehouse.publish import publish
from pipeline.warehouse.store import Warehouse, statement

_COMMENTS = "column_comments"


@dataclass(frozen=True, slots=True)
class Built:
    """What a build published."""

    path: Path
    tables: int


def build(
    warehouse: Warehouse, settings: Settings, *, run_id: str, clock: Clock, progress: Progress
) -> Built:
    """Build, check and publish; CheckError leaves everything as it was."""
    models = find_models()
    progress.begin("Building tables", len(models))
    _set_variables(warehouse, settings, run_id=run_id, clock=clock)
    with warehouse.transaction():
        _load_seeds(warehouse)
        for schema in SCHEMAS.values():
            warehouse.execute(f"drop schema if exists {schema} cascade")
            warehouse.execute(f"create schema {schema}")
        for model in models:
            if model.schema == "core":
                _normalise_recipients(warehouse, settings.data_dir / "inbox")
            warehouse.execute(f"create table {model.table} as {model.sql}")
            progress.advance(1)
        run_checks(warehouse)
        marts = [model for model in models if model.schema == "marts"]
        comments = _comments(warehouse, marts)
    tables = [(model.name, f"{model.sentence} Grain: {model.grain}") for model in marts]
    publish(warehouse, tables, comments, settings.snapshot_path)
    return Built(settings.snapshot_path, len(tables))


def _set_variables(warehouse: Warehouse, settings: Settings, *, run_id: str, clock: Clock) -> None:
    """Give the models what they may read with `getvariable`."""
    proven = f"select max(end_at) from ({statement('0_raw/proven')})"  # noqa: S608 - our own file
    variables: dict[str, Any] = {
        "timezone": settings.timezone,
        "privacy": settings.privacy,
        "settle_hours": settings.settle_hours,
        "hash_key": hash_key(settings.data_dir).reveal(),
        "run_id": run_id,
        "version": own_version(),
        "built_at": clock.now(),
        "data_until": warehouse.scalar(proven),
    }
    for name, value in variables.items():
        warehouse.execute(f"set variable {name} = $value", {"value": value})


def _load_seeds(warehouse: Warehouse) -> None:
    warehouse.execute("drop schema if exists seeds cascade")
    warehouse.execute("create schema seeds")
    for path in sorted((resource_folder("sql") / "seeds").glob("*.csv")):
        create = f"create table seeds.{path.stem} as from read_csv($file, header = true)"
        warehouse.execute(create, {"file": str(path)})
    warehouse.load_zones()


def _normalise_recipients(warehouse: Warehouse, scratch: Path) -> None:
    """Look up the numbers that no earlier build has looked up."""
    import polars as pl  # noqa: PLC0415 - only a build pays for polars

    missing = warehouse.frame(statement("lookups/recipients_missing"))
    if missing.is_empty():
        return
    found = [normalised(sendto, region) for sendto, region in missing.iter_rows()]
    names = {"e164": pl.String, "country": pl.String}
    frame = missing.hstack(pl.DataFrame(found, schema=names, orient="row"))
    scratch.mkdir(mode=0o700, parents=True, exist_ok=True)
    warehouse.append_frame("lookup.recipients", frame, scratch)


def _comments(warehouse: Warehouse, models: list[Model]) -> dict[tuple[str, str], str]:
    """Return what each published column holds; a comment of its own table goes before `*`."""
    said = {
        (row["table"], row["column"]): row["comment"]
        for row in warehouse.rows(f"from seeds.{_COMMENTS}")
    }
    found: dict[tuple[str, str], str] = {}
    for model in models:
        for row in warehouse.rows(f"describe {model.table}"):
            column = row["column_name"]
            text = said.get((model.name, column)) or said.get(("*", column))
            if text:
                found[model.name, column] = text
    return found
