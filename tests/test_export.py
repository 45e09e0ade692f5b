"""The export: every table as it is, only what changed, and nothing of anybody else's."""

import json
import os
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest

from pipeline.cli.main import main
from pipeline.errors import UsageError
from support.account import account
from support.published import Published, published

SEPTEMBER = "messages/month=2026-09-01/part-0.parquet"
OCTOBER = "messages/month=2026-10-01/part-0.parquet"
NOVEMBER = "messages/month=2026-11-01/part-0.parquet"
NO_MONTH = "messages/month=__HIVE_DEFAULT_PARTITION__/part-0.parquet"
DEVICES = "devices/part-0.parquet"


@pytest.fixture
def made(tmp_path: Path) -> Published:
    """Return a small snapshot that was exported once."""
    found = published(tmp_path)
    found.export()
    return found


def names_in(folder: Path) -> list[str]:
    """Return the names in a folder."""
    return [path.name for path in folder.iterdir()]


def test_every_table_reads_back_as_it_is(tmp_path: Path) -> None:
    """Every table of a real account, hostile titles too, is the same to who reads its folder.

    The export of the next day's run leaves the months alone of which nothing changed.
    """
    with account(tmp_path, messages=800, days=60) as acc:
        acc.run()
        real = Published(acc.settings.snapshot_path, tmp_path / "out")
        real.export()
        real.assert_reads_back()
        acc.clock.advance(86_400)
        acc.run()
        written = real.export().written
    real.assert_reads_back()
    assert real.read("status_changes").height
    assert (NOVEMBER in written, SEPTEMBER in written) == (True, False)
    assert (real.folder / SEPTEMBER).exists()


def test_what_grows_lies_by_month(made: Published) -> None:
    """A table with a day has a folder per month, which reads as a date; any other is one file."""
    made.assert_reads_back()
    assert set(made.states()) == {"_tables.json", DEVICES, NO_MONTH, OCTOBER, SEPTEMBER}
    assert made.read("messages").schema["month"] == pl.Date
    months = made.read("messages").select("month", pl.col("day").dt.truncate("1mo").alias("of_day"))
    assert months["month"].equals(months["of_day"])
    assert {"month", "day"}.isdisjoint(made.read("devices").columns)


def test_every_column_may_be_null_in_every_file(made: Published) -> None:
    """A month without nulls has the columns of one with nulls: engines take one file for all."""
    with duckdb.connect() as connection:
        schema = f"parquet_schema('{made.folder}/messages/*/*.parquet')"
        words = connection.execute(
            f"select distinct repetition_type from {schema} where num_children is null"
        ).fetchall()
    assert words == [("OPTIONAL",)]


def test_a_second_export_writes_nothing(made: Published) -> None:
    """A file whose rows are the same keeps its inode and its time, and so does the list."""
    before = made.states()
    again = made.export()
    assert (again.written, again.removed) == ((), ())
    assert made.states() == before


def test_rows_in_another_order_are_the_same_rows(made: Published) -> None:
    """The order in which a build wrote its rows rewrites nothing."""
    made.change("create or replace table messages as from messages order by title desc")
    assert made.export().written == ()


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ("update messages set title = 'other' where message_id = 3", SEPTEMBER),
        ("delete from messages where message_id = 20", OCTOBER),
        ("insert into messages from messages where message_id = 20", OCTOBER),
        ("update messages set title = null where day is null", NO_MONTH),
        ("update devices set title = 'Front desk'", DEVICES),
    ],
)
def test_one_change_rewrites_one_file(made: Published, change: str, path: str) -> None:
    """A row changed, gone or doubled rewrites the file of its month and no other."""
    before = made.states()
    made.change(change)
    assert made.export().written == (path,)
    after = made.states()
    assert {name for name in after if after[name] != before[name]} == {path, "_tables.json"}
    made.assert_reads_back()


def test_two_rows_that_swap_a_value_have_changed(made: Published) -> None:
    """The fingerprint tells a swap between two rows, also in the last column."""
    swapped = "case message_id when 1 then 2 / 3 else 1 / 3 end"
    made.change(f"update messages set rate = {swapped} where message_id in (1, 2)")
    assert made.export().written == (SEPTEMBER,)
    made.assert_reads_back()


def test_a_changed_column_rewrites_its_table(made: Published) -> None:
    """A new column, or another type, rewrites every file of the table."""
    made.change("alter table messages add column is_new boolean")
    assert set(made.export().written) == {SEPTEMBER, OCTOBER, NO_MONTH}
    made.assert_reads_back()


def test_what_vanished_is_removed(made: Published) -> None:
    """Files and folders of months and tables that are no more are removed; hidden ones stay."""
    (made.folder / "devices" / "_notes").write_text("mine")
    made.change("delete from messages where month(day) = 9; drop table devices")
    assert made.export().removed == (DEVICES, SEPTEMBER)
    assert not (made.folder / SEPTEMBER).parent.exists()
    assert names_in(made.folder / "devices") == ["_notes"]
    made.assert_reads_back()


