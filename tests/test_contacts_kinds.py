"""Workbooks, vCards and an errors file that is fed again are read as CSV files are (R18, R25)."""

import csv
import datetime as dt
import io
import tempfile
from contextlib import suppress
from pathlib import Path

import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.contacts.mapping import map_columns
from pipeline.contacts.reading.guard import OWN_COLUMNS, guarded, unguarded
from pipeline.contacts.reading.source import ReadingOptions, open_source, sample_of
from pipeline.errors import UsageError
from support.reading import read, read_text

Cell = str | float | bool | dt.date | None


def workbook(path: Path, *sheets: tuple[str, list[list[Cell]]]) -> Path:
    """Write a workbook; a sheet whose name begins with `hidden` is."""
    with xlsxwriter.Workbook(path, {"default_date_format": "dd/mm/yyyy"}) as book:
        for name, rows in sheets:
            sheet = book.add_worksheet(name)
            if name.startswith("hidden"):
                sheet.hide()
            for at, row in enumerate(rows):
                sheet.write_row(at, 0, row)
    return path


def test_r18_every_cell_of_a_workbook_is_the_text_of_its_value(tmp_path: Path) -> None:
    """R18: a workbook named .csv is read; a whole number is its digits, never 3.36E+10."""
    rows: list[list[Cell]] = [
        [],
        ["phone", "name", "x"],
        [33612345678, " Jean\nDupont ", True],
        [],
        ["0612345678", "Zoé", dt.date(2026, 1, 2)],
        [4915112345678, "", 29.02],
    ]
    found = read(workbook(tmp_path / "a.csv", ("Contacts", rows)))
    assert (found.facts.kind, found.facts.sheet) == ("xlsx", "Contacts")
    assert [(r.line, r.number, r.cells) for r in found.records] == [
        (3, 1, ("33612345678", " Jean\nDupont ", "true")),
        (5, 3, ("0612345678", "Zoé", "2026-01-02 00:00:00")),
        (6, 4, ("4915112345678", "", "29.02")),
    ]
    assert found.blank == 1


def test_r18_a_sheet_is_the_first_with_rows_or_the_one_asked_for(tmp_path: Path) -> None:
    """R18: hidden and empty sheets are passed over; others are told of; one may be named."""
    rows: list[list[Cell]] = [["phone"], ["0612345678"]]
    path = workbook(tmp_path / "a.xlsx", ("empty", []), ("hidden", rows), ("A", rows), ("B", rows))
    assert read(path).facts.sheet == "A"
    assert read(path).facts.warnings == ("W_OTHER_SHEETS",)
    assert read(path, ReadingOptions(sheet="hidden")).facts.sheet == "hidden"
    with pytest.raises(UsageError, match="no sheet 'C'") as no:
        read(path, ReadingOptions(sheet="C"))
    assert "A, B" in no.value.advice
    with pytest.raises(UsageError, match="no rows"):
        read(workbook(tmp_path / "b.xlsx", ("empty", [])))


def test_r18_a_cell_beyond_the_header_of_a_workbook_is_refused(tmp_path: Path) -> None:
    """R18: a row with a cell right of the header, below the first rows, is refused at its row."""
    rows: list[list[Cell]] = [["phone", "name"], *[["0612345678", "Jean"]] * 300]
    rows[280] = ["0612345678", "Jean", "x"]
    found = read(workbook(tmp_path / "a.xlsx", ("A", rows)))
    assert found.problems == [(281, "E_CSV_COLUMNS")]
    assert len(found.records) == 299


@settings(deadline=None, max_examples=100)
@given(st.integers(0, 100_000), st.binary(min_size=1, max_size=8))
def test_r18_a_damaged_workbook_is_read_or_refused(at: int, data: bytes) -> None:
    """R18: a workbook with wrong bytes within gives rows, or a usage error, and nothing else."""
    target = io.BytesIO()
    with xlsxwriter.Workbook(target) as book:
        book.add_worksheet("A").write_row(0, 0, ["phone", "name"])
    good = bytearray(target.getvalue())
    at %= len(good)
    good[at : at + len(data)] = data
    with tempfile.TemporaryDirectory() as folder, suppress(UsageError):
        path = Path(folder) / "a.xlsx"
        path.write_bytes(good)
        read(path)


CARDS = """\
BEGIN:VCARD
VERSION:2.1
N;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:=44=75=70=6F=6E=74;=C3=89=6C=6F=64=69=65;;;
FN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:=C3=89=6C=6F=64=69=65=20=
=44=75=70=6F=6E=74
TEL;CELL:+33612345678
TEL;WORK;FAX:+33123456789
TEL;X-Custom(CHARSET=UTF-8,ENCODING=QUOTED-PRINTABLE,=54=65=73):0766666666
PHOTO;ENCODING=BASE64;JPEG:/9j/4AAQSkZJRgABAQ
 AAAQABAAD/2wBDAAIBAQEBAQIBAQECAgICAgQDAgICAgUE

END:VCARD

begin:vcard
VERSION:3.0
N:Dupont;Jean;Luc;;
ORG:A\\;B;C
TEL;type=HOME;type=VOICE;type=pref:01 23 45 67 89
item1.TEL:+33 7 66 66 66 66
item1.X-ABLabel:_$!<Mobile>!$_
TEL;TYPE=pager:1
END:VCARD
BEGIN:VCARD
VERSION:4.0
FN:Zoé
TEL;VALUE=uri;TYPE="voice,work":tel:+33-6-12-34-56-78
TEL;TYPE=cell:1
TEL;TYPE=cell:2
END:VCARD
"""


