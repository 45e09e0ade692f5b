"""What the commands share by which a person decides about contacts: a question, masks, a table."""

import sys
from collections.abc import Sequence

import click

from pipeline.errors import UsageError
from pipeline.ledger.values import is_forgotten
from pipeline.masks import masked
from pipeline.values import printable

_GAP = "  "
_HEX = 12


def confirmed(question: str, *, yes: bool, by: str | None = None) -> bool:
    """Ask on a terminal; `--yes` is the answer before the question.

    Without a terminal an action that was named is done. One that has to be agreed to (`by` says
    to what) raises UsageError there.
    """
    if yes:
        return True
    if sys.stdin.isatty():
        return click.confirm(question, err=True)
    if by is not None:
        raise UsageError(f"{by}, and there is nobody to ask.", advice="Say --yes if it may be.")
    return True


def number_of(e164: str, *, whole: bool) -> str:
    """Return a number as a screen may show it; of one that is known by its hash, a part of that."""
    if is_forgotten(e164):
        return e164 if whole else e164[:_HEX]
    return e164 if whole else masked(e164)


def show_table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print rows in columns under a header; nothing in a cell steers the terminal."""
    from rich.cells import cell_len  # noqa: PLC0415 - `--help` needs none of it

    lines = [header, *([printable(cell).replace("\n", " ") for cell in row] for row in rows)]
    widths = [max(map(cell_len, column)) for column in zip(*lines, strict=True)]
    for line in lines:
        cells = (c + " " * (width - cell_len(c)) for c, width in zip(line, widths, strict=True))
        click.echo(_GAP.join(cells).rstrip())
