"""`sms24 query`: one select on the published snapshot."""

import sys
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.cli.console import settings_of
from pipeline.errors import UsageError

if TYPE_CHECKING:
    import polars as pl
    from rich.table import Table

_FORMATS = ("table", "csv", "json", "parquet", "xlsx")
_SCREEN_ROWS = 200
_UNBOUND = 100_000


@click.command()
@click.argument("sql")
@click.option("--format", "form", type=click.Choice(_FORMATS), default="table", show_default=True)
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write to this file instead of the screen.",
)
@click.pass_context
def query(context: click.Context, sql: str, form: str, out: Path | None) -> None:
    """Ask the snapshot one select, read-only; `-` reads it from standard input."""
    from pipeline.warehouse.snapshot import open_snapshot  # noqa: PLC0415

    text = sys.stdin.read() if sql == "-" else sql
    with open_snapshot(settings_of(context).snapshot_path) as snapshot:
        if snapshot.statement_kinds(text) != ["SELECT"]:
            raise UsageError("Exactly one select is expected.", advice="Take the rest away.")
        frame = snapshot.frame(text)
    if form == "table" and out is None:
        _show(frame)
        return
    content = _encoded(frame, form)
    if out is not None:
        out.write_bytes(content)
    elif form in {"parquet", "xlsx"} and sys.stdout.isatty():
        raise UsageError(f"A screen cannot show {form}.", advice="Name a file with --out.")
    else:
        sys.stdout.buffer.write(content)


def _encoded(frame: "pl.DataFrame", form: str) -> bytes:
    buffer = BytesIO()
    match form:
        case "csv" | "table":
            frame.write_csv(buffer)
        case "json":
            frame.write_json(buffer)
        case "parquet":
            frame.write_parquet(buffer)
        case _:
            _write_xlsx(frame, buffer)
    return buffer.getvalue()


def _write_xlsx(frame: "pl.DataFrame", buffer: BytesIO) -> None:
    import polars as pl  # noqa: PLC0415 - `--help` needs none of it
    import xlsxwriter  # noqa: PLC0415

    # A cell of hostile text must stay text, and a sheet knows no zones.
    options = {"strings_to_formulas": False, "strings_to_urls": False, "in_memory": True}
    instants = pl.selectors.datetime(time_zone="*")
    with xlsxwriter.Workbook(buffer, options) as workbook:
        frame.with_columns(instants.dt.replace_time_zone(None)).write_excel(workbook)


def _show(frame: "pl.DataFrame") -> None:
    from rich import box  # noqa: PLC0415
    from rich.console import Console  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    table = Table(box=box.SIMPLE_HEAD, show_edge=False)
    for name, kind in frame.schema.items():
        table.add_column(Text(name), justify="right" if kind.is_numeric() else "left")
    for row in frame.head(_SCREEN_ROWS).iter_rows():
        table.add_row(*(Text(_cell(value)) for value in row))
    console = Console()
    unbound = console.options.update(max_width=_UNBOUND)
    if console.measure(table, options=unbound).maximum > console.width:
        table = _upright(frame)
    console.print(table)
    if frame.height > _SCREEN_ROWS:
        click.echo(f"{_SCREEN_ROWS} of {frame.height:,} rows; --format csv gives them all.")


def _upright(frame: "pl.DataFrame") -> "Table":
    """Return a table too wide for the screen as one line per cell, a gap after each row."""
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    table = Table.grid(padding=(0, 2))
    for row in frame.head(_SCREEN_ROWS).iter_rows(named=True):
        for name, value in row.items():
            table.add_row(Text(name, style="bold"), Text(_cell(value)))
        table.add_row()
    return table


def _cell(value: object) -> str:
    if value is None:
        return ""
    text = f"{value:.4f}" if isinstance(value, float) else str(value)
    # Bodies and titles are other people's text: nothing in them may steer the terminal.
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)
