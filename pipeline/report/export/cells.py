"""The cells of a report's tables as flat columns: a rate becomes its value, its hits and of what.

Flat columns are of these kinds: `text`, `whole` (int), `float`, `share` (float: 0.5 is half),
`points` (float: a difference of shares), `flag` (bool), `day` (date), `moment` (datetime of the
reporting zone, without a zone). Sparklines stand in the page and in the JSON only.
"""

from collections.abc import Callable
from typing import Any

import msgspec

from pipeline.report.stats import Change, Rate
from pipeline.report.tables import Column

# Behind the title of an interval, for its ends.
FROM, UP_TO = " \N{GREATER-THAN OR EQUAL TO}", " \N{LESS-THAN OR EQUAL TO}"


class Flat(msgspec.Struct, frozen=True):
    """A flat column: its name for programs, its title for people, its kind."""

    key: str
    title: str
    kind: str


class Sheet(msgspec.Struct, frozen=True):
    """A table of flat cells; None is no value.

    Attributes:
        name: unique among the sheets of a report: the name of its file and of its sheet.
        caption: what it is, in a sentence.
    """

    name: str
    caption: str
    columns: tuple[Flat, ...]
    rows: tuple[tuple[Any, ...], ...]


def _end(place: int) -> Callable[[Rate], float | None]:
    return lambda rate: rate.interval[place] if rate.interval else None


def _at(name: str) -> Callable[[Any], Any]:
    return lambda value: getattr(value, name)


Part = tuple[str, str, str, Callable[[Any], Any]]
_LOW: Part = ("_low", FROM, "share", _end(0))
_HIGH: Part = ("_high", UP_TO, "share", _end(1))
# Of each kind of column: what follows its key and its title, the flat kind, and the flat value.
_PARTS: dict[str, tuple[Part, ...]] = {
    "number": (("", "", "whole", lambda value: value),),
    "share": (("", "", "share", lambda value: value),),
    "points": (("", "", "points", lambda value: value),),
    "seconds": (("", " (s)", "float", float),),
    "day": (("", "", "day", lambda value: value),),
    "moment": (("", "", "moment", lambda value: value),),
    "rate": (
        ("", "", "share", _at("value")),
        ("_hits", " (k)", "whole", _at("hits")),
        ("_of", " (n)", "whole", _at("of")),
    ),
    "interval": (_LOW, _HIGH),
    "whisker": (_LOW, _HIGH),
    "state": (("", "", "text", _at("word")), ("_role", " *", "text", _at("role"))),
    "spark": (),
    "strip": (
        ("_days", " (k)", "whole", lambda days: sum(1 for day in days if day)),
        ("_of", " (n)", "whole", lambda days: sum(1 for day in days if day is not None)),
    ),
}
_TEXT: tuple[Part, ...] = (("", "", "text", str),)


def sheet(
    name: str, caption: str, columns: tuple[Column, ...], rows: tuple[tuple[Any, ...], ...]
) -> Sheet:
    """Return a table with its cells flat; doubled or missing keys are numbered."""
    parts = [_parts(column, [row[at] for row in rows]) for at, column in enumerate(columns)]
    taken: set[str] = set()
    flat = tuple(
        Flat(_unique(f"{column.key or f'column_{at}'}{key}", taken), f"{column.title}{title}", kind)
        for at, (column, found) in enumerate(zip(columns, parts, strict=True), 1)
        for key, title, kind, _ in found
    )
    flattened = tuple(
        tuple(
            None if value is None else take(value)
            for value, found in zip(row, parts, strict=True)
            for _, _, _, take in found
        )
        for row in rows
    )
    return Sheet(name, caption, flat, flattened)


def _parts(column: Column, values: list[Any]) -> tuple[Part, ...]:
    if column.kind == "change":
        return _change_parts(next((value for value in values if value is not None), Change(None)))
    return _PARTS.get(column.kind, _TEXT)


def _change_parts(sample: Change) -> tuple[Part, ...]:
    kind = "points" if sample.is_rate else "share"
    return (
        ("", "", kind, _at("difference")),
        ("_low", FROM, kind, _at("low")),
        ("_high", UP_TO, kind, _at("high")),
        ("_is_told", " \N{NOT EQUAL TO} 0", "flag", _at("is_told")),
    )


def _unique(name: str, taken: set[str]) -> str:
    wanted, number = name, 1
    while wanted in taken:
        number += 1
        wanted = f"{name}_{number}"
    taken.add(wanted)
    return wanted
