"""A report's tables as CSV: raw for programs, or as the Excel of the report's language reads it."""

import csv
import io
import re
from datetime import date, datetime
from typing import Any

from pipeline.report.export.cells import Sheet

# OWASP ASVS 1.2.10: a text that begins so may run as a formula.
_FORMULA = tuple(
    "=+-@\t\r\N{FULLWIDTH EQUALS SIGN}\N{FULLWIDTH PLUS SIGN}\N{FULLWIDTH COMMERCIAL AT}"
)
_NUMBER = re.compile(r"\+[1-9][0-9*]{6,14}")  # E.164, also with its middle hidden
_COMMA_LANGUAGES = frozenset({"fr"})  # where 1,5 is one and a half, and Excel parts cells with ;


def raw_csv(sheet: Sheet) -> bytes:
    """Return a table as UTF-8 with commas: ISO days, plain numbers, texts untouched."""
    rows = ([_plain(value) for value in row] for row in sheet.rows)
    return _written([column.key for column in sheet.columns], rows, lineterminator="\n").encode()


def excel_csv(sheet: Sheet, language: str) -> bytes:
    """Return a table as Excel opens it: a BOM, the language's marks, no text that is a formula."""
    has_comma = language in _COMMA_LANGUAGES
    rows = ([_local(value, has_comma=has_comma) for value in row] for row in sheet.rows)
    head = [guarded(column.title) for column in sheet.columns]
    mark = ";" if has_comma else ","
    # Quoted, a cell stays one where the machine's own mark is the other one.
    text = _written(head, rows, delimiter=mark, lineterminator="\r\n", quoting=csv.QUOTE_ALL)
    return text.encode("utf-8-sig")


def guarded(text: str) -> str:
    """Return a free text with an apostrophe before what Excel would run; numbers to call stay."""
    return f"'{text}" if text.startswith(_FORMULA) and not _NUMBER.fullmatch(text) else text


def _written(head: list[str], rows: Any, **dialect: Any) -> str:
    stream = io.StringIO()
    writer = csv.writer(stream, **dialect)
    writer.writerow(head)
    writer.writerows(rows)
    return stream.getvalue()


def _plain(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, date):
        return value.isoformat()
    return str(value)


def _local(value: Any, *, has_comma: bool) -> str:
    if isinstance(value, str):
        return guarded(value)
    if isinstance(value, datetime):
        return value.isoformat(" ", "seconds")
    if isinstance(value, float):
        text = str(int(value)) if value.is_integer() else str(round(value, 6))
        return text.replace(".", ",") if has_comma else text
    return _plain(value)
