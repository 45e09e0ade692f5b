"""A damaged row costs itself, at its line and with its code, and no other (R10-R17, R21)."""

from pathlib import Path

import pytest

from pipeline.errors import UsageError
from support.reading import read, read_text

HEADER = "phone,name\n"


def row(number: int) -> str:
    """Return a row with a number of its own."""
    return f"+336{number:08d},Jean {number}\n"


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"], ids=["lf", "crlf", "cr"])
def test_r10_a_quoted_line_end_is_within_a_cell(tmp_path: Path, end: str) -> None:
    """R10: a name over lines 2-3 is one record of line 2, and the next record is of line 4."""
    text = f'phone,name{end}+33612345678,"Jean{end}Dupont"{end}+33766666666,Zoé{end}'
    found = read_text(tmp_path, text)
    assert [(r.line, r.number, " ".join(r.cells[1].split())) for r in found.records] == [
        (2, 1, "Jean Dupont"),
        (4, 2, "Zoé"),
    ]


def test_r11_an_open_quote_costs_its_line_alone(tmp_path: Path) -> None:
    """R11: of 200,000 rows with one quote left open 199,999 are kept, and its line is named."""
    rows = [row(number) for number in range(200_000)]
    rows[123_456] = '+33612345678,"Jean\n'
    found = read_text(tmp_path, HEADER + "".join(rows))
    assert found.problems == [(123_458, "E_CSV_OPEN_QUOTE")]
    assert len(found.records) == 199_999
    assert found.records[-1].line == 200_001
    assert found.records[-1].number == 200_000


def test_r11_an_open_quote_before_quoted_rows_costs_its_line_alone(tmp_path: Path) -> None:
    """R11: the opening quote of a later row does not hide that an earlier one is left open."""
    rows = [f'"+3361234567{i}","Jean {i}"\n' for i in range(8)]
    rows[3] = '"+33612345673","Jean\n'
    found = read_text(tmp_path, HEADER + "".join(rows))
    assert found.problems == [(5, "E_CSV_OPEN_QUOTE")]
    assert len(found.records) == 7


@pytest.mark.parametrize("apart", [1, 2, 10, 48])
def test_r12_two_stray_quotes_swallow_nobody(tmp_path: Path, apart: int) -> None:
    """R12: of two stray quotes both lines are refused, each naming the other."""
    rows = [row(number) for number in range(100)]
    rows[20] = '+33612345678,"Jean\n'
    rows[20 + apart] = '+33766666666,Luc"\n'
    found = read_text(tmp_path, HEADER + "".join(rows))
    assert [(r.line, r.problem.code, r.problem.detail) for r in found.refused] == [
        (22, "E_CSV_MERGED", f"opens a quote that line {22 + apart} closes"),
        (22 + apart, "E_CSV_MERGED", "closes the quote that line 22 opens"),
    ]
    assert len(found.records) == 98


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ('nom,tel\n"Jean,0612345678\nLuc",0766666666\nZoé,0611111111\n', [2, 3]),
        ('a,tel,b\n1,0612345678,"x\n2,0766666666,y"\n3,0611111111,z\n', [2, 3]),
        ('tel,nom,b\n0612345678,"A,x\n0766666666,B",y\n0611111111,C,z\n', [2, 3]),
        ('tel\n"0612345678\n0766666666\n0611111111"\n0622222222\n', [2, 4]),
    ],
    ids=["first-column", "last-column", "middle-column", "one-column"],
)
def test_r12_a_swallowed_row_is_seen_in_any_column(
    tmp_path: Path, text: str, lines: list[int]
) -> None:
    """R12: whichever column the stray quotes stand in, a swallowed row is seen."""
    found = read_text(tmp_path, text)
    assert found.problems == [(line, "E_CSV_MERGED") for line in lines]


