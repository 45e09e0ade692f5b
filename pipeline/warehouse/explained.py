"""Say in a sentence what DuckDB refused, whichever limit or rule it was."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import duckdb

from pipeline.errors import UsageError
from pipeline.values import printable
from pipeline.warehouse.interrupt import interruptible

if TYPE_CHECKING:
    import polars as pl

# How DuckDB words what it met, whatever class the error has by the time it comes here.
_TOO_LONG = "Query exceeded maximum execution time"
_TOO_BIG = "Out of Memory Error"
_UNTYPED = "STRING_LITERAL"


@dataclass(frozen=True, slots=True)
class Terms:
    """On what terms a snapshot is read.

    Attributes:
        is_local: whether instants, and days cut from them, are of the reporting zone, not of UTC.
        memory: what DuckDB may hold, such as `2GB`.
        seconds: what a select may take, reading its rows included; 0 is no limit.
    """

    is_local: bool = False
    memory: str = "2GB"
    seconds: float = 0


@contextmanager
def explained(terms: Terms) -> Iterator[None]:
    """Raise UsageError for whatever DuckDB says inside."""
    try:
        yield
    except duckdb.Error as error:
        # Values of other people's text are in some errors: they must not steer the terminal.
        text = printable(str(error).strip())
        raise UsageError(_sentence(text, terms), advice=_advice(text)) from None


def fetch_frame(
    connection: duckdb.DuckDBPyConnection, relation: duckdb.DuckDBPyRelation, terms: Terms
) -> "pl.DataFrame":
    """Return all rows of a relation; Ctrl-C ends it, and UsageError says what DuckDB says."""
    import polars as pl  # noqa: PLC0415 - only who asks for a frame pays for polars

    with explained(terms):
        try:
            return interruptible(connection, lambda: pl.DataFrame(relation))
        except pl.exceptions.ComputeError as error:  # DuckDB's, met while polars took the rows
            raise duckdb.Error(str(error).removeprefix("got external error: ")) from None


def _sentence(text: str, terms: Terms) -> str:
    if _TOO_LONG in text:
        return f"The query took longer than {terms.seconds:g} s."
    if _TOO_BIG in text:
        return f"The query needs more than {terms.memory} of memory."
    return f"The query failed: {text}"


def _advice(text: str) -> str:
    if _TOO_LONG in text:
        return "Ask for less, or allow more with --timeout."
    if _TOO_BIG in text:
        return "Ask for less, or allow more with --memory."
    if _UNTYPED in text:
        return "A parameter is a text; say what else it is: $n::integer, $day::date."
    return ""
