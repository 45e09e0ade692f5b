"""What is published: whole, commented, explained, with models of one's own, from nothing odd."""

import json
import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from pipeline.cli.main import main
from pipeline.errors import UsageError
from pipeline.run import run_build
from pipeline.transform.models import find_models
from pipeline.transform.scope import make_empty
from pipeline.warehouse.store import open_warehouse
from support.account import Account, account


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Account]:
    """Fetch and build a small world once."""
    with account(tmp_path_factory.mktemp("models"), messages=600, days=15) as known:
        known.run()
        yield known


def test_a_table_filled_in_the_transaction_that_made_it_has_its_rows(tmp_path: Path) -> None:
    """Many rows, put by several threads into a table just made, are seen by every question."""
    days = next(model for model in find_models() if model.table == "marts.days")
    model = replace(days, sql="-- Numbers.\nselect range as one from range(1000000)")
    with open_warehouse(tmp_path / "w.duckdb") as warehouse:
        with warehouse.transaction():
            make_empty(warehouse, model, "raw.numbers")
            warehouse.execute(f"insert into raw.numbers by name {model.sql}")
        sql = "select count(*) as n, count(one) as known, max(one) as last from raw.numbers"
        assert warehouse.rows(sql) == [{"n": 1000000, "known": 1000000, "last": 999999}]


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Account]:
    """Fetch and build a world of one's own."""
    with account(tmp_path, messages=300, days=15) as known:
        known.run()
        yield known


def test_what_somebody_wrote_into_the_snapshot_is_gone_after_the_next_build(
    fresh: Account,
) -> None:
    """A published file that was changed, however little, is not built upon."""
    target = fresh.settings.snapshot_path
    target.chmod(0o600)
    with duckdb.connect(str(target)) as connection:
        connection.execute("update messages set recipient_country = 'ZZ'")
    target.chmod(0o444)
    run_build(fresh.settings, fresh.means())
    assert fresh.rows("from messages where recipient_country = 'ZZ'") == []


def test_a_damaged_snapshot_is_made_anew(fresh: Account) -> None:
    """Damage of the disk in the published file, its size and time the same, is not carried on."""
    target = fresh.settings.snapshot_path
    seen, content = target.stat(), bytearray(target.read_bytes())
    for at in range(20_000, len(content), 4_096):
        content[at] ^= 0xFF
    target.chmod(0o600)
    with target.open("r+b") as file:
        file.write(content)
    os.utime(target, ns=(seen.st_atime_ns, seen.st_mtime_ns))
    run_build(fresh.settings, fresh.means())
    assert fresh.rows("select count(*) as n from messages") == [{"n": 300}]


@pytest.mark.parametrize("content", ["", "short\n"])
def test_hashes_are_never_made_without_a_key(fresh: Account, content: str) -> None:
    """A file of keys that holds none is refused, and nothing is published."""
    (fresh.settings.data_dir / "keys").write_text(content)
    before = fresh.settings.snapshot_path.read_bytes()
    with pytest.raises(UsageError, match="holds no key"):
        run_build(fresh.settings, fresh.means())
    assert fresh.settings.snapshot_path.read_bytes() == before


def test_a_folder_of_the_format_before_is_brought_up(fresh: Account) -> None:
    """A warehouse whose versions have no numbers, with marts of its own, is built whole."""
    with open_warehouse(fresh.settings.warehouse_path) as warehouse:
        warehouse.execute("create schema marts")
        warehouse.execute("create table marts.coverage as from core.coverage")
        warehouse.execute("drop schema staging cascade")
        for table in ("messages", "devices"):
            warehouse.execute(f"alter table raw.{table} drop column version_id")
        warehouse.execute("drop table raw.built")
        warehouse.execute("update raw.format set number = 1")
    before = fresh.rows("from delivery_daily order by all")
    run_build(fresh.settings, fresh.means())
    assert fresh.rows("from delivery_daily order by all") == before


