"""Apply a frozen plan: send whom it names, each at most once; applied again, it goes on."""

import json
from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.contacts.applied import Applied, ApplyMeans, ApplyOptions, Gateway, Plan
from pipeline.contacts.breakers import canary_stop
from pipeline.contacts.load import Load
from pipeline.contacts.rebuilding import REBUILDS, close_rebuilt
from pipeline.contacts.sending import Sender
from pipeline.contacts.tagging import TagMaker
from pipeline.gateway.write_pace import Pace
from pipeline.interrupting import Interrupting
from pipeline.ledger.ledger import Ledger
from pipeline.ledger.values import Person, RunFacts, Tag
from pipeline.masks import masked
from pipeline.tally import Stop, StoppedError

_INTERRUPTED = Stop(
    "interrupted",
    "Interrupted; the answers to all calls in flight were kept.",
    "Apply the plan again: it goes on where it stopped.",
)
_OWN = "own:"


@dataclass(frozen=True, slots=True)
class _Own:
    """A person's own number, sent to see that a tag works."""

    e164: str
    name: str


def apply_plan(
    plan: Plan, ledger: Ledger, gateway: Gateway, options: ApplyOptions, means: ApplyMeans
) -> Applied:
    """Send the contacts of a plan and return what it came to; a stop is in it, not raised.

    Each contact is looked up in the ledger when it is its turn: who is saved, in doubt, rejected
    or suppressed by then is skipped and counted. Raises BusyError if another load runs,
    UsageError for a title or an id of the tag that cannot be, KeyboardInterrupt at the second
    signal, and the database's error where the disk is full: no call is made whose intent is not
    on the disk.
    """
    applied = Applied(total=plan.total)
    if not plan.total:
        return applied
    with ledger.loading() as died, Interrupting() as interrupting:
        applied.died = died
        if died:
            means.progress.note(f"Calls of a load that died, now in doubt: {died}.")
        applied.run = ledger.runs.begin(_facts(plan))
        try:
            _run(
                Load(
                    plan=plan,
                    ledger=ledger,
                    gateway=gateway,
                    options=options,
                    means=means,
                    pace=_pace(options, means),
                    applied=applied,
                    interrupting=interrupting,
                )
            )
        except StoppedError as stopped:
            applied.stop = stopped.stop
        if interrupting.is_asked and applied.unsent:
            applied.stop = applied.stop or _INTERRUPTED
        state = applied.stop.kind if applied.stop else "done"
        ledger.runs.end(applied.run, state, applied.counts())
        if applied.stop is None:
            _close_rebuilt(plan, ledger, means)
    return applied


def _close_rebuilt(plan: Plan, ledger: Ledger, means: ApplyMeans) -> None:
    """Give up the tag that a plan rebuilds, once the new one holds everybody."""
    old = plan.options.get(REBUILDS)
    if not isinstance(old, int):
        return
    if close_rebuilt(ledger, old, plan.tag):
        means.progress.note(f"The tag {ledger.tags.get(old).title!r} is abandoned for this one.")
    else:
        means.progress.note("The old tag stays in use: not everybody is in the new one.")


def _pace(options: ApplyOptions, means: ApplyMeans) -> Pace:
    return Pace(means.clock, rate=options.rate, most=options.most_in_flight, random=means.random)


def _run(load: Load) -> None:
    """Make sure of the tag, send a canary if need be, send the rest."""
    tag = TagMaker(load).made()
    sender = Sender(tag, load)
    load.means.progress.begin("Sending contacts", load.plan.total)
    people, limit = load.plan.contacts(), load.options.limit
    if not tag.is_checked and not load.interrupting.is_asked:
        sent = _canary(sender, tag, people, load)
        limit = None if limit is None else limit - sent
    if limit is None or limit > 0:
        sender.send(people, limit=limit)


def _canary(sender: Sender, tag: Tag, people: Iterator[Person], load: Load) -> int:
    """Send one contact alone and have it found good; returns how many of the plan were sent."""
    how, applied = load.options.canary, load.applied
    if how == "skip":
        load.means.progress.note(
            f"The tag {tag.title!r} is new, and nobody looks at its first contact (--canary)."
        )
        load.ledger.tags.check(tag)
        return 0
    is_own = how.startswith(_OWN)
    applied.total += is_own
    before = _there(applied)
    sender.send(iter([_Own(how.removeprefix(_OWN), "sms24")]) if is_own else people, limit=1)
    if load.interrupting.is_asked:
        return 0
    sent = sender.sent
    if _there(applied) == before and (sent or is_own):
        raise canary_stop(tag, "the gateway has not saved it")
    if sent or is_own:
        _confirm(tag, load)
        load.ledger.tags.check(tag)
    return 0 if is_own else sent


def _there(applied: Applied) -> int:
    """Return how many contacts are known to be at the gateway."""
    return applied.saved + applied.skipped["already_saved"] + applied.skipped["name_changed"]


def _confirm(tag: Tag, load: Load) -> None:
    if load.options.canary != "ask" or load.means.confirm is None:
        return
    with load.interrupting.lifted():
        is_good = load.means.confirm(f"Open the panel: is {_first(tag, load)} in {tag.title!r}?")
    if not is_good:
        raise canary_stop(tag, "it is not in the tag")


def _first(tag: Tag, load: Load) -> str:
    """Return in words who was sent, or who is there already."""
    saved = load.ledger.contacts.under(tag.id, "saved")
    first = next((known for known in saved if known.last_run == load.applied.run), None)
    return f"{first.name} ({masked(first.e164)})" if first else "the first contact"


def _facts(plan: Plan) -> RunFacts:
    return RunFacts(
        kind="apply",
        plan=plan.id,
        file_name=plan.file.name,
        file_sha256=plan.file_sha256,
        plan_sha256=plan.fingerprint,
        mapping=json.dumps(plan.mapping, default=str),
        options=json.dumps(plan.options, default=str),
    )
