"""`sms24 contacts forget`: a person's number out of the ledger and the plans, for good."""

import json

import click

from pipeline.cli.console import settings_of
from pipeline.cli.contacts_ask import forgetting, number_of, to_forget


@click.command()
@forgetting
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
    from pipeline.forgetting import forget_number  # noqa: PLC0415
    from pipeline.importing import Reader  # noqa: PLC0415
    from pipeline.ledger.ledger import open_ledger  # noqa: PLC0415

    e164s = to_forget(numbers, region, yes=yes)
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
