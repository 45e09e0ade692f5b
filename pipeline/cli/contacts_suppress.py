"""`sms24 contacts suppress`: who is never to be sent, whatever a list says."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.cli.console import settings_of
from pipeline.cli.contacts_ask import number_of, show_table
from pipeline.errors import UsageError

if TYPE_CHECKING:
    from pipeline.contacts.ledger.ledger import Ledger
    from pipeline.contacts.numbers import Listed

_DECIDE = 5
_MOST = 20
_SPACE = re.compile(r"[,\s]+")
_json = click.option("--json", "as_json", is_flag=True, help="For programs.")
_region = click.option("--region", metavar="FR", help="The country of numbers that have none.")


@click.group()
def suppress() -> None:
    """Say who is never to be sent: it is looked at by each plan, and again before each call."""


@suppress.command()
@click.argument("whom", metavar="NUMBER|FILE...", nargs=-1, required=True)
@click.option("--reason", required=True, help="Why, and who said so.")
@_region
@click.option("--column", help="Of the numbers in a file, by header or position. [found]")
@_json
@click.pass_context
def add(
    context: click.Context,
    *,
    whom: tuple[str, ...],
    reason: str,
    region: str | None,
    column: str | None,
    as_json: bool,
) -> None:
    """Suppress numbers, all those of files, or a recipient_key of the snapshot as hmac:HEX.

    Exit code 0: all are suppressed; 5: rows of a file have no number, and are told.
    """
    from pipeline.contacts.numbers import read_list, read_number  # noqa: PLC0415 - for `--help`

    numbers: dict[str, list[str]] = {}
    lists: list[Listed] = []
    for text in whom:
        if Path(text).is_file() or Path(text).suffix[1:].isalpha():
            lists.append(read_list(Path(text), region, column))
            numbers[Path(text).name] = [n.e164 for n in lists[-1].numbers]
        else:
            numbers.setdefault("typed", []).append(read_number(text, region))
    every = {e164 for e164s in numbers.values() for e164 in e164s}
    with _ledger(context) as ledger:
        from pipeline.contacts.suppressing import still_there  # noqa: PLC0415

        with ledger.transaction():
            new = sum(
                ledger.suppression.add(e164s, reason=reason, source=source)
                for source, e164s in numbers.items()
            )
        there = still_there(ledger, every)
    _tell_added(len(every), new, lists, as_json=as_json)
    if not as_json:
        _tell_there(dict(there))
    context.exit(_DECIDE if any(listed.problems for listed in lists) else 0)


@suppress.command()
@click.argument("number")
@click.option("--reason", required=True, help="Why; it is kept for ever.")
@_region
@click.pass_context
def remove(context: click.Context, *, number: str, reason: str, region: str | None) -> None:
    """Let NUMBER, or hmac:HEX, be sent again; what was is kept with both reasons."""
    from pipeline.contacts.numbers import read_number  # noqa: PLC0415 - for `--help`
    from pipeline.contacts.suppressing import lift  # noqa: PLC0415

    e164 = read_number(number, region, takes_any=True)
    with _ledger(context) as ledger:
        if not lift(ledger, e164, reason):
            raise UsageError(f"{number_of(e164, whole=False)} is not suppressed.")
    click.echo(f"{number_of(e164, whole=False)} may be sent again.")


@suppress.command(name="list")
@click.option("--all", "is_all", is_flag=True, help="Also who was suppressed once.")
@click.option("--show-numbers", is_flag=True, help="Numbers whole.")
@_json
@click.pass_context
def list_all(context: click.Context, *, is_all: bool, show_numbers: bool, as_json: bool) -> None:
    """Print who is suppressed, since when and why."""
    with _ledger(context, only_looks=True) as ledger:
        rows = [dict(row) for row in ledger.suppression.every() if is_all or not row["removed"]]
    for row in rows:
        row["number"] = number_of(row.pop("e164"), whole=show_numbers)
    if as_json:
        click.echo(json.dumps(rows, indent=2, ensure_ascii=False))
        return
    if rows:
        columns = ["number", "added", "source", "reason"]
        columns += ["removed", "removed_reason"] if is_all else []
        show_table(
            columns, [[str(row[name] or "")[: _cut(name)] for name in columns] for row in rows]
        )
    click.echo(f"{sum(not row['removed'] for row in rows):,} suppressed.")


@suppress.command(name="from-inbound")
@click.option(
    "--words", metavar="STOP,ARRET", multiple=True, help="Only these. [all that are known]"
)
@click.option("--since", metavar="DAY", help="Only messages since then (UTC).")
@click.option("--dry-run", is_flag=True, help="Tell what would be done.")
@_json
@click.pass_context
def from_inbound(
    context: click.Context,
    *,
    words: tuple[str, ...],
    since: str | None,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Suppress who answered STOP, ARRET and the like, by the published snapshot.

    The snapshot has no numbers: who answered is known by the recipient_key, and so is a number of
    a list later. Who was let be sent again stays so, until a newer message asks.
    """
    from pipeline.contacts.suppressing import (  # noqa: PLC0415 - for `--help`
        checked_words,
        find_stops,
        still_there,
        suppress_stops,
    )
    from pipeline.warehouse.snapshot import open_snapshot  # noqa: PLC0415

    given = checked_words(word for text in words for word in _SPACE.split(text) if word)
    path = settings_of(context).snapshot_path
    with open_snapshot(path) as snapshot, _ledger(context, only_looks=dry_run) as ledger:
        stops = find_stops(ledger, snapshot, given, _since(since))
        if not dry_run:
            suppress_stops(ledger, stops)
        there = still_there(ledger, (stop.alias for stop in stops.new))
    told = {
        "new": len(stops.new),
        "known": stops.known,
        "lifted": stops.lifted,
        "dry_run": dry_run,
    }
    if as_json:
        click.echo(json.dumps(told, indent=2))
        return
    would = "would be " if dry_run else ""
    click.echo(f"{len(stops.new):>9,}  asked for no more messages: {would}suppressed now")
    click.echo(f"{stops.known:>9,}  are suppressed already")
    if stops.lifted:
        click.echo(f"{stops.lifted:>9,}  were let be sent again since they asked: left so")
    _tell_there(dict(there))


