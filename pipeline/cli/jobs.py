"""`sync`, `build`, `report` and `run`."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from pipeline.cli.console import closed, make_progress, settings_of

if TYPE_CHECKING:
    from pendulum import DateTime

    from pipeline.run import Means, RunResult

_since = click.option("--since", metavar="DAY", help="Start of the history to fetch (UTC).")
_until = click.option("--until", metavar="DAY", help="Read no further than this (UTC).")
_full = click.option("--full", is_flag=True, help="Read everything again.")


@click.command()
@_since
@_until
@_full
@click.pass_context
def sync(context: click.Context, since: str | None, until: str | None, *, full: bool) -> None:
    """Fetch messages and devices, and land them."""
    from pipeline.extract.plan import Asking  # noqa: PLC0415 - `--help` needs none of it
    from pipeline.run import run_sync  # noqa: PLC0415

    asking = Asking(_instant(since), _instant(until), again=full or bool(since or until))
    with _means() as means:
        _tell(run_sync(settings_of(context), asking, means))


@click.command()
@click.pass_context
def build(context: click.Context) -> None:
    """Run the SQL and the checks, publish the snapshot."""
    from pipeline.run import run_build  # noqa: PLC0415

    with _means() as means:
        _tell(run_build(settings_of(context), means))


@click.command()
@_since
@_until
@click.pass_context
def run(context: click.Context, since: str | None, until: str | None) -> None:
    """Sync, build and report: the scheduled job."""
    from pipeline.extract.plan import Asking  # noqa: PLC0415
    from pipeline.run import run_all  # noqa: PLC0415

    asking = Asking(_instant(since), _instant(until), again=bool(since or until))
    with _means() as means:
        _tell(run_all(settings_of(context), asking, means))


@click.command()
@click.option("--from", "first", metavar="DAY", help="First local day of the period.")
@click.option("--to", "last", metavar="DAY", help="Last local day of the period, included.")
@click.option("--lang", type=click.Choice(["en"]), default="en", show_default=True)
@click.pass_context
def report(context: click.Context, first: str | None, last: str | None, lang: str) -> None:
    """Render the HTML report from the snapshot."""
    from pipeline.report.delivery import period_of, render_delivery  # noqa: PLC0415

    settings = settings_of(context)
    period = period_of(first, last) if first or last else None
    folder = settings.data_dir / "reports"
    path = render_delivery(settings, period=period, language=lang, output_dir=folder)
    click.echo(f"Report:   {path}")


@contextmanager
def _means() -> Iterator["Means"]:
    from pipeline.run import Means  # noqa: PLC0415

    progress = make_progress()
    try:
        yield Means(progress=progress)
    finally:
        closed(progress)


def _instant(text: str | None) -> "DateTime | None":
    from pipeline.errors import UsageError  # noqa: PLC0415
    from pipeline.settings import parse_instant  # noqa: PLC0415

    try:
        return parse_instant(text) if text else None
    except ValueError:
        advice = "Give a day such as 2026-01-31, or an instant such as 2026-01-31T06:00:00Z."
        raise UsageError(f"{text!r} is no day.", advice=advice) from None


def _tell(result: "RunResult") -> None:
    if result.sync is not None:
        click.echo(
            f"Landed {result.sync.new_versions:,} new or changed messages"
            f" in {result.sync.calls:,} calls; {result.sync.held:,} are held."
        )
        click.echo(f"Proven until {result.sync.settled_until:%Y-%m-%d %H:%M} UTC, no holes.")
    if result.report is not None:
        click.echo(f"Report:   {result.report}")
    if result.snapshot is not None:
        click.echo(f"Snapshot: {result.snapshot}")
