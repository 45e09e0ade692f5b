"""Any table comes back equal, and any bytes are read or refused in words."""

import csv
import io
import tempfile
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipeline.contacts.reading.records import Layout, RecordReader
from pipeline.contacts.reading.source import ReadingOptions, Record, Refused, Row
from pipeline.errors import UsageError
from support.reading import Reading, read

CP1252 = "".join(
    chr(point)
    for point in [*range(1, 0x1A), *range(0x1B, 0x7F), *range(0xA0, 0x100), 0x20AC, 0x2019]
)
ENDS = ["\n", "\r\n", "\r"]
QUOTINGS = [csv.QUOTE_ALL, csv.QUOTE_MINIMAL]
WILD = "abc0+\"',;|\t\n\r =@\u2028\u0085\u00a0\x0b\x1céא😀\ufeff\u200b"


def cells(alphabet: str) -> st.SearchStrategy[str]:
    """Return cells of a few characters."""
    return st.text(alphabet, max_size=6)


@st.composite
def tables(draw: st.DrawFn) -> tuple[list[list[str]], str]:
    """Return rows of one width, and an encoding that has all their characters."""
    encoding = draw(st.sampled_from(["utf-8", "utf-16", "cp1252"]))
    cell = cells(CP1252 if encoding == "cp1252" else WILD) | cells("ab")
    width = draw(st.integers(1, 4))
    return draw(st.lists(st.lists(cell, min_size=width, max_size=width), max_size=8)), encoding


def read_bytes(data: bytes, options: ReadingOptions | None = None) -> Reading:
    """Write bytes to a file and read it."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "contacts.csv"
        path.write_bytes(data)
        return read(path, options, size=3)


@settings(deadline=None, max_examples=300)
@given(tables(), st.sampled_from(",;\t|"), st.sampled_from(ENDS), st.sampled_from(QUOTINGS))
def test_any_table_is_read_back_equal(
    table: tuple[list[list[str]], str], delimiter: str, end: str, quoting: int
) -> None:
    """Whatever stands in the cells comes back, each row at the line where it begins."""
    rows, encoding = table
    # Python 3.11 leaves a CR without quotes where lines end in LF alone, and the other way round.
    quoting = quoting if end == "\r\n" else csv.QUOTE_ALL
    # The accent keeps cp1252 from being UTF-8 by chance.
    head = [f"tête {at}" for at in range(len(rows[0]) if rows else 2)]
    expected, blank, text = [], 0, ""
    for row in [head, *rows]:
        target = io.StringIO()
        csv.writer(target, delimiter=delimiter, lineterminator=end, quoting=quoting).writerow(row)
        line = len(list(io.StringIO(text, newline=""))) + 1
        text += target.getvalue()
        if row is not head and any(map(str.strip, row)):
            expected.append((line, tuple(row)))
        elif row is not head:
            blank += 1
    options = ReadingOptions(encoding=encoding, delimiter=delimiter, has_header=True)
    found = read_bytes(text.encode(encoding), options)
    assert found.refused == []
    assert [(record.line, record.cells) for record in found.records] == expected
    assert found.blank == blank


@settings(deadline=None, max_examples=500)
@given(st.binary(max_size=300) | st.text(WILD, max_size=300).map(str.encode))
@example(b"\xff\xfe\x00")
@example(b"\xff\xfea\x00,\x00b\x00\n\x00\x00\xd8,\x00c\x00\n\x00\x01")
@example(b"\x1f\x8b\x08\x00")
@example(b"PK\x03\x04abc")
@example(b"BEGIN:VCARD\n;:\nEND:VCARD\n")
def test_any_bytes_are_read_or_refused_in_words(data: bytes) -> None:
    """Bytes of any kind give rows, or a usage error, and nothing else."""
    try:
        found = read_bytes(data)
    except UsageError:
        return
    numbers = [row.number for row in [*found.records, *found.refused]]
    assert len(set(numbers)) == len(numbers)
    assert max(numbers, default=0) <= len(numbers) + found.blank


@settings(deadline=None, max_examples=200)
@given(
    st.lists(
        st.sampled_from(["BEGIN:VCARD", "END:VCARD", "VERSION:3.0", "FN:A", "TEL:1"]) | st.text()
    )
)
def test_any_lines_of_a_vcard_file_are_read_or_refused(lines: list[str]) -> None:
    """A vCard file of any lines gives cards and refused cards, and nothing else."""
    data = "\n".join(["BEGIN:VCARD", *lines]).encode("utf-8", "replace")
    found = read_bytes(data)
    assert found.records or found.refused


DAMAGE = st.sampled_from(['"', '""', '"x', 'x"', ",", "\n", '"\n"', ""])
PLACES = st.sampled_from(["{}Jean", "Je{}an", "Jean{}"])
SHAPES = ["+336123456{:02},Jean\n", '"+336123456{:02}","Jean"\n', "Jean,+336123456{:02}\n"]


@settings(deadline=None, max_examples=300)
@given(st.lists(st.tuples(st.integers(0, 59), DAMAGE, PLACES), max_size=4), st.sampled_from(SHAPES))
def test_damage_costs_the_damaged_rows_alone(
    damage: list[tuple[int, str, str]], shape: str
) -> None:
    """Stray quotes, commas and line ends in some rows never take a row that has none."""
    rows = [shape.format(at) for at in range(61)]
    for at, text, place in damage:
        rows[at] = rows[at].replace("Jean", place.format(text))
    lines = list(io.StringIO("".join(rows), newline=""))
    reader = RecordReader(Layout(",", 2, phone_columns=(int(shape[0] == "J"),)))
    found: list[Row] = [row for block in reader.blocks([lines], 7) for row in block]
    kept = {cell for row in found if isinstance(row, Record) for cell in row.cells}
    hurt = {at for at, _, _ in damage}
    assert {f"+336123456{at:02}" for at in range(61) if at not in hurt} <= kept
    assert [row.number for row in found] == sorted({row.number for row in found})
    assert len(found) + reader.blank == found[-1].number
    assert sum(isinstance(row, Refused) for row in found) <= 3 * len(damage)


@pytest.mark.parametrize("batch", [1, 3, 50, 1000])
def test_records_do_not_depend_on_how_lines_come(batch: int) -> None:
    """However many lines come at a time, records and their lines are the same."""
    text = "".join(f'{at},"a\nb"\n{at},c\n{at},"d\n' for at in range(100))
    lines = list(io.StringIO(text, newline=""))

    def rows(size: int) -> list[Row]:
        batches = [lines[at : at + size] for at in range(0, len(lines), size)]
        return [row for block in RecordReader(Layout(",", 2)).blocks(batches, 9) for row in block]

    assert rows(batch) == rows(len(lines))