@contextmanager
def _ledger(context: click.Context, *, only_looks: bool = False) -> "Iterator[Ledger]":
    from pipeline.clock import SystemClock  # noqa: PLC0415 - `--help` needs none of it
    from pipeline.contacts.ledger.ledger import look_into_ledger, open_ledger  # noqa: PLC0415

    opening = look_into_ledger if only_looks else open_ledger
    with opening(settings_of(context).data_dir, SystemClock()) as ledger:
        yield ledger


def _tell_added(count: int, new: int, lists: "list[Listed]", *, as_json: bool) -> None:
    from pipeline.contacts.codes import explained  # noqa: PLC0415

    problems = [
        {"file": str(listed.path), "line": line, "code": problem.code, "what": explained(problem)}
        for listed in lists
        for line, problem in listed.problems
    ]
    if as_json:
        told = {"suppressed": new, "known": count - new, "problems": problems}
        click.echo(json.dumps(told, indent=2, ensure_ascii=False))
        return
    click.echo(f"{new:>9,}  suppressed now")
    click.echo(f"{count - new:>9,}  were suppressed already")
    if problems:
        click.echo(f"{len(problems):>9,}  rows without a number:")
        for each in problems[:_MOST]:
            click.echo(
                f"           {each['file']}, line {each['line']}: {each['code']}, {each['what']}"
            )
        if len(problems) > _MOST:
            click.echo("           and more: --json has them all")


def _tell_there(there: dict[str, int]) -> None:
    for title, count in there.items():
        click.echo(f"{count:>9,}  of them in the tag {title!r}: a newsletter to it reaches them")
    if there:
        click.echo("The API cannot take them out: do it in the panel, or rebuild the tag.")


def _since(text: str | None) -> str | None:
    from pipeline.parsing import instant  # noqa: PLC0415

    try:
        return instant(text).isoformat() if text else None
    except ValueError:
        advice = "Give a day such as 2026-01-31."
        raise UsageError(f"{text!r} is no day.", advice=advice) from None


def _cut(name: str) -> int | None:
    """Return how much of a cell is shown: of instants the day."""
    return 10 if name in {"added", "removed"} else None
