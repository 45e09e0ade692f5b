"""Reports over worlds of several zones, and what the messages themselves say of the same."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipeline.report.asked import Period
from pipeline.report.making import ask, make_report
from pipeline.report.model import Block, Details, Heat, Report, Text
from pipeline.report.tables import Table
from pipeline.warehouse.snapshot import open_snapshot
from support.account import account

LAST = date(2026, 11, 2)
ZONES = {"Europe/Paris": 7, "Asia/Kolkata": 8, "America/New_York": 9}
PERIODS = (
    Period(date(2026, 10, 6), LAST),
    Period(date(2026, 10, 12), date(2026, 10, 18)),
    Period(date(2026, 10, 31), LAST),
)

# Some that were delivered vanish at the gateway; nobody answered them.
SOME_GONE = """
    update messages set gone_at = due_at where status = 7 and message_id % 7 = 0
    and recipient_key not in (select recipient_key from messages where direction = 'incoming')
"""
_SNAPSHOTS: dict[str, Path] = {}


@pytest.fixture(scope="module", params=ZONES)
def reports(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> "list[Told]":
    """Give the reports of a world in its zone: all periods, for all phones and for the busiest."""
    zone = request.param
    if zone not in _SNAPSHOTS:
        folder = tmp_path_factory.mktemp("asked")
        with account(folder, messages=1500, seed=ZONES[zone], timezone=zone) as known:
            known.run()
            with changed(known.settings.snapshot_path, folder) as (path, connection):
                connection.execute(SOME_GONE)
            _SNAPSHOTS[zone] = path
    path = _SNAPSHOTS[zone]
    all_phones = [told(path, period) for period in PERIODS]
    busiest = all_phones[0].sent("mode(device_id)")[0][0]
    return all_phones + [told(path, period, busiest) for period in PERIODS]


@dataclass
class Told:
    """A report, and the snapshot it is about."""

    report: Report
    path: Path
    tables: dict[str, Table] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.tables = {table.ident: table for table in self.report.tables()}

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """Ask the snapshot; `$first` and the like, and `$device`, are those of the report."""
        known = self.report.parameters | {"zone": self.report.asked.timezone}
        (statement,) = self._connection.extract_statements(sql)
        given = {name: known[name] for name in statement.named_parameters}
        return self._connection.execute(sql, given).fetchall()

    @cached_property
    def _connection(self) -> duckdb.DuckDBPyConnection:
        copy = self.path.with_suffix(".asked")  # DuckDB opens a file in one way at a time
        if not copy.exists():
            shutil.copyfile(self.path, copy)
        connection = duckdb.connect(str(copy), read_only=True)
        connection.execute("set timezone = 'UTC'")
        return connection

    @cached_property
    def titles(self) -> dict[int, str | None]:
        """What each phone is called."""
        return dict(self.rows("select device_id, title from devices"))

    @cached_property
    def sims(self) -> dict[tuple[int, int], tuple[str | None, str | None]]:
        """The operator and the number of each SIM that is there now."""
        sql = "select device_id, sim, carrier, number from device_sims where is_current"
        return {row[:2]: row[2:] for row in self.rows(sql)}

    @cached_property
    def newsletters(self) -> dict[int, str]:
        """What each newsletter is called."""
        return dict(self.rows("select distinct newsletter_id, newsletter_title from messages"))

    def sent(self, what: str, rest: str = "") -> list[tuple[Any, ...]]:
        """Select something of the outgoing messages of the period and the filter."""
        return self.rows(
            f"select {what} from messages where direction = 'outgoing' and gone_at is null"
            " and day between $first::date and $last::date"
            f" and ($device::bigint is null or device_id = $device::bigint) {rest}"
        )

    def column(self, table: str, key: str) -> list[Any]:
        """Return the cells of a column."""
        found = self.tables[table]
        place = [column.key for column in found.columns].index(key)
        return [row[place] for row in found.rows]

    def columns(self, table: str, *keys: str) -> list[tuple[Any, ...]]:
        """Return the cells of some columns, row by row."""
        return list(zip(*(self.column(table, key) for key in keys), strict=True))

    def blocks(self, section: str) -> list[Block]:
        """Return the blocks of a section, those that open too."""
        (found,) = [part for part in self.report.sections if part.ident == section]
        return list(_flat(found.blocks))

    def heat(self, ident: str) -> Heat:
        """Return a table of shades."""
        blocks = [block for part in self.report.sections for block in _flat(part.blocks)]
        (found,) = [b for b in blocks if isinstance(b, Heat) and b.ident == ident]
        return found

    def said(self, section: str) -> list[str]:
        """Return the sentences of a section that stand alone."""
        return [block.words for block in self.blocks(section) if isinstance(block, Text)]


def _flat(blocks: tuple[Block, ...]) -> Iterator[Block]:
    for block in blocks:
        yield block
        if isinstance(block, Details):
            yield from _flat(block.blocks)


def told(
    path: Path, period: Period | None = None, device_id: int | None = None, kind: str = "delivery"
) -> Told:
    """Make a report of a snapshot."""
    with open_snapshot(path) as snapshot:
        asked = ask(snapshot, period, "en", device_id=device_id)
        return Told(make_report(snapshot, asked, kind), path)


@contextmanager
def changed(path: Path, folder: Path) -> Iterator[tuple[Path, duckdb.DuckDBPyConnection]]:
    """Give a copy of a snapshot, and a connection that changes it; read it afterwards."""
    copy = folder / "changed.duckdb"
    shutil.copyfile(path, copy)
    with duckdb.connect(str(copy)) as connection:
        connection.execute("set timezone = 'UTC'")
        yield copy, connection
