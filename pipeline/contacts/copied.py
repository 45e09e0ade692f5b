"""Copy what became of each import into the warehouse: what has changed of it, and nothing else.

An import is a plan. Its rows are those of the frozen plan; the state of those that were to be sent
is the ledger's. Of what a load changes meanwhile, the next copy takes the rest.
"""

import json
import sqlite3
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

import msgspec
import polars as pl

from pipeline.clock import Clock
from pipeline.errors import BusyError, UsageError, WarehouseError, is_disk_full
from pipeline.ledger.ledger import Ledger, ledger_path, look_into_ledger
from pipeline.ledger.values import Mark, key_of
from pipeline.warehouse.imports import Copied, HeldImports

_RUNS = "runs"
_BLOCK = 50_000  # rows
_ASKED = 10_000  # people per question to the ledger
_STALE = "contact_imports shows what was copied of it before."


class _DamagedPlanError(UsageError):
    """A plan cannot be read."""


class _Said(msgspec.Struct):
    """What `plan.json` says of an import."""

    tag: str
    file: str
    created_at: datetime


def copy_imports(
    held: HeldImports, data_dir: Path, clock: Clock, *, again: bool = False
) -> tuple[str, ...]:
    """Bring the imports of the warehouse up to date; `again` copies those without changes too.

    Returns a sentence for whatever cannot be read: it stops nothing, and what was copied of it
    before stays. So does an import whose plan is gone.
    """
    notes: list[str] = []
    if not ledger_path(data_dir).exists() and not (data_dir / _RUNS).is_dir():
        held.note_trouble(notes)
        return ()
    try:
        with look_into_ledger(data_dir, clock) as ledger:
            notes = _Copier(held, ledger, data_dir / _RUNS).copy(again=again)
    except WarehouseError:
        raise
    except (UsageError, BusyError, sqlite3.DatabaseError) as error:
        if is_disk_full(error):
            raise
        said = str(error).rstrip(".")
        notes = [f"The ledger of contacts cannot be read ({said}); {_STALE}"]
    held.note_trouble(notes)
    return tuple(notes)


