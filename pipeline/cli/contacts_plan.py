"""`sms24 contacts plan` and `rejects`: what a list would do, and the rows that need a hand."""

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict, Unpack

import click

from pipeline.cli.console import closed, make_timed_progress, settings_of
from pipeline.errors import UsageError

if TYPE_CHECKING:
    from pipeline.contacts.mapping import Given
    from pipeline.contacts.plan import Request

_DECIDE = 5
_LIST = re.compile(r"[,\s]+")
_PLACES = ("phone", "name", "consent_date", "consent_source")


class _Options(TypedDict):
    tag: str
    region: str | None
    name: str | None
    pairs: tuple[str, ...]
    several: str
    landlines: bool
    allowed: tuple[str, ...]
    forced: tuple[str, ...]
    empty: str
    formula: str
    null_words: tuple[str, ...]
    require_consent: bool
    retry_rejected: bool
    encoding: str | None
    delimiter: str | None
    sheet: str | None
    no_header: bool
    rate: float | None
    as_json: bool


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--tag", required=True, help="The title of the tag that gets the contacts.")
@click.option("--region", metavar="FR", help="The country of numbers that have none.")
@click.option("--name", metavar="TEMPLATE", help='"{{ first }} {{ last }}", or one column.')
@click.option(
    "--map", "pairs", metavar="WHAT=COLUMN", multiple=True,
    help="phone=, name=, consent_date=, consent_source=: a header, or a position from 1; or a"
    " file .mapping.toml.",
)  # fmt: skip
@click.option(
    "--several",
    metavar="WHICH",
    default="first-mobile",
    help="Of several numbers: first-mobile, all, first.",
)
@click.option("--landlines", is_flag=True, help="Take landlines too.")
@click.option("--allow-countries", "allowed", metavar="FR,BE", multiple=True, help="No others.")
@click.option("--force-number", "forced", metavar="+33...", multiple=True, help="Valid for sure.")
@click.option(
    "--empty-name",
    "empty",
    metavar="NAME",
    default="phone",
    help="Of a row without: reject, or a name. [phone]",
)
@click.option("--formula", metavar="WHAT", default="reject", help="Of names like =1: keep, strip.")
@click.option("--null-word", "null_words", metavar="WORD", multiple=True, help="Is no name.")
@click.option("--require-consent", is_flag=True, help="Reject rows without consent.")
@click.option("--retry-rejected", is_flag=True, help="Try again what the gateway rejected.")
@click.option("--encoding", help="Of a file that is no UTF-8. [cp1252]")
@click.option("--delimiter", help="What parts the cells; \\t is a tab. [found]")
@click.option("--sheet", help="Of a workbook. [the first with rows]")
@click.option("--no-header", is_flag=True, help="The first row is a contact.")
@click.option("--rate", type=click.FloatRange(0.01), help="Calls a second, for the ETA. [5]")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@click.pass_context
def plan(context: click.Context, file: Path, **options: Unpack[_Options]) -> None:
    """Read FILE, repair and check its contacts, and freeze what would be sent.

    Nothing is sent and no login is needed. FILE is CSV, .xlsx or .vcf, as exported. Every row ends
    in one disposition, and they add up. Without --region a number without a plus is rejected.

    Exit code 0: all is well; 5: rows are rejected or in doubt; 2: the file or an option is wrong.
    """
    from pipeline.clock import SystemClock  # noqa: PLC0415 - `--help` needs none of it
    from pipeline.contacts.plan import make_plan  # noqa: PLC0415
    from pipeline.ledger.ledger import look_into_ledger  # noqa: PLC0415

    settings = settings_of(context)
    clock = SystemClock()
    progress = make_timed_progress(clock)
    rate = options["rate"] or settings.contacts_rate
    try:
        with look_into_ledger(settings.data_dir, clock) as ledger:
            request = _request(file, options)
            summary = make_plan(request, settings.data_dir, ledger, clock, progress)
    finally:
        closed(progress)
    if options["as_json"]:
        from pipeline.contacts.told import told  # noqa: PLC0415

        found = {**told(summary), "eta_seconds": round(summary.calls / rate)}
        click.echo(json.dumps(found, indent=2, ensure_ascii=False))
    else:
        from pipeline.cli.contacts_shown import show  # noqa: PLC0415

        show(summary, rate)
    context.exit(_DECIDE if summary.needs_a_person else 0)


