"""`sms24 contacts rebuild`: all contacts of a tag, for a new one that takes its place."""

import json

import click

from pipeline.cli.console import settings_of
from pipeline.errors import UsageError

_DECIDE = 5


@click.command()
@click.argument("plan_id", metavar="[PLAN]", required=False)
@click.option("--tag", help="The title of the old tag, in place of a plan.")
@click.option("--new-tag", required=True, help="The title of the tag that takes its place.")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@click.pass_context
def rebuild(
    context: click.Context, *, plan_id: str | None, tag: str | None, new_tag: str, as_json: bool
) -> None:
    """Plan all contacts of a tag for a new one: there is no other way to undo.

    Who is saved, in doubt or waiting is planned; who was dropped, rejected, forgotten or suppressed
    is not. Nothing is sent: apply the plan. When the new tag holds everybody, the old one is
    abandoned, by that apply or by this command, given again; until then it stays in use.

    Exit code 0: planned, or done; 5: contacts are in doubt under the new tag: see resolve.
    """
    from pipeline.clock import SystemClock  # noqa: PLC0415 - `--help` needs none of it
    from pipeline.contacts.frozen import load_plan  # noqa: PLC0415
    from pipeline.contacts.rebuilding import rebuild as plan_rebuilding  # noqa: PLC0415
    from pipeline.ledger.ledger import open_ledger  # noqa: PLC0415

    if (plan_id is None) == (tag is None):
        raise UsageError("Which tag?", advice="Give a plan, or --tag TITLE.")
    data_dir, clock = settings_of(context).data_dir, SystemClock()
    title = load_plan(data_dir, plan_id).tag if plan_id else tag or ""
    with open_ledger(data_dir, clock) as ledger, ledger.loading():
        found = plan_rebuilding(ledger, data_dir, (title, new_tag), clock)
    told = {
        "plan": found.plan_id,
        "tag": found.tag.title,
        "new_tag": found.title,
        "to_send": found.to_send,
        "in_doubt": found.in_doubt,
        "is_done": found.is_done,
    }
    if as_json:
        click.echo(json.dumps(told, indent=2, ensure_ascii=False))
    elif found.is_done:
        click.echo(f"The tag {found.title!r} holds everybody; {found.tag.title!r} is abandoned.")
    else:
        click.echo(
            f"{found.to_send:>9,}  contacts of {found.tag.title!r} to send to {found.title!r}"
        )
        if found.in_doubt:
            click.echo(f"{found.in_doubt:>9,}  in doubt there: sms24 contacts resolve, then again")
        if found.plan_id:
            click.echo(f"Next      sms24 contacts apply {found.plan_id}")
    context.exit(_DECIDE if found.in_doubt else 0)
