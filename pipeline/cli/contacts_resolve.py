"""`sms24 contacts resolve`: what is to be done with contacts in doubt, by a person or a list."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict, Unpack

import click

from pipeline.cli.console import settings_of
from pipeline.cli.contacts_ask import confirmed, number_of
from pipeline.cli.contacts_doubts import show_doubts, show_findings
from pipeline.errors import UsageError

if TYPE_CHECKING:
    from pipeline.contacts.doubts import Doubts, Evidence, Findings
    from pipeline.ledger.ledger import Ledger
    from pipeline.ledger.values import Answer
    from pipeline.settings import Settings

_DECIDE = 5
_ACTIONS: "dict[str, Answer]" = {"assume_saved": "saved", "resend": "resend", "drop": "drop"}
_CONSEQUENCES = {
    "saved": "will count as saved: who is not at the gateway gets no newsletter",
    "resend": "will be sent again by the next apply: who is at the gateway is there twice then",
    "drop": "will be left alone for ever: whoever is at the gateway stays there",
}


class _Options(TypedDict):
    plan_id: str | None
    tag: str | None
    assume_saved: bool
    resend: bool
    drop: bool
    panel: Path | None
    newsletter: int | None
    numbers: tuple[str, ...]
    region: str | None
    column: str | None
    resend_missing: bool
    yes: bool
    dry_run: bool
    show_numbers: bool
    as_json: bool


@click.command()
@click.argument("plan_id", metavar="[PLAN]", required=False)
@click.option("--tag", help="The title of a tag, in place of a plan.")
@click.option("--assume-saved", is_flag=True, help="They are at the gateway.")
@click.option("--resend", is_flag=True, help="They are not: the next apply sends them again.")
@click.option("--drop", is_flag=True, help="Leave them alone, whatever they are.")
@click.option(
    "--panel-csv", "panel", metavar="FILE", type=click.Path(path_type=Path),
    help="The tag's contacts as copied or exported from the panel: who is in it is saved.",
)  # fmt: skip
@click.option(
    "--newsletter", metavar="ID", type=click.IntRange(1),
    help="A newsletter to the tag: who has a message of it is saved.",
)  # fmt: skip
@click.option("--number", "numbers", metavar="+33...", multiple=True, help="Only this one.")
@click.option("--region", metavar="FR", help="The country of numbers that have none.")
@click.option("--column", help="Of the numbers in FILE, by header or position. [found]")
@click.option("--resend-missing", is_flag=True, help="Who is not in a complete list is resent.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--dry-run", is_flag=True, help="Tell what would be done.")
@click.option("--show-numbers", is_flag=True, help="Numbers whole.")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@click.pass_context
def resolve(context: click.Context, **options: Unpack[_Options]) -> None:
    """List the contacts in doubt, or say what is to be done with them.

    Nobody knows whether the gateway saved them. They are never sent again by themselves. PLAN or
    --tag says which ones; an action wants either where several tags have doubts.

    Exit code 0: nobody is in doubt; 5: somebody still is, or is at the gateway twice.
    """
    from pipeline.clock import SystemClock  # noqa: PLC0415 - `--help` needs none of it
    from pipeline.importing import Reader, doubtful_plans, renew_results  # noqa: PLC0415
    from pipeline.ledger.ledger import look_into_ledger, open_ledger  # noqa: PLC0415

    settings, action, clock = settings_of(context), _action(options), SystemClock()
    only_looks = action is None or options["dry_run"]
    opening = look_into_ledger if only_looks else open_ledger
    with opening(settings.data_dir, clock) as ledger:
        doubts = _doubts(ledger, settings, options)
        if action is None:
            show_doubts(ledger, doubts, whole=options["show_numbers"], as_json=options["as_json"])
            left = sum(len(d.people) for d in doubts)
        elif action in _ACTIONS.values():
            left = _by_person(ledger, doubts, action, options)
        else:
            left = _by_list(ledger, doubts, settings, options)
        if not only_looks:
            for doubt in doubts:
                folders = doubtful_plans(ledger, settings.data_dir, doubt.tag)
                reader = Reader(settings.timezone, settings.report_language)
                renew_results(ledger, settings.data_dir, folders, clock=clock, reader=reader)
    context.exit(_DECIDE if left else 0)


def _action(options: _Options) -> str | None:
    """Return `saved`, `resend`, `drop` or `list`; None for nothing but looking."""
    given: list[str] = [answer for name, answer in _ACTIONS.items() if options[name]]  # type: ignore[literal-required]
    given += ["list"] * ((options["panel"] is not None) + (options["newsletter"] is not None))
    if len(given) > 1:
        raise UsageError("There are several actions.", advice="Give one of them.")
    if options["resend_missing"] and given != ["list"]:
        raise UsageError(
            "--resend-missing needs a list.", advice="Add --panel-csv or --newsletter."
        )
    return given[0] if given else None


def _doubts(ledger: "Ledger", settings: "Settings", options: _Options) -> "list[Doubts]":
    from pipeline.contacts.doubts import find_doubts  # noqa: PLC0415
    from pipeline.contacts.frozen import load_plan  # noqa: PLC0415
    from pipeline.contacts.numbers import read_number  # noqa: PLC0415

    title, only = options["tag"], None
    if options["plan_id"] is not None:
        if title is not None:
            raise UsageError("There are a plan and a tag.", advice="Give one of them.")
        plan = load_plan(settings.data_dir, options["plan_id"])
        title = plan.tag
        in_doubt = {e164 for d in find_doubts(ledger, title) for e164 in d.e164s}
        only = {
            c.e164
            for c in plan.contacts()
            if ledger.aliases.with_numbers([c.e164]).keys() & in_doubt
        }
    if options["numbers"]:
        region = options["region"]
        named = {read_number(text, region, takes_any=True) for text in options["numbers"]}
        found = find_doubts(ledger, title, named)
        known = {ledger.aliases.name_of(e164) for d in found for e164 in d.e164s}
        for e164 in sorted(named):
            if ledger.aliases.name_of(e164) not in known:
                raise UsageError(f"{number_of(e164, whole=False)} is not in doubt.")
        return found
    return find_doubts(ledger, title, only)


def _by_person(ledger: "Ledger", doubts: "list[Doubts]", answer: str, options: _Options) -> int:
    from pipeline.contacts.doubts import settle_by_person  # noqa: PLC0415

    chosen: Answer = next(a for a in _ACTIONS.values() if a == answer)
    doubts = [doubt for doubt in doubts if doubt.people]
    count = sum(len(doubt.people) for doubt in doubts)
    _refuse_several(doubts)
    question = f"{count:,} {_CONSEQUENCES[answer]}. Go on?"
    if count and not options["dry_run"]:
        if not confirmed(question, yes=options["yes"]):
            raise click.Abort
        count = settle_by_person(ledger, doubts, chosen)
    told = {"saved": 0, "pending": 0, "dropped": 0, "dry_run": options["dry_run"]}
    told[{"saved": "saved", "resend": "pending", "drop": "dropped"}[answer]] = count
    if options["as_json"]:
        click.echo(json.dumps(told, indent=2))
    else:
        lead = "Would be done: " if options["dry_run"] else ""
        click.echo(f"{lead}{count:,} {_CONSEQUENCES[answer]}." if count else "Nobody is in doubt.")
    return count if options["dry_run"] else 0


def _refuse_several(doubts: "list[Doubts]") -> None:
    if len(doubts) > 1:
        titles = ", ".join(repr(doubt.tag.title) for doubt in doubts)
        raise UsageError(f"Several tags have doubts: {titles}.", advice="Name one with --tag.")


def _by_list(
    ledger: "Ledger", doubts: "list[Doubts]", settings: "Settings", options: _Options
) -> int:
    from pipeline.contacts.doubts import refuse_gaps, settle_by_list, weigh  # noqa: PLC0415

    if not (options["tag"] or options["plan_id"]):
        doubts = [doubt for doubt in doubts if doubt.people]
        _refuse_several(doubts)
    if not doubts:
        click.echo(json.dumps({"in_doubt": 0}) if options["as_json"] else "Nobody is in doubt.")
        return 0
    (doubt,) = doubts
    findings = weigh(ledger, doubt, _evidence(ledger, settings, options))
    resends = options["resend_missing"]
    if resends:
        refuse_gaps(findings.gaps)
    changes = len(findings.saved) + resends * len(findings.missing)
    if changes and not options["dry_run"]:
        question = f"{changes:,} will be settled by {findings.source}. Go on?"
        if not confirmed(question, yes=options["yes"]):
            raise click.Abort
        settle_by_list(ledger, doubt.tag, findings, resends=resends)
    _tell(findings, options)
    stays = len(findings.unclear) + (0 if resends else len(findings.missing))
    return stays + len(findings.twice)


def _evidence(ledger: "Ledger", settings: "Settings", options: _Options) -> "Evidence":
    from pipeline.contacts.evidence import (  # noqa: PLC0415
        evidence_of_list,
        evidence_of_newsletter,
    )

    if options["newsletter"] is not None:
        from pipeline.warehouse.snapshot import open_snapshot  # noqa: PLC0415

        with open_snapshot(settings.snapshot_path) as snapshot:
            return evidence_of_newsletter(snapshot, options["newsletter"])
    from pipeline.contacts.numbers import read_list  # noqa: PLC0415

    assert options["panel"] is not None  # noqa: S101 - one of both is there
    return evidence_of_list(
        ledger, read_list(options["panel"], options["region"], options["column"])
    )


def _tell(findings: "Findings", options: _Options) -> None:
    show_findings(
        findings,
        resends=options["resend_missing"],
        is_dry=options["dry_run"],
        whole=options["show_numbers"],
        as_json=options["as_json"],
    )
