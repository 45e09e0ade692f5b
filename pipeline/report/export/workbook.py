"""A report as a workbook: a sheet per table, then what the words mean and where it is from."""

import io
from typing import TYPE_CHECKING, Any

from pipeline.report.export.cells import Sheet
from pipeline.report.export.sheets import sheets
from pipeline.report.model import Report, Words
from pipeline.report.voice import Voice

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

_FORMATS = {
    "whole": "#,##0",
    "float": "General",
    "share": "0.0%",
    "day": "yyyy-mm-dd",
    "moment": "yyyy-mm-dd hh:mm",
}
_LONGEST_NAME = 31
_LONGEST_CELL = 32_767
_WIDEST = 60
# A cell of hostile text must stay text, and no address in it may be followed.
_OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_numbers": False,
    "strings_to_urls": False,
    "nan_inf_to_errors": True,
}


def workbook(report: Report) -> bytes:
    """Return the workbook; the same report is the same bytes."""
    import xlsxwriter  # noqa: PLC0415 - only who asks for it pays for it

    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, _OPTIONS) as book:
        book.set_properties({"title": report.title, "created": report.origin.built_local})
        pages = _Pages(book, Voice(report.language))
        found = sheets(report)
        names = [pages.table(made) for made in found]
        pages.pairs(pages.voice.say("Definitions"), _definitions(report))
        listed = tuple((name, made.caption) for name, made in zip(names, found, strict=True))
        pages.pairs(pages.voice.say("Provenance"), (*_provenance(report, pages.voice), *listed))
    return stream.getvalue()


class _Pages:
    """Writes the sheets of one workbook."""

    def __init__(self, book: "Workbook", voice: Voice) -> None:
        self.voice = voice
        self._book = book
        self._taken: set[str] = set()
        points = voice.say("pt")
        formats = {**_FORMATS, "points": f'+0.0" {points}";-0.0" {points}"'}
        self._formats: dict[str, Format] = {
            kind: book.add_format({"num_format": text, "valign": "top"})
            for kind, text in formats.items()
        }
        self._text = book.add_format({"text_wrap": True, "valign": "top"})
        self._head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True})

    def table(self, sheet: Sheet) -> str:
        """Write a table and return the name of its sheet."""
        page = self._page(sheet.name)
        for place, column in enumerate(sheet.columns):
            page.write_string(0, place, column.title, self._head)
            page.set_column(place, place, _width(sheet, place))
        page.freeze_panes(1, 1)
        if sheet.rows and sheet.columns:
            page.autofilter(0, 0, len(sheet.rows), len(sheet.columns) - 1)
        for line, row in enumerate(sheet.rows, 1):
            for place, (column, value) in enumerate(zip(sheet.columns, row, strict=True)):
                self._cell(page, (line, place), column.kind, value)
        return str(page.get_name())

    def pairs(self, name: str, rows: tuple[tuple[str, str], ...]) -> None:
        """Write a sheet of terms and what is to say of them."""
        page = self._page(name)
        page.set_column(0, 0, 28)
        page.set_column(1, 1, 100)
        for line, (term, meaning) in enumerate(rows):
            page.write_string(line, 0, term[:_LONGEST_CELL], self._head)
            page.write_string(line, 1, meaning[:_LONGEST_CELL], self._text)

    def _page(self, wanted: str) -> "Worksheet":
        name, number = wanted[:_LONGEST_NAME], 1
        while name.lower() in self._taken:
            number += 1
            name = f"{wanted[: _LONGEST_NAME - 4]}_{number}"
        self._taken.add(name.lower())
        return self._book.add_worksheet(name)

    def _cell(self, page: "Worksheet", at: tuple[int, int], kind: str, value: Any) -> None:
        if value is None:
            return
        if kind == "flag":
            page.write_boolean(*at, value)
        elif kind in {"day", "moment"}:
            page.write_datetime(*at, value, self._formats[kind])
        elif kind == "text":
            page.write_string(*at, value[:_LONGEST_CELL], self._text)
        else:
            number = 100 * value if kind == "points" else value
            page.write_number(*at, number, self._formats[kind])


def _width(sheet: Sheet, place: int) -> int:
    if sheet.columns[place].kind != "text":
        return max(12, min(20, len(sheet.columns[place].title) + 2))
    longest = max((len(row[place]) for row in sheet.rows if row[place]), default=0)
    return min(_WIDEST, max(12, longest + 2))


def _definitions(report: Report) -> tuple[tuple[str, str], ...]:
    return tuple(
        item
        for section in report.sections
        for block in section.blocks
        if isinstance(block, Words)
        for item in block.items
    )


def _provenance(report: Report, voice: Voice) -> tuple[tuple[str, str], ...]:
    asked, origin = report.asked, report.origin
    days = voice.say("{first} to {last}", first=asked.period.first, last=asked.period.last)
    notices = tuple((voice.say("Notice"), notice) for notice in report.notices)
    built = voice.moment(origin.built_local)
    queries = tuple((f"{name}.sql", text) for name, text in report.queries.items())
    values = ", ".join(f"${name} = {value}" for name, value in report.parameters.items())
    return (
        (report.title, report.headline),
        (voice.say("Period"), days),
        *report.scope,
        (voice.say("Built"), built),
        (voice.say("Version"), origin.version),
        *notices,
        (voice.say("Parameters"), values),
        *queries,
    )
