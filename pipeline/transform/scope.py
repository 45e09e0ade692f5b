"""Let a model see only what has changed, under the names that it always reads.

A model says `from core.messages`. To make anew the rows of a few messages, or days, the same text
runs where that name means only those: in a catalog of views beside the warehouse. The files know
nothing of it. A whole build is one in which everything has changed, part by part: what it holds in
memory does not grow with the history.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from pipeline.transform.models import Model, Refresh
from pipeline.warehouse.store import Warehouse, statement

# Messages of one part: whole row groups. What is left of one lies in a group of its own, and some
# later checkpoint writes those beside it anew, to join them.
PART_ROWS = 4 * 122_880
_CATALOGS = {
    Refresh.VERSION: "by_version",
    Refresh.MESSAGE: "by_message",
    Refresh.DAY: "by_day",
    Refresh.IMPORT: "by_import",
}
_PART = "where part = getvariable('part')"
_MESSAGES = f"semi join (from temp.changed_messages {_PART}) as changed using (message_id)"
_IMPORTS = f"semi join (from temp.changed_imports {_PART}) as changed using (import_id)"
# A row of a day may depend on the three days before it.
_CONTEXT = f"""
    semi join (
        select day - step::integer as day
        from temp.changed_days cross join range(4) as steps (step) {_PART}
    ) as changed using (day)
"""  # noqa: S608 - our own names
_NARROW = {
    Refresh.VERSION: {
        "raw.versions": "where version_id > getvariable('staged_messages')",
        "raw.devices": "where version_id > getvariable('staged_devices')",
    },
    Refresh.MESSAGE: {
        "raw.events": _MESSAGES,
        "raw.message_heads": _MESSAGES,
        "staging.message_versions": _MESSAGES,
        "core.messages": _MESSAGES,
    },
    Refresh.DAY: {"core.messages": _CONTEXT},
    Refresh.IMPORT: {"raw.contact_imports": _IMPORTS, "raw.contact_import_rows": _IMPORTS},
}
_KEYS = {
    Refresh.MESSAGE: ("message_id", "changed_messages"),
    Refresh.DAY: ("day", "changed_days"),
    Refresh.IMPORT: ("import_id", "changed_imports"),
}


class Scope:
    """What a build makes anew, and the catalogs in which the names mean only that.

    Attributes:
        is_full: whether that is everything; then the tables are empty at first.
    """

    def __init__(self, warehouse: Warehouse, *, is_full: bool) -> None:
        self._warehouse = warehouse
        self._home = str(warehouse.scalar("select current_database()"))
        self.is_full = is_full
        self._parts: dict[Refresh, list[int]] = {}

    def place(self, model: Model) -> str:
        """Return the name of a model's table, with its catalog."""
        home = "marts.main" if model.schema == "marts" else f"{self._home}.{model.schema}"
        return f"{home}.{model.name}"

    def show(self, models: Iterable[Model]) -> None:
        """Make the views that models read in place of tables; those must be there."""
        for refresh, catalog in _CATALOGS.items():
            reads = {table for model in models if model.refresh is refresh for table in model.reads}
            for table in sorted(reads):
                schema, narrow = table.partition(".")[0], _NARROW[refresh].get(table, "")
                self._warehouse.execute(f"create schema if not exists {catalog}.{schema}")
                sql = f"from {self._home}.{table} {narrow}"
                self._warehouse.execute(f"create or replace view {catalog}.{table} as {sql}")

    def make(self, model: Model) -> None:
        """Make a table that is not there and has only what is made anew."""
        if len(self.parts(model.refresh)) == 1:
            self._fill(model, f"create table {self.place(model)} as")
        else:
            make_empty(self._warehouse, model, self.place(model))
            self.renew(model)

    def renew(self, model: Model) -> None:
        """Make anew the rows of a table that may have changed; not of one refreshed as a whole."""
        self._fill(model, f"insert into {self.place(model)} by name")

    def _fill(self, model: Model, into: str) -> None:
        if model.refresh is Refresh.VERSION:
            self._run(model, f"{into} {model.sql}")
            return
        key, changed = _KEYS[model.refresh]
        chosen = f"{key} in (select {key} from temp.{changed} {_PART})"  # noqa: S608 - our own
        rows = model.sql
        if model.refresh is Refresh.DAY:
            rows = f"select * from (\n{rows}\n) where {chosen}"  # noqa: S608 - our own file
        for part in self.parts(model.refresh):
            self._warehouse.execute("set variable part = $part", {"part": part})
            if not self.is_full:
                sql = f"delete from {self.place(model)} where {chosen}"  # noqa: S608 - our own
                self._warehouse.execute(sql)
            self._run(model, f"{into} {rows}")

    def parts(self, refresh: Refresh) -> list[int]:
        """Return the numbers of the parts in which messages, days or imports are made anew."""
        if refresh not in self._parts:
            sql = f"select distinct part from temp.{_KEYS[refresh][1]} order by part"  # noqa: S608 - our own names
            self._parts[refresh] = [row["part"] for row in self._warehouse.plain(sql)]
        return self._parts[refresh]

    def changed(self, model: Model) -> str:
        """Return the rows of a table that this build has made, as what follows `from`."""
        table = self.place(model)
        if self.is_full or model.refresh in {Refresh.WHOLE, Refresh.DAY}:
            return table
        if model.refresh is Refresh.MESSAGE:
            return f"{table} semi join temp.changed_messages using (message_id)"
        if model.refresh is Refresh.IMPORT:
            return f"{table} semi join temp.changed_imports using (import_id)"
        kind = "messages" if model.name == "message_versions" else "devices"
        return f"{table} where version_id > getvariable('staged_{kind}')"

    def note(self, name: str, sql: str) -> None:
        """Add to `changed_messages`, `_days` or `_imports` what a file of `sql/changed` selects."""
        given = {"part_rows": PART_ROWS, "is_full": self.is_full}
        text = statement(f"changed/{sql}")
        wanted = {key: value for key, value in given.items() if f"${key}" in text}
        self._warehouse.execute(f"insert into temp.{name} {text}", wanted)
        self._parts.clear()

    def part_days(self) -> None:
        """Part the days that were noted, or all, by how many messages they have."""
        given = {"part_rows": PART_ROWS, "is_full": self.is_full}
        sql = f"create or replace temp table parted as {statement('changed/part_days')}"
        self._warehouse.execute(sql, given)
        self._warehouse.execute("delete from temp.changed_days")
        self._warehouse.execute("insert into temp.changed_days from parted")
        self._parts.clear()

    @contextmanager
    def seeing(self, refresh: Refresh) -> Iterator[None]:
        """Let the names of tables mean only what has changed in them.

        After an error they still do, until the scope closes: an aborted transaction hears nothing.
        """
        self._warehouse.execute(f"use {_CATALOGS[refresh]}")
        yield
        self._warehouse.execute(f"use {self._home}")

    def _run(self, model: Model, sql: str) -> None:
        with self.seeing(model.refresh):
            self._warehouse.execute(sql)


