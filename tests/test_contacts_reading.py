"""A contact file is read, whoever made it: encodings, delimiters, line ends (R01-R09)."""

from pathlib import Path

import pytest

from pipeline.contacts.reading.likeness import looks_like_phone
from pipeline.contacts.reading.source import ReadingOptions, open_source, sample_of
from pipeline.errors import UsageError
from support.reading import read, read_text

PLAIN = "phone,name\r\n+33612345678,Jean\r\n"
ROWS = [("+33612345678", "Élodie"), ("+33766666666", "Müller")]
TABLE = "phone\tname\r\n" + "".join("\t".join(row) + "\r\n" for row in ROWS)


def test_r01_a_mark_before_a_quoted_header_is_no_part_of_it(tmp_path: Path) -> None:
    """R01: the byte order mark is taken away, and the quotes of the header are quotes."""
    found = read_text(tmp_path, '\ufeff"phone","name"\r\n"+33612345678","Jean"\r\n')
    assert found.facts.header == ("phone", "name")
    assert found.cells == [("+33612345678", "Jean")]


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("mark", ["", "\ufeff"], ids=["bare", "marked"])
def test_r02_excels_unicode_text_is_read(tmp_path: Path, encoding: str, mark: str) -> None:
    """R02: UTF-16 of either order, with a mark or without, is read, and its tab is found."""
    found = read_text(tmp_path, mark + TABLE, encoding)
    assert found.facts.encoding == encoding
    assert found.facts.delimiter == "\t"
    assert not found.facts.is_encoding_guessed
    assert found.cells == ROWS


def test_r03_a_file_that_says_nothing_is_cp1252_and_says_so(tmp_path: Path) -> None:
    """R03: what is not UTF-8 is read as cp1252, with a warning; a preview has the names."""
    text = "tel;nom\r\n+33612345678;Élodie\r\n+33766666666;Müller €\r\n"
    found = read_text(tmp_path, text, "cp1252")
    assert found.facts.encoding == "cp1252"
    assert found.facts.is_encoding_guessed
    assert found.facts.warnings == ("W_ENCODING_GUESSED",)
    sample = sample_of(open_source(tmp_path / "contacts.csv"))
    assert [row.cells[1] for row in sample] == ["Élodie", "Müller €"]


@pytest.mark.parametrize(
    ("encoding", "name"),
    [
        ("cp1250", "Łukasz Żak"),
        ("cp1251", "Анна"),
        ("cp1253", "Γιώργος"),
        ("cp1255", "שרה"),
        ("cp1256", "محمد"),
        ("cp1257", "Jānis"),
        ("cp850", "Élodie"),
        ("mac_roman", "Élodie"),
        ("iso8859_15", "Œuvre €"),
        ("shift_jis", "山田太郎"),
        ("gb18030", "王小明"),
    ],
)
def test_r03_another_encoding_is_read_where_a_person_names_it(
    tmp_path: Path, encoding: str, name: str
) -> None:
    """R03: with --encoding a file is read in that encoding, and nothing was guessed."""
    text = f"phone;name\r\n+33612345678;{name}\r\n"
    found = read_text(tmp_path, text, encoding, ReadingOptions(encoding=encoding))
    assert found.cells == [("+33612345678", name)]
    assert not found.facts.is_encoding_guessed


def test_r03_an_encoding_that_is_none_is_refused(tmp_path: Path) -> None:
    """R03: a name that Python does not know is a usage error."""
    (tmp_path / "a.csv").write_bytes(b"phone,name\n1,\xff\n")
    for name in ("nonsense", "base64", "punycode-x"):
        with pytest.raises(UsageError, match="no encoding"):
            open_source(tmp_path / "a.csv", ReadingOptions(encoding=name))


def test_r04_one_bad_row_in_a_utf8_file_costs_that_row_alone(tmp_path: Path) -> None:
    """R04: a row in another encoding is refused at its line; the others stay UTF-8."""
    path = tmp_path / "a.csv"
    rows = ["phone,name", "+33612345678,Élodie", "+33766666666,BAD", "+33611111111,Zoé"]
    path.write_bytes("\n".join(rows).encode().replace(b"BAD", "Müller".encode("cp1252")))
    found = read(path)
    assert found.facts.encoding == "utf-8"
    assert found.problems == [(3, "E_ENCODING")]
    assert found.refused[0].raw == "+33766666666,M\ufffdller"
    assert found.cells == [("+33612345678", "Élodie"), ("+33611111111", "Zoé")]


