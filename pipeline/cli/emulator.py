"""`sms24 emulator`: the gateway's documented API on loopback."""

from typing import TYPE_CHECKING, Literal

import click

from pipeline.errors import UsageError

if TYPE_CHECKING:
    from pipeline.emulator.habits import Counts
    from pipeline.emulator.watch import EmulatorClock


@click.command()
@click.option("--port", default=0, show_default="a free one", help="Port on 127.0.0.1.")
@click.option("--messages", type=click.IntRange(0), default=50_000, show_default=True)
@click.option("--days", type=click.IntRange(1), default=90, show_default=True)
@click.option("--seed", default=1, show_default=True, help="Which account.")
@click.option("--faults", type=click.FloatRange(0, 1), default=0.0, help="Share of bad answers.")
@click.option("--held-at", metavar="INSTANT", help="Hold the clock at this instant (UTC).")
@click.option(
    "--date-type",
    type=click.Choice(["1", "2", "3"]),
    default="3",
    show_default=True,
    help="PHP's timezone_type of dates: offset, abbreviation, zone.",
)
@click.option("--zone", default="Europe/Paris", show_default=True, help="The account's zone.")
@click.option(
    "--filters-in-account-zone", is_flag=True, help="Read bounds in the account's zone, always."
)
@click.option("--row-cap", type=click.IntRange(1), help="Rows that an answer holds at the most.")
@click.option(
    "--counts",
    type=click.Choice(["honest", "capped", "deaf", "absent", "lying", "low", "text"]),
    default="honest",
    show_default=True,
    help="What counts are worth.",
)
def emulator(  # noqa: PLR0913 - one argument per option
    *,
    port: int,
    messages: int,
    days: int,
    seed: int,
    faults: float,
    held_at: str | None,
    date_type: Literal["1", "2", "3"],
    zone: str,
    filters_in_account_zone: bool,
    row_cap: int | None,
    counts: "Counts",
) -> None:
    """Serve the gateway's documented API on loopback, with a made-up account behind it.

    The clock is driven by posts to /emulator/clock: `now=2026-11-20T12:00:00Z` or `advance=3600`.
    /emulator/edit edits messages as an operator does, /emulator/faults switches faults on and
    off, /emulator/log tells what was asked.
    """
    from pipeline.emulator.app import create_app  # noqa: PLC0415 - `--help` needs none of it
    from pipeline.emulator.habits import TOKEN, Habits  # noqa: PLC0415
    from pipeline.emulator.serve import serve  # noqa: PLC0415
    from pipeline.emulator.world import make_world  # noqa: PLC0415

    clock = _clock(held_at)
    _refuse_unknown(zone)
    world = make_world(seed=seed, messages=messages, days=days, now=clock.now())
    kinds: dict[str, Literal[1, 2, 3]] = {"1": 1, "2": 2, "3": 3}
    habits = Habits(
        date_type=kinds[date_type],
        account_zone=zone,
        filters_in_zone=not filters_in_account_zone,
        row_cap=row_cap,
        counts=counts,
        fault_rate=faults,
    )
    app = create_app(world, clock, habits)

    def tell(address: str) -> None:
        click.echo(f"gateway emulator at {address}")
        click.echo(f"token {TOKEN}")

    try:
        serve(app, port, tell)
    except OSError as error:
        raise UsageError(f"Port {port} cannot be used ({error.strerror}).") from None
    except KeyboardInterrupt:
        click.echo("The emulator has stopped.", err=True)


def _clock(held_at: str | None) -> "EmulatorClock":
    from pipeline.emulator.watch import EmulatorClock  # noqa: PLC0415
    from pipeline.parsing import instant  # noqa: PLC0415

    try:
        return EmulatorClock(instant(held_at) if held_at else None)
    except ValueError:
        raise UsageError(f"{held_at!r} is no instant.") from None


def _refuse_unknown(zone: str) -> None:
    from zoneinfo import available_timezones  # noqa: PLC0415

    if zone not in available_timezones():
        raise UsageError(f"{zone!r} is no time zone.")
