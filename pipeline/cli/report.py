"""`sms24 report`: a report of the snapshot as a page, in other formats, or told to somebody."""

from pathlib import Path
from typing import TYPE_CHECKING, TypedDict, Unpack

import click

from pipeline.cli.console import settings_of
from pipeline.errors import UsageError

if TYPE_CHECKING:
    from pipeline.report.asked import Period
    from pipeline.report.writing import Wish, Written
    from pipeline.settings import Settings

_FORMATS = ("html", "csv", "excel-csv", "xlsx", "parquet", "json", "pdf")


class _Options(TypedDict):
    first: str | None
    last: str | None
    name: str | None
    device_id: int | None
    lang: str | None
    kind: str
    formats: tuple[str, ...]
    output: Path | None
    mail: bool
    eml: bool
    webhook: bool
    accounts: Path | None


@click.command()
@click.option("--from", "first", metavar="DAY", help="First local day of the period.")
@click.option("--to", "last", metavar="DAY", help="Last local day of the period, included.")
@click.option(
    "--period",
    "name",
    metavar="NAME",
    help="today, yesterday, last-7-days, last-28-days, this-week, last-week, this-month,"
    " last-month, daily, weekly, monthly. [last-28-days]",
)
@click.option("--device", "device_id", type=int, metavar="ID", help="Of this phone alone.")
@click.option("--lang", metavar="en|fr", help="[report_language]")
@click.option(
    "--kind",
    default="delivery",
    show_default=True,
    help="delivery, devices, incoming, imports, or one of your own.",
)
@click.option(
    "--format",
    "formats",
    type=click.Choice(_FORMATS),
    multiple=True,
    default=("html",),
    show_default=True,
    help="Several may be given.",
)
@click.option(
    "--output",
    type=click.Path(path_type=Path, file_okay=False),
    help="Another folder than the account's own.",
)
@click.option("--mail", is_flag=True, help="Send it, by the settings mail_*.")
@click.option("--eml", is_flag=True, help="Write the mail as a file, and send nothing.")
@click.option("--webhook", is_flag=True, help="Post the verdict as JSON to webhook_url.")
@click.option(
    "--all-accounts",
    "accounts",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    metavar="DIR",
    help="A page and JSON across the accounts of a folder, and the report of each.",
)
@click.pass_context
def report(context: click.Context, **options: Unpack[_Options]) -> None:
    """Write a report of the snapshot; days are those of the reporting zone.

    Named periods count from the day that the data reach. CSV and Parquet are a folder with a file
    per table. The same snapshot and options give the same bytes.
    """
    if options["accounts"] is not None:
        _report_accounts(context, options["accounts"], options)
    settings = settings_of(context)
    _refuse_untellable(settings, options)
    written = _write(settings, _wish(settings, options), options["output"])
    for path in written.paths.values():
        click.echo(f"Report:   {path}")
    if written.engine:
        click.echo(f"PDF by:   {written.engine}")
    if options["mail"] or options["eml"] or options["webhook"]:
        _tell(settings, written, options)


def _report_accounts(context: click.Context, folder: Path, options: _Options) -> None:
    from pipeline.cli.accounts import report_accounts  # noqa: PLC0415 - few have several
    from pipeline.report.writing import Wish  # noqa: PLC0415

    alone = {
        "--device": options["device_id"],
        "--mail": options["mail"],
        "--eml": options["eml"],
        "--webhook": options["webhook"],
        "--kind": options["kind"] != "delivery",
    }
    for name, is_given in alone.items():
        if is_given:
            raise UsageError(f"{name} goes with one account.", advice="Leave out --all-accounts.")
    period = _period(options["first"], options["last"], options["name"])
    wish = Wish(period=period, language=options["lang"] or "", formats=options["formats"])
    context.exit(report_accounts(context, folder, wish, options["output"]))


def _refuse_untellable(settings: "Settings", options: _Options) -> None:
    """Raise UsageError before any work where the settings do not say whom to tell."""
    wanted = {
        "mail_host": options["mail"],
        "mail_from": options["mail"] or options["eml"],
        "mail_to": options["mail"] or options["eml"],
        "webhook_url": options["webhook"],
    }
    for key, is_wanted in wanted.items():
        if is_wanted and not getattr(settings, key):
            raise UsageError(
                f"The setting {key} is missing.",
                advice=f"Set {key} in sms24.toml, or SMS24_{key.upper()}.",
            )


def _tell(settings: "Settings", written: "Written", options: _Options) -> None:
    from pipeline.clock import SystemClock  # noqa: PLC0415 - `--help` needs none of it
    from pipeline.telling import post_verdict, send_mail, write_mail  # noqa: PLC0415

    if options["eml"]:
        folder = options["output"] or settings.reports_path
        click.echo(f"Mail:     {write_mail(settings, written, folder)}")
    if options["mail"]:
        send_mail(settings, written, SystemClock())
        click.echo(f"Sent to:  {len(settings.mail_to)} by {settings.mail_host}")
    if options["webhook"]:
        post_verdict(settings, written, SystemClock())
        click.echo("Posted:   the verdict")


def _write(settings: "Settings", wish: "Wish", output: Path | None) -> "Written":
    from pipeline.report.shelf import shelve  # noqa: PLC0415 - `--help` needs none of it
    from pipeline.report.writing import write_reports  # noqa: PLC0415

    return (write_reports(settings, [wish], output) if output else shelve(settings, [wish]))[0]


def _wish(settings: "Settings", options: _Options) -> "Wish":
    from pipeline.report.writing import Wish  # noqa: PLC0415

    return Wish(
        kind=options["kind"],
        period=_period(options["first"], options["last"], options["name"]),
        language=options["lang"] or settings.report_language,
        device_id=options["device_id"],
        formats=options["formats"],
    )


def _period(first: str | None, last: str | None, name: str | None) -> "Period | str | None":
    from pipeline.report.asked import period_of  # noqa: PLC0415

    if first is None and last is None:
        return name
    if name is not None:
        raise UsageError("A period has a name or days, not both.", advice="Leave out --period.")
    return period_of(first, last)
