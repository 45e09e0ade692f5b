"""The tables of staging and core, in the warehouse: whole, or where something has changed."""

from collections.abc import Callable, Sequence
from pathlib import Path

from pipeline.paths import resource_folder
from pipeline.transform.models import Model, Refresh
from pipeline.transform.phones import look_up, unknown_recipients
from pipeline.transform.scope import Scope, make_empty
from pipeline.warehouse.store import Warehouse, statement


class Core:
    """The tables below the marts.

    Args:
        models: those of staging and core, in the order of the build.
        scratch: a private folder for files that DuckDB reads.
        advance: called after each model.
    """

    def __init__(
        self,
        warehouse: Warehouse,
        models: Sequence[Model],
        scratch: Path,
        advance: Callable[[], None],
    ) -> None:
        self.models = models
        self._warehouse = warehouse
        self._staging = [model for model in models if model.schema == "staging"]
        self._core = [model for model in models if model.schema == "core"]
        self._scratch = scratch
        self._advance = advance

    def start_anew(self) -> None:
        """Make every table, empty, and the seeds."""
        self._load_seeds()
        self._warehouse.execute("delete from lookup.recipients")
        for schema in ("staging", "core"):
            self._warehouse.execute(f"drop schema if exists {schema} cascade")
            self._warehouse.execute(f"create schema {schema}")
        for model in self._staging:
            make_empty(self._warehouse, model, model.table)
        self._look_up_regions()
        for model in self._core:
            make_empty(self._warehouse, model, model.table)

    def renew(self, scope: Scope) -> None:
        """Make anew what has changed since the tables were made; call it inside a transaction."""
        for name in ("messages", "devices"):
            sql = f"select coalesce(max(version_id), 0) from staging.{name[:-1]}_versions"  # noqa: S608 - our own names
            value = {"value": self._warehouse.scalar(sql)}
            self._warehouse.execute(f"set variable staged_{name} = $value", value)
        self._renew_all(self._staging, scope)
        self._look_up_regions()
        if scope.is_full:
            scope.note("changed_messages", "all_messages")
        else:
            scope.note("changed_messages", "messages")
            scope.note("changed_days", "days")
        self._look_up_recipients(scope)
        self._renew_all(self._core, scope)
        if not scope.is_full:
            scope.note("changed_days", "days")
        scope.part_days()

    def _renew_all(self, models: Sequence[Model], scope: Scope) -> None:
        for model in models:
            if model.refresh is Refresh.WHOLE:
                self._warehouse.execute(f"create or replace table {model.table} as {model.sql}")
            else:
                scope.renew(model)
            self._advance()

    def _look_up_recipients(self, scope: Scope) -> None:
        """Look up the numbers of the messages that have changed."""
        for part in scope.parts(Refresh.MESSAGE):
            self._warehouse.execute("set variable part = $part", {"part": part})
            with scope.seeing(Refresh.MESSAGE):
                unknown = unknown_recipients(self._warehouse)
            look_up(self._warehouse, unknown, self._scratch)

    def _load_seeds(self) -> None:
        self._warehouse.execute("drop schema if exists seeds cascade")
        self._warehouse.execute("create schema seeds")
        for path in sorted((resource_folder("sql") / "seeds").glob("*.csv")):
            create = f"create table seeds.{path.stem} as from read_csv($file, header = true)"
            self._warehouse.execute(create, {"file": str(path)})
        self._warehouse.load_zones()

    def _look_up_regions(self) -> None:
        sql = f"create or replace table lookup.regions as {statement('lookups/regions')}"
        self._warehouse.execute(sql)
