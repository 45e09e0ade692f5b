"""`sms24 forget`: a person's number out of everything that is kept here, for good."""

import json
from typing import TYPE_CHECKING

import click

from pipeline.cli.console import closed, make_progress, settings_of
from pipeline.cli.contacts_ask import forgetting, number_of, to_forget

if TYPE_CHECKING:
    from pipeline.operate.forget import Erased


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
    """Take numbers, names and texts of people out of the ledger, the plans, the records of messages
    and the snapshot. There is no way back, and reading the gateway again brings nothing back.

    A keyed hash stays: the figures are the same, and who was sent or suppressed stays so.
    """  # noqa: D205 - click shows it all
    from pipeline.clock import SystemClock  # noqa: PLC0415 - `--help` needs none of it
    from pipeline.operate.forget import forget_everywhere  # noqa: PLC0415

    e164s = to_forget(numbers, region, yes=yes)
    settings, progress = settings_of(context), make_progress()
    try:
        erased = forget_everywhere(settings, e164s, clock=SystemClock(), progress=progress)
    finally:
        closed(progress)
    told = [_told(each) for each in erased]
    if as_json:
        click.echo(json.dumps(told, indent=2))
        return
    for each in told:
        click.echo(
            f"{each['number']} is {each['hash']} now: contacts {each['contacts']}, plans"
            f" {each['plans']}, rows of plans {each['rows']}, records {each['records']}."
        )
    click.echo("Not reached: the gateway, backups, exports, reports, and what you have elsewhere.")


def _told(erased: "Erased") -> dict[str, str | int]:
    found = erased.found
    return {
        "number": number_of(erased.e164, whole=False),
        "hash": found.alias,
        "contacts": found.contacts,
        "plans": found.plans,
        "rows": found.rows,
        "records": erased.records,
    }
