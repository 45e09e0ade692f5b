"""The scheduled job: twice is once, late changes are seen, readers are not disturbed."""

import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.emulator.faults import Faults
from pipeline.emulator.habits import Habits
from pipeline.errors import BusyError, GatewayError, WrongAccountError
from pipeline.extract.plan import Asking
from pipeline.run import run_build
from pipeline.transform.models import find_models
from pipeline.warehouse.lock import writer_lock
from pipeline.warehouse.store import open_warehouse
from support.account import NOW, Account, account

ABOUT_RUNS = {"runs", "snapshot_info"}
PUBLISHED = {model.name for model in find_models() if model.schema == "marts"}


@pytest.fixture
def known(tmp_path: Path) -> Iterator[Account]:
    """Serve an account of a thousand messages."""
    with account(tmp_path, messages=1000, window_rows=200) as served:
        yield served


def tables_of(known: Account) -> dict[str, list[object]]:
    """Return the rows of every published table that is not about runs."""
    return {name: known.rows(f"from {name}") for name in sorted(PUBLISHED - ABOUT_RUNS)}


def raw_sizes(known: Account) -> list[int]:
    """Return how many versions raw holds."""
    with open_warehouse(known.settings.warehouse_path) as warehouse:
        tables = ("raw.messages", "raw.devices", "raw.message_heads")
        return [warehouse.scalar(f"select count(*) from {table}") for table in tables]


def test_twice_is_once(known: Account) -> None:
    """A second run at the same instant writes no version and publishes equal tables."""
    known.run()
    tables, sizes = tables_of(known), raw_sizes(known)
    result = known.run()
    assert result.sync is not None
    assert result.sync.new_versions == 0
    assert raw_sizes(known) == sizes
    assert tables_of(known) == tables


def test_a_build_of_the_same_raw_is_the_same(known: Account) -> None:
    """Building again from the same raw gives equal tables."""
    known.run()
    tables = tables_of(known)
    run_build(known.settings, known.means())
    assert tables_of(known) == tables


def test_reading_everything_again_changes_nothing(known: Account) -> None:
    """Asking for the whole history once more writes no version."""
    known.run()
    sizes = raw_sizes(known)
    result = known.run(Asking(again=True))
    assert result.sync is not None
    assert result.sync.new_versions == 0
    assert raw_sizes(known) == sizes


def test_days_later_the_tables_are_the_new_truth(known: Account) -> None:
    """After each day of a week, run by run, every status is what it then is."""
    known.run()
    for _ in range(4):
        known.clock.advance(19 * 3600)
        known.run()
        now = known.clock.now()
        truth = {m.message_id: m.status for m in known.world.messages_at(now)}
        rows = known.rows("select message_id, status from messages")
        assert {row["message_id"]: row["status"] for row in rows} == truth


def test_a_second_run_asks_far_less(known: Account) -> None:
    """With nothing new, a run makes a few calls and not the first run's many."""
    first = known.run().sync
    second = known.run().sync
    assert first is not None
    assert second is not None
    assert second.calls < first.calls / 2


def test_since_is_the_floor(known: Account) -> None:
    """Nothing before --since is fetched, and the floor stays for later runs."""
    floor = NOW.subtract(days=10)
    known.run(Asking(since=floor, again=True))
    known.run()
    rows = known.rows("select min(created_at) as first, count(*) as n from messages")
    expected = [m for m in known.world.messages_at(NOW) if m.created_at >= floor]
    assert rows == [{"first": min(m.created_at for m in expected), "n": len(expected)}]


def test_a_run_of_another_process_is_refused(known: Account) -> None:
    """While the folder is held, a run ends at once and says who works."""
    with writer_lock(known.settings.data_dir), pytest.raises(BusyError, match="process"):
        known.run()


