"""`sms24 send`: one text to one or more numbers, each at most once."""

import json
import re
from collections.abc import Container, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict, Unpack

import click

from pipeline.cli.aside import tell
from pipeline.cli.console import closed, make_slow_progress, settings_of
from pipeline.cli.given_text import given_text
from pipeline.errors import UsageError

if TYPE_CHECKING:
    from pipeline.clock import Clock
    from pipeline.ledger.ledger import Ledger
    from pipeline.send.dispatched import SendOptions
    from pipeline.send.single import Text
    from pipeline.settings import Settings

_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,79}")
_WARNING = (
    "The password goes along with each message (smstosend). A token is safer: SMS24_TOKEN, from the"
    " profile page."
)


class _Options(TypedDict):
    to: tuple[str, ...]
    text: str | None
    text_file: Path | None
    device: int
    sim: int
    at: str | None
    urgent: bool
    region: str | None
    key: str | None
    max_segments: int
    yes: bool
    as_json: bool


@click.command()
@click.option("--to", multiple=True, required=True, metavar="+33...", help="A number; repeatable.")
@click.option("--text", help="What to write.")
@click.option(
    "--text-file", type=click.Path(path_type=Path), help="A file of it; - is standard input."
)
@click.option("--device", type=click.IntRange(1), required=True, metavar="ID", help="The phone.")
@click.option("--sim", type=click.IntRange(0, 5), default=0, help="Its slot. [0]")
@click.option("--at", metavar="TIME", help="2026-12-01 09:30, in the reporting zone. [now]")
@click.option("--urgent", is_flag=True, help="Before other messages.")
@click.option("--region", metavar="FR", help="The country of numbers that have none.")
@click.option("--key", help="A name for this sending: what has it is sent once. [made up]")
@click.option("--max-segments", type=click.IntRange(1, 255), default=6, help="SMS per text. [6]")
@click.option("--yes", is_flag=True, help="Send. Without it, only show.")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@click.pass_context
def send(context: click.Context, **options: Unpack[_Options]) -> None:
    """Send one text to one or more numbers; without --yes show what would be sent.

    Who is suppressed is left out. A message whose outcome is not known is never sent again by
    itself. The same --key goes on where it stopped, and never sends a message twice.

    Exit code 0: done, or shown; 5: some were refused or are in doubt; 3: it stopped, and why is
    told; 2: a number, the text or an option is wrong; 75: another command sends; 130: interrupted.
    """  # fmt: skip
    from pipeline.clock import SystemClock  # noqa: PLC0415 - `--help` needs none of it
    from pipeline.ledger.ledger import open_ledger  # noqa: PLC0415
    from pipeline.send.opening import goes_by_password  # noqa: PLC0415
    from pipeline.send.planned import new_key  # noqa: PLC0415

    settings, clock = settings_of(context), SystemClock()
    key = options["key"] or new_key(clock.now())
    if not _KEY.fullmatch(key):
        raise UsageError(
            f"--key cannot be {key[:80]!r}", advice="Use up to 80 letters, digits and . _ : -"
        )
    by_password = goes_by_password(settings)
    with open_ledger(settings.data_dir, clock) as ledger:
        text = _text(options, settings, clock)
        if by_password:
            tell(f"sms24: {_WARNING}")
        if not options["yes"]:
            stopped = ledger.suppression.of(text.numbers)
            _show(text, stopped, settings, as_json=options["as_json"])
            return
        code = _send(text, key, ledger, settings, by_password=by_password, options=options)
    context.exit(code)


