"""Write a table of contacts as a file for its owner alone: CSV, XLSX or Parquet; whole or not."""

import csv
import tempfile
from collections.abc import Callable, Iterable
from contextlib import suppress
from io import TextIOWrapper
from pathlib import Path
from typing import IO, Any

from pipeline.contacts.exporting import ContactRow
from pipeline.contacts.reading.guard import guarded
from pipeline.errors import UsageError, is_disk_full

_MOST_ROWS = 1_048_575


def write_table(path: Path, rows: Iterable[ContactRow]) -> int:
    """Write rows to a path where nothing is yet, as its ending says; returns how many they are.

    Raises:
        UsageError: the ending is unknown, something is there, or it cannot be written.
    """
    write = _WRITERS.get(path.suffix.lower())
    if write is None:
        raise UsageError(
            f"What shall {path} be?", advice=f"Let its name end in {', '.join(_WRITERS)}."
        )
    if path.exists():
        raise UsageError(f"{path} is there already.", advice="Name another file with --to.")
    draft = None
    try:
        with tempfile.NamedTemporaryFile(
            dir=path.resolve().parent, prefix=f".{path.name}.", suffix=".part", delete=False
        ) as file:
            draft = Path(file.name)
            count = write(file, rows)
        draft.replace(path)
    except OSError as error:
        if is_disk_full(error):
            raise
        raise UsageError(f"{path} cannot be written: {error.strerror or error}.") from None
    finally:
        if draft is not None:
            with suppress(FileNotFoundError):
                draft.unlink()
    return count


def _write_csv(stream: IO[bytes], rows: Iterable[ContactRow]) -> int:
    text = TextIOWrapper(stream, encoding="utf-8-sig", newline="")
    lines = csv.writer(text)
    lines.writerow(ContactRow._fields)
    count = 0
    for row in rows:
        lines.writerow([guarded(_text(value)) for value in row])
        count += 1
    text.flush()
    text.detach()
    return count


def _write_parquet(stream: IO[bytes], rows: Iterable[ContactRow]) -> int:
    import polars as pl  # noqa: PLC0415 - who writes a CSV needs none of it

    kinds: dict[str, Any] = dict.fromkeys(ContactRow._fields, pl.String)
    kinds |= dict.fromkeys(("tag_id", "contact_id", "attempts"), pl.Int64)
    kinds["is_suppressed"] = pl.Boolean
    frame = pl.DataFrame(list(rows), schema=kinds, orient="row")
    times = [pl.col(name).str.to_datetime(time_zone="UTC") for name in ("sent_at", "answered_at")]
    frame.with_columns(times).write_parquet(stream)
    return frame.height


def _write_workbook(stream: IO[bytes], rows: Iterable[ContactRow]) -> int:
    import xlsxwriter  # noqa: PLC0415 - who writes a CSV needs none of it

    count = 0
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(stream, options) as workbook:
        sheet = workbook.add_worksheet("contacts")
        bold = workbook.add_format({"bold": True})
        for column, name in enumerate(ContactRow._fields):
            sheet.write_string(0, column, name, bold)
        sheet.freeze_panes(1, 0)
        for count, row in enumerate(rows, 1):
            if count > _MOST_ROWS:
                raise UsageError(
                    f"A sheet holds {_MOST_ROWS:,} rows at the most.", advice="Take .csv."
                )
            for column, value in enumerate(row):
                if isinstance(value, int) and not isinstance(value, bool):
                    sheet.write_number(count, column, value)
                elif value is not None:
                    sheet.write_string(count, column, _text(value))
    return count


def _text(value: object) -> str:
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


_WRITERS: dict[str, Callable[[IO[bytes], Iterable[ContactRow]], int]] = {
    ".csv": _write_csv,
    ".xlsx": _write_workbook,
    ".parquet": _write_parquet,
}
