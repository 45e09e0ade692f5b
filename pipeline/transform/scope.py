"""Let a model see only what has changed, under the names that it always reads.

A model says `from core.messages`. To make anew the rows of a few messages, or days, the same text
runs where that name means only those: in a catalog of views beside the warehouse. The files know
nothing of it, and an unchanged file gives the whole table where the whole is asked.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from pipeline.transform.models import Model, Refresh
from pipeline.warehouse.store import Warehouse

_CATALOGS = {
    Refresh.VERSION: "by_version",
    Refresh.MESSAGE: "by_message",
    Refresh.DAY: "by_day",
}
_MESSAGES = "semi join {home}.touched.messages as touched using (message_id)"
_NARROW = {
    Refresh.VERSION: {
        "raw.messages": "where version_id > getvariable('staged_messages')",
        "raw.devices": "where version_id > getvariable('staged_devices')",
    },
    Refresh.MESSAGE: {
        "raw.message_heads": _MESSAGES,
        "staging.message_versions": _MESSAGES,
        "core.messages": _MESSAGES,
    },
    Refresh.DAY: {
        "core.messages": "semi join {home}.touched.context_days as touched using (day)",
    },
}
_KEYS = {Refresh.MESSAGE: ("message_id", "messages"), Refresh.DAY: ("day", "days")}


class Scope:
    """Catalogs of views on what has changed since the last build."""

    def __init__(self, warehouse: Warehouse, home: str) -> None:
        self._warehouse = warehouse
        self._home = home

    def renew(self, model: Model) -> None:
        """Make anew the rows of a table that may have changed; not of one refreshed as a whole."""
        home = "marts.main" if model.schema == "marts" else f"{self._home}.{model.schema}"
        target, rows = f"{home}.{model.name}", model.sql
        if model.refresh in _KEYS:
            key, touched = _KEYS[model.refresh]
            chosen = f"{key} in (select {key} from {self._home}.touched.{touched})"  # noqa: S608
            self._warehouse.execute(f"delete from {target} where {chosen}")  # noqa: S608
            if model.refresh is Refresh.DAY:
                rows = f"select * from (\n{rows}\n) where {chosen}"  # noqa: S608 - our own file
        with self.seeing(model.refresh):
            self._warehouse.execute(f"insert into {target} by name {rows}")

    def changed(self, model: Model) -> str:
        """Return the rows of a table that this build has made, as what follows `from`."""
        home = "marts.main" if model.schema == "marts" else f"{self._home}.{model.schema}"
        table = f"{home}.{model.name}"
        if model.refresh is Refresh.MESSAGE:
            return f"{table} {_MESSAGES.format(home=self._home)}"
        if model.refresh is Refresh.VERSION:
            kind = "messages" if model.name == "message_versions" else "devices"
            return f"{table} where version_id > getvariable('staged_{kind}')"
        return table

    @contextmanager
    def seeing(self, refresh: Refresh) -> Iterator[None]:
        """Let the names of tables mean only what has changed in them.

        After an error they still do, until the scope closes: an aborted transaction hears nothing.
        """
        self._warehouse.execute(f"use {_CATALOGS[refresh]}")
        yield
        self._warehouse.execute(f"use {self._home}")


@contextmanager
def open_scope(warehouse: Warehouse, models: Iterable[Model]) -> Iterator[Scope]:
    """Make the views that the models will read in place of tables, for as long as a build lasts."""
    home = str(warehouse.scalar("select current_database()"))
    chosen = [model for model in models if model.refresh in _CATALOGS]
    try:
        for refresh, catalog in _CATALOGS.items():
            warehouse.execute(f"attach ':memory:' as {catalog}")
            for table in {t for model in chosen if model.refresh is refresh for t in model.reads}:
                _show(warehouse, home, table, refresh)
        yield Scope(warehouse, home)
    finally:
        warehouse.execute(f"use {home}")
        for catalog in _CATALOGS.values():
            warehouse.execute(f"detach database if exists {catalog}")


def _show(warehouse: Warehouse, home: str, table: str, refresh: Refresh) -> None:
    catalog, schema = _CATALOGS[refresh], table.partition(".")[0]
    condition = _NARROW[refresh].get(table, "").format(home=home)
    warehouse.execute(f"create schema if not exists {catalog}.{schema}")
    warehouse.execute(f"create view {catalog}.{table} as from {home}.{table} {condition}")
