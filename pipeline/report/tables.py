"""What a table of a page is: typed columns and raw cells, which a template formats."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its title, and how its cells are shown.

    Attributes:
        kind: `text`, `number` (int), `share` (float), `rate` or `interval` (Rate), `day` (date),
            `moment` (datetime).
    """

    title: str
    kind: str = "text"


@dataclass(frozen=True, slots=True)
class Table:
    """A table with its caption; each row has one raw cell per column, None for no value."""

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Any, ...], ...]
    note: str = ""
