"""What the commands share by which a person decides about contacts: a question, masks, a table."""

import sys
from collections.abc import Callable, Sequence
from typing import TypeVar

import click

from pipeline.errors import UsageError
from pipeline.ledger.values import is_forgotten
from pipeline.masks import masked
from pipeline.values import printable

Command = TypeVar("Command", bound=Callable[..., object])
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


def forgetting(command: Command) -> Command:
    """Give a command whose people are forgotten: NUMBER..., --region, --yes and --json."""
    for add in (
        click.option("--json", "as_json", is_flag=True, help="For programs."),
        click.option("--yes", is_flag=True, help="Do not ask."),
        click.option("--region", metavar="FR", help="The country of numbers that have none."),
        click.argument("numbers", metavar="NUMBER...", nargs=-1, required=True),
    ):
        command = add(command)
    return command


def to_forget(numbers: Sequence[str], region: str | None, *, yes: bool) -> list[str]:
    """Return each number once, as E.164, after a person has agreed; Abort if they do not."""
    from pipeline.contacts.numbers import read_number  # noqa: PLC0415 - `--help` needs none of it

    e164s = list(dict.fromkeys(read_number(n, region, takes_any=True) for n in numbers))
    question = f"Forget {len(e164s):,} numbers for good?"
    if not confirmed(question, yes=yes, by="Forgetting cannot be undone"):
        raise click.Abort
    return e164s


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
