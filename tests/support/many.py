"""A snapshot of many messages, phones, customers and newsletters, made from a small one."""

from pathlib import Path
from shutil import copyfile

import duckdb

_SQL = Path(__file__).parents[1] / "bench" / "report.sql"


def many(small: Path, made: Path, *, messages: int, phones: int) -> Path:
    """Make a snapshot of 60 customers and 40 newsletters; returns its path."""
    copyfile(small, made)
    with duckdb.connect(str(made)) as connection:
        connection.execute("set timezone = 'UTC'")
        connection.execute("set variable messages = $1", [messages])
        connection.execute("set variable phones = $1", [phones])
        connection.execute(_SQL.read_text(encoding="utf-8"))
    return made
