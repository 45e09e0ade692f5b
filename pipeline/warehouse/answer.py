"""The rows of one select, as a person, a program, a sheet or a frame takes them.

DuckDB words the values itself and rows are read in batches, so that no answer is ever held whole;
only a frame is.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import duckdb

from pipeline.warehouse.columns import columns_of
from pipeline.warehouse.explained import Terms, explained, fetch_frame
from pipeline.warehouse.interrupt import interruptible

if TYPE_CHECKING:
    import polars as pl

_BATCH_ROWS = 10_000


class Answer:
    """The `columns` of a select, and its rows; each call runs it anew.

    `is_plan` says that it is an `explain`: its second column is a drawing.
    """

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        relation: duckdb.DuckDBPyRelation,
        parameters: Mapping[str, str],
        terms: Terms,
        *,
        is_plan: bool,
    ) -> None:
        self.is_plan = is_plan
        self._connection = connection
        self._relation = relation
        self._parameters = dict(parameters)
        self._terms = terms
        self.columns = columns_of(relation.columns, [str(kind) for kind in relation.types])

    def rows(self, *, limit: int = 0, is_wall: bool = False) -> Iterator[tuple[Any, ...]]:
        """Yield rows of numbers, booleans, texts and None; `limit` 0 is all of them.

        Dates and times are texts as in ISO 8601, instants with their offset from UTC, or with
        `is_wall` without it; lists and structs are JSON texts.
        """
        return self._fetched([column.words(is_wall=is_wall) for column in self.columns], limit)

    def csv_lines(self, *, is_exact: bool = False) -> Iterator[str]:
        """Yield the header and the rows: all but numbers and booleans in quotes, null empty.

        Unless `is_exact`, an apostrophe goes before a text that a sheet would take for a formula.
        """
        cells = ", ',', ".join(column.csv_cell(is_exact=is_exact) for column in self.columns)
        rows = self._fetched([f"concat({cells})"])
        first = list(next(rows, ()))  # a select that fails at once has no header either
        yield ",".join(column.csv_name(is_exact=is_exact) for column in self.columns)
        yield from first
        for (line,) in rows:
            yield line

    def json_lines(self) -> Iterator[str]:
        """Yield each row as a JSON object; what is no number (NaN, infinity) is null."""
        pairs = ", ".join(column.json_pair() for column in self.columns)
        for (line,) in self._fetched([f"json_object({pairs})::varchar"]):
            yield _finite(line) if "NaN" in line or "Infinity" in line else line

    def frame(self) -> "pl.DataFrame":
        """Return all rows as a frame; instants in the session's zone, what polars lacks as text."""
        import polars as pl  # noqa: PLC0415 - only who asks for a frame pays for polars

        relation = self._relation.project(", ".join(column.native() for column in self.columns))
        frame = fetch_frame(self._connection, relation, self._terms)
        huge = [column.name for column in self.columns if column.type == "HUGEINT"]
        small = frame.select(pl.col(huge).cast(pl.Int64, strict=False))  # what `sum` gives fits
        fits = [name for name in huge if small[name].null_count() == frame[name].null_count()]
        return frame.with_columns(small.select(fits))

    def _fetched(self, expressions: Sequence[str], limit: int = 0) -> Iterator[tuple[Any, ...]]:
        relation = self._relation.project(", ".join(expressions))
        sql = (relation.limit(limit) if limit else relation).sql_query()
        connection = self._connection
        with explained(self._terms):
            interruptible(connection, lambda: connection.execute(sql, self._parameters))
        while batch := self._batch():
            yield from batch

    def _batch(self) -> list[tuple[Any, ...]]:
        with explained(self._terms):
            return interruptible(self._connection, lambda: self._connection.fetchmany(_BATCH_ROWS))


def _finite(line: str) -> str:
    row = json.loads(line, parse_constant=lambda _: None)
    return json.dumps(row, ensure_ascii=False, separators=(",", ":"))
