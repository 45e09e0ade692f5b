"""What a table of a page is: typed columns and raw cells, which a template formats."""

from typing import Any

import msgspec


class Column(msgspec.Struct, frozen=True):
    """A column: its title, and how its cells are shown.

    Attributes:
        kind: what the raw cells are: `text`, `number` (int), `share` (float), `rate`, `interval`
            or `whisker` (Rate), `change` (Change), `points` (float: a difference of shares),
            `spark` (tuple of float or None), `strip` (the same: days with something, with nothing,
            not known), `seconds` (float), `day` (date), `moment`
            (datetime of the reporting zone, without a zone), `state` (State).
        key: the column's name for programs, the same in all languages.
    """

    title: str
    kind: str = "text"
    key: str = ""


class State(msgspec.Struct, frozen=True):
    """A word with a role that its colour and sign follow: `good`, `look`, `bad` or `calm`."""

    role: str
    word: str


class Table(msgspec.Struct, frozen=True, tag="table"):
    """A table with its caption; each row has one raw cell per column, None for no value.

    Attributes:
        ident: unique in the page; also the name of its sheet and file in exports.
        is_dimension: whether the page's filter box is for its rows.
        links: the place of each row in the page, where something points to it.
        short: the same with fewer rows, which a page shows where there are many; exports have all.
    """

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Any, ...], ...]
    note: str = ""
    ident: str = ""
    is_dimension: bool = False
    links: tuple[str, ...] = ()
    short: "Table | None" = None
