"""The tables of a report for other programs: its findings and key figures are tables there too."""

from collections.abc import Iterator
from typing import Any

from pipeline.report.charts import Chart
from pipeline.report.export.cells import FROM, UP_TO, Flat, Sheet, sheet
from pipeline.report.model import Block, Details, Figure, Figures, Findings, Heat, Report
from pipeline.report.stats import Rate
from pipeline.report.tables import Column, Table
from pipeline.report.voice import Voice


def sheets(report: Report) -> list[Sheet]:
    """Return every table of a report in its order, each under a name of its own."""
    voice, taken = Voice(report.language), set[str]()
    found = []
    for section in report.sections:
        for made in _sheets(section.blocks, section.ident, voice):
            name, number = made.name, 1
            while name.lower() in taken:  # sheets and files of many systems know no case
                number += 1
                name = f"{made.name}_{number}"
            taken.add(name.lower())
            found.append(Sheet(name, made.caption, made.columns, made.rows))
    return found


def _sheets(blocks: tuple[Block, ...], ident: str, voice: Voice) -> Iterator[Sheet]:
    for block in blocks:
        if isinstance(block, Table):
            yield sheet(block.ident or ident, block.caption, block.columns, block.rows)
        elif isinstance(block, Findings):
            yield _findings(block, voice)
        elif isinstance(block, Figures):
            yield _figures(block, voice)
        elif isinstance(block, Heat):
            yield _heat(block, voice)
        elif isinstance(block, Details):
            yield from _sheets(block.blocks, block.ident or ident, voice)
        elif isinstance(block, Chart) and block.data is not None:
            yield from _sheets((block.data,), block.ident, voice)


def _findings(block: Findings, voice: Voice) -> Sheet:
    columns = (
        Column(voice.say("Finding"), key="what"),
        Column(voice.say("Likely cause"), key="cause"),
        Column(voice.say("What to do first"), key="action"),
        Column(voice.say("Messages lost"), "number", "lost"),
        Column(voice.say("Kind"), key="kind"),
    )
    rows = tuple(
        (item.what, item.cause or None, item.action, round(item.lost), item.kind)
        for item in block.items
    )
    return sheet("findings", block.verdict, columns, rows)


def _figures(block: Figures, voice: Voice) -> Sheet:
    change, interval = voice.say("Change"), voice.say("95 % interval")
    columns = (
        Flat("key", voice.say("Figure"), "text"),
        Flat("label", voice.say("Name"), "text"),
        Flat("value", voice.say("Value"), "float"),
        Flat("rate", voice.say("Rate"), "share"),
        Flat("hits", "k", "whole"),
        Flat("of", "n", "whole"),
        Flat("low", interval + FROM, "share"),
        Flat("high", interval + UP_TO, "share"),
        Flat("change_points", f"{change} ({voice.say('pt')})", "points"),
        Flat("change_relative", f"{change} (%)", "share"),
        Flat("meaning", voice.say("Meaning"), "text"),
    )
    rows = tuple(_figure_row(item) for item in block.items)
    return Sheet("key_figures", voice.say("Key figures"), columns, rows)


def _figure_row(item: Figure) -> tuple[Any, ...]:
    value = item.value if isinstance(item.value, int | float) else None
    rate: tuple[Any, ...] = (None, None, None, None, None)
    if isinstance(item.value, Rate):
        ends = item.value.interval or (None, None)
        rate = (item.value.value, item.value.hits, item.value.of, *ends)
    elif item.kind == "share":
        rate, value = (value, None, None, None, None), None
    moved = item.change.difference if item.change else None
    changes = (moved, None) if item.change and item.change.is_rate else (None, moved)
    shown = None if value is None else float(value)
    return (item.key, item.label, shown, *rate, *changes, item.meaning)


def _heat(block: Heat, voice: Voice) -> Sheet:
    columns = (
        Column(block.corner or voice.say("Row"), key="row"),
        Column(voice.say("Column"), key="column"),
        Column(voice.say("Rate"), "rate", "rate"),
    )
    rows = tuple(
        (row, column, rate)
        for row, cells in block.rows
        for column, rate in zip(block.columns, cells, strict=True)
    )
    return sheet(block.ident, f"{block.title}. {block.finding}", columns, rows)
