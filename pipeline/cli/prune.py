"""`sms24 prune`: old records, texts, reports and logs go, as the settings say."""

import json
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from pipeline.cli.console import closed, make_progress, settings_of

if TYPE_CHECKING:
    from pipeline.operate.prune import Pruned

_WORDS = {
    "versions": "records of messages that newer ones had followed",
    "bodies": "records whose text is stars now",
    "events": "pushed events, cut down to their ids",
    "plans": "texts of plans that were sent (in outbox/)",
    "files": "unreadable bodies and copies that upgrades had left",
    "reports": "reports",
    "logs": "logs",
}


@click.command()
@click.option("--dry-run", is_flag=True, help="Say what would go; take nothing away.")
@click.option(
    "--wait",
    metavar="SECONDS",
    default=0.0,
    type=click.FloatRange(0),
    help="How long to wait for a run or a sending to end. [0]",
)
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@click.pass_context
def prune(context: click.Context, *, dry_run: bool, wait: float, as_json: bool) -> None:
    """Take away what need not be kept: keep_versions_months, keep_body_days, report_keep_days,
    keep_log_days. The figures stay the same.
    """  # noqa: D205 - click shows it all
    from pipeline.clock import SystemClock  # noqa: PLC0415 - `--help` needs none of it
    from pipeline.operate.prune import look  # noqa: PLC0415
    from pipeline.operate.prune import prune as prune_all  # noqa: PLC0415
    from pipeline.operate.waiting import wait_until_free  # noqa: PLC0415

    settings, progress, clock = settings_of(context), make_progress(), SystemClock()
    try:
        wait_until_free(settings.data_dir, clock, progress, wait)
        found = look(settings, clock) if dry_run else prune_all(settings, clock, progress)
    finally:
        closed(progress)
    if as_json:
        click.echo(json.dumps({"is_dry_run": dry_run, **asdict(found)}, indent=2))
    else:
        _tell(found, dry_run=dry_run)


def _tell(found: "Pruned", *, dry_run: bool) -> None:
    did = "Would take away" if dry_run else "Took away"
    counts = asdict(found)
    told = [(counts[name], words) for name, words in _WORDS.items() if counts[name]]
    for number, words in told:
        click.echo(f"{did} {number:,} {words}.")
    if not told:
        click.echo("Nothing is older than the settings say.")
    if found.kept:
        click.echo(
            f"Kept the texts of {found.kept:,} older plans: messages of them wait or are in doubt"
            " (sms24 outbox status). Remove the folder in outbox/ of one that is never to be sent."
        )
