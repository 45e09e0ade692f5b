"""Rejected rows leave as a file for Excel, and come back as they were, mended or not."""

import csv
import io
import tempfile
from pathlib import Path

import pytest
import xlsxwriter
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipeline.contacts.dispositions import Disposition, Outcome
from pipeline.contacts.mapping import Given
from pipeline.contacts.people import Person
from pipeline.contacts.reading.guard import OWN_COLUMNS
from pipeline.contacts.reading.shapes import ReadingOptions, Record, SourceFacts
from pipeline.contacts.rejects import ErrorsWriter, copy_errors, delimiter_for
from pipeline.contacts.summary import Summary
from pipeline.contacts.values import Problem
from pipeline.errors import UsageError
from support.contacts import fates, loaded, options_of, plan_file, plan_text, sent
from support.reading import read

BAD = """\
Prénom;Tél. mobile;Ville
Élodie;0612345678;Paris
=cmd|'/c calc'!A0;0612345679;"Aix;
en-Provence"
Zoé;4,91512E+12;'s-Gravenhage
Ève;O766666666;+33
"Léa" A;06 12 34 56 81;Pau
Guy;0612345680;Brest;rue de Siam
"""


def errors_of(summary: Summary) -> list[list[str]]:
    """Return the cells of the errors file of a plan."""
    text = loaded(summary).errors_path.read_text("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=";"))


def saved_by_excel(summary: Summary, path: Path, changes: dict[str, str]) -> Path:
    """Save an errors file as a French Excel does, with some cells changed by a person."""
    target = io.StringIO()
    writer = csv.writer(target, delimiter=";", lineterminator="\r\n")
    writer.writerows([[changes.get(cell, cell) for cell in row] for row in errors_of(summary)])
    path.write_bytes(target.getvalue().encode("cp1252"))
    return path


def test_o01_no_cell_of_the_errors_file_begins_as_a_formula_does(tmp_path: Path) -> None:
    """O01: a name, a header and a suggestion that a spreadsheet would run get a leading '."""
    summary = plan_text(tmp_path, BAD.replace("Ville", "=Ville") + "Lou;212612345678;Rabat\n")
    rows = errors_of(summary)
    assert rows[1][0] == "'=cmd|'/c calc'!A0"
    assert "'+212 6 12 34 56 78" in rows[-1]
    assert not any(cell.startswith(("=", "+", "-", "@", "\t")) for row in rows for cell in row)


def test_r25_rejected_rows_stand_as_in_the_file_with_what_is_wrong(tmp_path: Path) -> None:
    """R25: columns, order and delimiter are the file's; then line, code, problem, signature."""
    summary = plan_text(tmp_path, BAD)
    rows = errors_of(summary)
    assert rows[0] == ["Prénom", "Tél. mobile", "Ville", *OWN_COLUMNS]
    assert rows[2] == [
        *("Zoé", "4,91512E+12", "''s-Gravenhage", "5", "E_PHONE_SCI"),
        *("A spreadsheet has cut digits of the number: 7 digits lost", "", summary.plan_id),
    ]
    assert [row[3] for row in rows[1:]] == ["3", "5", "6", "7", "8"]
    assert rows[5][:3] == ["Guy;0612345680;Brest;rue de Siam", "", ""]


def test_r25_only_mended_rows_become_contacts(tmp_path: Path) -> None:
    """R25: fed again as it is nothing is ready; of a file mended in Excel the mended rows are."""
    first = plan_text(tmp_path, BAD)
    again = plan_file(saved_by_excel(first, tmp_path / "a.csv", {}))
    assert [fate[1:] for fate in fates(again)] == [fate[1:] for fate in fates(first)[1:]]
    assert again.tally.origins == {"still": 5}
    mended = {"4,91512E+12": "612345681", "'=cmd|'/c calc'!A0": "Ana"}
    second = plan_file(saved_by_excel(again, tmp_path / "b.csv", mended))
    assert [e164 for _, e164, _ in sent(second)] == ["+33612345679", "+33612345681"]
    assert second.tally.origins == {"mended": 2, "still": 3}


def test_r25_the_columns_are_those_of_the_plan_before(tmp_path: Path) -> None:
    """R25: a mapping that a person gave holds for the errors file too, a header or not."""
    text = "x;Jean;A1\nO612345678;Zoé;B2\n0612345678;Max;C3\n"
    mapping = Given(phones=("1",), names=(("2",),))
    reading = ReadingOptions(has_header=False)
    first = plan_text(tmp_path, text, given=mapping, reading=reading)
    path = saved_by_excel(first, tmp_path / "a.csv", {"x": "0612345679"})
    assert sent(plan_file(path)) == [(2, "+33612345679", "Jean")]


def test_r25_rows_of_a_workbook_come_back(tmp_path: Path) -> None:
    """R25: a cell of sixty lines, which no other CSV file may have, survives in an errors file."""
    note = "\n".join(map(str, range(60)))
    with xlsxwriter.Workbook(tmp_path / "a.xlsx") as book:
        sheet = book.add_worksheet("A")
        sheet.write_row(0, 0, ["phone", "name", "note"])
        sheet.write_row(1, 0, ["O612345678", "Jean", note])
    summary = plan_file(tmp_path / "a.xlsx")
    assert [record.cells for record in read(loaded(summary).errors_path).records] == [
        ("O612345678", "Jean", note)
    ]


@pytest.mark.parametrize(
    ("given_", "region", "expected"),
    [("|", "FR", "|"), ("", "FR", ";"), ("", "US", ","), ("", "AC", ","), ("", None, ",")],
)
def test_r25_an_errors_file_opens_in_columns(
    given_: str, region: str | None, expected: str
) -> None:
    """R25: the delimiter is the file's; of a workbook or cards, what Excel expects there."""
    facts = SourceFacts(Path("x"), "", 0, "xlsx", delimiter=given_)
    assert delimiter_for(facts, region) == expected


# NUL, Ctrl-Z and halves of UTF-16 pairs are no text; the reader has taken them out long before.
TEXTS = st.text(st.characters(exclude_characters="\0\x1a", exclude_categories=["Cs"]))
FRAGMENTS = st.lists(
    st.sampled_from(['"', "'", ",", ";", "\t", "\r", "\n", "=", "x", "0612345678"])
)
CELLS = TEXTS | FRAGMENTS.map("".join)


@settings(deadline=None, max_examples=400)
@given(
    rows=st.lists(st.tuples(CELLS, CELLS, CELLS), min_size=1, max_size=4),
    delimiter=st.sampled_from([",", ";", "\t", "|"]),
)
@example(rows=[("0612345678,a,b,c,d,e,f,g\n" * 3, "\r", "'" * 32_767)], delimiter=",")
@example(rows=[("\ufeff", "\n" * 100, "sep=;")], delimiter=";")
def test_r25_any_text_in_any_cell_survives_the_round_trip(
    rows: list[tuple[str, str, str]], delimiter: str
) -> None:
    """R25: whatever the cells of rejected rows hold, the errors file gives them back."""
    header = ("phone", "name", "+note")
    problem = Problem("E_PHONE_LETTERS", 'the letter "é"')
    stream = io.StringIO(newline="")
    ErrorsWriter(stream, header, delimiter, "plan").write(
        Outcome(Record(at + 2, at + 1, row), Person(), Disposition.REJECTED, problem=problem)
        for at, row in enumerate(rows)
    )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "errors.csv"
        path.write_bytes(stream.getvalue().encode("utf-8-sig"))
        found = read(path)
    assert found.facts.header == header
    assert found.cells == rows
    assert [record.origin[0] for record in found.records] == [
        str(at + 2) for at in range(len(rows))
    ]
    assert found.refused == []


def test_the_errors_file_never_replaces_a_file(tmp_path: Path) -> None:
    """Where a file stands already, or no file can, the copy is refused and nothing changes."""
    source = loaded(plan_text(tmp_path, BAD)).errors_path
    (tmp_path / "mine.csv").write_text("mine")
    for path in (tmp_path / "mine.csv", tmp_path / "no" / "x.csv"):
        with pytest.raises(UsageError):
            copy_errors(source, path)
    assert (tmp_path / "mine.csv").read_text() == "mine"
    copy_errors(source, tmp_path / "new.csv")
    assert (tmp_path / "new.csv").read_bytes() == source.read_bytes()


def test_a_plan_without_rejects_has_no_errors_file(tmp_path: Path) -> None:
    """Rows that are ready, blank, repeated or of other countries leave nothing to mend."""
    text = "phone,name\n0612345678,A\n0612345678,A\n,\n+14155552671,B\n"
    summary = plan_text(tmp_path, text, options=options_of(allowed=frozenset({"FR"})))
    assert not loaded(summary).errors_path.exists()
