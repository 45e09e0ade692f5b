"""`sms24 message-status` and `device-status`: what the gateway says of one, now."""

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from pipeline.cli.aside import tell
from pipeline.cli.console import settings_of
from pipeline.errors import BrokenGatewayError, RefusedError

if TYPE_CHECKING:
    from pipeline.gateway.client import Gateway

_REFUSED = 3
_IDS = {"nargs": -1, "required": True, "type": click.IntRange(1)}


@click.command(name="message-status")
@click.argument("ids", metavar="ID...", **_IDS)  # type: ignore[arg-type]
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@click.pass_context
def message_status(context: click.Context, *, ids: tuple[int, ...], as_json: bool) -> None:
    """Ask for the status of messages, by the gateway's ids.

    For many, let sms24 run fetch them all. Exit code 0: done; 3: the gateway has refused one.
    """

    def asked(gateway: "Gateway", message_id: int) -> dict[str, object]:
        from pipeline.statuses import outcome_of  # noqa: PLC0415

        found = gateway.message_status(message_id)
        told = {"status": found.status, "outcome": outcome_of(found.status)}
        return {"id": message_id, **told, "said": found.title or ""}

    _tell(context, ids, asked, ("id", "status", "outcome", "said"), as_json=as_json)


@click.command(name="device-status")
@click.argument("ids", metavar="ID...", **_IDS)  # type: ignore[arg-type]
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@click.pass_context
def device_status(context: click.Context, *, ids: tuple[int, ...], as_json: bool) -> None:
    """Ask whether devices answer; the gateway documents this no more.

    Exit code 0: done; 3: the gateway has refused one, or has no such endpoint any more.
    """

    def asked(gateway: "Gateway", device_id: int) -> dict[str, object]:
        found = gateway.device_status(device_id)
        seen = found.last_seen_at
        told = {"online": found.is_online, "silent_seconds": found.silent_seconds}
        at = f"{seen:%Y-%m-%d %H:%M:%S} UTC" if seen else None
        return {"id": device_id, **told, "last_seen": at, "title": found.title or ""}

    columns = ("id", "online", "silent_seconds", "last_seen", "title")
    _tell(context, ids, asked, columns, as_json=as_json)


def _tell(
    context: click.Context,
    ids: Sequence[int],
    asked: "Callable[[Gateway, int], dict[str, object]]",
    columns: tuple[str, ...],
    *,
    as_json: bool,
) -> None:
    """Print what is answered for each id, refusals too."""
    rows: list[dict[str, object]] = []
    with _gateway(context) as gateway:
        for number in dict.fromkeys(ids):
            try:
                rows.append(asked(gateway, number))
            except (RefusedError, BrokenGatewayError) as error:
                rows.append({"id": number, "error": str(error)})
    if as_json:
        click.echo(json.dumps(rows, indent=2, ensure_ascii=False))
    else:
        from pipeline.cli.contacts_ask import show_table  # noqa: PLC0415

        good = [row for row in rows if "error" not in row]
        if good:
            cells = [["" if row[c] is None else str(row[c]) for c in columns] for row in good]
            show_table(columns, cells)
        for row in rows:
            if "error" in row:
                tell(f"sms24: {row['id']}: {row['error']}")
    context.exit(_REFUSED if any("error" in row for row in rows) else 0)


@contextmanager
def _gateway(context: click.Context) -> "Iterator[Gateway]":
    from pipeline.gateway.client import Gateway  # noqa: PLC0415 - `--help` needs none of it

    with Gateway(settings_of(context)) as gateway:
        yield gateway
