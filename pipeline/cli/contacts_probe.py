"""`sms24 contacts probe`: what the gateway does with contacts, found out with one's own number."""

import json
import sys
from contextlib import ExitStack
from dataclasses import replace
from typing import TYPE_CHECKING

import click

from pipeline.cli.console import settings_of
from pipeline.cli.contacts_ask import confirmed, number_of, show_table

if TYPE_CHECKING:
    from pipeline.clock import Clock
    from pipeline.contacts.probing import Writes
    from pipeline.settings import Settings

_PANEL = "https://smsgateway24.com/en/tag/list"
_KINDS = {
    "same_tag": "the same title twice gives",
    "same_contact": "the same number in a tag twice gives",
    "server_dedupes": "so a number is saved once a tag",
    "parameter_ctag_id": "the tag named by ctag_id alone",
    "parameter_tag_id": "the tag named by tag_id alone",
    "invalid_phone": "a number that is none",
    "long_name": "a name of 300 characters",
    "empty_name": "no name",
    "bad_tag": "a tag that is none",
}


@click.command()
@click.option("--phone", required=True, metavar="+33...", help="A number of your own.")
@click.option("--region", metavar="FR", help="The country of a number that has none.")
@click.option("--yes", is_flag=True, help="Do not ask, not even to look into the panel.")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@click.pass_context
def probe(
    context: click.Context, *, phone: str, region: str | None, yes: bool, as_json: bool
) -> None:
    """Make three or four throw-away tags and some contacts of your own number, and see.

    Each call is made once. What is found is kept in the ledger. Nothing can be deleted by the API:
    the tags begin with "sms24 probe", delete them in the panel.
    """
    from pipeline.clock import SystemClock  # noqa: PLC0415 - `--help` needs none of it
    from pipeline.contacts.numbers import read_number  # noqa: PLC0415
    from pipeline.contacts.probing import Probe, ProbeMeans  # noqa: PLC0415
    from pipeline.ledger.ledger import open_ledger  # noqa: PLC0415

    settings, clock = settings_of(context), SystemClock()
    e164 = read_number(phone, region)
    shown = number_of(e164, whole=False)
    question = f"Make tags and up to 8 contacts of {shown} at the gateway?"
    if not confirmed(question, yes=yes, by="A probe writes to the gateway"):
        raise click.Abort
    title = f"sms24 probe {clock.now():%Y-%m-%dT%H%M%SZ}"
    with ExitStack() as stack:
        ledger = stack.enter_context(open_ledger(settings.data_dir, clock))
        stack.enter_context(ledger.loading())
        means = ProbeMeans(
            writers=_writers(stack, settings, clock),
            look=_look if sys.stdin.isatty() and not yes else None,
            title=title,
            phone=e164,
        )
        found = Probe(ledger, means)
        found.run()
    if as_json:
        click.echo(json.dumps({"tags": title, **found.found}, indent=2, ensure_ascii=False))
        return
    show_table(("what", "answer"), [[_KINDS[kind], told] for kind, told in found.found.items()])
    click.echo(f"\nDelete the tags {title!r} ... in the panel: {_PANEL}")
    _advise(found.found)


def _writers(stack: ExitStack, settings: "Settings", clock: "Clock") -> "dict[str, Writes]":
    """Open a writer for each way to name a tag; one login serves all."""
    from pipeline.contacts.probing import PARAMETERS  # noqa: PLC0415
    from pipeline.gateway.client import Gateway  # noqa: PLC0415
    from pipeline.gateway.writing import Writer  # noqa: PLC0415

    gateway = stack.enter_context(Gateway(settings, clock=clock))
    rate = settings.contacts_rate
    return {
        way: stack.enter_context(
            Writer(gateway, replace(settings, contacts_tag_param=way), clock=clock, rate=rate)
        )
        for way in ("both", *PARAMETERS)
    }


def _look(title: str) -> bool:
    return click.confirm(f"Open {_PANEL}: is a contact in the tag {title!r}?", err=True)


def _advise(found: dict[str, str]) -> None:
    works = [name for name in ("ctag_id", "tag_id") if found[f"parameter_{name}"] == "works"]
    if len(works) == 1:
        click.echo(f"Only {works[0]} works: set contacts.tag_param, or leave it at both.")
    if found["server_dedupes"] == "yes":
        click.echo("Who is in doubt may be sent again: sms24 contacts resolve --resend.")
    else:
        click.echo("Who is in doubt is not to be sent again before you have looked for them.")
