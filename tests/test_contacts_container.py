"""What a file really is: packed, empty, no table at all (R18, R19)."""

import gzip
import io
import zipfile
from pathlib import Path

import pytest

from pipeline.contacts.reading.container import kind_of
from pipeline.contacts.reading.source import open_source
from pipeline.errors import UsageError
from support.reading import read, read_text

PLAIN = "phone,name\r\n+33612345678,Jean\r\n"


def test_r18_gzip_is_read(tmp_path: Path) -> None:
    """R18: a packed CSV file is read, whatever its name."""
    path = tmp_path / "a.csv"
    path.write_bytes(gzip.compress(PLAIN.encode()))
    assert read(path).cells == [("+33612345678", "Jean")]


def archive(names: tuple[str, ...]) -> bytes:
    """Return a ZIP archive with empty members of these names."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as packed:
        for name in names:
            packed.writestr(name, "")
    return target.getvalue()


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 512, "old Excel workbook"),
        (b"%PDF-1.7\n", "a PDF"),
        (archive(("a.csv",)), "ZIP archive"),
        (archive(("mimetype", "content.xml")), "another kind than .xlsx"),
        (archive(("xl/workbook.bin",)), "another kind than .xlsx"),
        (archive(("xl/workbook.xml",)), "cannot be read"),
        (archive(("a.csv",))[:20], "damaged ZIP"),
        (gzip.compress(PLAIN.encode() * 50)[:-12], "damaged gzip"),
        (gzip.compress(gzip.compress(b"a")), "packed twice"),
        (b"  <!DOCTYPE html><table>", "web page"),
        ("\ufeff<html>".encode("utf-16-le"), "web page"),
    ],
    ids=[
        "xls",
        "pdf",
        "zip",
        "ods",
        "xlsb",
        "no-workbook",
        "cut-zip",
        "cut-gzip",
        "twice",
        "html",
        "html-utf-16",
    ],
)
def test_r18_what_is_no_table_is_refused_in_words(tmp_path: Path, data: bytes, words: str) -> None:
    """R18: a file that only calls itself CSV is refused with what it is and what to do."""
    path = tmp_path / "a.csv"
    path.write_bytes(data)
    with pytest.raises(UsageError, match=words) as caught:
        read(path)
    assert caught.value.advice


@pytest.mark.parametrize("text", ["", "\n\r\n \n", "\ufeff", "\0\0\0", "sep=;\n", ",,\n,\n"])
def test_r19_an_empty_file_has_no_rows(tmp_path: Path, text: str) -> None:
    """R19: a file without any text is a usage error that says so."""
    with pytest.raises(UsageError, match="no rows"):
        read_text(tmp_path, text)


def test_r19_a_header_alone_is_no_row(tmp_path: Path) -> None:
    """R19: a file that ends after its header gives 0 rows."""
    found = read_text(tmp_path, "phone,name\n")
    assert (found.records, found.refused, found.blank) == ([], [], 0)


@pytest.mark.parametrize("name", ["missing.csv", "."])
def test_what_is_no_file_is_a_usage_error(tmp_path: Path, name: str) -> None:
    """A path that leads to nothing, or to a folder, is refused in words."""
    with pytest.raises(UsageError, match=r"does not exist|is a folder"):
        open_source(tmp_path / name)


def swollen(size: int, told: int) -> bytes:
    """Return what looks like a workbook, with a part of some size that tells another one."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/workbook.xml", "<workbook/>")
        packed.writestr("xl/worksheets/sheet1.xml", b" " * size)
    return target.getvalue().replace(size.to_bytes(4, "little"), told.to_bytes(4, "little"))


@pytest.mark.parametrize(
    ("told", "words"), [(3_000_001, "unpacks to 2 MiB"), (2000, "a damaged ZIP archive")]
)
def test_r18_a_workbook_that_swells_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, told: int, words: str
) -> None:
    """A workbook that unpacks to too much is refused unread, also where it tells less."""
    monkeypatch.setattr("pipeline.contacts.reading.container._MOST_UNPACKED", 2 << 20)
    path = tmp_path / "a.xlsx"
    path.write_bytes(swollen(3_000_001, told))
    with pytest.raises(UsageError, match=words):
        kind_of(path)
