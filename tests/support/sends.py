"""Messages and gateways of sendings, for tests."""

import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipeline.clock import HeldClock
from pipeline.gateway.endpoints import Newsletter, Sms
from pipeline.gateway.outcome import Outcome, Verdict
from pipeline.ledger.ledger import Ledger, look_into_ledger, open_ledger
from pipeline.ledger.outgoing import SendingFacts, SendingKind
from pipeline.send.dispatched import Dispatched, Letter, SendMeans, SendOptions
from pipeline.send.dispatching import dispatch
from support.ledger import START
from support.scripted import outcome

FIRST = 1_500_000_000


@dataclass(frozen=True)
class Pile:
    """Messages that are a list: a text of its own to each number."""

    total: int = 10
    kind: SendingKind = "send"
    key: str = "K1"
    first: int = FIRST
    fingerprint: str = "ff"
    text: str = "Hello"
    device: int = 7

    @property
    def facts(self) -> SendingFacts:
        """Return what the ledger knows it by."""
        return SendingFacts(
            key=self.key,
            kind=self.kind,
            fingerprint=self.fingerprint,
            first_id=self.first,
            total=self.total,
        )

    def letters(self) -> Iterator[Letter]:
        """Give them in order."""
        for place in range(self.total):
            yield Letter(
                customer_id=self.first + place,
                line=place + 1,
                to=number(place),
                body=f"{self.text} {place}",
                device_id=self.device,
                segments=2,
            )


def number(place: int) -> str:
    """Return a number."""
    return f"+336{place:08}"


@dataclass
class Post:
    """A gateway without a network: takes every message unless `answers` gives another outcome.

    Attributes:
        answers: given a call's numbers, returns what comes instead; None takes them.
        calls: the numbers of each call.
        taken: how often each number's message was taken.
        issues: the newsletters that were taken.
    """

    answers: Callable[[Sequence[str]], Outcome | None] = lambda _: None
    is_up: Callable[[], bool] = lambda: True
    calls: list[list[str]] = field(default_factory=list)
    taken: Counter[str] = field(default_factory=Counter)
    issues: list[Newsletter] = field(default_factory=list)
    by_password: int = 0
    logins: int = 0

    def send(self, sms: Sms) -> Outcome:
        """Take a message."""
        return self.send_many([sms], number=62_000_000 + self.taken.total())

    def send_by_password(self, sms: Sms) -> Outcome:
        """Take a message."""
        self.by_password += 1
        return self.send(sms)

    def send_many(self, messages: Sequence[Sms], number: int | None = None) -> Outcome:
        """Take a batch, or what the script says."""
        numbers = [sms.to for sms in messages]
        self.calls.append(numbers)
        told = self.answers(numbers)
        if told is not None:
            return told
        self.take(numbers)
        return Outcome(verdict=Verdict.SAVED, message="ok", number=number)

    def take(self, numbers: Sequence[str]) -> None:
        """Take messages, whatever is answered."""
        self.taken.update(numbers)

    def save_newsletter(self, newsletter: Newsletter) -> Outcome:
        """Take a newsletter."""
        told = self.answers([newsletter.title])
        if told is not None:
            return told
        self.issues.append(newsletter)
        return outcome(Verdict.SAVED, number=9500 + len(self.issues))

    def is_answering(self) -> bool:
        """Whether it is up."""
        return self.is_up()

    def log_in_again(self) -> bool:
        """Whether there is another token."""
        self.logins -= 1
        return self.logins >= 0


@dataclass
class SendBench:
    """A data folder and how messages are sent from it."""

    folder: Path
    gateway: Post = field(default_factory=Post)
    clock: HeldClock = field(default_factory=lambda: HeldClock(START))

    def send(self, pile: Pile | None = None, **options: Any) -> Dispatched:
        """Send a pile."""
        given = {"rate": 1000.0, "patience_seconds": 100.0, "batch": 4, **options}
        means = SendMeans(clock=self.clock, random=lambda: 0.5)
        with open_ledger(self.folder, self.clock) as ledger:
            return dispatch(pile or Pile(), ledger, self.gateway, SendOptions(**given), means)

    @contextmanager
    def ledger(self) -> Iterator[Ledger]:
        """Look into the ledger."""
        with look_into_ledger(self.folder, self.clock) as ledger:
            yield ledger

    def states(self, key: str = "K1") -> Counter[str]:
        """Return how many messages of a sending are in each state."""
        with self.ledger() as ledger:
            sending = ledger.outbox.find(key)
            return Counter(ledger.outbox.counts(sending) if sending else {})

    def outcomes(self, key: str = "K1") -> list[tuple[str, int]]:
        """Return the calls of a sending: outcome and messages."""
        with self.ledger() as ledger:
            sending = ledger.outbox.find(key)
            assert sending is not None
            return [(row["outcome"], row["messages"]) for row in ledger.outbox.calls(sending)]

    def suppress(self, *numbers: str) -> None:
        """Have numbers never written to."""
        with open_ledger(self.folder, self.clock) as ledger:
            ledger.suppression.add(numbers, reason="asked", source="test")


@contextmanager
def started_sending(
    folder: Path, address: str, pile: Pile, batch: int
) -> Iterator["subprocess.Popen[str]"]:
    """Start a bulk as a process of its own; it is killed if it still runs at the end."""
    tests = Path(__file__).parent.parent
    environ = {**os.environ, "PYTHONPATH": f"{tests.parent}{os.pathsep}{tests}"}
    given = [str(folder), address, str(pile.total), str(pile.device), str(batch)]
    with subprocess.Popen(
        [sys.executable, str(tests / "support" / "sender.py"), *given],
        env=environ,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            process.kill()