def test_an_open_reader_and_a_run_do_not_meet(known: Account) -> None:
    """A process that keeps the snapshot open reads the old one to the end; the run succeeds."""
    known.run()
    code = (
        "import duckdb, sys\n"
        f"c = duckdb.connect({str(known.settings.snapshot_path)!r}, read_only=True)\n"
        "count = lambda: c.execute('select count(*) from messages').fetchone()[0]\n"
        "print(count(), flush=True)\n"
        "sys.stdin.readline()\n"
        "print(count(), flush=True)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as reader:
        assert reader.stdout is not None
        before = reader.stdout.readline()
        known.clock.advance(36 * 3600)
        known.run()
        after, _ = reader.communicate("go on\n")
    assert (after, reader.returncode) == (before, 0)
    assert known.rows("select count(*) as n from messages")[0]["n"] > int(before)


def test_modes_keep_people_out_of_state_and_let_them_read_results(known: Account) -> None:
    """The warehouse, the keys and the inbox are private; the snapshot and reports are not."""
    report = known.run(report_periods=("last-28-days",)).reports[0]
    folder = known.settings.data_dir
    modes = {
        folder / "warehouse.duckdb": 0o600,
        folder / "keys": 0o600,
        folder / "inbox": 0o700,
        folder / "analytics.duckdb": 0o444,
        report: 0o644,
        report.parent: 0o755,
    }
    assert {path: stat.S_IMODE(path.stat().st_mode) for path in modes} == modes


def test_another_account_is_refused(known: Account, tmp_path: Path) -> None:
    """A login under which none of the devices and messages answers changes nothing."""
    known.run()
    before = known.settings.snapshot_path.read_bytes()
    with account(tmp_path / "other", messages=1000, seed=99) as other:
        for place, phone in enumerate(other.world.phones):
            object.__setattr__(phone, "device_id", 900 + place)
        for message in other.world.messages:
            message.message_id += 50_000_000
        with pytest.raises(WrongAccountError):
            known.run(base_url=other.settings.base_url)
    assert known.settings.snapshot_path.read_bytes() == before


def test_an_account_without_messages_is_a_good_run(tmp_path: Path) -> None:
    """An empty account is proven empty, published and reported."""
    with account(tmp_path, messages=0, days=1) as empty:
        empty.world.messages.clear()
        empty.world.created.clear()
        report = empty.run(report_periods=("last-28-days",)).reports[0]
        assert "The account has no outgoing message" in report.read_text("utf-8")
        assert empty.rows("select count(*) as n from failure_codes") == [{"n": 7}]


def test_a_silent_cap_is_met_by_halving(tmp_path: Path) -> None:
    """A gateway that cuts answers at 150 rows and counts honestly is read whole."""
    habits = Habits(row_cap=150)
    with account(tmp_path, messages=1000, habits=habits) as known:
        known.run()
        assert known.rows("select count(*) as n from messages") == [{"n": 1000}]


def test_every_published_column_has_a_comment(known: Account) -> None:
    """Each table and each column of the snapshot explains itself."""
    known.run()
    tables = known.rows("select table_name, comment from duckdb_tables()")
    assert {row["table_name"] for row in tables} == PUBLISHED
    assert [row for row in tables if not row["comment"]] == []
    columns = known.rows("from duckdb_columns() where not internal")
    assert [row for row in columns if not row["comment"]] == []


def test_what_landed_before_a_gateway_failed_is_published(tmp_path: Path) -> None:
    """A gateway that fails while its habits are measured: what came is there, nothing is proven."""
    asked = iter(range(10**6))
    faults = Faults(rule=lambda _endpoint, _fields: "500" if next(asked) > 75 else None)
    with account(tmp_path, messages=1000, faults=faults) as known:
        with pytest.raises(GatewayError):
            known.run()
        assert known.rows("select count(*) as n from messages")[0]["n"] > 0
        assert known.rows("from coverage where is_proven") == []
        faults.off()
        known.run()
        assert known.rows("select count(*) as n from messages") == [{"n": 1000}]
