"""`sync`, `build` and `run`."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.cli.console import closed, make_progress, settings_of

if TYPE_CHECKING:
    from pendulum import DateTime

    from pipeline.extract.plan import Asking
    from pipeline.run import Means, RunResult
    from pipeline.settings import Settings

_since = click.option("--since", metavar="DAY", help="Start of the history to fetch (UTC).")
_until = click.option("--until", metavar="DAY", help="Read no further than this (UTC).")
_full = click.option("--full", is_flag=True, help="Read everything again.")


@click.command()
@_since
@_until
@_full
@click.option("--plan", is_flag=True, help="List windows, expected calls and holes; ask nothing.")
@click.option("--json", "as_json", is_flag=True, help="With --plan: for programs.")
@click.pass_context
def sync(
    context: click.Context,
    since: str | None,
    until: str | None,
    full: bool,  # noqa: FBT001 - click gives flags by name
    plan: bool,  # noqa: FBT001
    as_json: bool,  # noqa: FBT001
) -> None:
    """Fetch messages and devices, and land them."""
    from pipeline.extract.plan import Asking  # noqa: PLC0415 - `--help` needs none of it
    from pipeline.run import run_sync  # noqa: PLC0415

    asking = Asking(_instant(since), _instant(until), again=full or bool(since or until))
    if plan:
        _preview(settings_of(context), asking, as_json=as_json)
        return
    with _means() as means:
        result = run_sync(settings_of(context), asking, means)
    _tell(result)


def _preview(settings: "Settings", asking: "Asking", *, as_json: bool) -> None:
    from pipeline.cli.plan import preview_json, show_preview  # noqa: PLC0415
    from pipeline.clock import SystemClock  # noqa: PLC0415
    from pipeline.run import plan_sync  # noqa: PLC0415

    preview = plan_sync(settings, asking, SystemClock())
    if as_json:
        click.echo(preview_json(preview))
    else:
        show_preview(preview)


@click.command()
@click.option("--full", is_flag=True, help="Make everything anew, also what has not changed.")
@click.pass_context
def build(context: click.Context, *, full: bool) -> None:
    """Run the SQL and the checks, publish the snapshot."""
    from pipeline.run import run_build  # noqa: PLC0415

    with _means() as means:
        result = run_build(settings_of(context), means, full=full)
    _tell(result)


@click.command()
@_since
@_until
@click.option(
    "--all-accounts",
    "accounts",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    metavar="DIR",
    help="Each account of a folder in turn: NAME.toml or NAME/sms24.toml.",
)
@click.pass_context
def run(
    context: click.Context, since: str | None, until: str | None, accounts: Path | None
) -> None:
    """Sync, build and report: the scheduled job."""
    if accounts is not None:
        from pipeline.cli.accounts import run_accounts  # noqa: PLC0415 - few have several

        given = [f"--{name}={day}" for name, day in (("since", since), ("until", until)) if day]
        context.exit(run_accounts(context, accounts, given))
    from pipeline.extract.plan import Asking  # noqa: PLC0415
    from pipeline.run import run_all  # noqa: PLC0415

    asking = Asking(_instant(since), _instant(until), again=bool(since or until))
    with _means() as means:
        result = run_all(settings_of(context), asking, means)
    _tell(result)


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
    from pipeline.parsing import instant  # noqa: PLC0415

    try:
        return instant(text) if text else None
    except ValueError:
        advice = "Give a day such as 2026-01-31, or an instant such as 2026-01-31T06:00:00Z."
        raise UsageError(f"{text!r} is no day.", advice=advice) from None


def _tell(result: "RunResult") -> None:
    if result.sync is not None:
        click.echo(
            f"Landed {result.sync.new_versions:,} new or changed messages"
            f" in {result.sync.calls:,} calls; {result.sync.held:,} are held."
        )
        click.echo(
            f"Proven until {result.sync.settled_until:%Y-%m-%d %H:%M} UTC by"
            f" {result.sync.proven_by}, no holes."
        )
        click.echo(
            f"Late changes took {result.sync.late_calls:,} calls; reading 7 days again would take"
            f" {result.sync.lookback_calls:,} and find nothing older."
        )
    for path in result.reports:
        click.echo(f"Report:   {path}")
    if result.snapshot is not None:
        click.echo(f"Snapshot: {result.snapshot}")