def _text(options: _Options, settings: "Settings", clock: "Clock") -> "Text":
    from pipeline.contacts.numbers import read_number  # noqa: PLC0415
    from pipeline.send.bodies import checked_body  # noqa: PLC0415
    from pipeline.send.single import Text  # noqa: PLC0415
    from pipeline.send.times import parse_at  # noqa: PLC0415

    body = checked_body(given_text(options["text"], options["text_file"]), options["max_segments"])
    if body.problem:
        raise UsageError(f"{body.words}.", advice="Give another --text.")
    asked = [part for given in options["to"] for part in given.split(",") if part.strip()]
    if not asked:
        raise UsageError("--to names no number.", advice="Write it like: --to +33612345678")
    numbers = [read_number(part, options["region"]) for part in asked]
    at = options["at"]
    return Text(
        numbers=tuple(dict.fromkeys(numbers)),
        body=body,
        device_id=options["device"],
        sim=options["sim"],
        at=None if at is None else parse_at(at, settings.timezone, clock.now(), settings.send_zone),
        is_urgent=options["urgent"],
    )


def _show(text: "Text", stopped: Container[str], settings: "Settings", *, as_json: bool) -> None:
    from pipeline.cli.lines import said, screen_width  # noqa: PLC0415
    from pipeline.cli.send_shown import odd_words, show, shown_text, when  # noqa: PLC0415
    from pipeline.masks import masked  # noqa: PLC0415

    segments = text.body.segments
    assert segments is not None  # noqa: S101 - a text without a problem has them
    shown = [masked(number) for number in text.numbers if number not in stopped]
    suppressed = len(text.numbers) - len(shown)
    sms = segments.count * len(shown)
    if as_json:
        found = {
            "is_dry_run": True,
            "messages": len(shown),
            "numbers": shown,
            "suppressed": suppressed,
            "encoding": segments.encoding,
            "units": segments.units,
            "segments": segments.count,
            "sms": sms,
            "at": text.at.isoformat() if text.at else None,
        }
        click.echo(json.dumps(found, indent=2))
        return

    def lines() -> Iterator[str]:
        width = screen_width()
        yield from said("To", ", ".join(shown) or "nobody", width)
        if suppressed:
            yield from said("Left out", f"{suppressed:,} must not be written to", width)
        yield from shown_text(text.body.text, width)
        odd = f", for {odd_words(segments.odd)}" if segments.odd else ""
        size = f"{segments.encoding}{odd}: {segments.units} units, {segments.count} SMS each"
        yield from said("Size", size, width)
        yield from said("When", when(text.at, settings.timezone), width)
        yield from said("By", f"device {text.device_id}, slot {text.sim}", width)
        yield from said("Cost", f"{sms:,} SMS in all", width)
        yield ""
        yield "Nothing was sent. With --yes it is."

    show(lines())


def _send(
    text: "Text",
    key: str,
    ledger: "Ledger",
    settings: "Settings",
    *,
    by_password: bool,
    options: _Options,
) -> int:
    from pipeline.cli.send_shown import tell  # noqa: PLC0415
    from pipeline.clock import SystemClock  # noqa: PLC0415
    from pipeline.send.dispatched import SendMeans  # noqa: PLC0415
    from pipeline.send.dispatching import dispatch  # noqa: PLC0415
    from pipeline.send.opening import opened  # noqa: PLC0415
    from pipeline.send.single import single  # noqa: PLC0415
    from pipeline.tally import StoppedError  # noqa: PLC0415

    clock = SystemClock()
    progress = make_slow_progress(clock)
    means = SendMeans(clock=clock, progress=progress)
    asked = send_options(settings, by_password=by_password)
    try:
        with opened(settings, ledger, clock=clock, rate=asked.rate) as (_, writer):
            done = dispatch(single(text, key, ledger), ledger, writer, asked, means)
    finally:
        closed(progress)
    again = f"the same command with --key {key}"
    tell(key, done, as_json=options["as_json"], again=again)
    if done.stop is not None:
        raise StoppedError.of(done.stop)
    return done.exit_code


def send_options(settings: "Settings", **changes: object) -> "SendOptions":
    """Return how messages are sent, by the settings."""
    from dataclasses import replace  # noqa: PLC0415

    from pipeline.send.dispatched import SendOptions  # noqa: PLC0415

    options = SendOptions(rate=settings.send_rate, batch=settings.send_batch)
    return replace(options, **changes)  # type: ignore[arg-type]
