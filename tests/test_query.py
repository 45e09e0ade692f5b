"""`sms24 query`: what is asked, with which values, in which zone, within which limits."""

import json
import re
import signal
import threading
from collections.abc import Iterator
from io import BytesIO, TextIOWrapper
from pathlib import Path

import duckdb
import pytest

from pipeline.cli.main import main
from pipeline.settings import Settings
from pipeline.warehouse.explained import Terms
from pipeline.warehouse.snapshot import open_snapshot
from support.asking import Asking, published
from support.command import started

ENDLESS = "select sum(a.range * b.range) from range(10000000) a, range(1000000) b"


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """Publish an account once; its reporting zone is Europe/Paris."""
    with published(tmp_path_factory.mktemp("query")) as settings:
        yield settings


@pytest.fixture
def asking(
    snapshot: Settings, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Asking:
    """Ask the snapshot."""
    monkeypatch.setenv("SMS24_DATA_DIR", str(snapshot.data_dir))
    return Asking(snapshot, capfd)


def value(asking: Asking, *arguments: str) -> object:
    """Return the one value of an answer."""
    ((row),) = json.loads(asking.answer("--format", "json", *arguments))
    (only,) = row.values()
    return only


@pytest.mark.parametrize(
    "sql",
    [
        "select 400 as n",
        "  SELECT 400 as n ;; -- é; and a comment",
        "from messages select count(*) as n",
        "with x as (from messages) select count(*) as n from x",
        "(select count(*) as n from messages)",
        "values (400)",
        "select n from (summarize messages) s, lateral (select s.count as n) limit 1",
        "/* what */ select $$400$$::int as n",
    ],
)
def test_whatever_parses_as_a_select_is_one(asking: Asking, sql: str) -> None:
    """Selects in every dress are answered, with semicolons and comments around them."""
    assert value(asking, sql) == 400


@pytest.mark.parametrize(
    ("sql", "seen"),
    [
        ("describe messages", "message_id"),
        ("show tables", "delivery_daily"),
        ("summarize days", "approx_unique"),
        ("explain select 1", "╭─ Projection ───╮\n│ Projections: 1 │"),
        ("explain analyze from days", "Total Time"),
        ("pivot days on hours using count(*) group by is_proven", "is_proven   24   25"),
        ("from (pivot days on hours in (24) using count(*) group by is_proven)", "is_proven   24"),
        ("-- what\nfrom days", "is_proven"),
    ],
)
def test_questions_about_the_tables_are_selects_too(
    asking: Asking, tmp_path: Path, sql: str, seen: str
) -> None:
    """`describe`, `show`, `summarize`, `explain` and `pivot` are answered, read from a file."""
    file = tmp_path / "asked.sql"
    file.write_text(f"\N{BOM}{sql}" if sql.startswith("show") else sql, "utf-8")
    assert seen in asking.answer("--file", str(file))


@pytest.mark.parametrize("arguments", [[], ["-"]])
def test_standard_input_is_asked(
    asking: Asking, monkeypatch: pytest.MonkeyPatch, arguments: list[str]
) -> None:
    """Without an argument, or for `-`, the select is read from standard input."""
    monkeypatch.setattr("sys.stdin", TextIOWrapper(BytesIO("select 'é' as e".encode())))
    assert value(asking, *arguments) == "é"


def test_one_select_is_given_in_one_way(asking: Asking, tmp_path: Path) -> None:
    """Two sources, none, or one that cannot be read are refused in a sentence."""
    broken = tmp_path / "broken.sql"
    broken.write_bytes(b"select '\xff'")
    assert "Give one of them" in asking.refusal("select 1", "--file", str(broken))
    assert "no UTF-8 text" in asking.refusal("--file", str(broken))
    assert "No such file" in asking.refusal("--file", str(tmp_path / "none.sql"))


@pytest.mark.parametrize(
    ("sql", "given", "answer"),
    [
        ("select count(*) from days where day >= $d", "d=2026-11-01", 2),
        ("select count(*) from days where day = $d::date - 1", "d=2026-11-02", 1),
        ("select count(*) from messages where created_at >= $t", "t=1971-01-01 10:00", 400),
        ("select count(*) from (from messages limit $n)", "n=3", 3),
        ("select count(*) from messages where status = $s", "s=99", 0),
        ("select count(*) from messages where is_stuck = $b and message_id < 0", "b=true", 0),
        ("select count(*) from messages where sim_carrier = $c", "c=20801", 0),
        ("select count(*) from messages where newsletter_title = $c", "c=2026-01-01", 0),
        ("select $a", "a=x=1' or '1'='1", "x=1' or '1'='1"),
        ("select $a", "a=", ""),
        ("select count(*) from query_table($t)", "t=failure_codes", 7),
        ("select 2 * $n", "n=21", 42),
    ],
)
def test_a_parameter_is_what_its_text_in_quotes_would_be(
    asking: Asking, sql: str, given: str, answer: object
) -> None:
    """A value is cast to what it is compared with, and is never part of the SQL."""
    assert value(asking, sql, "--param", given) == answer


def test_parameters_are_given_once_each(asking: Asking) -> None:
    """Missing, superfluous, doubled, nameless and valueless parameters are told by name."""
    assert "asks for $b" in asking.refusal("select $a, $b", "-p", "a=1")
    assert "no parameter $c" in asking.refusal("select $a", "-p", "a=1", "-p", "c=1")
    assert "a is given twice" in asking.refusal("select $a", "-p", "a=1", "-p", "a=2")
    assert "has no value" in asking.refusal("select $a", "-p", "a")
    assert "has no name" in asking.refusal("select ?", "-p", "a=1")
    assert "$n::integer" in asking.refusal("select $n + 1", "-p", "n=1")


@pytest.mark.parametrize("zone", ["America/New_York", "Asia/Tokyo", "UTC"])
def test_days_are_those_of_the_reporting_zone_on_every_machine(
    snapshot: Settings, monkeypatch: pytest.MonkeyPatch, zone: str
) -> None:
    """Instants, their days and literals are of the reporting zone, or of UTC, whatever TZ says."""
    monkeypatch.setenv("TZ", zone)
    sql = """
        select timestamptz '2026-11-01 00:30' as t, t::date as d, date_trunc('day', t) as start,
        count(*) filter (due_at::date = day and due_at::timestamp = due_local) as n from messages"""
    for utc, offset, same in (([], "+01:00", 400), (["--utc"], "+00:00", 0)):
        with started(snapshot, "query", "--format", "csv", *utc, sql) as process:
            said, _ = process.communicate()
        row = f'"2026-11-01T00:30:00{offset}","2026-11-01","2026-11-01T00:00:00{offset}",{same}'
        assert said.splitlines()[1] == row


@pytest.mark.parametrize("timezone", ["'Mars/Olympus'", "null", "''", None])
def test_a_snapshot_without_a_known_zone_is_read_in_utc(
    tmp_path: Path, timezone: str | None
) -> None:
    """An old or odd file names no zone, or one that nobody knows: it is shown in UTC."""
    path = tmp_path / "odd.duckdb"
    with duckdb.connect(str(path)) as connection:
        if timezone:
            connection.execute(f"create table snapshot_info as select {timezone} as timezone")
    with open_snapshot(path, Terms(is_local=True)) as opened:
        assert opened.zone == "UTC"
        assert list(opened.ask("select timestamptz '2026-01-01' as at").rows()) == [
            ("2026-01-01T00:00:00+00:00",)
        ]


def test_the_screen_shows_so_many_rows(asking: Asking) -> None:
    """A table has 200 rows, or what `--limit` says, and says that there are more."""
    lines = asking.answer("select message_id from messages").splitlines()
    assert len(lines) == 203
    assert lines[-1].startswith("The first 200 rows; ")
    assert "first" not in asking.answer("select message_id from messages", "--limit", "400")
    assert "The first 3 rows" in asking.answer("from messages", "--limit", "3")


def test_a_table_fits_the_screen(asking: Asking, monkeypatch: pytest.MonkeyPatch) -> None:
    """Numbers stand to the right; a row too wide has a line per cell, and nothing is cut."""
    monkeypatch.setenv("COLUMNS", "80")
    assert " code   label\n" in asking.answer("select code, label from failure_codes")
    long = "x" * 100
    upright = asking.answer(f"select 9 as code, null as n, '{long}' as text, 0.5::double as rate")
    assert re.search(r"^code +9\s*$", upright, re.MULTILINE)
    assert re.search(r"^n +NULL\s*$", upright, re.MULTILINE)
    assert re.search(r"^rate +0\.5000\s*$", upright, re.MULTILINE)
    assert upright.count("x") == 101
    monkeypatch.setenv("COLUMNS", "160")
    assert asking.answer("select 7 as n, 'a' as t union all from (values (10, 'b'))").splitlines()[
        2:
    ] == ["  7   a", " 10   b"]


def test_hostile_text_does_not_steer_the_terminal(asking: Asking) -> None:
    """Control characters of values, names and errors are shown as replacement characters."""
    hostile = "chr(27) || '[2J' || chr(155) || chr(8238)"
    shown = asking.answer(f"select {hostile} as t, e'a\\nb\\tc' as u")
    assert " �[2J��   a�b c\n" in shown
    assert "�[2J" in asking.answer(f"pivot (select {hostile} as t) on t using count(*)")
    assert "�[2J" in asking.refusal(f"select error({hostile})")


def test_a_query_that_takes_too_long_is_ended(asking: Asking) -> None:
    """The time limit is told in a sentence with the flag that lifts it."""
    said = asking.refusal(ENDLESS, "--timeout", "0.2")
    assert said.startswith("sms24: The query took longer than 0.2 s.")
    assert "--timeout" in said
    late = "select range::varchar as r from range(1000000000)"
    assert asking.refusal(late, "--format", "parquet", "--timeout", "0.2").startswith(said[:40])


def test_a_query_that_needs_too_much_memory_is_ended(asking: Asking) -> None:
    """The memory limit is told in a sentence with the flag that lifts it; nothing is spilled."""
    before = asking.state()
    said = asking.refusal("select list(range) from range(30000000)", "--memory", "50MB")
    assert said.startswith("sms24: The query needs more than 50MB of memory.")
    assert "--memory" in said
    assert asking.state() == before
    assert "no size" in asking.refusal("select 1", "--memory", "lots")


def test_ctrl_c_ends_a_query(asking: Asking) -> None:
    """An interrupt while DuckDB works on a long query ends in exit code 130."""

    def interrupt(*_: object) -> None:
        if any(thread.name.startswith("duckdb") for thread in threading.enumerate()):
            signal.setitimer(signal.ITIMER_REAL, 0)
            raise KeyboardInterrupt

    before = signal.signal(signal.SIGALRM, interrupt)
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.1, 0.01)
        assert main(["query", "--timeout", "0", ENDLESS]) == 130
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    assert "sms24: Interrupted." in asking.capfd.readouterr().err


@pytest.mark.parametrize("form", ["table", "csv", "json", "parquet"])
def test_a_reader_that_leaves_ends_it_quietly(snapshot: Settings, form: str) -> None:
    """Where nobody reads on, as after `| head`, nothing is said and the exit code is 0."""
    limit = ["--limit", "10000"]
    sql = "select m.* from messages m, range(1000)"
    with started(snapshot, "query", *limit, "--format", form, sql) as process:
        assert process.stdout is not None
        process.stdout.read(1) if form != "parquet" else None
        process.stdout.close()
        assert process.wait() == 0
