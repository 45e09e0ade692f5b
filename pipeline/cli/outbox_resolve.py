"""`sms24 outbox resolve`: messages in doubt, looked for at the gateway, or decided by a person."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypedDict, Unpack

import click

from pipeline.cli.console import settings_of
from pipeline.errors import UsageError

if TYPE_CHECKING:
    from pipeline.clock import Clock
    from pipeline.ledger.ledger import Ledger
    from pipeline.ledger.outgoing import Posted, Sending, Sent
    from pipeline.ledger.values import Answer
    from pipeline.send.doubts import Found
    from pipeline.settings import Settings

_DECIDE = 5
_AFTER: "dict[Answer, str]" = {"saved": "saved", "resend": "pending", "drop": "dropped"}
_ANSWERS: "dict[str, Answer]" = {"assume_saved": "saved", "resend": "resend", "drop": "drop"}
_WORDS: "dict[Answer, str]" = {
    "saved": "taken: nothing more is sent",
    "resend": "to be sent again by the same command",
    "drop": "left alone for ever",
}


class _Options(TypedDict):
    newsletter: str | None
    number: str | None
    region: str | None
    assume_saved: bool
    resend: bool
    drop: bool
    resend_missing: bool
    yes: bool
    as_json: bool


@dataclass(frozen=True, slots=True)
class _Doubts:
    """What is in doubt, and in which sendings."""

    sendings: "Sequence[Sending]"
    messages: "Sequence[Sent]"


@click.command()
@click.argument("key", required=False)
@click.option("--newsletter", metavar="TITLE", help="Look for a newsletter, or decide about it.")
@click.option("--number", metavar="+33...", help="Only the messages to this number.")
@click.option("--region", metavar="FR", help="The country of a number that has none.")
@click.option("--assume-saved", is_flag=True, help="You have seen that they were sent.")
@click.option("--resend", is_flag=True, help="Send them again; who has them gets them twice.")
@click.option("--drop", is_flag=True, help="Leave them alone for ever.")
@click.option("--resend-missing", is_flag=True, help="Send again what the gateway does not list.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@click.pass_context
def resolve(context: click.Context, key: str | None, **options: Unpack[_Options]) -> None:
    """Look for messages in doubt in the gateway's list, of all sendings or of KEY.

    Each has a number of its own (customerid), by which getallsms finds it: what is there was sent.
    What is not there stays in doubt, but for --resend-missing, which is refused unless the same
    question finds a message that is known to be there. Nothing is sent by this command.

    Exit code 0: nothing is in doubt; 5: something is; 3: the gateway cannot be asked.
    """
    from pipeline.clock import SystemClock  # noqa: PLC0415 - `--help` needs none of it
    from pipeline.ledger.ledger import open_ledger  # noqa: PLC0415

    settings, clock = settings_of(context), SystemClock()
    chosen = [answer for name, answer in _ANSWERS.items() if options[name]]  # type: ignore[literal-required]
    if len(chosen) + options["resend_missing"] > 1:
        raise UsageError("Only one decision at a time.")
    answer = chosen[0] if chosen else None
    with open_ledger(settings.data_dir, clock) as ledger, ledger.sending():
        if options["newsletter"] is not None:
            posted = _newsletter(ledger, options["newsletter"])
            if answer is None:
                told = _looked_for(posted, ledger, settings, clock)
            else:
                told = _decided_newsletter(posted, ledger, answer, yes=options["yes"])
            _tell_newsletter(posted, told, as_json=options["as_json"])
            context.exit(_DECIDE if told["state"] == "in_doubt" else 0)
        doubts = _doubts(ledger, key, options)
        if answer is not None:
            told = _decided(ledger, doubts, answer, yes=options["yes"])
        else:
            told = _looked(ledger, doubts, settings, clock, options)
        left = ledger.outbox.in_doubt()
    told |= {"left": left}
    _tell(told, as_json=options["as_json"])
    context.exit(_DECIDE if left else 0)


def _doubts(ledger: "Ledger", key: str | None, options: _Options) -> _Doubts:
    from pipeline.contacts.numbers import read_number  # noqa: PLC0415

    known = ledger.outbox.find(key) if key else None
    if key and known is None:
        raise UsageError(f"There is no sending {key[:80]!r}.", advice="sms24 outbox status")
    sendings = [known] if known else ledger.outbox.every()
    messages = [sent for one in sendings for sent in ledger.outbox.of(one, "in_doubt")]
    if options["number"]:
        name = ledger.aliases.name_of(
            read_number(options["number"], options["region"], takes_any=True)
        )
        messages = [sent for sent in messages if ledger.aliases.name_of(sent.e164) == name]
    return _Doubts(sendings, messages)


def _decided(
    ledger: "Ledger", doubts: _Doubts, answer: "Answer", *, yes: bool
) -> dict[str, object]:
    from pipeline.cli.contacts_ask import confirmed  # noqa: PLC0415

    ids = [sent.customer_id for sent in doubts.messages]
    if ids and not confirmed(f"{len(ids):,} messages: {_WORDS[answer]}?", yes=yes):
        raise click.Abort
    done = ledger.outbox.resolve(ids, answer, f"a person said {answer}")
    return {_WORDS[answer]: done}


def _looked(
    ledger: "Ledger", doubts: _Doubts, settings: "Settings", clock: "Clock", options: _Options
) -> dict[str, object]:
    """Ask the gateway's list; what is there is saved."""
    if not doubts.messages:
        return {}
    found = _asked(ledger, doubts, settings, clock)
    ledger.outbox.resolve(
        list(found.there), "saved", "it is in the gateway's list", sms_ids=found.there
    )
    told: dict[str, object] = {"there: taken": len(found.there)}
    if found.several:
        told["there more than once"] = len(found.several)
    if not options["resend_missing"]:
        return {**told, "not there": len(found.missing)}
    if found.missing and not found.is_proven:
        raise UsageError(
            "That the gateway does not list them says little: it lists no message of ours that is"
            " known to have been sent.",
            advice="Look into the panel, then say --resend, or --assume-saved.",
        )
    resent = ledger.outbox.resolve(found.missing, "resend", "it is not in the gateway's list")
    return {**told, f"not there: {_WORDS['resend']}": resent}


