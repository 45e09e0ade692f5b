"""`sms24 outbox status` and `results`: what was sent, and what became of it."""

import json
from typing import TYPE_CHECKING, Any

import click

from pipeline.cli.console import settings_of
from pipeline.errors import UsageError

if TYPE_CHECKING:
    from pipeline.ledger.ledger import Ledger
    from pipeline.send.results import Results

_DECIDE = 5
_STATES = ("saved", "rejected", "in_doubt", "dropped")


@click.command()
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@click.pass_context
def status(context: click.Context, *, as_json: bool) -> None:
    """List all sendings and newsletters; also while one runs. Makes no call.

    Exit code 0: all is well; 5: something is in doubt: see resolve.
    """
    from pipeline.clock import SystemClock  # noqa: PLC0415 - `--help` needs none of it
    from pipeline.ledger.ledger import SENDERS_LOCK, look_into_ledger  # noqa: PLC0415
    from pipeline.warehouse.lock import is_locked  # noqa: PLC0415

    data_dir = settings_of(context).data_dir
    is_at_work = is_locked(data_dir, SENDERS_LOCK)
    with look_into_ledger(data_dir, SystemClock()) as ledger:
        sendings, posted = _sendings(ledger), _newsletters(ledger)
    if not is_at_work and not is_locked(data_dir, SENDERS_LOCK):
        _bury(sendings, posted)
    if as_json:
        click.echo(json.dumps({"sendings": sendings, "newsletters": posted}, indent=2))
    else:
        _show(sendings, posted)
    doubts = any(row["in_doubt"] for row in sendings)
    doubts = doubts or any(row["state"] == "in_doubt" for row in posted)
    context.exit(_DECIDE if doubts else 0)


def _bury(sendings: list[dict[str, Any]], posted: list[dict[str, Any]]) -> None:
    """Say in doubt of what is on its way, where no process lives that waits for the answer."""
    for row in sendings:
        row["in_doubt"] += row["sending"]
        row["sending"] = 0
    for row in posted:
        row["state"] = "in_doubt" if row["state"] == "sent" else row["state"]


def _sendings(ledger: "Ledger") -> list[dict[str, Any]]:
    found = []
    for sending in ledger.outbox.every():
        counts = ledger.outbox.counts(sending)
        states = {state: counts.get(state, 0) for state in _STATES}
        tried = sum(states.values()) + counts.get("sent", 0)
        told = {"key": sending.key, "kind": sending.kind, "created": sending.created}
        waiting = {"sending": counts.get("sent", 0), "unsent": sending.total - tried}
        found.append({**told, "total": sending.total, **states, **waiting})
    return found


def _newsletters(ledger: "Ledger") -> list[dict[str, Any]]:
    names = ("title", "state", "people", "gateway_id", "sent_at", "reason")
    return [{name: getattr(one, name) for name in names} for one in ledger.newsletters.every()]


def _show(sendings: list[dict[str, Any]], posted: list[dict[str, Any]]) -> None:
    from pipeline.cli.contacts_ask import show_table  # noqa: PLC0415

    if not sendings and not posted:
        click.echo("Nothing was sent from this data folder.")
    if sendings:
        now = ("sending",) if any(row["sending"] for row in sendings) else ()
        columns = ("key", "kind", "total", *_STATES, *now, "unsent")
        show_table(columns, [[str(row[c]) for c in columns] for row in sendings])
    if posted:
        click.echo("")
        names = ("title", "state", "people", "gateway_id", "sent_at")
        cells = [["" if row[name] is None else str(row[name]) for name in names] for row in posted]
        show_table(("newsletter", *names[1:]), cells)


@click.command()
@click.argument("key")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@click.pass_context
def results(context: click.Context, *, key: str, as_json: bool) -> None:
    """Compare the sending KEY with the messages that were fetched (sms24 run), one to one.

    Of a plan each message is told of in results.csv in its folder. Makes no call.

    Exit code 0: every message that was taken is there once; 5: one is missing, or there twice.
    """
    from pipeline.clock import SystemClock  # noqa: PLC0415 - `--help` needs none of it
    from pipeline.ledger.ledger import open_ledger  # noqa: PLC0415
    from pipeline.send.results import reconcile  # noqa: PLC0415
    from pipeline.warehouse.snapshot import open_snapshot  # noqa: PLC0415

    settings = settings_of(context)
    with (
        open_ledger(settings.data_dir, SystemClock()) as ledger,
        open_snapshot(settings.snapshot_path) as snapshot,
    ):
        sending = ledger.outbox.find(key)
        if sending is None:
            raise UsageError(f"There is no sending {key[:80]!r}.", advice="sms24 outbox status")
        found = reconcile(ledger, sending, snapshot, settings.data_dir)
    _tell(found, key, as_json=as_json)
    context.exit(0 if found.is_clean else _DECIDE)


def _tell(found: "Results", key: str, *, as_json: bool) -> None:
    if as_json:
        told = {
            "key": key,
            "total": found.total,
            "outcomes": dict(found.outcomes),
            "missing": found.missing,
            "unexpected": found.unexpected,
            "several": found.several,
            "file": str(found.path) if found.path else None,
        }
        click.echo(json.dumps(told, indent=2))
        return
    for outcome, count in sorted(found.outcomes.items()):
        click.echo(f"  {count:>9,}  {outcome}")
    click.echo(f"  {found.total:>9,}  in all")
    for count, words in (
        (found.missing, "taken, but not among the fetched messages: sms24 run, then again"),
        (found.unexpected, "among the fetched messages, though not known to be taken"),
        (found.several, "there more than once"),
    ):
        if count:
            click.echo(f"  {count:>9,}  {words}")
    if found.path:
        click.echo(f"File      {found.path}")
