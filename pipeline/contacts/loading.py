"""Load a frozen plan into the account of the settings: the job behind `contacts apply`."""

from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from itertools import islice

import msgspec

from pipeline.contacts.applied import Applied, ApplyMeans, ApplyOptions
from pipeline.contacts.apply import apply_plan
from pipeline.contacts.frozen import Plan, PlannedContact
from pipeline.contacts.mapping import Mapping
from pipeline.contacts.mapping_file import says_mapping
from pipeline.errors import GatewayError, UsageError
from pipeline.gateway.client import Gateway
from pipeline.gateway.writing import Writer
from pipeline.ledger.account import refuse_wrong_account
from pipeline.ledger.ledger import Ledger
from pipeline.ledger.values import Known, Obstacle, Person, obstacle_of
from pipeline.settings import Settings

_BLOCK = 1000


def refuse_changes(plan: Plan) -> None:
    """Raise UsageError where the source, or the mapping beside the plan, says something else now.

    What is gone does not: the plan itself holds all that is sent.
    """
    plan.refuse_changed_file()
    for path in plan.folder.glob("*.mapping.toml"):
        if not says_mapping(path, msgspec.convert(plan.mapping, Mapping), plan.header):
            raise UsageError(
                f"{path.name} was edited after plan {plan.id} was made.",
                advice=f"Make a new plan with it: --map {path}",
            )


def load_contacts(
    plan: Plan, ledger: Ledger, settings: Settings, options: ApplyOptions, means: ApplyMeans
) -> Applied:
    """Apply a plan by the login of the settings; where nothing is left to send, without a call.

    What a row says of consent is kept once it is sent. Raises what `apply_plan` does, GatewayError
    where the gateway cannot be asked whose account this is, and WrongAccountError.
    """
    options = replace(
        options, retries_rejected=options.retries_rejected or plan.options["retry_rejected"]
    )
    _refuse_left_tag(plan, ledger)
    skipped = _skipped(plan, ledger, options)
    if skipped is not None:
        return Applied(total=plan.total, skipped=skipped)

    def keep_consent(person: Person) -> None:
        if isinstance(person, PlannedContact) and (person.consent_at or person.consent_source):
            ledger.notes.consent([(person.e164, person.consent_source, person.consent_at)])

    means.progress.begin("Asking the gateway", None)
    with _writer(settings, ledger, options, means) as writer:
        return apply_plan(plan, ledger, writer, options, replace(means, on_claim=keep_consent))


def _refuse_left_tag(plan: Plan, ledger: Ledger) -> None:
    tag = ledger.tags.of_plan(plan.tag, plan.id)
    if tag is not None and tag.state == "abandoned":
        raise UsageError(
            f"The tag that plan {plan.id} was loaded into was given up ({tag.note}).",
            advice="Plan the list again, for a tag in use.",
        )


@contextmanager
def _writer(
    settings: Settings, ledger: Ledger, options: ApplyOptions, means: ApplyMeans
) -> Iterator[Writer]:
    """Log in, and see that the account is the right one."""
    with ExitStack() as stack:
        try:
            gateway = stack.enter_context(Gateway(settings, clock=means.clock))
            writer = stack.enter_context(
                Writer(gateway, settings, clock=means.clock, rate=options.rate)
            )
            refuse_wrong_account(gateway, ledger, settings.snapshot_path)
        except GatewayError as error:
            if error.advice == GatewayError.advice:  # it speaks of the snapshot
                error.advice = "Nothing was sent. Check SMS24_BASE_URL, or try again later."
            raise
        yield writer


def _skipped(plan: Plan, ledger: Ledger, options: ApplyOptions) -> Counter[Obstacle] | None:
    """Return why nobody of a plan is to be sent; None as soon as somebody is."""
    tag = ledger.tags.find(plan.tag)
    found: Counter[Obstacle] = Counter()
    contacts = plan.contacts()
    while block := list(islice(contacts, _BLOCK)):
        e164s = [contact.e164 for contact in block]
        known = ledger.contacts.known(tag.id, e164s) if tag else {}
        suppressed = ledger.suppression.of(e164s)
        for contact in block:
            before = known.get(contact.e164)
            is_out = contact.e164 in suppressed
            why = "suppressed" if is_out else _obstacle(before, contact.name, options)
            if why is None:
                return None
            found[why] += 1
    return found


def _obstacle(before: Known | None, name: str, options: ApplyOptions) -> Obstacle | None:
    # What a process that died was sending, only a load puts in doubt.
    if before is None or before.state == "sent":
        return None
    return obstacle_of(before, name, retries_rejected=options.retries_rejected)
