"""`sms24 webhook`: take what the gateway pushes, and keep it for the next sync."""

import click

from pipeline.cli.console import settings_of
from pipeline.errors import UsageError


@click.command()
@click.option("--port", type=click.IntRange(0, 65535), default=8024, show_default=True)
@click.option("--bind", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--new-secret", is_flag=True, help="Make the addresses anew; the old ones end.")
@click.pass_context
def webhook(context: click.Context, *, port: int, bind: str, new_secret: bool) -> None:
    """Receive pushes until Ctrl-C; put a reverse proxy with TLS before it.

    Two addresses are told, one for each webhook of the device in the panel. Who knows them may
    push, so they are secrets. Each push is on the disk before it is answered; sms24 sync lands it.
    """
    from pipeline import logs  # noqa: PLC0415 - `--help` needs none of it
    from pipeline.clock import SystemClock  # noqa: PLC0415
    from pipeline.values import Secret  # noqa: PLC0415
    from pipeline.warehouse.events import EventSpool  # noqa: PLC0415
    from pipeline.webhook.receiver import create_receiver, serve  # noqa: PLC0415
    from pipeline.webhook.secret import secret_of  # noqa: PLC0415

    data_dir = settings_of(context).data_dir
    secret = secret_of(data_dir, makes_new=new_secret)
    Secret(secret)  # from here on no log has it
    logs.tell_screen_too()
    spool = EventSpool(data_dir / "inbox" / "events")

    def ready(address: str) -> None:
        for kind in ("status", "incoming"):
            click.echo(f"{kind:<10}{address}/{secret}/{kind}")
        click.echo("Ctrl-C ends it.", err=True)

    try:
        serve(create_receiver(spool, secret, SystemClock()), bind, port, ready)
    except OSError as error:
        raise UsageError(
            f"Nothing can listen on {bind}, port {port} ({error.strerror}).",
            advice="Choose another --port or --bind.",
        ) from error