OWN = {
    "b_totals": "select sum(outgoing)::bigint as outgoing from my.a_days",
    "a_days": "select day, sum(outgoing) as outgoing from delivery_daily group by day",
    "broken": "select 1 / 'x' as nothing from messages",
    "curious": "select *\nfrom core.messages",
    "ring_a": "select * from my.ring_b",
    "ring_b": "select * from my.ring_a",
    "thief": "select * from read_text('/etc/passwd')",
    "two": "select 1; drop table messages",
    "Odd Name": "select 1 as one",
    "wide": "select count(*) as n from main.Messages, MY.A_days",
}
FAULTS = {
    "broken": "failed: ",
    "curious": "reads core.messages in line 2, which is no published table",
    "ring_a": "reads itself",
    "ring_b": "reads itself",
    "thief": "failed: Permission Error",
    "two": "is not one select",
    "Odd Name": "needs a name of small letters",
    "latin": "is no text in UTF-8",
    "folder": "cannot be read",
    "dangling": "cannot be read",
}


def test_own_models_are_built_and_a_wrong_one_stops_nothing(
    built: Account,
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Models of a folder of one's own come after ours, in their order; each wrong one is named."""
    for name, sql in OWN.items():
        (tmp_path / f"{name}.sql").write_text(sql)
    (tmp_path / "latin.sql").write_bytes(b"select '\xe9' as x")
    (tmp_path / "folder.sql").mkdir()
    (tmp_path / "dangling.sql").symlink_to(tmp_path / "nothing")
    (tmp_path / ".#edited.sql").symlink_to(tmp_path / "nothing")
    settings = built.settings
    monkeypatch.setenv("SMS24_DATA_DIR", str(settings.data_dir))
    monkeypatch.setenv("SMS24_TIMEZONE", settings.timezone)
    monkeypatch.setenv("SMS24_MODELS_DIR", str(tmp_path))
    assert main(["build"]) == 0
    said = capfd.readouterr().err
    for name, words in FAULTS.items():
        line = next(line for line in said.splitlines() if f"{name}.sql " in line)
        assert words in line
    (total,) = built.rows("select outgoing from my.b_totals")
    assert total == built.rows("select sum(outgoing)::bigint as outgoing from delivery_daily")[0]
    names = built.rows("select table_name from duckdb_tables() where schema_name = 'my'")
    assert {row["table_name"] for row in names} == {"a_days", "b_totals", "wide"}
    told = built.rows("select count(*) as n from warnings where name = 'my'")
    assert told == [{"n": len(FAULTS)}]


def test_the_page_of_the_tables_is_current(capsys: pytest.CaptureFixture[str]) -> None:
    """`docs/tables.md` is what `sms24 models --markdown` prints."""
    assert main(["models", "--markdown"]) == 0
    page = Path(__file__).parent.parent / "docs" / "tables.md"
    assert capsys.readouterr().out == page.read_text()


def test_every_published_table_and_column_is_commented(built: Account) -> None:
    """The database itself says what each table and column is."""
    silent = """
        select table_name || '.' || column_name as name from duckdb_columns()
        where schema_name = 'main' and not internal and coalesce(comment, '') = ''
        union all
        select table_name from duckdb_tables()
        where schema_name = 'main' and coalesce(comment, '') = ''
    """
    assert built.rows(silent) == []


def test_a_model_explains_itself(capsys: pytest.CaptureFixture[str]) -> None:
    """`sms24 models NAME` shows grain, reads and each column; an unknown name is refused."""
    assert main(["models", "messages"]) == 0
    said = capsys.readouterr().out
    assert "marts.messages: Every message of the account" in said
    assert "recipient_key" in said
    assert main(["models", "nothing"]) == 2
    assert main(["models"]) == 0
    assert "core.messages" in capsys.readouterr().out


def test_status_tells_what_is_proven_and_odd(
    built: Account, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """`sms24 status` says how fresh the snapshot is, what is proven, and what the checks found."""
    monkeypatch.setenv("SMS24_DATA_DIR", str(built.settings.data_dir))
    assert main(["status"]) == 0
    said = capsys.readouterr().out
    assert "Holes    none" in said
    assert "done" in said
    assert main(["status", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["warnings"] == built.rows("from warnings")
    assert f"Warnings {len(found['warnings']) or 'none'}" in said
    for warning in found["warnings"][:2]:
        assert f"{warning['rows']:,} rows: {warning['sentence']}"[:60] in said
