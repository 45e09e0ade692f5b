"""`sms24 newsletter`: one text to all contacts of some tags, each title at most once."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict, Unpack

import click

from pipeline.cli.console import settings_of
from pipeline.cli.given_text import given_text
from pipeline.errors import UsageError

if TYPE_CHECKING:
    from pipeline.clock import Clock
    from pipeline.gateway.outcome import Outcome
    from pipeline.ledger.ledger import Ledger
    from pipeline.send.newsletter import Issue
    from pipeline.settings import Settings

_DECIDE, _STOPPED = 5, 3
_SAID = {
    "saved": "The gateway has taken it; a person may have to tap start on the phone.",
    "rejected": "The gateway refused the newsletter",
    "in_doubt": "Nobody knows whether the gateway has taken the newsletter",
    "refused_login": "The gateway refused the login; nothing was sent",
}


class _Options(TypedDict):
    tags: tuple[str, ...]
    title: str
    body: str | None
    body_file: Path | None
    device: int
    sim: int
    at: str | None
    allow_overlap: bool
    max_segments: int
    yes: bool
    as_json: bool


@click.command()
@click.option("--tag", "tags", multiple=True, required=True, help="Its title; repeatable.")
@click.option("--title", required=True, help="Of the newsletter; each is sent once.")
@click.option("--text", "body", help="What to write.")
@click.option("--text-file", "body_file", type=click.Path(path_type=Path), help="A file of it.")
@click.option("--device", type=click.IntRange(1), required=True, metavar="ID", help="The phone.")
@click.option("--sim", type=click.IntRange(0, 5), default=0, help="Its slot. [0]")
@click.option("--at", metavar="TIME", help="2026-12-01 09:30, in the reporting zone. [now]")
@click.option("--allow-overlap", is_flag=True, help="Even if some get it more than once.")
@click.option("--max-segments", type=click.IntRange(1, 255), default=6, help="SMS per text. [6]")
@click.option("--yes", is_flag=True, help="Send. Without it, only show.")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@click.pass_context
def newsletter(context: click.Context, **options: Unpack[_Options]) -> None:
    """Send one text to all contacts of some tags; without --yes show whom it would reach.

    Whom it reaches is counted in the ledger. It is refused for a tag that was abandoned, for people
    who must not be written to, and for people under several of the tags (--allow-overlap).

    Exit code 0: done, or shown; 5: it was refused or is in doubt; 3: the gateway; 2: a tag, the
    text or an option is wrong; 75: another command sends.
    """
    from pipeline.clock import SystemClock  # noqa: PLC0415 - `--help` needs none of it
    from pipeline.ledger.ledger import open_ledger  # noqa: PLC0415
    from pipeline.send.newsletter import refuse_harm, refuse_sent  # noqa: PLC0415

    settings, clock = settings_of(context), SystemClock()
    with open_ledger(settings.data_dir, clock) as ledger:
        issue = _issue(options, settings, ledger, clock)
        refuse_sent(issue, ledger)
        if not options["yes"]:
            _show(issue, settings, as_json=options["as_json"])
            return
        refuse_harm(issue, allows_overlap=options["allow_overlap"])
        outcome = _send(issue, ledger, settings, clock)
    context.exit(_tell(outcome, issue, as_json=options["as_json"]))


def _issue(options: _Options, settings: "Settings", ledger: "Ledger", clock: "Clock") -> "Issue":
    from pipeline.send.bodies import checked_body  # noqa: PLC0415
    from pipeline.send.newsletter import Issue, tags_of  # noqa: PLC0415
    from pipeline.send.times import parse_at  # noqa: PLC0415

    body = checked_body(given_text(options["body"], options["body_file"]), options["max_segments"])
    if body.problem:
        raise UsageError(f"{body.words}.", advice="Give another --text.")
    title = options["title"].strip()
    if not title or not title.isprintable():
        raise UsageError("--title cannot be empty, nor have what cannot be seen.")
    tags, at = tags_of(ledger, options["tags"]), options["at"]
    return Issue(
        title=title,
        body=body,
        tags=tags,
        reach=ledger.newsletters.reach(tags),
        device_id=options["device"],
        sim=options["sim"],
        at=None if at is None else parse_at(at, settings.timezone, clock.now(), settings.send_zone),
    )


def _send(issue: "Issue", ledger: "Ledger", settings: "Settings", clock: "Clock") -> "Outcome":
    from pipeline.send.newsletter import refuse_sent, send_newsletter  # noqa: PLC0415
    from pipeline.send.opening import opened  # noqa: PLC0415

    with (
        opened(settings, ledger, clock=clock, rate=settings.send_rate) as (_, writer),
        ledger.sending(),
    ):
        refuse_sent(issue, ledger)  # what a process that died was sending is in doubt now
        return send_newsletter(issue, ledger, writer)


def _plain(issue: "Issue") -> dict[str, object]:
    segments, reach = issue.body.segments, issue.reach
    return {
        "title": issue.title,
        "tags": [tag.title for tag in issue.tags],
        "people": reach.people,
        "contacts": reach.contacts,
        "several": reach.several,
        "doubtful": reach.doubtful,
        "suppressed": reach.suppressed,
        "encoding": segments.encoding if segments else None,
        "segments": segments.count if segments else None,
        "sms": issue.sms,
        "at": issue.at.isoformat() if issue.at else None,
    }


def _show(issue: "Issue", settings: "Settings", *, as_json: bool) -> None:
    from pipeline.cli.send_shown import show  # noqa: PLC0415

    if as_json:
        click.echo(json.dumps({"is_dry_run": True, **_plain(issue)}, indent=2, ensure_ascii=False))
    else:
        show(_lines(issue, settings))


def _lines(issue: "Issue", settings: "Settings") -> Iterator[str]:
    from pipeline.cli.lines import said, screen_width  # noqa: PLC0415
    from pipeline.cli.send_shown import odd_words, shown_text, when  # noqa: PLC0415

    width, reach, segments = screen_width(), issue.reach, issue.body.segments
    tags = ", ".join(f"{tag.title} ({tag.gateway_id})" for tag in issue.tags)
    yield from said("Tags", tags, width)
    yield f"  {reach.people:>9,}  people, by the ledger"
    if reach.several:
        yield f"  {reach.several:>9,}  under more than one of the tags: --allow-overlap"
    if reach.doubtful:
        yield f"  {reach.doubtful:>9,}  in doubt: they may get it"
    if reach.suppressed:
        yield f"  {reach.suppressed:>9,}  must not be written to: the newsletter is refused"
    yield from shown_text(issue.body.text, width)
    if segments:
        odd = f", for {odd_words(segments.odd)}" if segments.odd else ""
        yield from said("Size", f"{segments.encoding}{odd}: {segments.count} SMS each", width)
    yield from said("When", when(issue.at, settings.timezone), width)
    if issue.at:
        zone = settings.send_zone
        yield from said("", f"the gateway is told {zone}; nobody documents what it reads", width)
    yield from said("By", f"device {issue.device_id}, slot {issue.sim}", width)
    yield from said("Cost", f"at most {issue.sms:,} SMS in all", width)
    yield ""
    yield "Nothing was sent. With --yes it is."


def _tell(outcome: "Outcome", issue: "Issue", *, as_json: bool) -> int:
    verdict = str(outcome.verdict)
    codes = {"saved": 0, "rejected": _DECIDE, "in_doubt": _DECIDE}
    code = codes.get(verdict, _STOPPED)
    if as_json:
        found = {**_plain(issue), "verdict": verdict, "newsletter_id": outcome.number}
        told = {**found, "message": outcome.message, "exit_code": code}
        click.echo(json.dumps(told, indent=2, ensure_ascii=False))
        return code
    words = _SAID.get(verdict, "The gateway cannot be reached; nothing was sent")
    click.echo(words if verdict == "saved" else f'{words}: "{outcome.message}".')
    if outcome.number:
        click.echo(f"Number    {outcome.number}")
    return code
