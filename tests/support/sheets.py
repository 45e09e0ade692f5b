"""Workbooks as a program reads them, for tests."""

import zipfile
from io import BytesIO
from xml.etree import ElementTree as ET

_SPACE = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def sheet_names(book: bytes) -> list[str]:
    """Return the names of a workbook's sheets."""
    root = _part(book, "xl/workbook.xml")
    return [str(sheet.get("name")) for sheet in root.iter(f"{_SPACE}sheet")]


def cells(book: bytes, number: int) -> dict[str, tuple[str, str]]:
    """Return the cells of a sheet, counted from 1: address to (type, text or number)."""
    shared = ["".join(item.itertext()) for item in _part(book, "xl/sharedStrings.xml")]
    found = {}
    for cell in _part(book, f"xl/worksheets/sheet{number}.xml").iter(f"{_SPACE}c"):
        kind, text = cell.get("t", "n"), "".join(cell.itertext())
        found[str(cell.get("r"))] = (kind, shared[int(text)] if kind == "s" else text)
    return found


def formulas(book: bytes) -> list[str]:
    """Return every formula and link of a workbook."""
    with zipfile.ZipFile(BytesIO(book)) as archive:
        names = [name for name in archive.namelist() if "worksheets/sheet" in name]
    parts = [_part(book, name) for name in names]
    return [
        str(found.text or found.get("ref"))
        for part in parts
        for kind in ("f", "hyperlink")
        for found in part.iter(f"{_SPACE}{kind}")
    ]


def _part(book: bytes, name: str) -> ET.Element:
    with zipfile.ZipFile(BytesIO(book)) as archive:
        return ET.fromstring(archive.read(name))
