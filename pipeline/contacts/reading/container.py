"""Look at a file's first bytes: what it really is, whatever its name says."""

import gzip
import hashlib
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast

from pipeline.errors import UsageError

_SAVE = "Save it as CSV UTF-8 or as .xlsx, and give that file."
# What a file of this beginning is, and what to do with it.
_REFUSED = (
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook (.xls), or one with a password", _SAVE),
    (b"%PDF", "a PDF", "Ask for the table that it was made from, as CSV or .xlsx."),
    (b"Rar!", "a RAR archive", "Unpack it, and give the file within."),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive", "Unpack it, and give the file within."),
    (b"{\\rtf", "an RTF document", _SAVE),
    (b"PAR1", "a Parquet file", "Write it as CSV, and give that file."),
    (b"SQLite format 3", "an SQLite database", "Export the contacts as CSV, and give that file."),
    (b"\x89PNG", "a picture", "Ask for the table as CSV or .xlsx."),
    (b"\xff\xd8\xff", "a picture", "Ask for the table as CSV or .xlsx."),
)
_PAGES = (b"<!doctype html", b"<html", b"<table", b"<?xml")
_GZIP = b"\x1f\x8b"
_MOST_UNPACKED = 1 << 30


def kind_of(path: Path) -> str:
    """Return `csv`, `xlsx` or `vcard`; text within gzip counts as what it is.

    Raises:
        UsageError: it is no file, cannot be read, or is of a kind that has no rows of text.
    """
    with reading(path):
        if not path.is_file():
            what = "is a folder" if path.is_dir() else "does not exist"
            raise UsageError(f"{path} {what}", advice="Give the path of a CSV, .xlsx or .vcf file.")
        with path.open("rb") as raw:
            head = raw.read(16)
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _kind_of_archive(path)
    with reading(path), open_bytes(path) as stream:
        return _kind_of_text(path, stream.read(1024))


def open_bytes(path: Path) -> BinaryIO:
    """Open a file for reading, unpacked where it is gzip."""
    with path.open("rb") as stream:
        is_packed = stream.read(2) == _GZIP
    return cast("BinaryIO", gzip.open(path)) if is_packed else path.open("rb")


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of the file as it lies on disk, in hexadecimal digits."""
    with reading(path), path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """Turn what goes wrong in reading bytes into a UsageError that names the file."""
    try:
        yield
    except (gzip.BadGzipFile, EOFError, zlib.error):
        raise UsageError(
            f"{path} is a damaged gzip file", advice="Unpack it, or fetch it again."
        ) from None
    except OSError as error:
        raise UsageError(
            f"{path} cannot be read: {error.strerror or error}",
            advice="Check the file and its permissions.",
        ) from None


def _kind_of_text(path: Path, head: bytes) -> str:
    for mark, what, advice in _REFUSED:
        if head.startswith(mark):
            raise UsageError(f"{path} is {what}, not a CSV file", advice=advice)
    if head.startswith((b"PK\x03\x04", _GZIP)):
        raise UsageError(f"{path} is packed twice", advice="Unpack it, and give the file within.")
    text = head.lstrip(b"\xef\xbb\xbf\xfe\xff").replace(b"\0", b"").lstrip().lower()
    if text.startswith(_PAGES):
        raise UsageError(f"{path} is a web page or XML, not a CSV file", advice=_SAVE)
    return "vcard" if text.startswith(b"begin:vcard") else "csv"


def _kind_of_archive(path: Path) -> str:
    names, size, is_whole = _look_into(path)
    if not is_whole:
        raise UsageError(
            f"{path} is a damaged ZIP archive or workbook", advice="Fetch or save it again."
        )
    if "xl/workbook.xml" not in names:
        is_table = "mimetype" in names or any(name.startswith("xl/") for name in names)
        what = "a table of another kind than .xlsx" if is_table else "a ZIP archive"
        advice = _SAVE if is_table else "Unpack it, and give the file within."
        raise UsageError(f"{path} is {what}, not a CSV file", advice=advice)
    if size > _MOST_UNPACKED:
        raise UsageError(f"{path} unpacks to {size >> 20:,} MiB", advice="Save the rows as CSV.")
    return "xlsx"


def _look_into(path: Path) -> tuple[set[str], int, bool]:
    """Return the names in an archive, the size that it tells, and whether it is whole and true.

    A size that is a lie ends the reading too soon, and the checksum differs.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
            size = sum(info.file_size for info in archive.infolist())
            return names, size, size > _MOST_UNPACKED or archive.testzip() is None
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, RuntimeError):
        return set(), 0, False
