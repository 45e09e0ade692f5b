"""Build the tables from raw, check them, publish them: all of it, or nothing.

What has changed since the last build is made anew and nothing else, unless there was none, or its
models or settings were others: then everything is.
"""

import hashlib
from contextlib import nullcontext
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

from pipeline.clock import Clock
from pipeline.errors import WarehouseError
from pipeline.futures import beside
from pipeline.paths import resource_folder
from pipeline.progress import Progress
from pipeline.settings import Settings
from pipeline.transform.checks import keep_warnings, run_checks
from pipeline.transform.contract import check_contract, check_keys, contract
from pipeline.transform.core import Core
from pipeline.transform.models import Refresh, find_models, known_tables, prove_floors
from pipeline.transform.own import build_own
from pipeline.transform.scope import Scope, open_scope
from pipeline.version import own_version
from pipeline.warehouse.keys import hash_key
from pipeline.warehouse.publish import attached, comment, copy_published, draft_of, trace_of
from pipeline.warehouse.store import Warehouse, statement

_FOLDERS = ("1_staging", "2_core", "3_marts", "lookups", "seeds", "changed")
_FILES = ("0_raw/intervals.sql", "0_raw/macros.sql", "columns.csv")


@dataclass(frozen=True, slots=True)
class Built:
    """What a build published.

    Attributes:
        path: the snapshot.
        notes: what the person who reads the output should know.
    """

    path: Path
    notes: tuple[str, ...]


def build(
    warehouse: Warehouse,
    settings: Settings,
    *,
    run_id: str,
    clock: Clock,
    progress: Progress,
    full: bool = False,
) -> Built:
    """Build, check and publish; `full` makes everything anew, also what has not changed.

    CheckError leaves the published snapshot as it was.
    """
    builder = _Builder(warehouse, settings, run_id, clock, progress)
    try:
        return builder.build(full=full)
    except WarehouseError:
        if full:
            raise
        # The copy of the last snapshot may be what is damaged: made anew, it is not needed.
        return builder.build(full=True)


class _Builder:
    """One build of the tables of one warehouse."""

    def __init__(
        self,
        warehouse: Warehouse,
        settings: Settings,
        run_id: str,
        clock: Clock,
        progress: Progress,
    ) -> None:
        self._warehouse = warehouse
        self._settings = settings
        self._run_id = run_id
        self._clock = clock
        self._progress = progress
        self._models = find_models()
        self._marts = [model for model in self._models if model.schema == "marts"]
        lower = [model for model in self._models if model.schema != "marts"]
        scratch = settings.data_dir / "inbox"
        self._core = Core(warehouse, lower, scratch, lambda: progress.advance(1))

    def build(self, *, full: bool) -> Built:
        self._progress.begin("Building tables", len(self._models))
        self._set_variables()
        (last,) = self._warehouse.rows("from raw.built") or [{}]
        fingerprint = self._fingerprint()
        is_same = last.get("fingerprint") == fingerprint
        target = self._settings.snapshot_path
        is_full = full or not is_same or trace_of(target) != last["snapshot"]
        if not is_same:
            prove_floors(self._models, known_tables())
        with open_scope(self._warehouse, is_full=is_full) as scope:
            if is_full:
                self._start_anew()
            scope.show(self._models)
            with draft_of(target) as draft:
                copying = partial(copy_published, target, draft)
                with nullcontext() if is_full else beside(copying):
                    self._build_core(scope)
                with attached(self._warehouse, draft), self._warehouse.transaction():
                    self._build_marts(scope)
                    run_checks(self._warehouse)
                    keep_warnings(self._warehouse)
                    self._warehouse.execute("drop schema if exists marts.my cascade")
                    self._warehouse.execute("create schema marts.my")
                notes = build_own(draft, self._settings.models_dir)
        self._remember(fingerprint, trace_of(target))
        return Built(target, notes)

    def _start_anew(self) -> None:
        with self._warehouse.transaction():
            self._warehouse.execute("delete from raw.built")
            self._core.start_anew()

    def _build_core(self, scope: Scope) -> None:
        with self._warehouse.transaction():
            self._core.renew(scope)
            scope.note("changed_imports", "imports")
            check_keys(self._warehouse, self._core.models, scope)
            # Until all of it is published, the next build makes everything anew.
            self._warehouse.execute("delete from raw.built")
            self._warehouse.execute("delete from raw.unbuilt")
            self._warehouse.execute("delete from raw.unbuilt_imports")

    def _set_variables(self) -> None:
        """Give the models what they may read with `getvariable`."""
        proven = f"select max(end_at) from ({statement('0_raw/proven')})"  # noqa: S608 - our own
        # Where nothing is proven, the data reach as far as was asked, with holes.
        asked = "select settled_until from raw.horizon"
        variables: dict[str, Any] = {
            "timezone": self._settings.timezone,
            "privacy": self._settings.privacy,
            "settle_hours": self._settings.settle_hours,
            "hash_key": hash_key(self._settings.data_dir).reveal(),
            "run_id": self._run_id,
            "version": own_version(),
            "built_at": self._clock.now(),
        }
        for name, value in variables.items():
            self._warehouse.execute(f"set variable {name} = $value", {"value": value})
        self._warehouse.execute(f"set variable data_until = coalesce(({proven}), ({asked}))")

    def _fingerprint(self) -> str:
        """Return a text that differs where the models, the zone or the privacy differ."""
        root = resource_folder("sql")
        files = [root / name for name in _FILES]
        files += [path for folder in _FOLDERS for path in sorted((root / folder).iterdir())]
        digest = hashlib.sha256()
        for path in files:
            digest.update(path.read_bytes())
        settings = self._settings
        key = hash_key(settings.data_dir).reveal()
        versions = (own_version(), version("phonenumbers"))
        given = (settings.timezone, settings.privacy, settings.settle_hours, key)
        for value in (*versions, *given):
            digest.update(f"\0{value}".encode())
        return digest.hexdigest()

    def _build_marts(self, scope: Scope) -> None:
        """Make the published tables in the draft, whole or where something has changed."""
        intervals = statement("0_raw/intervals")
        self._warehouse.script(intervals.replace("temp macro ", "macro marts.main."))
        made = [m for m in self._marts if scope.is_full or m.refresh is Refresh.WHOLE]
        for model in self._marts:
            if model.refresh is Refresh.WHOLE:
                table = scope.place(model)
                self._warehouse.execute(f"create or replace table {table} as {model.sql}")
            elif scope.is_full:
                scope.make(model)
            else:
                scope.renew(model)
            self._progress.advance(1)
        check_contract(self._warehouse, self._models)
        check_keys(self._warehouse, self._marts, scope)
        for model in made:
            columns = ((column.name, column.comment) for column in contract()[model.table])
            comment(self._warehouse, scope.place(model), model.description, columns)

    def _remember(self, fingerprint: str, snapshot: str) -> None:
        self._warehouse.execute(
            """
            insert into raw.built
            select $fingerprint, $snapshot, getvariable('data_until')::timestamptz
            """,
            {"fingerprint": fingerprint, "snapshot": snapshot},
        )
