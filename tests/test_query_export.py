"""What `sms24 query` hands on: CSV, JSON, Parquet and XLSX hold what the select gave."""

import csv
import json
import re
import zipfile
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from xml.etree import ElementTree as ET

import polars as pl
import pytest

from pipeline.cli.main import main
from pipeline.settings import Settings
from support.asking import Asking, published
from support.command import started

DAY_ZERO = datetime(1899, 12, 30, tzinfo=UTC)  # of sheets
# One column of each sort that a select over the published tables can give.
SORTS = """
    select sum(x) as big, sum(x + 9e18::bigint) as huge, 1.10::decimal(9, 2) as price,
    0.1::double as ratio, 'nan'::double as none, '-inf'::float as less, true as yes, null as nil,
    timestamptz '2026-10-25 02:30:00+02' as at, timestamptz '2026-01-01 10:00:00.25+01' as fine,
    timestamp '2026-01-01 10:00' as wall, date '2026-01-01' as day, time '10:00' as clock,
    interval '1 day 2 hours' as took, 'é "quoted", NaN' as text, '\\x00A'::blob as bytes,
    [1, null] as list, {'a': 'x', 'b': date '2026-01-01'} as struct, map {'k': 1} as map,
    '{"j": 1}'::json as json, 'a'::enum('a') as enum, 1 as again, 2 as again
    from (values (9007199254740993), (1)) t(x)"""


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """Publish an account once; its reporting zone is Europe/Paris."""
    with published(tmp_path_factory.mktemp("export")) as settings:
        yield settings


@pytest.fixture
def asking(
    snapshot: Settings, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Asking:
    """Ask the snapshot."""
    monkeypatch.setenv("SMS24_DATA_DIR", str(snapshot.data_dir))
    return Asking(snapshot, capfd)


def sheet_of(path: Path) -> list[dict[str, tuple[str, str]]]:
    """Return a workbook's rows: the type (`n`, `inlineStr`, ...) and text of each lettered cell."""
    space = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
    with zipfile.ZipFile(path) as archive:
        root = ET.fromstring(archive.read("xl/worksheets/sheet1.xml"))
    return [
        {
            (cell.get("r") or "").rstrip("0123456789"): (
                cell.get("t", "n"),
                "".join(cell.itertext()),
            )
            for cell in row
        }
        for row in root.iter(f"{space}row")
    ]


def test_json_is_json(asking: Asking) -> None:
    """Numbers are numbers, NaN and infinity null, times ISO 8601, lists and structs nested."""
    said = asking.answer(SORTS, "--format", "json")
    (row,) = json.loads(said, parse_constant=pytest.fail, parse_float=Decimal)
    assert row == {
        "big": 9007199254740994,
        "huge": 18000000000000000000 + 9007199254740994,
        "price": Decimal("1.1"),
        "ratio": Decimal("0.1"),
        "none": None,
        "less": None,
        "yes": True,
        "nil": None,
        "at": "2026-10-25T02:30:00+02:00",
        "fine": "2026-01-01T10:00:00.25+01:00",
        "wall": "2026-01-01T10:00:00",
        "day": "2026-01-01",
        "clock": "10:00:00",
        "took": "1 day 02:00:00",
        "text": 'é "quoted", NaN',
        "bytes": "\\x00A",
        "list": [1, None],
        "struct": {"a": "x", "b": "2026-01-01"},
        "map": {"k": 1},
        "json": {"j": 1},
        "enum": "a",
        "again": 1,
        "again_1": 2,
    }
    assert asking.answer("from days limit 0", "--format", "json") == "[]\n"
    assert len(asking.answer("from days", "--format", "json").splitlines()) > 10


def test_csv_is_csv(asking: Asking) -> None:
    """The header and every text are in quotes, null is empty, instants have their offset."""
    said = asking.answer(SORTS, "--format", "csv")
    header, row = csv.reader(said.splitlines())
    cells = dict(zip(header, row, strict=True))
    assert cells["big"] == "9007199254740994"
    assert cells["huge"] == "18009007199254740994"
    assert (cells["price"], cells["yes"], cells["nil"]) == ("1.10", "true", "")
    assert cells["at"] == "2026-10-25T02:30:00+02:00"
    assert (cells["wall"], cells["day"]) == ("2026-01-01T10:00:00", "2026-01-01")
    assert (cells["text"], cells["list"]) == ('é "quoted", NaN', "[1,null]")
    assert cells["again_1"] == "2"
    assert '"é ""quoted"", NaN"' in said
    assert asking.answer("select 1 as a where false", "--format", "csv") == '"a"\n'
    assert (
        asking.answer("select '' as a, null::varchar as b", "--format", "csv") == '"a","b"\n"",\n'
    )


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("=1+1", "'=1+1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("+cmd|' /C calc'!A0", "'+cmd|' /C calc'!A0"),
        ("-2+A1", "'-2+A1"),
        ("\t=1", "'\t=1"),
        ("\n=1", "'\n=1"),
        ("\r=1", "'\r=1"),
        ("＝1+1", "'＝1+1"),  # noqa: RUF001 - the sign that a Japanese keyboard gives
        ("=", "'="),
        ("+33 6 12 34 56 78", "+33 6 12 34 56 78"),
        ("+336*****08", "+336*****08"),
        ("-12.5", "-12.5"),
        ("2026-01-01", "2026-01-01"),
        ("a=1", "a=1"),
        ("'=1", "'=1"),
        ("", ""),
    ],
)
def test_csv_holds_no_formula(asking: Asking, text: str, cell: str) -> None:
    """A text that a sheet would run gets an apostrophe, a number or telephone number none."""
    sql = "select $t as t, length($t::varchar) as n"
    given = ("--param", f"t={text}", "--format", "csv")
    assert asking.answer(sql, *given) == f'"t","n"\n"{cell}",{len(text)}\n'
    assert asking.answer(sql, *given, "--exact") == f'"t","n"\n"{text}",{len(text)}\n'


