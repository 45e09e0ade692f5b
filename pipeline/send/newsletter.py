"""A text for all contacts of some tags: whom it reaches, and that a title is sent once."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field

from pendulum import DateTime

from pipeline.errors import UsageError
from pipeline.gateway.endpoints import Newsletter
from pipeline.gateway.outcome import Outcome, Verdict
from pipeline.ledger.ledger import Ledger
from pipeline.ledger.newsletters import Reach
from pipeline.ledger.values import State, Tag, key_of
from pipeline.send.bodies import Body
from pipeline.send.dispatched import Gateway

_STATES: dict[Verdict, State] = {
    Verdict.SAVED: "saved",
    Verdict.REJECTED: "rejected",
    Verdict.IN_DOUBT: "in_doubt",
}
_REBUILD = "The API cannot take them out: sms24 contacts rebuild makes a tag without them."


@dataclass(frozen=True, slots=True, kw_only=True)
class Issue:
    """One newsletter to send.

    Attributes:
        tags: those whose contacts get it, each with an id at the gateway.
        reach: whom that is, by the ledger.
        at: when to send (UTC); None is now.
    """

    title: str
    body: Body = field(repr=False)
    tags: tuple[Tag, ...]
    reach: Reach
    device_id: int
    sim: int = 0
    at: DateTime | None = None

    @property
    def sms(self) -> int:
        """SMS that are sent at the most: those of the text, for each contact under the tags."""
        return self.reach.contacts * (self.body.segments.count if self.body.segments else 0)


def tags_of(ledger: Ledger, titles: Sequence[str]) -> tuple[Tag, ...]:
    """Return the tags in use of some titles, each once.

    Raises:
        UsageError: a tag is not known, was abandoned (W17), or is not known to be at the gateway.
    """
    return tuple({tag.id: tag for tag in (_tag(ledger, title) for title in titles)}.values())


def _tag(ledger: Ledger, title: str) -> Tag:
    tag = ledger.tags.find(title)
    if tag is None:
        left = [t for t in ledger.tags.every() if key_of(t.title) == key_of(title)]
        if left:
            raise UsageError(
                f"The tag {title[:80]!r} was abandoned ({left[-1].note}).",
                advice="Name the tag that took its place.",
            )
        raise UsageError(
            f"The ledger knows no tag {title[:80]!r}.",
            advice="Load its contacts first (sms24 contacts plan); else nobody can tell whom it"
            " reaches.",
        )
    if tag.gateway_id is None:
        raise UsageError(
            f"The tag {tag.title!r} is {tag.state.replace('_', ' ')}: it has no id at the gateway.",
            advice="Apply its plan first: sms24 contacts apply PLAN",
        )
    return tag


def refuse_harm(issue: Issue, *, allows_overlap: bool) -> None:
    """Raise UsageError where a newsletter would reach whom it must not, or somebody twice (D05)."""
    reach = issue.reach
    if not reach.people:
        raise UsageError("Nobody is under these tags, as far as the ledger knows.")
    if reach.suppressed:
        raise UsageError(
            f"{reach.suppressed:,} of these people must not be written to.", advice=_REBUILD
        )
    if reach.several and not allows_overlap:
        raise UsageError(
            f"{reach.several:,} of these people are under more than one of the tags, and may get it"
            " more than once.",
            advice="Leave a tag out, or say --allow-overlap.",
        )


def refuse_sent(issue: Issue, ledger: Ledger) -> None:
    """Raise UsageError where a newsletter of that title was sent, or may have been."""
    before = ledger.newsletters.find(issue.title)
    if before is None or before.state == "pending":
        return
    day = (before.sent_at or "")[:10]
    if before.state == "saved":
        raise UsageError(
            f"A newsletter {before.title!r} was sent on {day} (number {before.gateway_id}).",
            advice="Give another --title.",
        )
    raise UsageError(
        f"A newsletter {before.title!r} of {day} is in doubt: it may have been sent.",
        advice="Look for it: sms24 outbox resolve --newsletter TITLE",
    )


def send_newsletter(issue: Issue, ledger: Ledger, gateway: Gateway) -> Outcome:
    """Send a newsletter, at most once: its intent is on the disk before the call.

    The caller holds the lock of senders, and has refused what `refuse_harm` and `refuse_sent` do.
    """
    number = ledger.newsletters.claim(
        {
            "title": issue.title,
            "fingerprint": _fingerprint_of(issue, ledger),
            "tags": json.dumps([tag.id for tag in issue.tags]),
            "people": issue.reach.people,
            "device_id": issue.device_id,
            "due": issue.at.isoformat() if issue.at else None,
        }
    )
    outcome = gateway.save_newsletter(
        Newsletter(
            title=issue.title,
            body=issue.body.text,
            device_id=issue.device_id,
            tag_ids=tuple(tag.gateway_id for tag in issue.tags if tag.gateway_id is not None),
            sim=issue.sim,
            at=issue.at,
        )
    )
    state = _STATES.get(outcome.verdict, "pending")
    ledger.newsletters.settle(number, state, outcome.message, outcome.number)
    return outcome


def _fingerprint_of(issue: Issue, ledger: Ledger) -> str:
    said = [ledger.outbox.text_key(issue.body.text), [tag.gateway_id for tag in issue.tags]]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()
