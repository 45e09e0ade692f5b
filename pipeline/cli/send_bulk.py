"""`sms24 send-bulk`: a text of one's own for each row of a list; planned, then applied."""

import click

from pipeline.cli.lazy import LazyGroup

COMMANDS = {
    "apply": ("pipeline.cli.send_bulk_apply", "Send a plan, each message at most once."),
    "plan": ("pipeline.cli.send_bulk_plan", "Read, check and freeze; nothing is sent. [default]"),
    "rejects": ("pipeline.cli.send_bulk_plan", "The rejected rows of a plan, to be mended."),
}


class _PlansByDefault(LazyGroup):
    """A group that takes a file in place of a command: it is planned."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Say `plan` where no command is named."""
        if args and args[0] not in {*COMMANDS, "-h", "--help"}:
            args = ["plan", *args]
        return super().parse_args(ctx, args)


@click.group(name="send-bulk", cls=_PlansByDefault, places=COMMANDS)
def send_bulk() -> None:
    """Send each row of a list a text of its own: name the FILE, look, then apply the plan."""