@contextmanager
def open_scope(warehouse: Warehouse, *, is_full: bool) -> Iterator[Scope]:
    """Make the catalogs in which models see only what has changed, for as long as a build lasts."""
    home = str(warehouse.scalar("select current_database()"))
    try:
        warehouse.script(statement("changed/tables"))
        for catalog in _CATALOGS.values():
            warehouse.execute(f"attach ':memory:' as {catalog}")
        if is_full:
            # Else wide rows are laid into a hash table: so few are expected of the joins before.
            warehouse.execute("set disabled_optimizers = 'build_side_probe_side'")
        yield Scope(warehouse, is_full=is_full)
    finally:
        warehouse.execute("reset disabled_optimizers")
        warehouse.execute(f"use {home}")
        for catalog in _CATALOGS.values():
            warehouse.execute(f"detach database if exists {catalog}")


def make_empty(warehouse: Warehouse, model: Model, table: str) -> None:
    """Make the table of a model without rows.

    By its columns: one made of a select without rows, and filled by several threads in the same
    transaction, is taken for empty by whoever asks for more than its rows (DuckDB 2.0.0).
    """
    described = warehouse.plain(f"describe {model.sql}")
    columns = ", ".join(f'"{row["column_name"]}" {row["column_type"]}' for row in described)
    warehouse.execute(f"create table {table} ({columns})")
