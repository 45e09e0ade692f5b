"""`sms24 send-bulk FILE` and `rejects`: what a list would send, and the rows that need a hand."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict, Unpack

import click

from pipeline.cli.console import closed, duration, make_timed_progress, settings_of
from pipeline.cli.given_text import given_text

if TYPE_CHECKING:
    from pipeline.bulk import BulkRequest, BulkSummary
    from pipeline.clock import Clock
    from pipeline.settings import Settings

_DECIDE = 5
_MOST = 5
_ROWS = {
    "ready": "to be sent",
    "rejected": "to be mended",
    "suppressed": "must not be written to",
    "dup_in_file": "the same text to the same number again",
    "blank": "blank",
}


class _Options(TypedDict):
    text: str | None
    text_file: Path | None
    device: int
    sim: int
    at: str | None
    urgent: bool
    phone: str | None
    region: str | None
    several: str
    landlines: bool
    encoding: str | None
    delimiter: str | None
    sheet: str | None
    max_segments: int
    allow_empty: bool
    as_json: bool


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--text", metavar="TEMPLATE", help='"Hello {{ first_name }}": Jinja2.')
@click.option("--text-file", type=click.Path(path_type=Path), help="A file of it.")
@click.option("--device", type=click.IntRange(1), required=True, metavar="ID", help="The phone.")
@click.option("--sim", type=click.IntRange(0, 5), default=0, help="Its slot. [0]")
@click.option("--at", metavar="TIME", help="2026-12-01 09:30, in the reporting zone. [now]")
@click.option("--urgent", is_flag=True, help="Before other messages.")
@click.option("--phone", metavar="COLUMN", help="Where the numbers are. [found]")
@click.option("--region", metavar="FR", help="The country of numbers that have none.")
@click.option("--several", default="first-mobile", help="Of several numbers: all, first.")
@click.option("--landlines", is_flag=True, help="Take landlines too.")
@click.option("--encoding", help="Of a file that is no UTF-8. [cp1252]")
@click.option("--delimiter", help="What parts the cells. [found]")
@click.option("--sheet", help="Of a workbook. [the first with rows]")
@click.option("--max-segments", type=click.IntRange(1, 255), default=6, help="SMS per text. [6]")
@click.option("--allow-empty", is_flag=True, help="Even if a cell that the text uses is empty.")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@click.pass_context
def plan(context: click.Context, file: Path, **options: Unpack[_Options]) -> None:
    """Read FILE, write each row its text, check all, and freeze what would be sent.

    Nothing is sent and no login is needed. A column has two names in the text: the header in small
    letters with _ between words, and row["The Header"]. Cells are data, never templates.

    Exit code 0: all is well; 5: rows are rejected; 2: the file, the text or an option is wrong.
    """
    from pipeline.bulk import plan_bulk  # noqa: PLC0415 - `--help` needs none of it
    from pipeline.clock import SystemClock  # noqa: PLC0415
    from pipeline.ledger.ledger import look_into_ledger  # noqa: PLC0415

    settings, clock = settings_of(context), SystemClock()
    request = _request(file, options, settings, clock)
    progress = make_timed_progress(clock)
    try:
        with look_into_ledger(settings.data_dir, clock) as ledger:
            summary = plan_bulk(request, settings.data_dir, ledger, clock, progress)
    finally:
        closed(progress)
    _tell(summary, request, settings, as_json=options["as_json"])
    context.exit(_DECIDE if summary.rows["rejected"] else 0)


@click.command()
@click.argument("plan_id", metavar="PLAN")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="[FILE.errors.csv]")
@click.pass_context
def rejects(context: click.Context, plan_id: str, out: Path | None) -> None:
    """Write the rejected rows of PLAN, with what is wrong with each; mend and plan that file."""
    from pipeline.contacts.rejects import copy_errors  # noqa: PLC0415 - `--help` needs none of it
    from pipeline.send.planned import load_bulk  # noqa: PLC0415

    found = load_bulk(settings_of(context).data_dir, plan_id)
    found.refuse_aged()
    if not found.errors_path.exists():
        click.echo("No row of this plan is rejected.")
        return
    stem = Path(found.said["file"]).stem.removesuffix(".errors")
    target = out or Path(f"{stem}.errors.csv")
    copy_errors(found.errors_path, target)
    click.echo(f"Rejects: {target}")


def _request(file: Path, options: _Options, settings: "Settings", clock: "Clock") -> "BulkRequest":
    from pipeline.bulk import BulkRequest  # noqa: PLC0415
    from pipeline.contacts.reading.source import ReadingOptions  # noqa: PLC0415
    from pipeline.contacts.values import PhoneRules  # noqa: PLC0415
    from pipeline.send.times import parse_at  # noqa: PLC0415

    at, delimiter = options["at"], options["delimiter"]
    return BulkRequest(
        file=file,
        template=given_text(options["text"], options["text_file"]),
        device_id=options["device"],
        sim=options["sim"],
        at=None if at is None else parse_at(at, settings.timezone, clock.now(), settings.send_zone),
        is_urgent=options["urgent"],
        phone=options["phone"],
        phones=PhoneRules(
            region=options["region"], landlines=options["landlines"], several=options["several"]
        ),
        reading=ReadingOptions(
            encoding=options["encoding"],
            delimiter="\t" if delimiter in ("\\t", "tab") else delimiter,
            sheet=options["sheet"],
        ),
        most_segments=options["max_segments"],
        allows_empty=options["allow_empty"],
    )


def _tell(
    summary: "BulkSummary", request: "BulkRequest", settings: "Settings", *, as_json: bool
) -> None:
    from pipeline.cli.send_shown import show  # noqa: PLC0415

    batch = settings.send_batch
    calls = 1 + -(-(summary.messages - 1) // batch) if summary.messages else 0
    seconds = calls / settings.send_rate
    if as_json:
        click.echo(json.dumps(_plain(summary, request, calls, seconds), indent=2))
    else:
        show(_lines(summary, request, settings, (calls, seconds)))


def _plain(
    summary: "BulkSummary", request: "BulkRequest", calls: int, seconds: float
) -> dict[str, object]:
    sizes = [
        {"encoding": encoding, "segments": parts, "messages": count}
        for (encoding, parts), count in sorted(summary.sizes.items())
    ]
    return {
        "plan": summary.plan_id,
        "folder": str(summary.folder),
        "rows": dict(summary.rows),
        "messages": summary.messages,
        "sms": summary.sms,
        "sizes": sizes,
        "again": summary.again,
        "problems": [
            {"code": code, "words": words, "rows": len(lines), "lines": lines[:_MOST]}
            for code, (words, lines) in summary.problems.items()
        ],
        "at": request.at.isoformat() if request.at else None,
        "calls": calls,
        "eta_seconds": round(seconds),
    }


def _lines(
    summary: "BulkSummary",
    request: "BulkRequest",
    settings: "Settings",
    work: tuple[int, float],
) -> Iterator[str]:
    from pipeline.cli.lines import cut, said, screen_width  # noqa: PLC0415
    from pipeline.cli.send_shown import odd_words, shown_text, when  # noqa: PLC0415
    from pipeline.masks import masked  # noqa: PLC0415

    width, (calls, seconds) = screen_width(), work
    yield f"Rows of {request.file.name}"
    for state, words in _ROWS.items():
        if summary.rows[state] or state == "ready":
            yield f"  {summary.rows[state]:>9,}  {state:<12} {words}"
    for code, (words, lines) in summary.problems.items():
        shown = ", ".join(map(str, lines[:_MOST]))
        yield cut(f"             {len(lines):,}: {code}, {words} (line {shown})", width)
    yield f"  {summary.rows.total():>9,}  in all"
    yield ""
    yield "Messages"
    for (encoding, parts), count in sorted(summary.sizes.items()):
        yield f"  {count:>9,}  {encoding}, {parts} SMS each"
    if summary.odd:
        most = "".join(c for c, _ in summary.odd.most_common())
        yield cut(f"             UCS-2 for {odd_words(most)}", width)
    yield f"  {summary.messages:>9,}  in all: {summary.sms:,} SMS"
    yield ""
    if summary.again:
        yield from said("Again", f"{summary.again:,} go to a number that has another one", width)
    if summary.messages:
        number, text = summary.example
        yield from said("First", masked(number), width)
        yield from shown_text(text, width)
    yield from said("When", when(request.at, settings.timezone), width)
    yield from said("By", f"device {request.device_id}, slot {request.sim}", width)
    yield from said("Calls", f"{calls:,}, about {duration(seconds)}", width)
    if summary.rows["rejected"]:
        yield from said("Rejects", f"sms24 send-bulk rejects {summary.plan_id}", width)
    if summary.messages:
        yield from said("Next", f"sms24 send-bulk apply {summary.plan_id} --yes", width)
