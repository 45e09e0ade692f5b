"""What a plan came to so far, as plain values: `report.json`, and the page that is made of it."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from pipeline.contacts.codes import in_words, sentences, what_to_do
from pipeline.contacts.dispositions import Disposition
from pipeline.contacts.files import NAME_CHANGES
from pipeline.contacts.frozen import Plan
from pipeline.contacts.standing import Place, RowStanding, Standing
from pipeline.contacts.summary import Told, first_details, most_common
from pipeline.ledger.ledger import Ledger
from pipeline.ledger.values import Run
from pipeline.masks import masked, masked_digits
from pipeline.tally import Stop

_LINES = 5
_EXAMPLES = 20
_MOST_DETAILS = 1000
_BY_GATEWAY = frozenset({"E_GATEWAY_REJECTED", "E_REJECTED_BEFORE"})
_AGAIN = "Apply the plan again: it goes on where it stopped."


class Reckoning:
    """Counts where rows and contacts stand as they go by; no number in it is whole.

    Attributes:
        rows: rows of the file by place; contacts: what they ask for, the same.
        planned: contacts that the plan was to send.
        skipped: contacts, and rows without one, by why.
        problems: what the gateway rejected, by code.
        examples: the first contacts in doubt and with other names, by file.
    """

    def __init__(self) -> None:
        self.rows: Counter[str] = Counter({place.value: 0 for place in Place})
        self.contacts: Counter[str] = Counter({place.value: 0 for place in Place})
        self.skipped: Counter[str] = Counter()
        self.planned = 0
        self.problems: dict[str, Told] = {}
        self.examples: dict[str, list[dict[str, object]]] = {Place.IN_DOUBT: [], NAME_CHANGES: []}

    def count(self, found: Iterable[RowStanding]) -> None:
        """Count some rows."""
        for standing in found:
            row = standing.row
            self.rows[standing.place] += 1
            if row.disposition == Disposition.READY:
                asked = row.contacts
                self.planned += sum(one.disposition == Disposition.READY for one in asked)
            for contact in standing.contacts:
                self._count(contact, row.line)

    def _count(self, contact: Standing, line: int) -> None:
        if contact.e164 or contact.why == "forgotten":
            self.contacts[contact.place] += 1
        if contact.place is Place.SKIPPED:
            self.skipped[contact.why] += 1
        if contact.place is Place.IN_DOUBT:
            sent_at = contact.known.sent_at if contact.known else None
            self._show(Place.IN_DOUBT, contact, line, sent_at=sent_at, why=contact.detail)
        if contact.why in _BY_GATEWAY:
            told = self.problems.setdefault(contact.why, Told())
            told.count += 1
            if len(told.lines) < _LINES:
                told.lines.append(line)
            if len(told.details) < _MOST_DETAILS:
                told.details[contact.detail] += 1
        if contact.why == Disposition.NAME_CHANGED and contact.known is not None:
            known = contact.known
            names = {"old_name": masked_digits(known.name), "new_name": masked_digits(contact.name)}
            self._show(NAME_CHANGES, contact, line, **names, contact_id=known.contact_id)

    def _show(self, name: str, contact: Standing, line: int, **more: object) -> None:
        if len(self.examples[name]) < _EXAMPLES:
            self.examples[name].append({"line": line, "number": masked(contact.e164), **more})


def reported(
    plan: Plan, ledger: Ledger, reckoning: Reckoning, files: Mapping[str, int], stop: Stop | None
) -> dict[str, Any]:
    """Return all that `report.json` says but when and by what it was written.

    `files` has the lines of each CSV file. Numbers are masked, times are UTC in ISO 8601.
    """
    tag = ledger.tags.of_plan(plan.tag, plan.id)
    runs = [_run(run) for run in ledger.runs.of(plan.id)]
    return {
        "plan": plan.id,
        "tag": plan.tag,
        "tag_id": tag.gateway_id if tag else None,
        "state": _state(reckoning),
        "stop": _stop(stop, runs, reckoning),
        "file": plan.told["file"],
        "profile": plan.told["profile"],
        "region": plan.options["phones"]["region"],
        "fingerprint": plan.fingerprint,
        "planned_at": plan.created_at,
        "planned_by": plan.tool_version,
        "numbers_version": plan.numbers_version,
        "records": sum(plan.counts.values()),
        "planned": dict(plan.counts),
        "to_send": plan.total,
        "rows": {**reckoning.rows, "blank": plan.counts.get(Disposition.BLANK, 0)},
        "contacts": dict(reckoning.contacts),
        "skipped": dict(reckoning.skipped),
        "problems": _problems(plan, reckoning),
        "repairs": plan.told["repairs"],
        "countries": plan.told["countries"],
        "other_tags": plan.told["other_tags"],
        "in_doubt": reckoning.examples[Place.IN_DOUBT],
        "name_changes": reckoning.examples[NAME_CHANGES],
        "runs": runs,
        "files": {f"{name}.csv": rows for name, rows in files.items()},
    }


def _state(reckoning: Reckoning) -> str:
    """Return `unsent` (contacts wait), `decide` (a person must) or `done`."""
    if reckoning.rows[Place.UNSENT] or reckoning.contacts[Place.UNSENT]:
        return "unsent"
    in_doubt = reckoning.contacts[Place.IN_DOUBT] + reckoning.skipped[Disposition.IN_DOUBT_BEFORE]
    return "decide" if in_doubt or reckoning.rows[Place.ERRORS] else "done"


def _stop(
    stop: Stop | None, runs: list[dict[str, Any]], reckoning: Reckoning
) -> dict[str, str] | None:
    """Return why the last run ended early; later only its kind is known, from the ledger."""
    if stop is not None:
        return asdict(stop)
    kind = runs[-1]["state"] if runs else "done"
    if kind in ("done", "running") or not reckoning.contacts[Place.UNSENT]:
        return None
    words = str(kind).replace("_", " ")
    return {"kind": kind, "message": f"The last run ended early: {words}.", "advice": _AGAIN}


def _problems(plan: Plan, reckoning: Reckoning) -> list[dict[str, object]]:
    """Return each code that a row has now, with what to do, the most frequent first."""
    found = [
        {**problem, "details": [in_words(detail) for detail in problem["details"]]}
        for problem in plan.told["problems"]
        if problem["code"] not in _BY_GATEWAY
    ]
    for code, told in most_common(reckoning.problems):
        found.append(
            {
                "code": code,
                "what": sentences()[code],
                "rows": told.count,
                "lines": told.lines,
                "details": [masked_digits(detail) for detail in first_details(told)],
            }
        )
    found.sort(key=lambda problem: (-problem["rows"], problem["code"]))
    return [{**problem, "to_do": what_to_do()[problem["code"]]} for problem in found]


def _run(run: Run) -> dict[str, Any]:
    """Return a run: when, how it ended, how many calls came to something, how many a second."""
    counts = json.loads(run.counts) if run.counts else {}
    answered = sum(counts.get(name, 0) for name in ("saved", "rejected", "in_doubt"))
    seconds = 0.0
    if run.ended:
        begun, ended = datetime.fromisoformat(run.started), datetime.fromisoformat(run.ended)
        seconds = (ended - begun).total_seconds()
    return {
        "run": run.id,
        "state": run.state,
        "began": run.started,
        "ended": run.ended,
        "saved": counts.get("saved", 0),
        "calls": answered,
        "rate": round(answered / seconds, 2) if seconds > 0 else None,
    }