def test_r04_a_header_that_is_no_text_is_refused_in_words(tmp_path: Path) -> None:
    """R04: in a UTF-8 file a header in another encoding is a usage error that names its line."""
    path = tmp_path / "a.csv"
    path.write_bytes(b"phone,pr\xe9nom\n1," + "Élodie\n2,Zoé\n".encode())
    with pytest.raises(UsageError, match=r"line 1 of .* no text"):
        read(path)


@pytest.mark.parametrize(
    ("text", "cells"),
    [
        (PLAIN + "\0" * 64, [("+33612345678", "Jean")]),
        (PLAIN + "\x1a", [("+33612345678", "Jean")]),
        (PLAIN + "\x1a" + "\0" * 64, [("+33612345678", "Jean")]),
        ("phone,name\n+33612345678,Je\0an\n", [("+33612345678", "Jean")]),
    ],
    ids=["nul-tail", "ctrl-z", "both", "nul-in-cell"],
)
def test_r05_nul_and_ctrl_z_are_no_text(
    tmp_path: Path, text: str, cells: list[tuple[str, ...]]
) -> None:
    """R05: NULs and Ctrl-Z are left out, at the end and in cells, with a warning."""
    found = read_text(tmp_path, text)
    assert found.facts.warnings == ("W_NUL",)
    assert (found.cells, found.refused, found.blank) == (cells, [], 0)


@pytest.mark.parametrize(
    ("delimiter", "text"),
    [
        (";", "nom;tel\nDupont, Jean;0612345678\nDurand, Zoé;0766666666\n"),
        (";", "Dupont, Jean;0612345678\nDurand, Zoé;0766666666\n"),
        (";", "Dr Dupont, Jean, X;0612345678\nDr Durand, Zoé, Y;0766666666\n"),
        (";", "tel;nom\n612345678,00;Jean\n766666666,00;Zoé\n"),
        (";", '"tel";"nom"\n"0612345678";"Dupont; Jean"\n"0766666666";"a,b"\n'),
        (",", "phone,name\n0612345678;0766666666,Jean\n0611111111;0622222222,Zoé\n"),
        (",", 'phone,name\n0612345678,"Dupont, Jean"\n0766666666,"a;b;c"\n'),
        (",", "phone,name,note\n0612345678,Jean,\n0766666666,Zoé,a|b|c\n"),
        (",", "phone,name\n"),
        ("\t", "phone\tname\n0612345678\tDupont, Jean; X\n0766666666\tDurand, Zoé; Y\n"),
        ("|", "phone|name\n0612345678|Dupont, Jean\n0766666666|Durand, Zoé\n"),
        ("|", '"0612345678"|"a"\n"0766666666"|"b"\n'),
        ("", "phone\n0612345678\n0766666666\n"),
        ("", "phone\n+33 6 12 34 56 78\n+33 7 66 66 66 66, +33 6 11 11 11 11\n0766666666\n"),
    ],
    ids=[
        "commas-in-names",
        "commas-in-names-without-header",
        "more-commas-than-semicolons",
        "decimal-comma",
        "all-quoted",
        "semicolons-in-numbers",
        "quoted-commas",
        "pipes-in-notes",
        "header-only",
        "tab",
        "pipe",
        "pipe-quoted-without-header",
        "one-column",
        "one-column-of-several-numbers",
    ],
)
def test_r06_the_delimiter_is_found(tmp_path: Path, delimiter: str, text: str) -> None:
    """R06: the delimiter is what makes the rows alike, not what occurs most."""
    found = read_text(tmp_path, text)
    assert found.facts.delimiter == delimiter
    assert found.refused == []


@pytest.mark.parametrize("delimiter", ["", ",,", '"', "\n"])
def test_r06_a_delimiter_is_one_character(tmp_path: Path, delimiter: str) -> None:
    """R06: a delimiter that cannot part cells is refused, whoever names it."""
    with pytest.raises(UsageError, match="cannot be a delimiter"):
        read_text(tmp_path, PLAIN, options=ReadingOptions(delimiter=delimiter))


def test_r06_a_person_may_say_the_delimiter(tmp_path: Path) -> None:
    """R06: a delimiter that is said outdoes what the rows and `sep=` look like."""
    found = read_text(tmp_path, "sep=,\na^b,c\n1^2,3\n", options=ReadingOptions(delimiter="^"))
    assert found.cells == [("1", "2,3")]


