"""`sms24 contacts export`: who is under which tag, as a table."""

import json
from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import TypedDict, Unpack

import click

from pipeline.cli.console import settings_of
from pipeline.cli.contacts_ask import number_of, show_table


class _Options(TypedDict):
    path: Path | None
    tag: str | None
    states: tuple[str, ...]
    limit: int
    show_numbers: bool
    as_json: bool


@click.command()
@click.option("--to", "path", type=click.Path(path_type=Path), help="A .csv, .xlsx or .parquet.")
@click.option("--tag", help="Only under the tag of this title.")
@click.option("--state", "states", multiple=True, help="Only in this one: saved, in_doubt, ...")
@click.option("--limit", type=click.IntRange(1), default=200, help="Rows on the screen. [200]")
@click.option("--show-numbers", is_flag=True, help="On the screen: numbers whole, and names.")
@click.option("--json", "as_json", is_flag=True, help="For programs: all rows.")
@click.pass_context
def export(context: click.Context, **options: Unpack[_Options]) -> None:
    """Show the contacts of the ledger, or write them to a file that its owner alone may read.

    The file has numbers and names whole; a screen shows them masked. Text in a CSV that a
    spreadsheet would run begins with ', which sms24 takes away again.
    """
    from pipeline.clock import SystemClock  # noqa: PLC0415 - `--help` needs none of it
    from pipeline.contacts.exporting import contact_rows  # noqa: PLC0415
    from pipeline.contacts.tables import write_table  # noqa: PLC0415
    from pipeline.ledger.ledger import look_into_ledger  # noqa: PLC0415

    path, whole = options["path"], options["show_numbers"]
    as_json, limit = options["as_json"], options["limit"]
    with (
        look_into_ledger(settings_of(context).data_dir, SystemClock()) as ledger,
        closing(contact_rows(ledger, options["tag"], options["states"])) as rows,
    ):
        if path is not None:
            count = write_table(path, rows)
            told = {"file": str(path), "contacts": count}
            click.echo(json.dumps(told) if as_json else f"{count:,} contacts: {path}")
            return
        masked = (
            row._replace(
                number=None if row.number is None else number_of(row.number, whole=whole),
                name=row.name if whole else "",
            )
            for row in rows
        )
        if as_json:
            click.echo(json.dumps([row._asdict() for row in masked], indent=2, ensure_ascii=False))
            return
        shown = list(islice(masked, limit + 1))
    cells = [
        [row.tag, row.number or "forgotten", row.name, row.state, str(row.contact_id or ""),
         (row.answered_at or row.sent_at or "")[:16].replace("T", " "), row.reason or ""]
        for row in shown[:limit]
    ]  # fmt: skip
    show_table(("tag", "number", "name", "state", "contact id", "last (UTC)", "why"), cells)
    if len(shown) > limit:
        click.echo(f"The first {limit:,}; --limit shows more, --to FILE.csv keeps all.")
