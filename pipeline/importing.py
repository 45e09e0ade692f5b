"""Write the files of a contact import with the page that tells of it."""

import json
from collections.abc import Iterable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import NamedTuple

from pipeline.clock import Clock
from pipeline.contacts import results
from pipeline.contacts.frozen import Plan, load_plan, plan_ids
from pipeline.errors import UsageError
from pipeline.ledger.ledger import Ledger
from pipeline.ledger.values import Tag
from pipeline.report.imports import import_page
from pipeline.tally import Stop


class Reader(NamedTuple):
    """For whom the page of an import is written: the zone of its times, and its language."""

    timezone: str
    language: str


UTC_ENGLISH = Reader("UTC", "en")


def write_results(
    plan: Plan,
    ledger: Ledger,
    *,
    clock: Clock,
    run: int | None = None,
    stop: Stop | None = None,
    reader: Reader = UTC_ENGLISH,
) -> Path:
    """Write the files of a run as things stand now, `report.html` among them; return their folder.

    `run` and `stop` are of the run of `apply` that has just ended; None when written later. Times
    of the page are in the reader's zone, those of all other files in UTC.
    """
    page = partial(import_page, language=reader.language, timezone=reader.timezone)
    return results.write_results(plan, ledger, clock=clock, run=run, stop=stop, page=page)


def renew_results(
    ledger: Ledger,
    data_dir: Path,
    folders: Iterable[Path],
    *,
    clock: Clock,
    reader: Reader = UTC_ENGLISH,
) -> None:
    """Write the files of plans again; of those that were never applied, or are damaged, none."""
    for folder in folders:
        if (folder / results.MANIFEST).exists():
            with suppress(UsageError):
                plan = load_plan(data_dir, folder.name)
                write_results(plan, ledger, clock=clock, reader=reader)


def doubtful_plans(ledger: Ledger, data_dir: Path, tag: Tag) -> list[Path]:
    """Return the folders of the plans of a tag whose files tell of contacts in doubt."""
    found = []
    for plan_id in plan_ids(data_dir):
        with suppress(UsageError):
            plan = load_plan(data_dir, plan_id)
            loaded = ledger.tags.of_plan(plan.tag, plan_id)
            if loaded is not None and loaded.id == tag.id and _has_doubts(plan):
                found.append(plan.folder)
    return found


def _has_doubts(plan: Plan) -> bool:
    try:
        manifest = json.loads((plan.folder / results.MANIFEST).read_text("utf-8"))
    except (OSError, ValueError):
        return False
    rows = {listed["name"]: listed["rows"] for listed in manifest["files"]}
    return bool(rows.get("in_doubt.csv"))