def test_a_name_that_is_data_is_no_formula_either(asking: Asking) -> None:
    """A pivot makes names of other people's texts."""
    sql = "pivot (select '=1+1' as t) on t using count(*)"
    assert asking.answer(sql, "--format", "csv").splitlines()[0] == '"\'=1+1"'


def test_parquet_keeps_types(asking: Asking, tmp_path: Path) -> None:
    """Sums are whole numbers, instants are UTC with the zone, what Parquet lacks is text."""
    out = tmp_path / "out.parquet"
    asking.answer(SORTS, "--out", str(out))
    frame = pl.read_parquet(out)
    assert frame.schema["at"] == pl.Datetime("us", "Europe/Paris")
    assert frame.schema["big"] == pl.Int64
    (row,) = frame.to_dicts()
    assert row["big"] == 9007199254740994
    assert row["huge"] == Decimal(18009007199254740994)
    assert row["price"] == Decimal("1.10")
    assert row["at"].astimezone(UTC) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert (row["day"], row["took"]) == (date(2026, 1, 1), "1 day 02:00:00")
    assert (row["list"], row["bytes"]) == ([1, None], b"\x00A")
    assert (row["again"], row["again_1"]) == (1, 2)


def test_xlsx_is_read_by_people(asking: Asking, tmp_path: Path) -> None:
    """Text stays text, instants are local times under a header that names the zone."""
    out = tmp_path / "out.xlsx"
    asking.answer(f"select '=1+1' as formula, 'http://x' as link, * from ({SORTS})", "-o", str(out))
    header, row = sheet_of(out)
    cells = {header[letters][1]: cell for letters, cell in row.items()}
    assert cells["formula"] == ("inlineStr", "=1+1")
    assert cells["link"] == ("inlineStr", "http://x")
    assert cells["big"] == ("inlineStr", "9007199254740994")  # a double would be another number
    assert cells["price"] == ("n", "1.10")
    assert cells["none"][0] == "e"
    days = float(cells["at (Europe/Paris)"][1])
    moment = DAY_ZERO + timedelta(seconds=round(days * 86400))
    assert f"{moment:%Y-%m-%d %H:%M}" == "2026-10-25 02:30"
    with zipfile.ZipFile(out) as archive:
        assert "hyperlink" not in archive.read("xl/worksheets/sheet1.xml").decode()


