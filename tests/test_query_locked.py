"""`sms24 query` reads the snapshot and does nothing else: a test per attempt."""

from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest

from pipeline.settings import Settings
from support.asking import Asking, published

SECRET = "line-of-a-private-file"
NOT_A_SELECT = {
    "copy to a file": "copy messages to '{folder}/new.csv'",
    "copy a select to a file": "copy (select 1) to '{folder}/new.csv'",
    "copy a pivot to a file": "copy (pivot days on hours using count(*)) to '{folder}/new.csv'",
    "copy from a file": "copy messages from '{file}'",
    "export": "export database '{folder}/new'",
    "import": "import database '{folder}/new'",
    "copy a database": "copy from database analytics to memory",
    "attach": "attach '{folder}/data/warehouse.duckdb' as w",
    "attach itself": "attach '{folder}/data/analytics.duckdb' as again",
    "attach memory": "attach ':memory:' as m",
    "detach": "detach analytics",
    "install": "install httpfs",
    "force install": "force install httpfs",
    "load": "load httpfs",
    "update extensions": "update extensions",
    "set": "set enable_external_access = true",
    "set the lock": "set lock_configuration = false",
    "set a limit": "set memory_limit = '9GB'",
    "set a zone": "set timezone = 'UTC'",
    "set a variable": "set variable x = 1",
    "reset": "reset memory_limit",
    "pragma": "pragma database_list",
    "pragma as set": "pragma memory_limit = '9GB'",
    "call": "call pragma_version()",
    "create table": "create table t (a int)",
    "create temp table": "create temp table t (a int)",
    "create temp table of a pivot": "create temp table t as pivot days on hours using count(*)",
    "create view": "create temp view v as select 1",
    "create macro": "create macro f() as 1",
    "create secret": "create secret (type s3)",
    "insert": "insert into messages default values",
    "insert a pivot": "insert into days (pivot days on hours using count(*))",
    "update": "update messages set status = 1",
    "delete": "delete from messages",
    "truncate": "truncate messages",
    "merge": "merge into days using days d on false when not matched then insert default values",
    "drop": "drop table messages",
    "alter": "alter table messages add column x int",
    "comment": "comment on table messages is 'x'",
    "checkpoint": "checkpoint",
    "vacuum": "vacuum",
    "analyze": "analyze",
    "use": "use memory",
    "begin": "begin",
    "prepare": "prepare p as select 1",
    "execute": "execute p",
    "deallocate": "deallocate p",
    "disconnect": "disconnect",
    "two statements": "select 1; select 2",
    "two statements, one hidden": "select 1 /* ; */ ; -- ;\n drop table messages",
    "nothing": "",
    "a comment": "/* select 1 */",
}
BLOCKED = {
    "read csv": "from read_csv('{file}')",
    "read text": "from read_text('{file}')",
    "read blob": "from read_blob('{file}')",
    "read json": "from read_json('{file}')",
    "read parquet": "from read_parquet('{file}')",
    "read another database": "from read_duckdb('{folder}/data/warehouse.duckdb')",
    "read standard input": "from read_text('/dev/stdin')",
    "look at a csv": "from sniff_csv('{file}')",
    "look at a parquet": "from parquet_metadata('{file}')",
    "glob": "from glob('{folder}/*')",
    "a file as a table": "from '{file}'",
    "a file without a type as a table": "from '/etc/passwd'",
    "a file of the system": "from read_text('/etc/passwd')",
    "http": "from read_csv('http://127.0.0.1:9/x.csv')",
    "https as a table": "from 'https://127.0.0.1:9/x.csv'",
    "s3": "from read_csv('s3://bucket/x.csv')",
    "query of a file": "from query('from read_text(''{file}'')')",
    "query of a drop": "from query('drop table messages')",
    "query table of a file": "from query_table('{file}')",
    "serialized": "from json_execute_serialized_sql(json_serialize_sql('from ''{file}'''))",
    "an extension's function": "from sqlite_scan('{file}', 't')",
    "extensions": "from duckdb_extensions()",
    "a frame of the caller": "from frame",
    "a frame by its address": "from pandas_scan(12345)",
    "environment": "select getenv('SMS24_TOKEN')",
    "insert inside": "with x as (insert into days default values returning 1) from x",
    "delete inside": "with x as (delete from messages returning 1) from x",
    "explained delete": "explain analyze delete from messages",
    "explained copy": "explain analyze copy messages to '{folder}/new.csv'",
    "logging": "from enable_logging()",
    "profiling": "from enable_profiling('json')",
    "a tableless sequence": "select nextval('s')",
    "no syntax": "select frm messages",
}
# Let through, for they can do nothing: what they answer shows it.
HARMLESS = {
    "query of a select": ("from query('select 42 as n')", '[{"n":42}]\n'),
    "query table of a table": (
        "select count(*) > 0 as n from query_table('days')",
        '[{"n":true}]\n',
    ),
    "the only databases": (
        "select list(database_name order by database_name) as n from duckdb_databases()",
        '[{"n":["analytics","system","temp"]}]\n',
    ),
    "the snapshot's own bytes": (
        "select content[9:12]::varchar as n from read_blob('{folder}/data/analytics.duckdb')",
        '[{"n":"DUCK"}]\n',
    ),
    "no temporary table": (
        "select count(*) as n from duckdb_tables() where temporary",
        '[{"n":0}]\n',
    ),
    "a checkpoint of nothing": ("from checkpoint()", "[]\n"),
    "a log that nobody keeps": ("select write_log('x') as n", '[{"n":null}]\n'),
}


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """Publish an account once for all attempts; a private file lies beside its folder."""
    folder = tmp_path_factory.mktemp("locked")
    (folder / "private.csv").write_text(f"a\n{SECRET}\n")
    with published(folder) as settings:
        yield settings