def _asked(ledger: "Ledger", doubts: _Doubts, settings: "Settings", clock: "Clock") -> "Found":
    from pipeline.send.doubts import look_for  # noqa: PLC0415
    from pipeline.send.opening import opened  # noqa: PLC0415

    with opened(settings, ledger, clock=clock, rate=settings.send_rate) as (gateway, _):
        return look_for(doubts.messages, ledger, doubts.sendings, gateway, clock.now())


def _newsletter(ledger: "Ledger", title: str) -> "Posted":
    posted = ledger.newsletters.find(title)
    if posted is None or posted.state != "in_doubt":
        raise UsageError(f"No newsletter {title[:80]!r} is in doubt.")
    return posted


def _looked_for(
    posted: "Posted", ledger: "Ledger", settings: "Settings", clock: "Clock"
) -> dict[str, object]:
    """Ask the gateway's list for messages of a newsletter; what is there was taken."""
    from pipeline.send.doubts import number_of_newsletter  # noqa: PLC0415
    from pipeline.send.opening import opened  # noqa: PLC0415

    with opened(settings, ledger, clock=clock, rate=settings.send_rate) as (gateway, _):
        number = number_of_newsletter(posted, gateway, clock.now())
    if number is None:
        return {"state": "in_doubt", "newsletter_id": None}
    reason = "its messages are in the gateway's list"
    ledger.newsletters.resolve(posted.title, "saved", reason, number)
    return {"state": "saved", "newsletter_id": number}


def _decided_newsletter(
    posted: "Posted", ledger: "Ledger", answer: "Answer", *, yes: bool
) -> dict[str, object]:
    from pipeline.cli.contacts_ask import confirmed  # noqa: PLC0415

    if not confirmed(f"The newsletter {posted.title!r}: {_WORDS[answer]}?", yes=yes):
        raise click.Abort
    ledger.newsletters.resolve(posted.title, answer, f"a person said {answer}", None)
    return {"state": _AFTER[answer], "newsletter_id": None, "said": _WORDS[answer]}


def _tell_newsletter(posted: "Posted", told: dict[str, object], *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps({"title": posted.title, **told}, indent=2, ensure_ascii=False))
    elif "said" in told:
        click.echo(f"The newsletter {posted.title!r} is {told['said']}.")
    elif told["state"] == "saved":
        number = told["newsletter_id"]
        click.echo(
            f"The gateway lists messages of {posted.title!r}: it was taken, as number {number}."
        )
    else:
        click.echo(f"The gateway lists no message of {posted.title!r}: it stays in doubt.")
        click.echo("Look into the panel, then say --assume-saved, --resend or --drop.")


def _tell(told: dict[str, object], *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(told, indent=2))
        return
    for words, count in told.items():
        shown = "still in doubt" if words == "left" else words
        click.echo(f"  {count:>9,}  {shown}")
