"""The contacts of the ledger as a table for people."""

from collections.abc import Generator, Iterable
from typing import NamedTuple

from pipeline.errors import UsageError
from pipeline.ledger.ledger import Ledger
from pipeline.ledger.values import State, is_forgotten

STATES: tuple[State, ...] = ("pending", "sent", "saved", "rejected", "in_doubt", "dropped")


class ContactRow(NamedTuple):
    """A contact under a tag; times are UTC, ISO 8601.

    Attributes:
        tag_id: the gateway's number of the tag; None until it gave one.
        number: in E.164; None of a person who was forgotten.
        is_suppressed: whether the number must not be sent to.
        reason: why the state is what it is: the gateway's words, or a person's.
    """

    tag: str
    tag_id: int | None
    tag_state: str
    number: str | None
    name: str
    state: str
    contact_id: int | None
    attempts: int
    is_suppressed: bool
    sent_at: str | None
    answered_at: str | None
    reason: str | None


def contact_rows(
    ledger: Ledger, title: str | None = None, states: Iterable[str] = ()
) -> Generator[ContactRow, None, None]:
    """Give the contacts under all tags, abandoned ones too, or under those of one title.

    To be closed before the ledger is.

    Raises:
        UsageError: no tag has the title, or a state is none.
    """
    wanted = tuple(states)
    for state in wanted:
        if state not in STATES:
            raise UsageError(f"There is no state {state!r}.", advice=f"Say {', '.join(STATES)}.")
    chosen = tuple(state for state in STATES if state in wanted) or STATES
    tags = ledger.tags.every()
    if title is not None:
        found = ledger.tags.find(title)
        tags = [tag for tag in tags if tag.title == title or (found and tag.id == found.id)]
        if not tags:
            raise UsageError(f"The ledger has no tag {title!r}.")
    barred = {
        ledger.aliases.name_of(row["e164"])
        for row in ledger.suppression.every()
        if row["removed"] is None
    }
    for tag in tags:
        for known in ledger.contacts.under(tag.id, *chosen):
            yield ContactRow(
                tag=tag.title,
                tag_id=tag.gateway_id,
                tag_state=tag.state,
                number=None if is_forgotten(known.e164) else known.e164,
                name=known.name,
                state=known.state,
                contact_id=known.contact_id,
                attempts=known.attempts,
                is_suppressed=bool(barred) and ledger.aliases.name_of(known.e164) in barred,
                sent_at=known.sent_at,
                answered_at=known.answered_at,
                reason=known.reason,
            )