@click.command()
@click.argument("plan_id", metavar="PLAN")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="[FILE.errors.csv]")
@click.pass_context
def rejects(context: click.Context, plan_id: str, out: Path | None) -> None:
    """Write the rejected rows of PLAN with what is wrong with each.

    Mend them in any spreadsheet, leave the columns that begin with _ alone, save as CSV, and plan
    that file: its mended rows become contacts, the others are rejected again.
    """
    from pipeline.contacts.frozen import load_plan  # noqa: PLC0415 - `--help` needs none of it
    from pipeline.contacts.rejects import copy_errors  # noqa: PLC0415

    found = load_plan(settings_of(context).data_dir, plan_id)
    if not found.errors_path.exists():
        click.echo("No row of this plan is rejected.")
        return
    target = out or Path(f"{found.file.stem.removesuffix('.errors')}.errors.csv")
    copy_errors(found.errors_path, target)
    click.echo(f"Rejects: {target}")


def _request(file: Path, options: _Options) -> "Request":
    from pipeline.contacts.options import PlanOptions  # noqa: PLC0415
    from pipeline.contacts.plan import Request  # noqa: PLC0415
    from pipeline.contacts.reading.source import ReadingOptions  # noqa: PLC0415
    from pipeline.contacts.values import NameRules, PhoneRules  # noqa: PLC0415

    delimiter = options["delimiter"]
    return Request(
        file=file,
        tag=options["tag"],
        given=_given(options["pairs"], options["name"]),
        reading=ReadingOptions(
            encoding=options["encoding"],
            delimiter="\t" if delimiter in ("\\t", "tab") else delimiter,
            has_header=False if options["no_header"] else None,
            sheet=options["sheet"],
        ),
        options=PlanOptions(
            phones=PhoneRules(
                region=options["region"],
                allowed=_words(options["allowed"]),
                landlines=options["landlines"],
                several=options["several"],
                forced=frozenset(options["forced"]),
            ),
            names=NameRules(
                empty=options["empty"],
                formula=options["formula"],
                null_words=frozenset(options["null_words"]),
            ),
            require_consent=options["require_consent"],
            retry_rejected=options["retry_rejected"],
        ),
    )


def _words(texts: tuple[str, ...]) -> frozenset[str]:
    return frozenset(word for text in texts for word in _LIST.split(text) if word)


def _given(pairs: tuple[str, ...], template: str | None) -> "Given":
    """Return what is said of the columns: several of a name are joined by a blank."""
    from dataclasses import replace  # noqa: PLC0415

    from pipeline.contacts.mapping import Given  # noqa: PLC0415
    from pipeline.contacts.mapping_file import read_mapping  # noqa: PLC0415

    given = Given()
    found: dict[str, list[str]] = {place: [] for place in _PLACES}
    for pair in pairs:
        what, _, column = pair.partition("=")
        if what in found and column:
            found[what].append(column)
        elif pair.endswith(".toml"):
            given = read_mapping(Path(pair))
        else:
            advice = f"Say --map {'=COLUMN, '.join(_PLACES)}=COLUMN, or --map FILE.mapping.toml."
            raise UsageError(f"--map cannot be {pair!r}", advice=advice)
    if found["phone"]:
        given = replace(given, phones=tuple(found["phone"]))
    if found["name"]:
        given = replace(given, names=(tuple(found["name"]),), template=None)
    if template is not None and "{" in template:
        given = replace(given, names=None, template=template)
    elif template is not None:  # not a text for everybody, but the column of that header
        given = replace(given, names=((template,),), template=None)
    if found["consent_date"]:
        given = replace(given, consent_date=found["consent_date"][-1])
    if found["consent_source"]:
        given = replace(given, consent_source=found["consent_source"][-1])
    return given
