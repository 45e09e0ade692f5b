"""An answer on a screen: a table, or a line per cell where a row is too wide for it."""

import shutil
from collections.abc import Sequence
from typing import Any

import click
from rich.cells import cell_len

from pipeline.values import printable
from pipeline.warehouse.columns import Column, Kind

_GAP = "   "
_SMALLEST, _LARGEST = 1e-4, 1e15

Rows = Sequence[tuple[Any, ...]]


def show(columns: Sequence[Column], rows: Rows) -> None:
    """Print rows under their names, numbers to the right, as wide as the screen allows."""
    names = [_line(column.name) for column in columns]
    cells = [list(map(_words, columns, row)) for row in rows]
    widths = [max(map(cell_len, place)) for place in zip(names, *cells, strict=True)]
    if sum(widths) + len(_GAP) * len(widths) > shutil.get_terminal_size().columns:
        _show_upright(names, cells)
        return
    is_right = [column.kind is Kind.NUMBER for column in columns]
    click.secho(_laid_out(names, widths, is_right), bold=True)
    click.echo("─" * (sum(widths) + len(_GAP) * len(widths) - 1))
    for row in cells:
        click.echo(_laid_out(row, widths, is_right))


def show_plan(rows: Rows) -> None:
    """Print what `explain` answers as it stands: it is a drawing."""
    for _, plan in rows:
        click.echo(printable(plan), nl=False)


def _laid_out(cells: Sequence[str], widths: Sequence[int], is_right: Sequence[bool]) -> str:
    fills = [" " * (width - cell_len(cell)) for cell, width in zip(cells, widths, strict=True)]
    parts = [f + c if r else c + f for c, f, r in zip(cells, fills, is_right, strict=True)]
    return f" {_GAP.join(parts)}".rstrip()


def _show_upright(names: Sequence[str], cells: Sequence[Sequence[str]]) -> None:
    width = max(map(cell_len, names))
    labels = [click.style(name + " " * (width - cell_len(name)), bold=True) for name in names]
    for row in cells:
        for label, cell in zip(labels, row, strict=True):
            click.echo(f"{label}  {cell}")
        click.echo()


def _words(column: Column, value: Any) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        is_plain = value == 0 or _SMALLEST <= abs(value) < _LARGEST
        return f"{value:.4f}" if is_plain else f"{value:g}"
    if column.kind in {Kind.INSTANT, Kind.TIMESTAMP}:
        return str(value).replace("T", " ")
    return _line(str(value))


def _line(text: str) -> str:
    """Bodies and titles are other people's text: nothing in them may steer the terminal."""
    return printable(text).replace("\n", "\N{REPLACEMENT CHARACTER}").replace("\t", " ")
