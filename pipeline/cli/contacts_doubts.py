"""How contacts in doubt, and what a list says of them, are shown."""

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from pipeline.cli.contacts_ask import number_of, show_table

if TYPE_CHECKING:
    from pipeline.contacts.doubts import Doubts, Findings
    from pipeline.ledger.ledger import Ledger

_MOST = 10


def show_doubts(
    ledger: "Ledger", doubts: "Sequence[Doubts]", *, whole: bool, as_json: bool
) -> None:
    """Print who is in doubt, since when and why; names only where numbers are whole."""
    rows = [
        {
            "tag": doubt.tag.title,
            "number": number_of(known.e164, whole=whole),
            "name": known.name if whole else None,
            "sent_at": known.sent_at,
            "reason": known.reason,
        }
        for doubt in doubts
        for known in doubt.people
    ]
    dedupes = ledger.notes.probe("server_dedupes")
    if as_json:
        found = {"in_doubt": rows, "server_dedupes": dedupes}
        click.echo(json.dumps(found, indent=2, ensure_ascii=False))
        return
    if not rows:
        click.echo("Nobody is in doubt.")
        return
    header = ("tag", "number", "sent (UTC)", "why")
    show_table(
        header,
        [[str(r["tag"]), str(r["number"]), _minute(r["sent_at"]), r["reason"] or ""] for r in rows],
    )
    click.echo(f"\n{len(rows):,} in doubt: the gateway may have saved them, or not.")
    click.echo("Look into the panel, then: sms24 contacts resolve --tag TITLE --panel-csv FILE,")
    click.echo("or --assume-saved, --resend, --drop; --number +33... for one.")
    if dedupes == "yes":
        click.echo("A probe found that the gateway saves a number once a tag: --resend is safe.")


def show_findings(
    findings: "Findings", *, resends: bool, is_dry: bool, whole: bool, as_json: bool
) -> None:
    """Print what a list settles and what else it shows."""
    missing = len(findings.missing)
    told = {
        "source": findings.source,
        "dry_run": is_dry,
        "saved": len(findings.saved),
        "pending": missing if resends else 0,
        "in_doubt": len(findings.unclear) + (0 if resends else missing),
        "unclear": len(findings.unclear),
        "twice": [number_of(e164, whole=whole) for e164 in findings.twice],
        "lost": findings.lost,
        "strangers": findings.strangers,
        "gaps": findings.gaps,
    }
    if as_json:
        click.echo(json.dumps(told, indent=2, ensure_ascii=False))
        return
    click.echo(f"By {findings.source}{' (nothing is changed)' if is_dry else ''}:")
    lines = (
        (told["saved"], "saved: in doubt, and there"),
        (told["pending"], "to be sent again: not there"),
        (told["in_doubt"], "still in doubt"),
        (told["unclear"], "of these sent after it, or in another tag too: it cannot tell"),
        (told["lost"], "saved before, and not there: deleted, or the list has gaps"),
        (told["strangers"], "there, and never sent to this tag from here"),
    )
    for at, (count, words) in enumerate(lines):
        if count or at < 3:  # noqa: PLR2004 - the outcomes, also where they are none
            click.echo(f"{count:>9,}  {words}")
    _show_twice([number_of(e164, whole=whole) for e164 in findings.twice])
    for gap in findings.gaps:
        click.echo(f"Not complete: {gap}.")


def _show_twice(twice: Sequence[str]) -> None:
    if twice:
        more = "" if len(twice) <= _MOST else " ..."
        click.echo(f"{len(twice):>9,}  there more than once: {', '.join(twice[:_MOST])}{more}")
        click.echo("Delete the surplus ones in the panel: the API cannot.")


def _minute(instant: str | None) -> str:
    return (instant or "")[:16].replace("T", " ")
