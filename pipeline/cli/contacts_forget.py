"""`sms24 contacts forget`: a person's number out of the ledger and the plans, for good."""

import json

import click

from pipeline.cli.console import settings_of
from pipeline.cli.contacts_ask import confirmed, number_of


@click.command()
@click.argument("numbers", metavar="NUMBER...", nargs=-1, required=True)
@click.option("--region", metavar="FR", help="The country of numbers that have none.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@click.pass_context
def forget(
    context: click.Context,
    *,
    numbers: tuple[str, ...],
    region: str | None,
    yes: bool,
    as_json: bool,
) -> None:
    """Take numbers and names out of the ledger and out of the plans. There is no way back.

    A keyed hash stays, so that who was sent is never sent twice, and who is suppressed stays so.
    Who is to be written to no more is suppressed first: sms24 contacts suppress add.
    """
    from pipeline.clock import SystemClock  # noqa: PLC0415 - `--help` needs none of it
    from pipeline.contacts.numbers import read_number  # noqa: PLC0415
    from pipeline.forgetting import forget_number  # noqa: PLC0415
    from pipeline.importing import Reader  # noqa: PLC0415
    from pipeline.ledger.ledger import open_ledger  # noqa: PLC0415

    e164s = list(dict.fromkeys(read_number(n, region, takes_any=True) for n in numbers))
    question = f"Forget {len(e164s):,} numbers for good?"
    if not confirmed(question, yes=yes, by="Forgetting cannot be undone"):
        raise click.Abort
    settings, clock, told = settings_of(context), SystemClock(), []
    data_dir = settings.data_dir
    reader = Reader(settings.timezone, settings.report_language)
    with open_ledger(data_dir, clock) as ledger, ledger.loading(), ledger.sending():
        for e164 in e164s:
            found = forget_number(ledger, data_dir, e164, clock=clock, reader=reader)
            number = number_of(e164, whole=False)
            told.append(
                {"number": number, "hash": found.alias, "contacts": found.contacts,
                 "plans": found.plans, "rows": found.rows}
            )  # fmt: skip
    if as_json:
        click.echo(json.dumps(told, indent=2))
        return
    for each in told:
        click.echo(
            f"{each['number']} is {each['hash']} now: contacts {each['contacts']},"
            f" plans {each['plans']}, rows of plans {each['rows']}."
        )
    click.echo(
        "Not reached: the gateway, backups, files of yours, and the records of messages: see sms24"
        " forget."
    )