def test_r18_a_vcard_file_gives_a_row_for_each_card(tmp_path: Path) -> None:
    """R18: vCards of all versions are read, numbers by kind, and mapped; fax and pager never."""
    found = read_text(tmp_path, CARDS)
    assert (found.facts.kind, found.refused) == ("vcard", [])
    assert [record.line for record in found.records] == [1, 14, 23]
    mapping = map_columns(found.facts, found.records)
    assert mapping.profile == "vcard"
    assert [(mapping.name_of(r.cells), mapping.phones_of(r.cells)) for r in found.records] == [
        ("Élodie Dupont", ("+33612345678", "0766666666")),
        ("Jean Luc Dupont", ("+33 7 66 66 66 66", "01 23 45 67 89")),
        ("Zoé", ("1 ::: 2", "tel:+33-6-12-34-56-78")),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "BEGIN:VCARD\nFN:A\nBEGIN:VCARD\nFN:B\nEND:VCARD\n",
        "BEGIN:VCARD\nTEL;é=1:2\nEND:VCARD\nBEGIN:VCARD\nFN:B\nEND:VCARD\n",
        "BEGIN:VCARD\nTEL" + ";a=b" * 9000 + "\nEND:VCARD\nBEGIN:VCARD\nFN:B\nEND:VCARD\n",
        "BEGIN:VCARD\nFN;QUOTED-PRINTABLE;CHARSET=x:=C3\nEND:VCARD\nBEGIN:VCARD\nFN:B\nEND:VCARD\n",
    ],
    ids=["no-end", "no-line", "parameters-without-end", "no-charset"],
)
def test_r18_a_damaged_card_costs_itself_alone(tmp_path: Path, text: str) -> None:
    """R18: a card that is no card is refused at its line, and the next one is read."""
    found = read_text(tmp_path, text)
    assert found.problems == [(1, "E_VCARD")]
    assert [cells[0] for cells in found.cells] == ["B"]


def test_r18_a_line_of_a_card_that_is_not_used_may_be_damaged(tmp_path: Path) -> None:
    """R18: a note that is broken over lines costs neither the name nor the number of its card."""
    found = read_text(tmp_path, "BEGIN:VCARD\nFN:A\nNOTE:x\nand so on\nTEL:1\nEND:VCARD\n")
    assert [(cells[0], cells[5]) for cells in found.cells] == [("A", "1")]


def errors_file(rows: list[tuple[str, ...]], delimiter: str) -> str:
    """Return an errors file of these rows, as an import writes it."""
    target = io.StringIO()
    writer = csv.writer(target, delimiter=delimiter)
    writer.writerow(["phone", "name", *OWN_COLUMNS])
    for at, row in enumerate(rows):
        writer.writerow([*map(guarded, row), str(at + 2), "E_PHONE_SCI", "?", "+33 6", "run-1"])
    return target.getvalue()


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp1252", "utf-16"])
def test_r25_an_errors_file_saved_by_excel_is_read_back(
    tmp_path: Path, delimiter: str, encoding: str
) -> None:
    """R25: rows come back as they were: one ' taken away, own columns set aside, lines kept."""
    rows = [("+33612345678", "Élodie; A"), ("'0612345678", "=cmd|'/c calc'!A0"), ("06", "O'Brien")]
    found = read_text(tmp_path, errors_file(rows, delimiter), encoding)
    assert found.facts.is_errors_file
    assert found.facts.header == ("phone", "name")
    assert found.cells == rows
    assert found.records[1].origin == ("3", "E_PHONE_SCI", "?", "+33 6", "run-1")
    mapping = map_columns(found.facts, sample_of(open_source(tmp_path / "contacts.csv")))
    assert (mapping.phones, mapping.names) == ((0,), ((1,),))


def test_r25_a_quote_is_taken_away_in_errors_files_only(tmp_path: Path) -> None:
    """R25: without the signature column a leading ' stays in its cell."""
    assert read_text(tmp_path, "phone,name\n'06,'Jean\n").cells == [("'06", "'Jean")]


@given(st.text())
def test_r25_any_cell_survives_the_round_trip(cell: str) -> None:
    """R25: what is guarded for Excel is, bared, the same, and never begins as a formula does."""
    assert unguarded(guarded(cell)) == cell
    assert not guarded(cell).startswith(("=", "+", "-", "@", "\t", "\r"))
