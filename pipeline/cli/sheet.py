"""An answer as an XLSX workbook: text stays text, times are local, nothing is cut silently."""

from datetime import date, datetime
from decimal import Decimal
from typing import IO, TYPE_CHECKING, Any

from pipeline.errors import UsageError
from pipeline.warehouse.answer import Answer
from pipeline.warehouse.columns import Column, Kind

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

_ROWS, _COLUMNS, _CELL_LETTERS = 1_048_576, 16_384, 32_767
_EXACT = 2**53  # a sheet's numbers are doubles
_FIRST_YEAR = 1900
_FORMATS = {
    Kind.DATE: "yyyy-mm-dd",
    Kind.TIMESTAMP: "yyyy-mm-dd hh:mm:ss",
    Kind.INSTANT: "yyyy-mm-dd hh:mm:ss",
}
_WIDTHS = {Kind.DATE: 11, Kind.TIMESTAMP: 19, Kind.INSTANT: 19}
_ADVICE = "Take --format csv or parquet, or ask for less."


def write_sheet(answer: Answer, zone: str, stream: IO[bytes]) -> None:
    """Write an answer, instants as local times; UsageError where a sheet cannot hold it."""
    import xlsxwriter  # noqa: PLC0415 - `--help` needs none of it

    if len(answer.columns) > _COLUMNS:
        raise UsageError(f"A sheet holds {_COLUMNS:,} columns at the most.", advice=_ADVICE)
    # A cell of hostile text must stay text; NaN becomes an error that a sheet shows as one.
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "nan_inf_to_errors": True,
    }
    with xlsxwriter.Workbook(stream, options) as workbook:
        sheet = workbook.add_worksheet("query")
        formats = {kind: workbook.add_format({"num_format": f}) for kind, f in _FORMATS.items()}
        bold = workbook.add_format({"bold": True})
        for place, column in enumerate(answer.columns):
            # A sheet knows no zones: the header says of which one the times are.
            title = f"{column.name} ({zone})" if column.kind is Kind.INSTANT else column.name
            sheet.set_column(place, place, max(len(title) + 2, _WIDTHS.get(column.kind, 0)))
            _text(sheet, (0, place), title, bold)
        sheet.freeze_panes(1, 0)
        for line, row in enumerate(answer.rows(is_wall=True), 1):
            if line == _ROWS:
                raise UsageError(f"A sheet holds {_ROWS - 1:,} rows at the most.", advice=_ADVICE)
            for place, (column, value) in enumerate(zip(answer.columns, row, strict=True)):
                _write(sheet, (line, place), column, value, formats)


def _write(
    sheet: "Worksheet",
    at: tuple[int, int],
    column: Column,
    value: Any,
    formats: "dict[Kind, Format]",
) -> None:
    if value is None:
        return
    if column.kind is Kind.BOOLEAN:
        sheet.write_boolean(*at, value)
    elif column.kind is Kind.NUMBER and _is_exact(value):
        sheet.write_number(*at, value)
    elif column.kind in formats and (moment := _moment(value)):
        sheet.write_datetime(*at, moment, formats[column.kind])
    else:
        _text(sheet, at, str(value))


def _is_exact(value: Any) -> bool:
    if isinstance(value, Decimal):
        return Decimal(repr(float(value))) == value
    return isinstance(value, float) or abs(value) <= _EXACT


def _moment(text: str) -> date | None:
    """Return a time that a sheet knows, or None: before 1900, after 9999, infinite."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.year >= _FIRST_YEAR else None


def _text(
    sheet: "Worksheet", at: tuple[int, int], text: str, style: "Format | None" = None
) -> None:
    if len(text) > _CELL_LETTERS // 2 and len(text.encode("utf-16-le")) // 2 > _CELL_LETTERS:
        raise UsageError(
            f"A cell of a sheet holds {_CELL_LETTERS:,} characters at the most.", advice=_ADVICE
        )
    sheet.write_string(*at, text, style)
