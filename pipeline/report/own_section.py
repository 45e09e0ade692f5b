"""A section of one's own: the rows of a query as a table, described by a small TOML file.

title = "At night"                    # or { en = "At night", fr = "La nuit" }
query = "night"                       # queries/night.sql in the same folder
after = "where"                       # behind our section of that name; else at the end
kinds = ["delivery"]                  # the reports of ours that get it
empty = "No message was due at night."
[[columns]]
key = "success_rate"
title = "Success rate"
kind = "rate"                         # text, number, share, points, seconds, day, moment, rate
hits = "good"                         # of a rate: the columns of its hits, and of how many
of = "ended"
"""

from datetime import date, datetime
from functools import partial
from typing import Any

import msgspec

from pipeline.errors import UsageError
from pipeline.report.formats import short_name
from pipeline.report.kinds import Build
from pipeline.report.model import Section, Text
from pipeline.report.source import Source
from pipeline.report.stats import Rate
from pipeline.report.tables import Column, Table
from pipeline.report.voice import Voice

Said = str | dict[str, str]
_TYPES: dict[str, tuple[type, ...]] = {
    "number": (int,),
    "share": (int, float),
    "points": (int, float),
    "seconds": (int, float),
    "day": (date,),
    "moment": (datetime,),
}
_RATES = frozenset({"rate", "interval", "whisker"})


class OwnColumn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A column of the table; `key` names the query's column, but of a rate."""

    key: str
    title: Said
    kind: str = "text"
    hits: str = ""
    of: str = ""

    def __post_init__(self) -> None:
        if self.kind not in {"text", *_TYPES, *_RATES}:
            known = ", ".join(["text", *_TYPES, *sorted(_RATES)])
            raise ValueError(f"the kind {self.kind!r} of {self.key} is none of {known}")
        if (self.kind in _RATES) != bool(self.hits and self.of):
            raise ValueError(f"{self.key} needs `hits` and `of` if, and only if, it is a rate")


class OwnSection(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a TOML file says of a section."""

    title: Said
    query: str
    columns: tuple[OwnColumn, ...]
    caption: Said = ""
    note: Said = ""
    empty: Said = ""
    after: str = ""
    kinds: tuple[str, ...] = ()


def built(name: str, section: OwnSection) -> Build:
    """Return what makes the section; UsageError where the query's rows are not as it says."""

    def build(source: Source, voice: Voice) -> Section:
        rows = source.rows(section.query)
        spoken = partial(in_language, language=voice.words.language)
        title = spoken(section.title)
        block: Table | Text = Table(
            caption=spoken(section.caption) or title,
            columns=tuple(
                Column(spoken(column.title), column.kind, column.key) for column in section.columns
            ),
            rows=tuple(
                tuple(_cell(section.query, row, column) for column in section.columns)
                for row in rows
            ),
            note=spoken(section.note),
            ident=name,
        )
        if not rows:
            block = Text(spoken(section.empty) or voice.say("There is nothing to show."), "empty")
        return Section(name, title, (block,), (section.query,))

    return build


def in_language(said: Said, language: str) -> str:
    """Return a text in a language; one that was given in one language alone is that of all."""
    if isinstance(said, str):
        return said
    return said.get(language) or next(iter(said.values()), "")


def _cell(query: str, row: dict[str, Any], column: OwnColumn) -> Any:
    if column.kind in _RATES:
        hits, of = (_value(query, row, key, (int,)) for key in (column.hits, column.of))
        return None if None in (hits, of) else Rate(hits, of)
    value = _value(query, row, column.key, _TYPES.get(column.kind, ()))
    if value is None or column.kind != "text":
        return value
    return short_name(str(value), "")


def _value(query: str, row: dict[str, Any], key: str, types: tuple[type, ...]) -> Any:
    if key not in row:
        raise UsageError(
            f"The query {query} has no column {key!r}.", advice=f"It has: {', '.join(row)}."
        )
    value = row[key]
    if value is None or not types:
        return value
    if isinstance(value, bool) or not isinstance(value, types):
        raise UsageError(
            f"The column {key} of the query {query} is {type(value).__name__}.",
            advice=f"Cast it: {' or '.join(kind.__name__ for kind in types)} is expected.",
        )
    return value
