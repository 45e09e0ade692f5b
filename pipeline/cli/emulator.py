"""`sms24 emulator`: the gateway's documented API on loopback."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pipeline.cli import aside
from pipeline.errors import UsageError

if TYPE_CHECKING:
    from pendulum import DateTime

    from pipeline.emulator.habits import Habits


def _show_switches(context: click.Context, _: click.Parameter, value: bool) -> None:  # noqa: FBT001 - click's way
    if value:
        from pipeline.emulator.switches import table  # noqa: PLC0415 - only here

        click.echo(table())
        context.exit()


@click.command()
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=0,
    show_default="a free one",
    help="Port on 127.0.0.1.",
)
@click.option("--messages", type=click.IntRange(0), default=50_000, show_default=True)
@click.option("--days", type=click.IntRange(1), default=90, show_default=True)
@click.option("--seed", default=1, show_default=True, help="Which account.")
@click.option(
    "--first-id", type=click.IntRange(1), default=62_000_000, help="No message has an id below it."
)
@click.option(
    "--state",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Keep what is written in this file, and go on from there.",
)
@click.option(
    "--faults",
    default="0",
    metavar="RATE",
    help="Share of bad answers: 0.1, or by endpoint: addsms=0.5,getallsms=0.1.",
)
@click.option("--held-at", metavar="INSTANT", help="Hold the clock at this instant (UTC).")
@click.option(
    "--flavour",
    type=click.Choice(["2021", "current"]),
    help="Answers as seen in 2021, or as documented today.",
)
@click.option(
    "--switch",
    "switched",
    metavar="NAME=VALUE",
    multiple=True,
    help="Set a habit, more than once if need be.",
)
@click.option(
    "--switches",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_show_switches,
    help="Show all habits, and leave.",
)
@click.option(
    "--date-type",
    type=click.Choice(["1", "2", "3"]),
    help="PHP's timezone_type of dates: offset, abbreviation, zone.",
)
@click.option("--zone", metavar="ZONE", help="The account's zone; Europe/Paris unless named.")
@click.option(
    "--filters-in-account-zone", is_flag=True, help="Read bounds in the account's zone, always."
)
@click.option("--row-cap", type=click.IntRange(1), help="Rows that an answer holds at the most.")
@click.option(
    "--counts",
    type=click.Choice(["honest", "capped", "deaf", "absent", "lying", "low", "text"]),
    help="What counts are worth.",
)
def emulator(*, port: int, faults: str, held_at: str | None, **given: Any) -> None:
    """Serve the gateway's documented API on loopback, with a made-up account behind it.

    All eleven endpoints; phones take what is sent, send it, and tell what became of it. What the
    documentation leaves open is a switch each. /emulator/clock, /edit, /phones, /faults, /account
    and /log drive it from outside: docs/emulator.md.
    """
    from pipeline.emulator.habits import TOKEN  # noqa: PLC0415 - `--help` needs none of it
    from pipeline.emulator.serve import serve  # noqa: PLC0415
    from pipeline.emulator.start import Options, make_emulator  # noqa: PLC0415

    rate, rates = _rates(faults)
    options = Options(
        seed=given["seed"],
        messages=given["messages"],
        days=given["days"],
        first_id=given["first_id"],
        state=given["state"],
        habits=_habits(given),
        fault_rate=rate,
        fault_rates=rates,
        held_at=_instant(held_at),
    )
    app = make_emulator(options)

    def tell(address: str) -> None:
        click.echo(f"gateway emulator at {address}")
        click.echo(f"token {TOKEN}")
        aside.tell(f"Try it: SMS24_BASE_URL={address} SMS24_TOKEN={TOKEN} sms24 run")

    try:
        serve(app, port, tell)
    except OSError as error:
        raise UsageError(f"Port {port} cannot be used ({error.strerror}).") from None
    except KeyboardInterrupt:
        click.echo("The emulator has stopped.", err=True)


def _habits(given: dict[str, Any]) -> "Habits":
    """Return the habits of a flavour, changed by options of their own and by switches."""
    from pipeline.emulator.habits import Habits  # noqa: PLC0415
    from pipeline.emulator.switches import flavoured, with_switches  # noqa: PLC0415

    named = {
        "date_type": given["date_type"],
        "account_zone": given["zone"],
        "filters_in_zone": "no" if given["filters_in_account_zone"] else None,
        "row_cap": given["row_cap"],
        "counts": given["counts"],
    }
    texts = {name: str(value) for name, value in named.items() if value is not None}
    for text in given["switched"]:
        name, _, value = text.partition("=")
        texts[name.strip()] = value
    try:
        return with_switches(flavoured(given["flavour"]) if given["flavour"] else Habits(), texts)
    except ValueError as error:
        raise UsageError(f"{error}.", advice="sms24 emulator --switches lists them.") from None


def _rates(text: str) -> tuple[float, dict[str, float]]:
    """Return the rate of faults, and those of endpoints that have one of their own."""
    from pipeline.emulator.faults import ENDPOINTS  # noqa: PLC0415 - `--help` needs none of it

    rates: dict[str, float] = {}
    try:
        for part in text.split(","):
            endpoint, _, rate = part.rpartition("=")
            rates[endpoint.strip()] = float(rate)
    except ValueError:
        raise UsageError(f"{text!r} is no rate of faults.") from None
    if not all(0 <= rate <= 1 for rate in rates.values()):
        raise UsageError("A rate of faults is from 0 to 1.")
    unknown = sorted(rates.keys() - ENDPOINTS - {""})
    if unknown:
        raise UsageError(f"{unknown[0]!r} is no endpoint.", advice=", ".join(sorted(ENDPOINTS)))
    return rates.pop("", 0.0), rates


def _instant(held_at: str | None) -> "DateTime | None":
    from pipeline.parsing import instant  # noqa: PLC0415

    try:
        return instant(held_at) if held_at else None
    except ValueError:
        raise UsageError(f"{held_at!r} is no instant.") from None
