"""`sms24 forget`: a person's number out of the ledger, the plans, raw and the snapshot, for good.

Killed at any moment, the same command does the rest. From its first step on no landing brings the
number back.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.clock import Clock
from pipeline.contacts.copied import copy_imports
from pipeline.forgetting import Forgotten, forget_number
from pipeline.importing import Reader
from pipeline.ledger.ledger import open_ledger
from pipeline.ledger.values import is_forgotten
from pipeline.operate.prune import leftovers_of
from pipeline.progress import Progress
from pipeline.session import Recorded, recorded
from pipeline.settings import Settings
from pipeline.transform.build import build
from pipeline.transform.phones import person_of
from pipeline.warehouse.imports import HeldImports
from pipeline.warehouse.retention import Retention


@dataclass(frozen=True, slots=True)
class Erased:
    """What had a number: contacts, plans and rows of the ledger, and records of the warehouse."""

    e164: str
    found: Forgotten
    records: int


def forget_everywhere(
    settings: Settings, e164s: Sequence[str], *, clock: Clock, progress: Progress
) -> list[Erased]:
    """Forget numbers; BusyError, and nothing is done, while a run, a load or a sending works."""
    if not settings.warehouse_path.exists():
        return [Erased(e164, found, 0) for e164, found in _in_ledger(settings, e164s, clock)]
    with recorded("forget", settings, clock) as held:
        told = _forget_in(held, settings, e164s, clock, progress)
        if settings.snapshot_path.exists() or Retention(held.warehouse).is_built():
            _publish(held, settings, clock, progress)
        for path in leftovers_of(settings.data_dir):
            path.unlink(missing_ok=True)
        progress.begin("Writing the warehouse anew", None)
    return told


def _forget_in(
    held: Recorded, settings: Settings, e164s: Sequence[str], clock: Clock, progress: Progress
) -> list[Erased]:
    retention, told = Retention(held.warehouse), []
    progress.begin("Forgetting in the ledger", len(e164s))
    with open_ledger(settings.data_dir, clock) as ledger:
        # Who is named by a hash was forgotten before, or was never known by a number.
        people = {
            e164: person_of(e164, ledger.aliases.made(e164))
            for e164 in e164s
            if not is_forgotten(e164)
        }
    for person in people.values():
        retention.remember(person)
    found = dict(_in_ledger(settings, e164s, clock))
    progress.begin("Forgetting in the warehouse", len(e164s))
    for e164 in e164s:
        records = retention.forget(people[e164]) if e164 in people else 0
        told.append(Erased(e164, found[e164], records))
        progress.advance(1)
    return told


def _in_ledger(
    settings: Settings, e164s: Sequence[str], clock: Clock
) -> list[tuple[str, Forgotten]]:
    reader = Reader(settings.timezone, settings.report_language)
    folder = settings.data_dir
    with open_ledger(folder, clock) as ledger, ledger.loading(), ledger.sending():
        return [
            (e164, forget_number(ledger, folder, e164, clock=clock, reader=reader))
            for e164 in e164s
        ]


def _publish(held: Recorded, settings: Settings, clock: Clock, progress: Progress) -> None:
    """Make all tables and the snapshot anew: in those of before the number may still be."""
    folder = settings.data_dir
    for note in copy_imports(HeldImports(held.warehouse, folder / "inbox"), folder, clock):
        progress.note(note)
    build(
        held.warehouse,
        settings,
        run_id=held.run_id,
        clock=clock,
        progress=progress,
        full=True,
    )