@pytest.mark.parametrize(
    "text",
    [
        'nom,tel\n"Jean\nDupont",0612345678\n',
        'tel,nom,b\n0612345678,"Jean, Dr\nDupont",z\n',
        'tel,nom\n"0612345678\n0766666666",Jean\n',
        'tel,nom,note\n0612345678,Jean,"call, then\nwrite to a,b"\n',
        'tel\n"0612345678\n0766666666"\n',
    ],
    ids=["name-first", "comma-in-name", "two-numbers", "note", "one-column"],
)
def test_r12_an_honest_cell_of_several_lines_is_kept(tmp_path: Path, text: str) -> None:
    """R12: a cell of several lines none of which is a row stays one record."""
    found = read_text(tmp_path, text)
    assert found.refused == []
    assert [r.line for r in found.records] == [2]


@pytest.mark.parametrize("cell", ['"Al" B', r'"A \"x\" B"', '"Al"""B" C'])
def test_r13_text_after_a_closing_quote_is_refused(tmp_path: Path, cell: str) -> None:
    """R13: a cell whose quotes do not fit is refused at its line, never mended in silence."""
    found = read_text(tmp_path, f"phone,name\n+33612345678,{cell}\n+33766666666,Zoé\n")
    assert found.problems == [(2, "E_CSV_QUOTE")]
    assert len(found.records) == 1


def test_r14_a_quote_within_a_cell_is_text(tmp_path: Path) -> None:
    """R14: an inch sign in a cell without quotes around is text."""
    found = read_text(tmp_path, 'phone,name\n+33612345678,5" disk\n')
    assert found.cells == [("+33612345678", '5" disk')]


def test_r15_a_row_of_another_width_is_refused(tmp_path: Path) -> None:
    """R15: extra and missing cells are refused with both widths; empty ones at the end are not."""
    text = "phone,name\n0612345678,Jean,x\n0766666666\n0611111111,Zoé,,\n"
    found = read_text(tmp_path, text)
    assert [(r.line, r.problem.code, r.problem.detail, r.raw) for r in found.refused] == [
        (2, "E_CSV_COLUMNS", "3 cells, header has 2", "0612345678,Jean,x"),
        (3, "E_CSV_COLUMNS", "1 cells, header has 2", "0766666666"),
    ]
    assert found.cells == [("0611111111", "Zoé")]


def test_r15_empty_columns_at_the_end_of_the_header_are_none(tmp_path: Path) -> None:
    """R15: a header that ends in delimiters is as wide as its names, where no cell says more."""
    found = read_text(tmp_path, "phone;name;;\n0612345678;Jean\n0766666666;Zoé;;\n")
    assert found.facts.header == ("phone", "name")
    assert found.refused == []


def test_r17_blank_rows_are_counted_and_no_errors(tmp_path: Path) -> None:
    """R17: empty lines, delimiters alone and blanks are blank rows; they count in row numbers."""
    text = "phone,name\n\n0612345678,Jean\n,,\n \u00a0 \n , \n0766666666,Zoé\n\n"
    found = read_text(tmp_path, text)
    assert found.blank == 5
    assert [(r.line, r.number) for r in found.records] == [(3, 2), (7, 6)]
    assert found.refused == []


@pytest.mark.parametrize("cell", ["x" * 5_000_000, '"' + "x" * 5_000_000 + '"', "x" * 40_000])
def test_r21_a_giant_cell_costs_its_row_alone(tmp_path: Path, cell: str) -> None:
    """R21: a cell longer than Excel allows is refused, and only 1,000 characters are kept of it."""
    found = read_text(tmp_path, f"phone,name\n0612345678,{cell}\n0766666666,Zoé\n")
    assert found.problems == [(2, "E_CELL_TOO_LONG")]
    assert len(found.refused[0].raw) <= 1000
    assert found.cells == [("0766666666", "Zoé")]


def test_a_damaged_header_is_refused_in_words(tmp_path: Path) -> None:
    """A header with a quote left open is a usage error that names its line."""
    with pytest.raises(UsageError, match=r"line 1 of .* its header, is damaged"):
        read_text(tmp_path, '"phone,name\n0612345678,Jean\n')


def test_rows_are_the_same_in_blocks_of_any_size(tmp_path: Path) -> None:
    """How many rows come at a time changes nothing about them."""
    rows = [row(number) for number in range(500)]
    rows[100] = '+33612345678,"Jean\n'
    found = read_text(tmp_path, HEADER + "".join(rows))
    for size in (1, 7, 499, 10_000):
        assert read(tmp_path / "contacts.csv", size=size) == found
