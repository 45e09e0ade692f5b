"""What is wrong with a result: its two tables against the truth of a world."""

from dataclasses import dataclass
from pathlib import Path

import duckdb

SQL = (Path(__file__).parent / "check.sql").read_text(encoding="utf-8")


@dataclass(frozen=True, slots=True)
class Faults:
    """How much of a result differs from the truth; all zero if it is right.

    Attributes:
        missing, unknown, repeated: messages that lack, that nobody sent, that stand more than once.
        status, created, other: messages whose status, instant or any other column is wrong.
        days: days whose counts differ, or that lack, or that are too many.
        cut_at: the rows that each day of those with missing messages has, if all have as many.
        is_utc: whether the days are right but for having been cut in UTC.
    """

    missing: int
    unknown: int
    repeated: int
    status: int
    created: int
    other: int
    days: int
    cut_at: int | None
    is_utc: bool

    def said(self) -> str:
        """Return `right`, or what is wrong in a few words."""
        cut = f" (days cut at {self.cut_at:,})" if self.cut_at else ""
        in_utc = " (they are those of UTC)" if self.is_utc else ""
        words = (
            (self.missing, "message", f"missing{cut}"),
            (self.unknown, "message", "unknown"),
            (self.repeated, "message", "repeated"),
            (self.status, "status", "wrong"),
            (self.created, "creation", "wrong"),
            (self.other, "message", "with other wrong columns"),
            (self.days, "day", f"wrong{in_utc}"),
        )
        told = [f"{count:,} {_plural(noun, count)} {what}" for count, noun, what in words if count]
        return f"wrong: {', '.join(told)}" if told else "right"


def verdict(result: Path, truth: Path) -> str:
    """Return `right` or what is wrong with a result, in a few words.

    Args:
        result: a DuckDB file with the tables `current_messages` and `daily`.
        truth: the folder of a world's rendition.
    """
    if not result.exists():
        return "wrong: no result"
    try:
        return faults(result, truth).said()
    except (duckdb.CatalogException, duckdb.BinderException, duckdb.ConversionException) as error:
        return f"wrong: {str(error).splitlines()[0]}"


def faults(result: Path, truth: Path) -> Faults:
    """Return what differs; a table or column that lacks is an error of DuckDB's."""
    with duckdb.connect() as connection:
        connection.execute("set timezone = 'UTC'")
        connection.execute(f"attach '{result}' as result (read_only)")
        for name in ("messages", "days"):
            connection.execute(f"create view true_{name} as from '{truth / name}.parquet'")
        found = connection.execute(SQL).fetchone()
        assert found is not None
        return Faults(*found)


def _plural(noun: str, count: int) -> str:
    return noun if count == 1 else f"{noun}es" if noun.endswith("s") else f"{noun}s"
