"""Give a tag's contacts to a new tag: the gateway cannot undo, so one begins again beside it.

The old tag is given up once the new one holds everybody, and not before: whoever looks at it again
after a crash finds out how far it came, and ends it.
"""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path

import msgspec

from pipeline.clock import Clock
from pipeline.contacts.dispositions import Disposition, Outcome, Verdict
from pipeline.contacts.frozen import COLUMNS, Freezer, freezing, new_plan_id, runs_folder
from pipeline.contacts.mapping import Mapping
from pipeline.contacts.options import PlanOptions, checked_title
from pipeline.contacts.people import Contact, Person
from pipeline.contacts.reading.container import sha256_of
from pipeline.contacts.reading.shapes import SourceFacts
from pipeline.contacts.reading.source import Record
from pipeline.contacts.told import told_of_file
from pipeline.contacts.values import Number
from pipeline.errors import UsageError
from pipeline.ledger.ledger import Ledger
from pipeline.ledger.values import Known, Tag, is_forgotten, key_of
from pipeline.version import own_version

REBUILDS = "rebuilds"
_BLOCK = 10_000
# What is decided of a contact in the new tag; others are still to be sent, or in doubt.
_SETTLED = frozenset({"saved", "rejected", "dropped"})
_READY = Verdict(Disposition.READY)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rebuilt:
    """How far the rebuilding of a tag is.

    Attributes:
        tag: the old tag.
        plan_id: the plan that was made now; None where there is nobody to send.
        to_send: contacts that the new tag does not have yet.
        in_doubt: contacts of which nobody knows whether the new tag has them.
        is_done: whether the old tag is abandoned.
    """

    tag: Tag
    title: str
    plan_id: str | None
    to_send: int
    in_doubt: int
    is_done: bool


def rebuild(ledger: Ledger, data_dir: Path, titles: tuple[str, str], clock: Clock) -> Rebuilt:
    """Freeze a plan of all wanted contacts of a tag that a new one lacks, or end the rebuilding.

    Wanted is who is saved, in doubt or waiting under the old tag, and not suppressed since.
    `titles` are the old one and the new one; the caller holds the lock of loaders.

    Raises:
        UsageError: there is no such tag, or both are the same.
    """
    title, new_title = titles[0], checked_title(titles[1])
    if key_of(title) == key_of(new_title):
        raise UsageError("The new tag has the title of the old one.", advice="Name another one.")
    old = ledger.tags.find(title)
    if old is None:
        return _ended(ledger, title, new_title)
    left = _left(ledger, old, new_title)
    if not left.to_send:
        is_done = close_rebuilt(ledger, old.id, new_title)
        return _rebuilt(old, new_title, left, is_done=is_done)
    plan_id = new_plan_id(clock.now())
    with freezing(data_dir, plan_id, COLUMNS, ",") as freezer:
        people = _missing(ledger, old, new_title)
        line = 1
        while block := list(islice(people, _BLOCK)):
            freezer.write([_outcome(known, line + at) for at, known in enumerate(block, 1)])
            line += len(block)
        contacts = runs_folder(data_dir).resolve() / plan_id / "contacts.csv"
        _finish(freezer, contacts, new_title, old, clock)
    return _rebuilt(old, new_title, left, plan_id=plan_id)


def close_rebuilt(ledger: Ledger, old_id: int, new_title: str) -> bool:
    """Abandon the old tag of a rebuilding if the new one holds everybody; whether it is so now."""
    with ledger.transaction():
        old = ledger.tags.get(old_id)
        if old.state == "abandoned":
            return True
        left = _left(ledger, old, new_title)
        if left.to_send or left.in_doubt:
            return False
        ledger.tags.abandon(old, _note(new_title))
        return True


@dataclass(frozen=True, slots=True)
class _Left:
    to_send: int
    in_doubt: int


