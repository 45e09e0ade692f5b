"""`sms24 send-bulk apply`: send exactly what a plan says, each message at most once."""

import json
from typing import TYPE_CHECKING, TypedDict, Unpack

import click

from pipeline.cli.console import closed, make_slow_progress, settings_of

if TYPE_CHECKING:
    from pipeline.ledger.ledger import Ledger
    from pipeline.send.planned import BulkPlan
    from pipeline.settings import Settings


class _Options(TypedDict):
    rate: float | None
    batch: int | None
    limit: int | None
    max_in_doubt: int
    yes: bool
    as_json: bool


@click.command()
@click.argument("plan_id", metavar="PLAN")
@click.option("--rate", type=click.FloatRange(0.01), help="Calls a second at the most. [2]")
@click.option("--batch", type=click.IntRange(1, 1000), help="Messages a call. [50]")
@click.option("--limit", type=click.IntRange(1), help="Send no more than so many now.")
@click.option(
    "--max-in-doubt", type=click.IntRange(1), default=3, help="So many unknown outcomes end it. [3]"
)
@click.option("--yes", is_flag=True, help="Send. Without it, only show.")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@click.pass_context
def apply(context: click.Context, plan_id: str, **options: Unpack[_Options]) -> None:
    """Send the messages of PLAN, each at most once; applied again, it goes on.

    The first message goes alone. Whoever is suppressed by then is left out; what is in doubt is
    never sent again by itself. Ctrl-C waits for the answer in flight.

    Exit code 0: all were taken, or shown; 5: some were refused or are in doubt; 3: it stopped, and
    why is told; 2: the plan or the file is wrong; 75: another command sends; 130: interrupted.
    """
    from pipeline.clock import SystemClock  # noqa: PLC0415 - `--help` needs none of it
    from pipeline.ledger.ledger import open_ledger  # noqa: PLC0415
    from pipeline.send.planned import load_bulk  # noqa: PLC0415

    settings, clock = settings_of(context), SystemClock()
    plan = load_bulk(settings.data_dir, plan_id)
    plan.refuse_aged()
    plan.refuse_changed_file()
    plan.refuse_over(clock.now(), settings.send_zone)
    with open_ledger(settings.data_dir, clock) as ledger:
        if not options["yes"]:
            known = ledger.outbox.find(plan_id)
            counts = dict(ledger.outbox.counts(known)) if known else {}
            _show(plan.total, counts, plan.said["sms"], as_json=options["as_json"])
            return
        code = _send(plan, ledger, settings, options)
    context.exit(code)


def _send(plan: "BulkPlan", ledger: "Ledger", settings: "Settings", options: _Options) -> int:
    from pipeline.cli.send import send_options  # noqa: PLC0415
    from pipeline.cli.send_shown import tell  # noqa: PLC0415
    from pipeline.clock import SystemClock  # noqa: PLC0415
    from pipeline.send.dispatched import SendMeans  # noqa: PLC0415
    from pipeline.send.dispatching import dispatch  # noqa: PLC0415
    from pipeline.send.opening import opened  # noqa: PLC0415
    from pipeline.tally import StoppedError  # noqa: PLC0415

    asked = send_options(
        settings,
        rate=options["rate"] or settings.send_rate,
        batch=options["batch"] or settings.send_batch,
        limit=options["limit"],
        most_in_doubt=options["max_in_doubt"],
    )
    clock, key = SystemClock(), plan.facts.key
    progress = make_slow_progress(clock)
    try:
        with opened(settings, ledger, clock=clock, rate=asked.rate) as (_, writer):
            means = SendMeans(clock=clock, progress=progress)
            done = dispatch(plan, ledger, writer, asked, means)
    finally:
        closed(progress)
    tell(key, done, as_json=options["as_json"], again=f"sms24 send-bulk apply {key} --yes")
    if done.stop is not None:
        raise StoppedError.of(done.stop)
    return done.exit_code


def _show(total: int, counts: dict[str, int], sms: int, *, as_json: bool) -> None:
    """Say what would be sent."""
    tried = sum(count for state, count in counts.items() if state != "pending")
    if as_json:
        found = {"is_dry_run": True, "total": total, "to_send": total - tried, "states": counts}
        click.echo(json.dumps(found, indent=2))
        return
    click.echo(f"  {total - tried:>9,}  to send, of {total:,} messages ({sms:,} SMS)")
    for state, count in counts.items():
        click.echo(f"  {count:>9,}  {state}")
    click.echo("Nothing was sent. With --yes it is.")