def test_an_empty_table_is_there(tmp_path: Path) -> None:
    """A table without rows has a file that tells its columns, and its month is a date."""
    empty = published(
        tmp_path, "create table status_changes (message_id bigint, not_after timestamptz)"
    )
    empty.export()
    empty.assert_reads_back()
    assert empty.read("status_changes").schema["month"] == pl.Date
    instant = "insert into status_changes values (1, '2026-11-01 00:30:00+01')"
    empty.change(instant)
    empty.export()
    assert empty.rows("status_changes", "month") == [(date(2026, 10, 1),)]


def test_types_that_every_engine_reads(tmp_path: Path) -> None:
    """No 128-bit number becomes a double, instants are UTC, anything unusual is text."""
    odd = published(
        tmp_path,
        """
        create schema my;
        create table my.odd as select 9007199254740993::hugeint as big, 7::uinteger as small,
        18446744073709551615::ubigint as most, timestamp_ns '2026-10-01 00:00:00.123456789' as fine,
        timestamptz '2026-10-25 02:30:00+01' as at, timestamp '2026-10-25 02:30:00' as local,
        '3f333df6-90a4-4fda-8dd3-9485d27cee36'::uuid as id, [1, 2] as list,
        interval 1 day as span, '{"a": 1}'::json as doc, 'b'::enum('a', 'b') as word
        """,
    )
    odd.export()
    table = odd.read("my/odd")
    assert table.drop("most").row(0) == (
        9007199254740993,
        7,
        datetime.fromisoformat("2026-10-01T00:00:00.123457"),
        datetime(2026, 10, 25, 1, 30, tzinfo=UTC),
        datetime.fromisoformat("2026-10-25T02:30"),
        *("3f333df6-90a4-4fda-8dd3-9485d27cee36", "[1, 2]", "1 day", '{"a": 1}', "b"),
    )
    assert table.schema["big"] == pl.Int64
    assert table.schema["most"] == pl.Decimal(20, 0)
    odd.change("update my.odd set big = 170141183460469231731687303715884105727")
    with pytest.raises(UsageError, match=r'The table "my"."odd" cannot be written'):
        odd.export()


def test_hostile_names_stay_in_their_folder(tmp_path: Path) -> None:
    """A table's name, whatever is in it, is one plain folder; its own `month` is left to it."""
    hostile = published(
        tmp_path,
        """
        create table "../../up=1/a'b" as
        select 1 as "x""; drop", 'a' as "Month", date '2026-10-01' as day;
        create table "_hidden" as select 2 as x;
        create table "Montée ." as select E'a\\nb\\u202e' as title;
        """,
    )
    hostile.export()
    assert {path.name for path in tmp_path.iterdir()} == {"analytics.duckdb", "out"}
    folders = {"%2E%2E%2F%2E%2E%2Fup%3D1%2Fa%27b", "%5Fhidden", "Mont%C3%A9e%20%2E"}
    assert {path.name for path in hostile.folder.iterdir()} - {".lock", "_tables.json"} == folders
    assert hostile.rows("%2E%2E%2F%2E%2E%2Fup%3D1%2Fa%27b", 'x"; drop', "Month") == [(1, "a")]


def test_a_schema_and_a_table_of_one_name_are_refused(made: Published) -> None:
    """Two things that would share a folder are refused before anything is written."""
    before = made.states()
    made.change("create schema devices; create table devices.x as select 1 as y")
    with pytest.raises(UsageError, match="cannot share a folder"):
        made.export()
    assert made.states() == before


def test_a_view_has_no_way_out_of_the_snapshot(made: Published, tmp_path: Path) -> None:
    """An analyst's view is exported; one that reads another file of the machine is not."""
    made.change("create schema my; create view my.titles as select title from messages")
    made.export()
    assert made.read("my/titles").height == 301
    (tmp_path / "secret").write_text("secret")
    made.change(f"create view my.thief as select content from read_text('{tmp_path}/secret')")
    with pytest.raises(UsageError, match="disabled by configuration"):
        made.export()


def test_the_command(
    made: Published, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """It says what it wrote, in files that all may read; without a snapshot it ends with 2."""
    monkeypatch.setenv("SMS24_DATA_DIR", str(made.snapshot.parent))
    to = made.folder.with_name("other")
    mask = os.umask(0o077)
    try:
        assert main(["export", "--to", str(to), "--json"]) == 0
    finally:
        os.umask(mask)
    said: dict[str, Any] = json.loads(capsys.readouterr().out)
    assert (said["tables"], said["rows"], said["files"]) == (2, 302, 4)
    assert oct((to / SEPTEMBER).stat().st_mode)[-3:] == "644"
    assert oct((to / SEPTEMBER).parent.stat().st_mode)[-3:] == "755"
    assert main(["export", "--to", str(to)]) == 0
    assert "Written:  0 files" in capsys.readouterr().out
    monkeypatch.setenv("SMS24_DATA_DIR", str(made.folder.with_name("none")))
    assert main(["export", "--to", str(made.folder.with_name("new"))]) == 2
    assert not made.folder.with_name("new").exists()
