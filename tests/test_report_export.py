"""A report in other forms: each holds what the model says, runs nothing, and is the same twice."""

import csv
import io
import json
import shutil
from datetime import datetime
from pathlib import Path

import msgspec
import polars as pl
import pytest

from pipeline.errors import UsageError
from pipeline.report.export import pdf as printing
from pipeline.report.export.cells import Sheet
from pipeline.report.export.csv_files import excel_csv, guarded, raw_csv
from pipeline.report.export.json_text import json_text
from pipeline.report.export.parquet_files import parquet
from pipeline.report.export.pdf import Paper, find_browsers, pdf
from pipeline.report.export.sheets import sheets
from pipeline.report.export.workbook import workbook
from pipeline.report.making import render
from support.sheets import cells, formulas, sheet_names
from support.told import BAD_TEXTS, DAY, HOSTILE, NOW, told


@pytest.fixture(scope="module")
def kinds() -> Sheet:
    """Give the table that has a column of every kind."""
    return next(sheet for sheet in sheets(told()) if sheet.name == "kinds")


def test_every_block_of_numbers_is_a_table() -> None:
    """Findings, figures, tables and heat tables, also behind details, each under its own name."""
    names = [sheet.name for sheet in sheets(told())]
    assert names == ["findings", "key_figures", "kinds", "when", "kinds_2"]


def test_a_cell_becomes_flat_columns(kinds: Sheet) -> None:
    """A rate is its value, hits and of how many; an interval its ends; keys are unique."""
    first = dict(zip([column.key for column in kinds.columns], kinds.rows[0], strict=True))
    assert (first["rate"], first["rate_hits"], first["rate_of"]) == (0.9, 9, 10)
    assert first["rate_low"] < 0.9 < first["rate_high"]
    assert (first["change"], first["change_is_told"]) == (0.02, True)
    assert (first["state"], first["state_role"]) == ("silent", "bad")
    assert first["column_14"] == "x"
    assert (first["seen_days"], first["seen_of"]) == (2, 3)
    assert "trend" not in first
    assert kinds.rows[-1] == (None,) * len(kinds.columns)


def test_raw_csv_is_untouched(kinds: Sheet) -> None:
    """UTF-8 with commas, keys as header, ISO days, texts as they are."""
    rows = list(csv.DictReader(io.StringIO(raw_csv(kinds).decode("utf-8"))))
    assert [row["name"] for row in rows] == [*BAD_TEXTS, ""]
    assert (rows[0]["day"], rows[0]["seen"]) == ("2026-03-03", "2026-03-04T12:30:00")
    assert (rows[0]["share"], rows[0]["change_is_told"]) == ("0.25", "true")


def test_excel_csv_runs_nothing_and_keeps_numbers_to_call(kinds: Sheet) -> None:
    """A BOM; texts that Excel would run have an apostrophe, E.164 numbers have none."""
    content = excel_csv(kinds, "fr")
    assert content.startswith(b"\xef\xbb\xbf")
    text = content.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text, newline=""), delimiter=";"))
    guarded_texts = ["'" + HOSTILE, "+33612345678", "'@sum", "'-1+1", "'\tx", *BAD_TEXTS[5:], ""]
    assert [row["Name"] for row in rows] == guarded_texts
    assert (rows[0]["Share"], rows[0]["Points"]) == ("0,25", "-0,013")
    assert excel_csv(kinds, "en").decode("utf-8-sig").startswith('"Name","Messages",')


def test_a_cell_stays_one_under_the_other_mark(kinds: Sheet) -> None:
    """An English file that a French Excel opens has no cell that begins behind a semicolon."""
    bad = msgspec.structs.replace(kinds, columns=kinds.columns[:1], rows=(("x;=1+1",),))
    text = excel_csv(bad, "en").decode("utf-8-sig")
    assert list(csv.reader(io.StringIO(text, newline=""), delimiter=";"))[1] == ["x;=1+1"]


def test_key_figures_have_native_kinds() -> None:
    """A rate is a share with its interval, a count a value; changes are points or relative."""
    found = next(sheet for sheet in sheets(told()) if sheet.name == "key_figures")
    rate, count = (
        dict(zip([column.key for column in found.columns], row, strict=True)) for row in found.rows
    )
    assert (rate["value"], rate["rate"], rate["hits"], rate["of"]) == (None, 0.96, 960, 1000)
    assert rate["low"] < 0.96 < rate["high"]
    assert (rate["change_points"], rate["change_relative"]) == (0.02, None)
    assert (count["value"], count["rate"]) == (1000.0, None)


@pytest.mark.parametrize("text", ["+33612345678", "+336*****78", "a=1", "", "0612"])
def test_what_excel_does_not_run_is_left_alone(text: str) -> None:
    """Numbers to call, also with their middle hidden, and harmless texts stay as they are."""
    assert guarded(text) == text