@pytest.mark.parametrize(
    ("sql", "words"),
    [
        ("select 1 as a from range(1048576)", "1,048,575 rows"),
        ("select repeat('x', 32768) as a", "32,767 characters"),
        ("select repeat('😀', 16384) as a", "32,767 characters"),
        (f"select {', '.join(f'{n} as c{n}' for n in range(16385))}", "16,384 columns"),
    ],
    ids=["rows", "letters", "wide letters", "columns"],
)
def test_what_a_sheet_cannot_hold_is_refused(
    asking: Asking, tmp_path: Path, sql: str, words: str
) -> None:
    """Nothing is cut to fit a sheet: it is refused, and no file is left."""
    assert words in asking.refusal(sql, "--out", str(tmp_path / "out.xlsx"))
    assert list(tmp_path.iterdir()) == []


def test_a_time_that_a_sheet_does_not_know_is_text(asking: Asking, tmp_path: Path) -> None:
    """Dates before 1900, beyond 9999 and infinite ones are words."""
    out = tmp_path / "out.xlsx"
    sql = "select date '1899-12-31' as a, date 'infinity' as b, timestamp '20000-01-01' as c"
    asking.answer(sql, "--out", str(out))
    assert list(sheet_of(out)[1].values()) == [
        ("inlineStr", "1899-12-31"),
        ("inlineStr", "infinity"),
        ("inlineStr", "20000-01-01T00:00:00"),
    ]


@pytest.mark.parametrize("form", ["csv", "json", "parquet", "xlsx"])
def test_every_form_comes_by_pipe_as_by_file(
    asking: Asking, snapshot: Settings, tmp_path: Path, form: str
) -> None:
    """What goes to standard output are the bytes of the file, all published columns in it."""
    out, copy = tmp_path / f"out.{form}", tmp_path / "copy"
    asking.answer("from messages order by message_id", "--out", str(out))
    command = (
        "query",
        "from messages order by message_id",
        "--format",
        form,
        "--out",
        "/dev/stdout",
    )
    with started(snapshot, *command) as process:
        assert process.stdout is not None
        copy.write_bytes(process.stdout.buffer.read())
    if form == "xlsx":  # it holds when it was made
        assert sheet_of(copy) == sheet_of(out)
        assert len(sheet_of(out)) == 401
    else:
        assert copy.read_bytes() == out.read_bytes()


def test_a_file_is_whole_or_not_there(asking: Asking, tmp_path: Path) -> None:
    """A query that fails while it is written leaves the old file, and nothing beside it."""
    out = tmp_path / "out.csv"
    out.write_text("old")
    late = "select if(range = 200000, error('late'), range) as n from range(300000)"
    assert "late" in asking.refusal(late, "--out", str(out))
    assert "late" in asking.refusal(late, "--out", str(out), "--format", "parquet")
    assert [(p.name, p.read_text()) for p in tmp_path.iterdir()] == [("out.csv", "old")]
    asking.answer("select 1 as n", "--out", str(out))
    assert [(p.name, p.read_text()) for p in tmp_path.iterdir()] == [("out.csv", '"n"\n1\n')]


def test_a_file_that_cannot_be_is_told(asking: Asking, tmp_path: Path) -> None:
    """A folder that is missing, an ending that says nothing and a table for a file are refused."""
    missing = tmp_path / "none" / "out.csv"
    assert "No such file or directory" in asking.refusal("select 1", "--out", str(missing))
    assert "Say --format" in asking.refusal("select 1", "--out", str(tmp_path / "out.dat"))
    assert "Say --format" in asking.refusal("select 1", "--out", "x.csv", "--format", "table")


@pytest.mark.parametrize("form", ["csv", "json", "parquet", "xlsx"])
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_full_disk_is_a_sentence(asking: Asking, form: str) -> None:
    """No space left is told as such in every form, and as nothing else."""
    assert main(["query", "from messages", "--format", form, "--out", "/dev/full"]) == 1
    said = asking.capfd.readouterr()
    assert said.err.splitlines()[0] == "sms24: The disk is full."
    assert len(said.err.splitlines()) == 2


def test_a_terminal_gets_no_bytes(asking: Asking, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a terminal Parquet and XLSX are refused, and CSV and JSON cannot steer it."""
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    for form in ("parquet", "xlsx"):
        assert "Name a file" in asking.refusal("select 1", "--format", form)
    for form in ("csv", "json"):
        shown = asking.answer("select chr(155) || '2J' as a", "--format", form)
        assert re.search("�2J", shown)
