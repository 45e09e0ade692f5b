"""A report's tables as Parquet, with the types of their columns."""

import io
from typing import TYPE_CHECKING

from pipeline.report.export.cells import Sheet

if TYPE_CHECKING:
    import polars as pl


def parquet(sheet: Sheet) -> bytes:
    """Return a table as Parquet; columns have their names for programs."""
    stream = io.BytesIO()
    _frame(sheet).write_parquet(stream, compression="zstd")
    return stream.getvalue()


def _frame(sheet: Sheet) -> "pl.DataFrame":
    import polars as pl  # noqa: PLC0415 - only who asks for Parquet pays for polars

    types = {
        "text": pl.String(),
        "whole": pl.Int64(),
        "float": pl.Float64(),
        "share": pl.Float64(),
        "points": pl.Float64(),
        "flag": pl.Boolean(),
        "day": pl.Date(),
        "moment": pl.Datetime("us"),
    }
    schema = {column.key: types[column.kind] for column in sheet.columns}
    return pl.DataFrame([*sheet.rows], schema=schema, orient="row")
