"""What fields records have, told the slow way."""

from collections.abc import Iterable
from typing import Any

_TYPES = {bool: "BOOLEAN", int: "INTEGER", float: "DOUBLE", str: "VARCHAR", dict: "OBJECT"}


def kinds(records: Iterable[dict[str, Any]]) -> set[tuple[str, str]]:
    """Return each field of records with each type that its values have, as DuckDB names it."""
    return {
        (name, _TYPES.get(type(value), "ARRAY"))
        for record in records
        for name, value in record.items()
        if value is not None
    }
