"""What shows who is at the gateway: a list from its panel, or the messages of a newsletter."""

from collections import Counter
from importlib.resources import files

from pipeline.contacts.doubts import Evidence
from pipeline.contacts.numbers import Listed
from pipeline.errors import UsageError
from pipeline.ledger.aliases import alias_of
from pipeline.ledger.ledger import Ledger
from pipeline.warehouse.snapshot import Snapshot

_SHORT = 12


def evidence_of_list(ledger: Ledger, listed: Listed) -> Evidence:
    """Return what a list from the panel says: all contacts of the tag, as far as it is whole."""
    seen = Counter(ledger.aliases.name_of(number.e164) for number in listed.numbers)
    gaps: tuple[str, ...] = ()
    if listed.problems:
        gaps = (f"{len(listed.problems):,} of its rows cannot be read",)
    return Evidence(
        source=f"the list {listed.path.name} (SHA-256 {listed.sha256[:_SHORT]})",
        seen=seen,
        contact_ids={n.e164: n.contact_id for n in listed.numbers if n.contact_id is not None},
        gaps=gaps,
    )


def evidence_of_newsletter(snapshot: Snapshot, newsletter_id: int) -> Evidence:
    """Return what the fetched messages of a newsletter say of the tag that it was sent to.

    Raises:
        UsageError: the snapshot has none.
    """
    given = {"id": newsletter_id}
    (facts,) = snapshot.rows(question("newsletter_facts"), given)
    if not facts["messages"]:
        raise UsageError(
            f"The snapshot has no message of newsletter {newsletter_id}.",
            advice="Fetch them first: sms24 run. The table delivery_by_newsletter has the ids.",
        )
    rows = snapshot.rows(question("newsletter_seen"), given)
    gaps = () if facts["is_proven"] else ("not all messages of its hour are proven to be here",)
    return Evidence(
        source=f"the {facts['messages']:,} messages of newsletter {newsletter_id}",
        seen={alias_of(row["recipient_key"]): row["messages"] for row in rows},
        until=facts["begin_at"],
        gaps=gaps,
    )


def question(name: str) -> str:
    """Return the text of a question to the snapshot in this folder."""
    return (files("pipeline.contacts") / f"{name}.sql").read_text(encoding="utf-8")
