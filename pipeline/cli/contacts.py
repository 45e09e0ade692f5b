"""`sms24 contacts`: lists of contacts, from a file to the gateway, never twice."""

import click

from pipeline.cli.lazy import LazyGroup

COMMANDS = {
    "apply": ("pipeline.cli.contacts_apply", "Send a plan, each contact at most once."),
    "export": ("pipeline.cli.contacts_export", "The contacts of the ledger, as a table."),
    "forget": ("pipeline.cli.contacts_forget", "Take a person's number out of the ledger."),
    "plan": ("pipeline.cli.contacts_plan", "Read, repair, check and freeze; nothing is sent."),
    "probe": ("pipeline.cli.contacts_probe", "Find out what the gateway does with contacts."),
    "rebuild": ("pipeline.cli.contacts_rebuild", "Plan all contacts of a tag for a new one."),
    "status": ("pipeline.cli.contacts_status", "The load that runs, tags, doubts, plans."),
    "rejects": ("pipeline.cli.contacts_plan", "The rejected rows of a plan, to be mended."),
    "resolve": ("pipeline.cli.contacts_resolve", "Whom nobody knows to be saved, and what then."),
    "suppress": ("pipeline.cli.contacts_suppress", "Who is never to be sent."),
}


@click.group(cls=LazyGroup, places=COMMANDS)
def contacts() -> None:
    """Load a list of contacts into a tag: plan it, look, then apply the plan."""