@pytest.mark.parametrize(
    ("text", "delimiter", "line"),
    [
        ("sep=;\nphone;name\n06,1;a,b\n", ";", 3),
        ("\ufeffsep=;\nphone;name\n06,1;a,b\n", ";", 3),
        ("sep=;\r\nphone;name\r\n06,1;a,b\r\n", ";", 3),
        ('"sep=;"\nphone;name\n06,1;a,b\n', ";", 3),
        ("SEP=\t\nphone\tname\n06,1\ta,b\n", "\t", 3),
        ("sep=,\n\nphone,name\n061,ab\n", ",", 4),
        ("sep=^\nphone^name\n06,1^a,b\n", "^", 3),
    ],
    ids=["plain", "after-mark", "crlf", "quoted", "tab", "before-blank-line", "odd"],
)
def test_r07_excels_sep_line_names_the_delimiter(
    tmp_path: Path, text: str, delimiter: str, line: int
) -> None:
    """R07: the line `sep=;` is obeyed and is no row; line numbers stay those of the file."""
    found = read_text(tmp_path, text)
    assert found.facts.delimiter == delimiter
    assert found.facts.header == ("phone", "name")
    assert [record.line for record in found.records] == [line]


@pytest.mark.parametrize(
    ("text", "end", "lines"),
    [
        ("phone,name\r0612345678,A\r0766666666,B\r", "CR", [2, 3]),
        ("phone,name\r\n0612345678,A\n0766666666,B\r\n", "CRLF", [2, 3]),
        ("phone,name\n0612345678,A\n0766666666,B", "LF", [2, 3]),
        ("phone,name\n0612345678,A\u2028\u0085\x0bZ\n0766666666,B\n", "LF", [2, 3]),
    ],
    ids=["cr-only", "mixed", "no-final-end", "u2028-is-data"],
)
def test_r08_every_line_end_is_known(tmp_path: Path, text: str, end: str, lines: list[int]) -> None:
    """R08: CR, LF and CRLF end lines, mixed too; no other character does."""
    found = read_text(tmp_path, text)
    assert found.facts.line_end == end
    assert [record.line for record in found.records] == lines
    assert [cells[1][0] for cells in found.cells] == ["A", "B"]
    assert found.refused == []


@pytest.mark.parametrize(
    ("text", "has_header", "header", "lines"),
    [
        ("phone\n0612345678\n0766666666\n", True, ("phone",), [2, 3]),
        ("0612345678\n0766666666\n", False, ("column 1",), [1, 2]),
        ("+33 6 12 34 56 78,Jean\n0766666666,Zoé\n", False, ("column 1", "column 2"), [1, 2]),
        (",\n\n,,\nphone,name\n0612345678,Jean\n", True, ("phone", "name"), [5]),
        ("\n\nphone,born\n0612345678,2001-02-03\n", True, ("phone", "born"), [4]),
    ],
    ids=["header", "no-header", "two-columns", "blank-rows-first", "blank-lines-first"],
)
def test_r09_a_header_is_told_by_content(
    tmp_path: Path, text: str, *, has_header: bool, header: tuple[str, ...], lines: list[int]
) -> None:
    """R09: a first row with a number in it is data, which is said; any other is the header."""
    found = read_text(tmp_path, text)
    assert found.facts.has_header is has_header
    assert found.facts.header == header
    assert found.facts.warnings == (() if has_header else ("W_NO_HEADER",))
    assert [record.line for record in found.records] == lines


@pytest.mark.parametrize(
    ("cell", "is_phone"),
    [
        ("+33 6 12 34 56 78", True),
        ("(0)6.12-34/56 78", True),
        ('="0612345678"', True),
        ("612345678,00", True),
        ("٠٦١٢٣٤٥٦٧٨", True),
        ("0612345678;0766666666", False),
        ("2026-11-22", False),
        ("22.11.2026 14:05", False),
        ("123456", False),
        ("O612345678", False),
        ("1" * 300, False),
    ],
)
def test_r09_a_cell_is_told_from_a_number(cell: str, *, is_phone: bool) -> None:
    """R09: seven digits with what stands in numbers look like one; a date does not."""
    assert looks_like_phone(cell) is is_phone


def test_r09_a_person_may_say_whether_there_is_a_header(tmp_path: Path) -> None:
    """R09: what is said of the header outdoes the content, and is no matter of a warning."""
    found = read_text(tmp_path, "a,b\nc,d\n", options=ReadingOptions(has_header=False))
    assert found.cells == [("a", "b"), ("c", "d")]
    assert found.facts.warnings == ()
