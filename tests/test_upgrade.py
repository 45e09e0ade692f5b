"""Folders that earlier versions of sms24 have left are brought up to date, and never half."""

import sqlite3
import stat
from contextlib import closing
from pathlib import Path
from typing import Any

import duckdb
import pendulum
import pytest

from pipeline.clock import HeldClock
from pipeline.errors import WarehouseError
from pipeline.ledger.ledger import look_into_ledger, open_ledger
from pipeline.run import Means, run_build
from pipeline.settings import Settings
from pipeline.warehouse.snapshot import open_snapshot
from pipeline.warehouse.store import FORMAT, look_into_warehouse, open_warehouse
from support.earlier import FIXTURES, put_back, shape, unpack

# Formats of the warehouse that had a version of their own, each with a folder of its time.
EARLIER = range(1, FORMAT)
CLOCK = HeldClock(pendulum.datetime(2026, 11, 4))


def unpacked(number: int, folder: Path) -> tuple[Settings, dict[str, Any]]:
    """Return a folder as a version with a format has left it, and what its tables said."""
    expected = unpack(number, folder / "data")
    settings = Settings(data_dir=folder / "data", timezone="Europe/Paris", report_periods=())
    return settings, expected


def test_every_earlier_format_has_a_folder() -> None:
    """There is a stored folder for each format that was before this one, and for no other."""
    found = {path.name for path in FIXTURES.glob("format_*.tar.xz")}
    assert found == {f"format_{number}.tar.xz" for number in EARLIER}


@pytest.mark.parametrize("number", EARLIER)
def test_a_folder_of_an_earlier_version_is_brought_up_to_date(number: int, tmp_path: Path) -> None:
    """Its tables say what they said; warehouse and ledger were copied first, as they were."""
    settings, expected = unpacked(number, tmp_path)
    before = settings.warehouse_path.read_bytes()
    run_build(settings, Means(clock=CLOCK))
    with open_snapshot(settings.snapshot_path) as snapshot:
        found = snapshot.frame(
            "select message_id, status, recipient_key from messages order by message_id"
        )
        daily = snapshot.frame(
            "select day, device_id, sim, outgoing, delivered, failed from delivery_daily"
            " order by all"
        )
    assert [list(row) for row in found.rows()] == expected["messages"]
    assert [[str(value) for value in row] for row in daily.rows()] == expected["delivery_daily"]
    backup = settings.data_dir / f"warehouse.duckdb.v{number}.bak"
    assert backup.read_bytes() == before
    assert stat.S_IMODE(backup.stat().st_mode) == 0o600
    with look_into_warehouse(settings.warehouse_path) as warehouse:
        assert warehouse.format() == FORMAT
        assert warehouse.scalar("select max_by(version, number) from raw.format")
    with open_ledger(settings.data_dir, CLOCK) as ledger:
        assert [tag.title for tag in ledger.tags.every()] == ["Clients"]
        assert ledger.contacts.counts(1) == {"saved": 1}


@pytest.mark.parametrize("number", EARLIER)
def test_an_upgrade_that_dies_is_begun_again(
    number: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Cut off after the copy or before the last step, the next command upgrades all the same."""
    settings, _ = unpacked(number, tmp_path)
    before = settings.warehouse_path.read_bytes()

    def dying(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    for name in ("script", "append"):
        with monkeypatch.context() as patch:
            patch.setattr(f"pipeline.warehouse.store.Warehouse.{name}", dying)
            with pytest.raises(KeyboardInterrupt), open_warehouse(settings.warehouse_path):
                pass
    assert (settings.data_dir / f"warehouse.duckdb.v{number}.bak").read_bytes() == before
    run_build(settings, Means(clock=CLOCK))
    with look_into_warehouse(settings.warehouse_path) as warehouse:
        assert warehouse.format() == FORMAT
    assert not list(settings.data_dir.glob("*.part"))


@pytest.mark.parametrize("number", EARLIER)
def test_a_warehouse_of_today_can_be_put_back(number: int, tmp_path: Path) -> None:
    """What the soak upgrades in its middle has the tables and columns of that format, exactly."""
    settings, _ = unpacked(number, tmp_path)
    with duckdb.connect(str(settings.warehouse_path), read_only=True) as connection:
        before = shape(connection, "warehouse")
    run_build(settings, Means(clock=CLOCK))
    put_back(settings.warehouse_path, number)
    with duckdb.connect(str(settings.warehouse_path), read_only=True) as connection:
        after = shape(connection, "warehouse")
        assert connection.sql("select number from raw.format").fetchall() == [(number,)]
    assert after == before
    assert after["raw.messages"]


def test_a_newer_warehouse_is_refused_for_reading_too(tmp_path: Path) -> None:
    """What a newer sms24 wrote is told in a sentence that names its format, and not touched."""
    settings, _ = unpacked(FORMAT - 1, tmp_path)
    with duckdb.connect(str(settings.warehouse_path)) as connection:
        connection.execute("insert into raw.format (number) values (99)")
    before = settings.warehouse_path.read_bytes()
    for opened in (open_warehouse, look_into_warehouse):
        with pytest.raises(WarehouseError, match=r"newer sms24 \(format 99\)"):
            opened(settings.warehouse_path).__enter__()
    assert settings.warehouse_path.read_bytes() == before
    assert not list(settings.data_dir.glob("*.bak"))


def test_the_ledger_of_a_folder_is_copied_before_its_upgrade(tmp_path: Path) -> None:
    """A ledger of version 1 is there as it was, beside the one of today."""
    settings, _ = unpacked(1, tmp_path)
    with look_into_ledger(settings.data_dir, CLOCK):
        pass
    with closing(sqlite3.connect(settings.data_dir / "contacts.sqlite.v1.bak")) as old:
        assert old.execute("pragma user_version").fetchone() == (1,)
