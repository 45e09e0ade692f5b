"""What a report says, in one typed tree: pages, mails, workbooks and JSON are made from it alone.

Words are in the report's language; values are raw. Nothing here computes, nothing lays out.
"""

from datetime import date, datetime
from typing import Any

import msgspec

from pipeline.report.asked import Asked
from pipeline.report.charts import Chart
from pipeline.report.stats import Change
from pipeline.report.tables import Column, Table


class Figure(msgspec.Struct, frozen=True):
    """A key figure.

    Attributes:
        key: its name for programs.
        kind: what the value is, by the names of `tables.Column`.
        meaning: what it says, in a few words.
        change: against the compared period; None where there is none to tell.
        spark: its last days, oldest first; None for a day without a value.
    """

    key: str
    label: str
    value: Any
    kind: str
    meaning: str
    change: Change | None = None
    spark: tuple[float | None, ...] = ()


class Figures(msgspec.Struct, frozen=True, tag="figures"):
    """Key figures, side by side."""

    items: tuple[Figure, ...]


class Finding(msgspec.Struct, frozen=True):
    """Something that a person should act on.

    Attributes:
        kind: `incident`, `dip`, `silent`, `permission`, `stuck`, `hole`, ... for programs.
        what: what happened, where and since when, in a sentence.
        cause: the likely cause; empty if nothing tells.
        action: what to do first.
        lost: messages lost by it, above what was to be expected; or waiting, and so at stake.
        link: the place in the page where its row stands; empty for none.
        facts: its ids, days and counts, for programs.
        brief: where and why in a few words, for subjects and marks.
    """

    kind: str
    what: str
    cause: str
    action: str
    lost: float
    link: str = ""
    facts: dict[str, Any] = {}
    brief: str = ""


class Findings(msgspec.Struct, frozen=True, tag="findings"):
    """The verdict in a sentence, and at most five findings, the costliest first.

    Attributes:
        calm: what to say where there is none.
        brief: the verdict in a few words, for subjects and lists.
    """

    verdict: str
    items: tuple[Finding, ...]
    calm: str
    brief: str = ""


class Heat(msgspec.Struct, frozen=True, tag="heat"):
    """A table of rates with rows and columns of equal kind, shaded by value.

    Attributes:
        cells: one Rate, or None for a blank, per row and column.
        worst: the value of the darkest shade.
    """

    ident: str
    title: str
    finding: str
    corner: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, tuple[Any, ...]], ...]
    worst: float
    note: str = ""


class Text(msgspec.Struct, frozen=True, tag="text"):
    """A paragraph. Its role: `plain`, `empty`, `notice` or `note`."""

    words: str
    role: str = "plain"


class Words(msgspec.Struct, frozen=True, tag="words"):
    """Terms and what they mean."""

    items: tuple[tuple[str, str], ...]


class Details(msgspec.Struct, frozen=True, tag="details"):
    """Blocks behind a line that opens them; they must hold nothing that print needs."""

    title: str
    blocks: tuple["Block", ...]
    ident: str = ""


Block = Table | Chart | Figures | Findings | Heat | Text | Words | Details


class Section(msgspec.Struct, frozen=True):
    """A part of a page under a heading.

    Attributes:
        queries: the names in `reports/queries` that its numbers come from.
    """

    ident: str
    title: str
    blocks: tuple[Block, ...]
    queries: tuple[str, ...] = ()


class Origin(msgspec.Struct, frozen=True):
    """What the snapshot of a report is; local times are of the reporting zone, without a zone.

    Attributes:
        proven_days: of the period.
        holes: stretches of the period that nothing proves.
    """

    timezone: str
    version: str
    run_id: str
    built_local: datetime
    until_local: datetime | None
    proven_days: int
    holes: int
    first_busy_day: date | None
    last_busy_day: date | None


class Report(msgspec.Struct, frozen=True):
    """A whole report.

    Attributes:
        kind: `delivery`, `devices`, `incoming`, `imports`, or the name of an own one.
        title: the first line of the page.
        headline: the verdict in a few words, for subjects and lists.
        scope: what was asked, in words: filters, zone, compared period.
        notices: what a reader must know before the first number.
        queries: the SQL of each name that a section mentions.
        parameters: the value of each `$name` in them.
    """

    kind: str
    language: str
    title: str
    headline: str
    asked: Asked
    origin: Origin
    scope: tuple[tuple[str, str], ...]
    notices: tuple[str, ...]
    sections: tuple[Section, ...]
    queries: dict[str, str]
    parameters: dict[str, Any]

    def tables(self) -> list[Table]:
        """Return every table of the report in its order, those behind charts too."""
        return [table for section in self.sections for table in _tables(section.blocks)]


def _tables(blocks: tuple[Block, ...]) -> list[Table]:
    found: list[Table] = []
    for block in blocks:
        if isinstance(block, Table):
            found.append(block)
        elif isinstance(block, Chart):
            found += [block.data] if block.data is not None else []
        elif isinstance(block, Details):
            found += _tables(block.blocks)
    return found


__all__ = ["Block", "Chart", "Column", "Details", "Figure", "Figures", "Finding", "Findings"]
__all__ += ["Heat", "Origin", "Report", "Section", "Table", "Text", "Words"]
