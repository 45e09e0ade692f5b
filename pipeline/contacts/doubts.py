"""Whom nobody knows to be at the gateway, and what a person or a list says of them."""

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from pipeline.errors import UsageError
from pipeline.ledger.ledger import Ledger
from pipeline.ledger.values import Answer, Known, Tag


@dataclass(frozen=True, slots=True)
class Doubts:
    """The contacts in doubt under one tag, or those of them that were asked for."""

    tag: Tag
    people: tuple[Known, ...]

    @property
    def e164s(self) -> tuple[str, ...]:
        """Their numbers."""
        return tuple(known.e164 for known in self.people)


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What a list of a tag's contacts at the gateway says.

    Attributes:
        source: what it is, for the ledger.
        seen: how often each is in it, by `Aliases.name_of` of the number.
        contact_ids: the gateway's ids, by number, where it has them.
        until: the instant after which it says nothing (ISO 8601, UTC); None if it says all.
        gaps: why it may be incomplete, in words.
    """

    source: str
    seen: Mapping[str, int]
    contact_ids: Mapping[str, int] = field(default_factory=dict)
    until: str | None = None
    gaps: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """What is to be done with contacts in doubt, and what else a list shows.

    Attributes:
        saved: in doubt, and in the list.
        missing: in doubt, and not in the list.
        unclear: in doubt, and the list says nothing of them: it is older, or they are in another
            tag too, whose contact it may show.
        twice: in the list more than once, saved ones too: duplicates at the gateway.
        lost: saved by the ledger, and not in the list.
        strangers: numbers of the list that the ledger does not have under the tag.
        gaps: why the list cannot be called complete, in words.
    """

    source: str
    saved: tuple[str, ...]
    missing: tuple[str, ...]
    unclear: tuple[str, ...]
    twice: tuple[str, ...]
    lost: int
    strangers: int
    gaps: tuple[str, ...]
    contact_ids: Mapping[str, int]


def find_doubts(
    ledger: Ledger, title: str | None, only: AbstractSet[str] | None = None
) -> list[Doubts]:
    """Return who is in doubt, by tag: under one title, or under every tag in use.

    Args:
        ledger: the ledger.
        title: the tag's; None for all.
        only: numbers; None for all. A number in it that is not in doubt is left out.

    Raises:
        UsageError: no tag in use has the title.
    """
    if title is None:
        tags = [tag for tag in ledger.tags.every() if tag.state != "abandoned"]
    else:
        found = ledger.tags.find(title)
        if found is None:
            raise UsageError(
                f"The ledger has no tag {title!r} in use.", advice="Apply a plan for it first."
            )
        tags = [found]
    wanted = None if only is None else ledger.aliases.with_numbers(only)
    doubts = []
    for tag in tags:
        people = ledger.contacts.under(tag.id, "in_doubt")
        chosen = tuple(k for k in people if wanted is None or k.e164 in wanted)
        if chosen or title is not None:
            doubts.append(Doubts(tag, chosen))
    return doubts


def weigh(ledger: Ledger, doubts: Doubts, evidence: Evidence) -> Findings:
    """Return what a list says of contacts in doubt, and how far it agrees with the ledger."""
    tag, until = doubts.tag, evidence.until
    elsewhere = ledger.contacts.other_tags(tag.id, doubts.e164s) if until else {}
    saved: list[str] = []
    missing: list[str] = []
    unclear: list[str] = []
    for known in doubts.people:
        times = _times(ledger, evidence, known.e164)
        is_later = until is not None and (known.sent_at or "") >= until
        if is_later or (times and known.e164 in elsewhere):
            unclear.append(known.e164)
        else:
            (saved if times else missing).append(known.e164)
    twice: list[str] = []
    met = lost = 0
    for known in ledger.contacts.under(tag.id, "saved", "in_doubt"):
        times = _times(ledger, evidence, known.e164)
        met += times > 0
        if times > 1:
            twice.append(known.e164)
        is_later = until is not None and (known.answered_at or "") >= until
        lost += known.state == "saved" and not times and not is_later
    gaps = evidence.gaps
    if lost:
        gaps = (*gaps, f"{lost:,} contacts that the gateway has saved are not in it")
    if not met:
        gaps = (*gaps, "nobody of the tag is in it")
    return Findings(
        source=evidence.source,
        saved=tuple(saved),
        missing=tuple(missing),
        unclear=tuple(unclear),
        twice=tuple(twice),
        lost=lost,
        strangers=len(evidence.seen) - met,
        gaps=gaps,
        contact_ids=evidence.contact_ids,
    )


def settle_by_person(ledger: Ledger, doubts: Sequence[Doubts], answer: Answer) -> int:
    """Do with contacts in doubt what a person says; returns how many they were."""
    reason = f"a person says: {answer}"
    return sum(ledger.contacts.resolve(d.tag.id, d.e164s, answer, reason) for d in doubts)


def settle_by_list(ledger: Ledger, tag: Tag, findings: Findings, *, resends: bool) -> None:
    """Do with contacts in doubt what a list says.

    Args:
        ledger: the ledger.
        tag: whose contacts they are.
        findings: what the list says.
        resends: whether who is missing is to be sent again.

    Raises:
        UsageError: they are, and the list cannot be called complete; nothing is changed.
    """
    if resends:
        refuse_gaps(findings.gaps)
    with ledger.transaction():
        ledger.contacts.resolve(
            tag.id,
            findings.saved,
            "saved",
            f"it is in {findings.source}",
            contact_ids=findings.contact_ids,
        )
        if resends:
            reason = f"it is not in {findings.source}, which is complete"
            ledger.contacts.resolve(tag.id, findings.missing, "resend", reason)


def refuse_gaps(gaps: Iterable[str]) -> None:
    """Refuse to take who is missing in a list for not saved, where the list has gaps."""
    found = "; ".join(gaps)
    if found:
        raise UsageError(
            f"--resend-missing needs a complete list, and {found}.",
            advice="Leave it out: who is missing stays in doubt. --resend --number sends one.",
        )


def _times(ledger: Ledger, evidence: Evidence, e164: str) -> int:
    return evidence.seen.get(ledger.aliases.name_of(e164), 0)
