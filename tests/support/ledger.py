"""An open ledger for tests: a saved tag, a run, people to send."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pendulum

from pipeline.clock import HeldClock
from pipeline.ledger.ledger import Ledger, open_ledger
from pipeline.ledger.values import RunFacts, Settled, Tag

START = pendulum.datetime(2026, 11, 22, 21, 14)
ANNA, BOB = "+33612345678", "+33766666666"


@dataclass(frozen=True)
class Somebody:
    """A contact of a plan."""

    e164: str = ANNA
    name: str = "Anna"


@dataclass
class Desk:
    """An open ledger with a saved tag and a run."""

    ledger: Ledger
    clock: HeldClock
    tag: Tag
    run: int

    def state(self, e164: str = ANNA) -> str:
        """Return what a person is now."""
        return self.ledger.contacts.known(self.tag.id, [e164])[e164].state

    def send(self, settled: Settled, person: Somebody | None = None) -> None:
        """Claim a person and settle the call."""
        who = person or Somebody()
        assert self.ledger.contacts.claim(self.tag.id, who, self.run) is None
        self.ledger.contacts.settle(self.tag.id, who.e164, settled)


SAVED = Settled(state="saved", outcome="saved", contact_id=123, http_status=200, ms=40)
DOUBT = Settled(state="in_doubt", outcome="in_doubt", message="read timeout")
REFUSED = Settled(state="rejected", outcome="rejected", message="bad phone", http_status=200)
UNSENT = Settled(state="pending", outcome="unsent", message="refused")


def made_tag(ledger: Ledger, title: str = "Clients", number: int = 8303) -> Tag:
    """Return a tag that the gateway has made."""
    return ledger.tags.saved(ledger.tags.begin(ledger.tags.plan(title)), number)


@contextmanager
def opened_desk(folder: Path) -> Iterator[Desk]:
    """Open a ledger in a folder."""
    clock = HeldClock(START)
    with open_ledger(folder, clock) as ledger:
        run = ledger.runs.begin(RunFacts(kind="apply", plan="p1"))
        yield Desk(ledger, clock, made_tag(ledger), run)