def _rebuilt(
    old: Tag, title: str, left: _Left, *, plan_id: str | None = None, is_done: bool = False
) -> Rebuilt:
    return Rebuilt(
        tag=old,
        title=title,
        plan_id=plan_id,
        to_send=left.to_send,
        in_doubt=left.in_doubt,
        is_done=is_done,
    )


def _ended(ledger: Ledger, title: str, new_title: str) -> Rebuilt:
    """Return a rebuilding that has ended before."""
    for tag in reversed(ledger.tags.every()):
        if key_of(tag.title) == key_of(title) and tag.note == _note(new_title):
            return _rebuilt(tag, new_title, _Left(0, 0), is_done=True)
    raise UsageError(f"The ledger has no tag {title!r} in use.")


def _note(new_title: str) -> str:
    return f"rebuilt as {new_title!r}"


def _left(ledger: Ledger, old: Tag, new_title: str) -> _Left:
    states = [state for _, state in _compared(ledger, old, new_title)]
    in_doubt = sum(state in {"sent", "in_doubt"} for state in states)
    return _Left(len(states) - in_doubt, in_doubt)


def _missing(ledger: Ledger, old: Tag, new_title: str) -> Iterator[Known]:
    """Give who is to be sent to the new tag."""
    found = _compared(ledger, old, new_title)
    return (known for known, state in found if state in {None, "pending"})


def _compared(ledger: Ledger, old: Tag, new_title: str) -> Iterator[tuple[Known, str | None]]:
    """Give who is wanted and not settled in the new tag, and what they are there."""
    new = ledger.tags.find(new_title)
    people = ledger.contacts.under(old.id, "saved", "in_doubt", "pending")
    while block := list(islice(people, _BLOCK)):
        block = [known for known in block if not is_forgotten(known.e164)]
        e164s = [known.e164 for known in block]
        there = {} if new is None else ledger.contacts.known(new.id, e164s)
        unwanted = ledger.suppression.of(e164s)
        for known in block:
            state = there[known.e164].state if known.e164 in there else None
            if known.e164 not in unwanted and state not in _SETTLED:
                yield known, state


def _outcome(known: Known, line: int) -> Outcome:
    contact = Contact(Number(known.e164, None, ""), known.name)
    record = Record(line, line - 1, (str(line), known.e164, known.name, "", ""))
    return Outcome(record, Person((contact,)), Disposition.READY, ((contact, _READY),))


def _finish(freezer: Freezer, contacts: Path, title: str, old: Tag, clock: Clock) -> None:
    """End a plan whose source is its own list of contacts."""
    from pipeline.contacts.library import METADATA  # noqa: PLC0415 - who applies needs none of it

    freezer.close()
    mapping = Mapping(
        profile=None, phones=(COLUMNS.index("e164"),), names=((COLUMNS.index("name"),),)
    )
    options = msgspec.to_builtins(PlanOptions(), order="deterministic")
    sha256 = sha256_of(freezer.folder / contacts.name)
    freezer.finish(
        {
            "plan": contacts.parent.name,
            "tag": title,
            "created_at": clock.now().isoformat(),
            "options": {**options, REBUILDS: old.id},
            "counts": {Disposition.READY.value: freezer.rows},
            "mapping": asdict(mapping),
            "file": str(contacts),
            "file_sha256": sha256,
            "told": _told(contacts, freezer, sha256),
            "header": COLUMNS,
            "delimiter": ",",
            "tool_version": own_version(),
            "numbers_version": METADATA,
        }
    )


def _told(contacts: Path, freezer: Freezer, sha256: str) -> dict[str, object]:
    """Return what there is to tell of such a plan, as `told` does of others."""
    size = (freezer.folder / contacts.name).stat().st_size
    facts = SourceFacts(
        path=contacts,
        sha256=sha256,
        size=size,
        kind="csv",
        encoding="utf-8",
        delimiter=",",
        line_end="LF",
        header=COLUMNS,
    )
    return {
        **told_of_file(facts),
        "profile": None,
        "repairs": [],
        "problems": [],
        "countries": [],
        "other_tags": {},
    }
