"""The tables of staging and core, in the warehouse: whole, or where something has changed."""

from collections.abc import Callable, Sequence
from pathlib import Path

from pipeline.paths import resource_folder
from pipeline.transform.models import Model, Refresh
from pipeline.transform.phones import look_up, unknown_recipients
from pipeline.transform.scope import Scope
from pipeline.warehouse.store import Warehouse, statement


class Core:
    """The tables below the marts; make them inside a transaction.

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

    def make(self) -> None:
        """Make every table from raw, the seeds too."""
        self._load_seeds()
        for schema in ("staging", "core"):
            self._warehouse.execute(f"drop schema if exists {schema} cascade")
            self._warehouse.execute(f"create schema {schema}")
        for model in self._staging:
            self._make_whole(model)
        self._look_up_regions()
        look_up(self._warehouse, unknown_recipients(self._warehouse), self._scratch)
        for model in self._core:
            self._make_whole(model)

    def renew(self, scope: Scope) -> None:
        """Make anew what has changed since the tables were made, and note what that was."""
        for name in ("messages", "devices"):
            sql = f"select coalesce(max(version_id), 0) from staging.{name[:-1]}_versions"  # noqa: S608
            self._set(f"staged_{name}", self._warehouse.scalar(sql))
        self._renew_all(self._staging, scope)
        self._look_up_regions()
        self._note("messages")
        self._note("days")
        with scope.seeing(Refresh.MESSAGE):
            unknown = unknown_recipients(self._warehouse)
        look_up(self._warehouse, unknown, self._scratch)
        self._renew_all(self._core, scope)
        self._add_days()
        self._note("context_days")

    def _renew_all(self, models: Sequence[Model], scope: Scope) -> None:
        for model in models:
            if model.refresh is Refresh.WHOLE:
                self._make_whole(model)
            else:
                scope.renew(model)
                self._advance()

    def _make_whole(self, model: Model) -> None:
        self._warehouse.execute(f"create or replace table {model.table} as {model.sql}")
        self._advance()

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

    def _note(self, name: str) -> None:
        self._warehouse.execute(f"delete from touched.{name}")  # noqa: S608 - our own name
        self._insert(name, statement(f"touched/{name}"))

    def _add_days(self) -> None:
        """Note the days that the messages touched have now, beside those that they had."""
        later = f"from ({statement('touched/days')}) as later"
        self._insert("days", f"{later} anti join touched.days using (day)")

    def _insert(self, name: str, rows: str) -> None:
        self._warehouse.execute(f"insert into touched.{name} {rows}")

    def _set(self, name: str, value: object) -> None:
        self._warehouse.execute(f"set variable {name} = $value", {"value": value})
