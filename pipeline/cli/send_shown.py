"""How a person sees what will be sent, and what came of it; what a program is told of both."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict

import click
from pendulum import DateTime

from pipeline.cli.lines import cut, said, screen_width
from pipeline.masks import masked_digits
from pipeline.send.dispatched import Dispatched

_MOST = 3
_SHOWN_ODD = 8
_STATES = {
    "saved": "taken by the gateway; a phone sends them",
    "rejected": "refused by the gateway",
    "in_doubt": "nobody knows whether they were taken",
    "already_sent": "sent before",
    "in_doubt_before": "in doubt from before",
    "rejected_before": "refused by the gateway before",
    "suppressed": "must not be written to",
    "dropped": "left out by a person",
    "unsent": "still to be sent",
}


def when(at: DateTime | None, zone: str) -> str:
    """Return when messages go out, in the reporting zone and in UTC."""
    if at is None:
        return "now"
    local = at.in_timezone(zone)
    return f"{local:%Y-%m-%d %H:%M} {zone} ({at:%Y-%m-%d %H:%M} UTC)"


def shown_text(text: str, width: int) -> Iterator[str]:
    """Give a text as it will be sent."""
    for label, line in zip(["Text", *[""] * text.count("\n")], text.split("\n"), strict=True):
        yield from said(label, line or " ", width)


def odd_words(odd: Sequence[str]) -> str:
    """Return in words for whose sake a text is UCS-2."""
    named = ", ".join(f"{c if c.isprintable() else '?'} U+{ord(c):04X}" for c in odd[:_SHOWN_ODD])
    return f"{named}{', ...' if len(odd) > _SHOWN_ODD else ''}"


def show(lines: Iterator[str]) -> None:
    """Print lines."""
    for line in lines:
        click.echo(line)


def plain(key: str, done: Dispatched) -> dict[str, object]:
    """Return what a sending came to, for programs."""
    return {
        "key": key,
        **done.counts(),
        "sms": done.segments,
        "sms_ids": done.sms_ids,
        "died": done.died,
        "reasons": {masked_digits(reason): n for reason, n in (+done.reasons).items()},
        "stop": asdict(done.stop) if done.stop else None,
        "exit_code": done.exit_code,
    }


def tell(key: str, done: Dispatched, *, as_json: bool, again: str) -> None:
    """Print what a sending came to; `again` is the command that goes on with it."""
    if as_json:
        click.echo(json.dumps(plain(key, done), indent=2, ensure_ascii=False))
        return
    width = screen_width()
    click.echo("Messages")
    for state, words in _STATES.items():
        count = done.counts().get(state, 0)
        if count or state == "saved":
            click.echo(cut(f"  {count:>9,}  {state:<16} {words}", width))
    for reason, count in (+done.reasons).most_common(_MOST):
        click.echo(cut(f"             {count:,}: {masked_digits(reason)}", width))
    click.echo(f"  {done.total:>9,}  in all, {done.segments:,} SMS sent now")
    click.echo("")
    show(_end(key, done, again, width))


def _end(key: str, done: Dispatched, again: str, width: int) -> Iterator[str]:
    yield from said("Key", key, width)
    if done.sms_ids:
        shown = " ".join(map(str, done.sms_ids[:_MOST]))
        more = " ..." if len(done.sms_ids) > _MOST else ""
        yield from said("Look", f"sms24 message-status {shown}{more}", width)
    if done.in_doubt + done.skipped["in_doubt_before"]:
        yield from said("In doubt", f"never sent again: sms24 outbox resolve {key}", width)
    if done.unsent:
        yield from said("Next", f"{again} goes on with the {done.unsent:,} left", width)