def test_parquet_keeps_types(kinds: Sheet) -> None:
    """Days are days, counts are integers, nothing is null."""
    frame = pl.read_parquet(io.BytesIO(parquet(kinds)))
    assert frame["name"].to_list() == [*BAD_TEXTS, None]
    assert frame.schema["day"] == pl.Date
    assert frame.schema["rate_hits"] == pl.Int64
    assert frame["seen"][0] == NOW
    assert frame["day"][0] == DAY


def test_a_workbook_has_a_sheet_per_table_and_runs_nothing() -> None:
    """Definitions and provenance stand behind the tables; no cell is a formula or a link."""
    book = workbook(told())
    names = ["findings", "key_figures", "kinds", "when", "kinds_2", "Definitions", "Provenance"]
    assert sheet_names(book) == names
    assert formulas(book) == []
    found = cells(book, 3)
    assert found["A2"] == ("s", HOSTILE)
    assert found["A3"] == ("s", "+33612345678")
    assert found["B2"] == ("n", "1234")
    assert found["C2"] == ("n", "0.25")
    assert ("s", "=2") in cells(book, 6).values()
    assert ("s", "run-1") not in cells(book, 3).values()


def test_json_is_the_model() -> None:
    """Every section and every row is there, rates as hits and of."""
    found = json.loads(json_text(told()))
    assert [section["ident"] for section in found["sections"]][:2] == ["short", "figures"]
    table = found["sections"][2]["blocks"][0]
    assert table["rows"][0][3] == {"hits": 9, "of": 10}
    assert found["asked"]["period"] == {"first": "2026-02-05", "last": "2026-03-04"}


def test_the_same_report_is_the_same_bytes() -> None:
    """Every form of a model is made of it alone: no time, no chance."""
    one, other = told(), told()
    assert workbook(one) == workbook(other)
    assert json_text(one) == json_text(other)
    for make in (raw_csv, parquet):
        assert [*map(make, sheets(one))] == [*map(make, sheets(other))]


def test_a_browser_prints_the_same_bytes(tmp_path: Path) -> None:
    """A page printed twice by the browser that is installed is one PDF, and says who made it."""
    browsers = find_browsers()
    if not browsers:
        pytest.skip("no browser is installed")
    one, other = (pdf(render(told()), NOW, browsers=browsers) for _ in range(2))
    assert one.content.startswith(b"%PDF-")
    assert b"D:20260304123000" in one.content
    assert one == other
    assert one.engine


def test_without_a_browser_and_the_extra_nothing_prints(monkeypatch: pytest.MonkeyPatch) -> None:
    """The refusal names both ways to print."""
    monkeypatch.setattr(shutil, "which", lambda name: None)
    monkeypatch.setattr(printing, "find_spec", lambda name: None)
    with pytest.raises(UsageError) as refused:
        pdf("<p>", NOW, browsers=find_browsers())
    assert "Chromium" in refused.value.advice
    assert "sms24[pdf]" in refused.value.advice


def test_a_browser_that_fails_is_no_bug(tmp_path: Path) -> None:
    """One that ends with an error, or prints nothing, is a usage error with what to install."""
    for name, text in (("fails", "exit 3"), ("silent", "exit 0")):
        path = tmp_path / name
        path.write_text(f"#!/bin/sh\n{text}\n")
        path.chmod(0o755)
        with pytest.raises(UsageError, match="browser"):
            pdf("<p>", NOW, browsers=[path])


def test_the_next_browser_prints_where_one_cannot(tmp_path: Path) -> None:
    """One that does not see the page is passed over; dates are set, tags counted from 1 on."""
    printing_one = (
        'for a; do case "$a" in --version) echo "Second 2";;'
        " --print-to-pdf=*) echo '%PDF /ModDate (D:20200101000000+00) /ID (node00000119)"
        ' /ID (node00000042) /Ref (node00000119)\' >"${a#*=}";; esac; done'
    )
    found = []
    for name, text in (("first", "exit 0"), ("second", printing_one)):
        path = tmp_path / name
        path.write_text(f"#!/bin/sh\n{text}\n")
        path.chmod(0o755)
        found.append(path)
    paper = pdf("<p>", NOW, browsers=found)
    assert paper.engine == "Second 2"
    assert paper.content == (
        b"%PDF /ModDate (D:20260304123000)    /ID (node00000002) /ID (node00000001)"
        b" /Ref (node00000002)\n"
    )


def test_weasyprint_prints_where_it_is_installed() -> None:
    """The extra prints the same bytes twice, and fetches nothing."""
    pytest.importorskip("weasyprint")
    page = "<!doctype html><html lang='en'><title>x</title><img src='https://evil.test/x'></html>"
    one, other = (pdf(page, datetime(2026, 1, 1), browsers=[]) for _ in range(2))  # noqa: DTZ001
    assert isinstance(one, Paper)
    assert one == other
    assert one.engine.startswith("WeasyPrint")