class _Copier:
    """One copy of what has changed."""

    def __init__(self, held: HeldImports, ledger: Ledger, runs: Path) -> None:
        self._held = held
        self._changes = ledger.changes
        self._runs = runs
        self._forgotten = self._changes.forgotten()
        self._notes: list[str] = []

    def copy(self, *, again: bool) -> list[str]:
        # What changes after this is copied now or next time, or both.
        mark, before = self._changes.mark(), self._before()
        applied = {plan: datetime.fromisoformat(at) for plan, at in self._changes.applied().items()}
        traces = dict(self._traces())
        held = self._held.imports()
        chosen = {
            plan
            for plan, trace in traces.items()
            if again or before is None or held.get(plan) != (applied.get(plan), trace)
        }
        for changed in self._changes.since(before) if before else ():
            chosen |= self._held.touched(changed) & traces.keys()
        hashes = self._hashes() if before is None or before.forgotten != mark.forgotten else {}
        if not chosen and not hashes and mark == before:
            return self._notes
        copied = Copied(hashes=hashes, mark=msgspec.json.encode(mark).decode())
        with self._held.scratch():
            for plan in sorted(chosen):
                self._add(copied, plan, traces[plan], applied.get(plan))
            self._held.replace(copied)
        return self._notes

    def _before(self) -> Mark | None:
        """Return how far the ledger was when it was copied; None if all must be copied."""
        text = self._held.mark()
        mark = msgspec.json.decode(text, type=Mark) if text else None
        return mark if mark and self._changes.is_later_than(mark) else None

    def _traces(self) -> Iterator[tuple[str, str]]:
        """Give each plan with a text that differs once its rows were written anew."""
        for path in sorted(self._runs.glob("[!.]*/plan.json")):
            rows = path.with_name("rows.parquet")
            if rows.is_file():
                seen = rows.stat()
                yield path.parent.name, f"{seen.st_size} {seen.st_mtime_ns}"

    def _hashes(self) -> dict[str, str]:
        """Return the hash of each number that is held and was forgotten."""
        found: dict[str, str] = {}
        for numbers in self._held.numbers() if self._forgotten else ():
            found |= self._changes.hashed(numbers, self._forgotten)
        return found

    def _add(self, copied: Copied, plan: str, trace: str, applied_at: datetime | None) -> None:
        """Write the rows of one plan; one that cannot be read is left out whole."""
        folder = self._runs / plan
        try:
            said = _said(folder)
            blocks = (self._settled(block, plan, said.tag) for block in _blocks(folder))
            copied.rows += [self._held.write(block) for block in blocks]
        except _DamagedPlanError as error:
            self._notes.append(f"{error}; {_STALE}")
            return
        copied.imports.append(
            {
                "import_id": plan,
                "file_name": Path(said.file).name,
                "tag": said.tag,
                "planned_at": said.created_at,
                "applied_at": applied_at,
                "tag_key": key_of(said.tag),
                "trace": trace,
            }
        )

    def _settled(self, block: pl.DataFrame, plan: str, title: str) -> pl.DataFrame:
        """Return a block with what became of those that were to be sent."""
        numbers = block["e164"].to_list()
        hashes = self._changes.hashed((e164 for e164 in numbers if e164), self._forgotten)
        names = [hashes.get(e164, e164) for e164 in numbers]
        states, reasons = block["state"].to_list(), block["reason"].to_list()
        ready = [at for at, state in enumerate(states) if state == "ready"]
        for begin in range(0, len(ready), _ASKED):
            asked = ready[begin : begin + _ASKED]
            found = self._changes.standings(title, plan, [names[at] for at in asked])
            for at in asked:
                standing = found.get(names[at])
                states[at] = standing.state if standing else "pending"
                reasons[at] = standing.reason if standing else None
        columns = {"e164": names, "state": states, "reason": reasons}
        return block.with_columns(
            pl.lit(plan).alias("import_id"),
            *(pl.Series(name, values, pl.String) for name, values in columns.items()),
        )


def _said(folder: Path) -> _Said:
    try:
        return msgspec.json.decode((folder / "plan.json").read_bytes(), type=_Said)
    except (OSError, msgspec.MsgspecError) as error:
        raise _DamagedPlanError(f"The plan {folder.name} cannot be read ({error})") from None


def _blocks(folder: Path) -> Iterator[pl.DataFrame]:
    """Yield the contacts of a plan's rows: line, contact, e164, state, reason.

    A row has one, unless it has several numbers and all were asked for; one without a number has
    one too. The state is the disposition.
    """
    rows = pl.scan_parquet(folder / "rows.parquet")
    begin = 0
    while True:
        try:
            block = rows.slice(begin, _BLOCK).select(_ROWS).collect()
        except (OSError, pl.exceptions.PolarsError) as error:
            if is_disk_full(error):
                raise
            raise _DamagedPlanError(f"The plan {folder.name} cannot be read ({error})") from None
        if block.is_empty():
            return
        begin += block.height
        yield _by_contact(block)


_ROWS: Sequence[pl.Expr] = (
    pl.col("line"),
    pl.lit(1, pl.Int64).alias("contact"),
    pl.col("e164"),
    pl.col("disposition").alias("state"),
    pl.coalesce("code", "detail").alias("reason"),
    pl.col("several"),
)


def _by_contact(block: pl.DataFrame) -> pl.DataFrame:
    """Return a row for each contact, in the order of the file."""
    alone = block.filter(pl.col("several").is_null()).drop("several")
    found = [
        (line, at, e164, state, detail or None)
        for line, several in block.select("line", "several").drop_nulls().iter_rows()
        for at, (e164, _, state, detail) in enumerate(json.loads(several), start=1)
    ]
    more = pl.DataFrame(found, schema=alone.schema, orient="row")
    return pl.concat([alone, more]).sort("line", "contact")
