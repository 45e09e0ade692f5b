"""`sms24 query`: one select on the published snapshot."""

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict, Unpack

import click

from pipeline.cli.console import settings_of
from pipeline.errors import UsageError

if TYPE_CHECKING:
    from pipeline.warehouse.answer import Answer

_FORMATS = ("table", "csv", "json", "parquet", "xlsx")
_MOST_ROWS = 10_000  # a table is laid out whole before it is shown
_SIZE = re.compile(r"\d+(\.\d+)?\s*[MGT]i?B", re.IGNORECASE)


class _Options(TypedDict):
    file: Path | None
    pairs: tuple[str, ...]
    form: str | None
    out: Path | None
    limit: int
    timeout: float
    memory: str
    utc: bool
    exact: bool


def _size(_: click.Context, __: click.Parameter, text: str) -> str:
    if not _SIZE.fullmatch(text):
        raise click.BadParameter(f"{text!r} is no size such as 500MB or 4GB.")
    return text


@click.command()
@click.argument("sql", required=False)
@click.option("-f", "--file", type=click.Path(path_type=Path), help="Read the select from a file.")
@click.option("-p", "--param", "pairs", metavar="NAME=VALUE", multiple=True, help="Value of $NAME.")
@click.option("--format", "form", type=click.Choice(_FORMATS), help="Else table, or as --out ends.")
@click.option("-o", "--out", type=click.Path(path_type=Path, dir_okay=False), help="Write a file.")
@click.option(
    "--limit", type=click.IntRange(1, _MOST_ROWS), default=200, help="Rows of a table. [200]"
)
@click.option("--timeout", type=click.FloatRange(0), default=300, help="Seconds; 0: any. [300]")
@click.option("--memory", callback=_size, default="2GB", help="What DuckDB may hold. [2GB]")
@click.option("--utc", is_flag=True, help="Times and days of UTC, not of the reporting zone.")
@click.option("--exact", is_flag=True, help="CSV: leave texts that look like formulas alone.")
@click.pass_context
def query(context: click.Context, sql: str | None, **options: Unpack[_Options]) -> None:
    """Ask the snapshot one select, read-only.

    The select is the argument, a file (--file), or standard input. It can say $name for a value
    that --param gives: a text, which DuckDB reads as if it stood there in quotes.

    Instants are shown in the reporting zone, and `created_at::date` is a day of it, whatever zone
    this machine is in; --utc takes UTC for both.
    """
    from pipeline.warehouse.explained import Terms  # noqa: PLC0415 - `--help` needs none of it
    from pipeline.warehouse.snapshot import open_snapshot  # noqa: PLC0415

    text = _text(sql, options["file"])
    form = _form(options["form"], options["out"])
    terms = Terms(not options["utc"], options["memory"], options["timeout"])
    with open_snapshot(settings_of(context).snapshot_path, terms) as snapshot:
        answer = snapshot.ask(text, _parameters(options["pairs"]))
        if form == "table":
            _show(answer, options["limit"])
        else:
            from pipeline.cli.forms import Export  # noqa: PLC0415 - a table needs none of it

            export = Export(answer, form, snapshot.zone, is_exact=options["exact"])
            export.print() if options["out"] is None else export.save(options["out"])


def _text(sql: str | None, file: Path | None) -> str:
    """Return the one text that was given: argument, file or standard input."""
    if file is not None:
        if sql is not None:
            raise UsageError("There is a select and a file with one.", advice="Give one of them.")
        try:
            return file.read_text("utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            why = error.strerror if isinstance(error, OSError) else "it is no UTF-8 text"
            raise UsageError(f"{file} cannot be read: {why}.") from None
    if sql is not None and sql != "-":
        return sql
    if sql is None and sys.stdin.isatty():
        raise UsageError("There is no select.", advice='Ask: sms24 query "from days limit 9"')
    try:
        return sys.stdin.buffer.read().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UsageError("Standard input is no UTF-8 text.") from None


def _parameters(pairs: tuple[str, ...]) -> dict[str, str]:
    given: dict[str, str] = {}
    for pair in pairs:
        name, is_there, value = pair.partition("=")
        if not is_there or not name:
            raise UsageError(f"--param {pair} has no value.", advice="Write --param name=value.")
        if name in given:
            raise UsageError(f"--param {name} is given twice.", advice="Take one of them away.")
        given[name] = value
    return given


def _form(form: str | None, out: Path | None) -> str:
    if out is None:
        return form or "table"
    form = form or out.suffix.lower().removeprefix(".")
    if form not in _FORMATS or form == "table":
        advice = f"Say --format {', '.join(_FORMATS[1:-1])} or {_FORMATS[-1]}."
        raise UsageError(f"What shall {out} be?", advice=advice)
    return form


def _show(answer: "Answer", limit: int) -> None:
    from pipeline.cli.screen import show, show_plan  # noqa: PLC0415

    rows = list(answer.rows(limit=limit + 1))
    if answer.is_plan:
        show_plan(rows)
        return
    show(answer.columns, rows[:limit])
    if len(rows) > limit:
        click.echo(f"The first {limit:,} rows; --limit shows more, --out FILE.csv keeps all.")
