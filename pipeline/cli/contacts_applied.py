"""How a person sees what a load of contacts came to, and what a program is told of it."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path

import click

from pipeline.cli.console import duration
from pipeline.cli.lines import cut, said, screen_width
from pipeline.contacts.applied import Applied
from pipeline.contacts.dispositions import Disposition
from pipeline.contacts.frozen import Plan
from pipeline.ledger.ledger import Ledger
from pipeline.ledger.values import State, Tag
from pipeline.masks import masked_digits

_MOST_REASONS = 3
_WORDS = {
    "saved": "sent now, and saved",
    "rejected": "refused by the gateway",
    "in_doubt": "sent now: nobody knows whether the gateway saved them",
    Disposition.ALREADY_SAVED: "in this tag already",
    Disposition.NAME_CHANGED: "in this tag with another name, which stays",
    Disposition.IN_DOUBT_BEFORE: "may be in this tag: nobody knows yet",
    Disposition.REJECTED_BEFORE: "refused by the gateway before (--retry-rejected)",
    Disposition.SUPPRESSED: "must not be written to",
    Disposition.DROPPED: "left out by a person",
    "unsent": "still to be sent",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """All that is told of one load.

    Attributes:
        tag: the tag as it is now; None if nobody got as far.
        reasons: why people were rejected, or are in doubt, by state: how many for each reason.
        seconds: how long it took.
        folder: where the files are that tell of each row.
        errors: rows to mend, the plan's own and those that the gateway rejected.
    """

    plan: Plan
    applied: Applied
    tag: Tag | None
    reasons: Mapping[str, Mapping[str, int]]
    seconds: float
    folder: Path
    errors: int


def told_of(plan: Plan, applied: Applied, ledger: Ledger, seconds: float, folder: Path) -> Told:
    """Return what there is to tell of a load that has ended."""
    tag = ledger.tags.find(plan.tag)
    reasons: dict[str, Mapping[str, int]] = {}
    if tag is not None and applied.run is not None:
        states: tuple[State, ...] = ("rejected", "in_doubt")
        reasons = {s: ledger.contacts.reasons(tag.id, applied.run, s) for s in states}
    report = json.loads((folder / "report.json").read_text("utf-8"))
    return Told(
        plan=plan,
        applied=applied,
        tag=tag,
        reasons=reasons,
        seconds=seconds,
        folder=folder,
        errors=report["files"]["errors.csv"],
    )


def tell(told: Told, *, as_json: bool) -> None:
    """Print what a load came to."""
    if as_json:
        click.echo(json.dumps(plain(told), indent=2, ensure_ascii=False))
        return
    width = screen_width()
    for line in (*_counts(told, width), *_end(told, width)):
        click.echo(line)


def plain(told: Told) -> dict[str, object]:
    """Return the same for programs."""
    applied, stop = told.applied, told.applied.stop
    return {
        "plan": told.plan.id,
        "tag": told.plan.tag,
        "tag_id": told.tag.gateway_id if told.tag else None,
        "run": applied.run,
        **applied.counts(),
        "died": applied.died,
        "reasons": told.reasons,
        "seconds": round(told.seconds, 1),
        "folder": str(told.folder),
        "errors": told.errors,
        "stop": asdict(stop) if stop else None,
        "exit_code": applied.exit_code,
    }


def _counts(told: Told, width: int) -> Iterator[str]:
    yield "Contacts"
    counts = told.applied.counts()
    for state, words in _WORDS.items():
        count = counts.get(state, 0)
        if count or state == "saved":
            yield cut(f"  {count:>9,}  {state:<16} {words}", width)
        for reason, number in islice(told.reasons.get(state, {}).items(), _MOST_REASONS):
            yield cut(f"             {number:,}: {masked_digits(reason)}", width)
    yield f"  {told.applied.total:>9,}  in all"
    yield ""


def _end(told: Told, width: int) -> Iterator[str]:
    plan, applied = told.plan, told.applied
    number = told.tag.gateway_id if told.tag else None
    panel = "" if number is None else f", number {number} in the panel"
    yield from said("Tag", f"{plan.tag}{panel}", width)
    if applied.run is not None:
        yield from said("Took", duration(told.seconds), width)
    elif applied.total:
        yield from said("", "Nobody was left to send: no call was made.", width)
    else:
        yield from said("", "The plan has nobody to send.", width)
    doubts = applied.in_doubt + applied.skipped["in_doubt_before"]
    if doubts:
        words = f"{doubts:,} are never sent again by themselves: sms24 contacts resolve"
        yield from said("In doubt", words, width)
    if told.errors:
        words = f"{told.errors:,} to mend: sms24 contacts rejects {plan.id}"
        yield from said("Rejects", words, width)
    yield from said("Files", f"{told.folder}/ (report.html and lists)", width)
    if applied.unsent:
        words = f"sms24 contacts apply {plan.id} goes on with the {applied.unsent:,} left"
        yield from said("Next", words, width)