@pytest.fixture
def asking(
    snapshot: Settings, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Asking]:
    """Ask the snapshot, with a token set; whatever was tried, no file is another one after it."""
    folder = snapshot.data_dir.parent
    monkeypatch.chdir(folder)
    monkeypatch.setenv("SMS24_DATA_DIR", str(snapshot.data_dir))
    monkeypatch.setenv("SMS24_TOKEN", SECRET)
    asking = Asking(snapshot, capfd)
    before = asking.state(), sorted(folder.iterdir())
    yield asking
    assert (asking.state(), sorted(folder.iterdir())) == before


def placed(sql: str, folder: Path) -> str:
    """Return an attempt with the paths of this test in it."""
    return sql.replace("{folder}", str(folder)).replace("{file}", str(folder / "private.csv"))


@pytest.mark.parametrize("sql", NOT_A_SELECT.values(), ids=NOT_A_SELECT)
def test_only_one_select_is_asked(asking: Asking, sql: str) -> None:
    """Whatever is no select, or more than one, is refused before DuckDB runs any of it."""
    said = asking.refusal(placed(sql, asking.settings.data_dir.parent))
    assert said.startswith("sms24: Exactly one select is expected.")


@pytest.mark.parametrize("sql", BLOCKED.values(), ids=BLOCKED)
def test_a_select_cannot_leave_the_snapshot(asking: Asking, sql: str) -> None:
    """A select that reaches for a file, a network, a setting, a row or a secret is refused."""
    frame = pl.DataFrame({"a": [SECRET]})
    said = asking.refusal(placed(sql, asking.settings.data_dir.parent))
    assert said.startswith("sms24: The query failed: ")
    assert frame.item() not in said


@pytest.mark.parametrize(("sql", "answer"), HARMLESS.values(), ids=HARMLESS)
def test_what_is_let_through_can_do_nothing(asking: Asking, sql: str, answer: str) -> None:
    """Functions that sound dangerous answer from the snapshot alone."""
    folder = asking.settings.data_dir.parent
    assert asking.answer("--format", "json", placed(sql, folder)) == answer


def test_a_plan_may_create_what_dies_with_it(asking: Asking) -> None:
    """`explain analyze` runs a temporary table into memory; the next query knows nothing of it."""
    assert "Create Table" in asking.answer("explain analyze create temp table t as select 1")
    assert "t does not exist" in asking.refusal("from t")


def test_secrets_are_none(asking: Asking) -> None:
    """DuckDB's list of secrets gives none: it cannot even be read."""
    assert SECRET not in asking.refusal("from duckdb_secrets()")
