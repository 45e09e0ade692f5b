"""`sms24 outbox`: what was sent, what became of it, and what is in doubt."""

import click

from pipeline.cli.lazy import LazyGroup

COMMANDS = {
    "resolve": ("pipeline.cli.outbox_resolve", "Look for messages in doubt at the gateway."),
    "results": ("pipeline.cli.outbox_results", "What became of a sending, one to one."),
    "status": ("pipeline.cli.outbox_results", "All sendings and newsletters, and doubts."),
}


@click.group(cls=LazyGroup, places=COMMANDS)
def outbox() -> None:
    """Look at what was sent by send, send-bulk and newsletter."""
