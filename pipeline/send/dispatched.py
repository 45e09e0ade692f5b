"""What a sending is given, and what it comes to."""

import random
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from pendulum import DateTime

from pipeline.clock import Clock, SystemClock
from pipeline.gateway.endpoints import Newsletter, Sms
from pipeline.gateway.outcome import Outcome
from pipeline.ledger.outgoing import Hindrance, SendingFacts
from pipeline.progress import Progress, SilentProgress
from pipeline.tally import Tally


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A message to send; `repr` shows neither number nor text.

    Attributes:
        customer_id: the number of our own by which the gateway's list finds it again.
        line: of the file, from 1; of a command the place of the number in it.
        at: when to send (UTC); None is now.
        segments: SMS that it is.
    """

    customer_id: int
    line: int
    to: str = field(repr=False)
    body: str = field(repr=False)
    device_id: int
    sim: int = 0
    at: DateTime | None = None
    is_urgent: bool = False
    segments: int = 1

    @property
    def due(self) -> str | None:
        """When it is to be sent, as the ledger writes it."""
        return None if self.at is None else self.at.isoformat()

    def sms(self) -> Sms:
        """Return it as the gateway takes it."""
        return Sms(
            to=self.to,
            body=self.body,
            device_id=self.device_id,
            sim=self.sim,
            at=self.at,
            customer_id=self.customer_id,
            is_urgent=self.is_urgent,
        )


class Mail(Protocol):
    """What is to be sent: a command's messages, or a frozen plan's."""

    @property
    def facts(self) -> SendingFacts:
        """What the ledger knows it by."""

    @property
    def total(self) -> int:
        """How many messages there are; those to people who were forgotten are none."""

    def letters(self) -> Iterator[Letter]:
        """Give the messages in order; each customer id once."""


class Gateway(Protocol):
    """What sending needs of the gateway (`pipeline.gateway.writing.Writer`)."""

    def send(self, sms: Sms) -> Outcome:
        """Send one message, in one attempt."""

    def send_by_password(self, sms: Sms) -> Outcome:
        """Send one message without a token, in one attempt."""

    def send_many(self, messages: Sequence[Sms]) -> Outcome:
        """Send a batch, in one attempt."""

    def save_newsletter(self, newsletter: Newsletter) -> Outcome:
        """Send a newsletter, in one attempt."""

    def is_answering(self) -> bool:
        """Ask once for something that changes nothing."""

    def log_in_again(self) -> bool:
        """Get a new token; False if there is nothing to get one by."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SendOptions:
    """How messages are sent.

    Attributes:
        rate: calls per second at the most.
        batch: messages that one call of a bulk holds at the most.
        most_in_doubt: so many calls of unknown outcome end the run.
        most_alike: so many equal refusals in a row end the run, and count for nobody.
        limit: messages to send at the most in this run; None for all.
        by_password: whether single messages go by e-mail and password, without the token.
        patience_seconds: how long to wait for a gateway that is down or busy.
    """

    rate: float = 2.0
    batch: int = 50
    most_in_doubt: int = 3
    most_alike: int = 5
    limit: int | None = None
    by_password: bool = False
    patience_seconds: float = 600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class SendMeans:
    """What a sending works with besides the gateway and the ledger."""

    clock: Clock = field(default_factory=SystemClock)
    progress: Progress = field(default_factory=SilentProgress)
    random: Callable[[], float] = random.random


@dataclass(slots=True, kw_only=True)
class Dispatched(Tally[Hindrance]):
    """What a sending came to: messages, `saved` those that the gateway took; a phone sends them.

    Attributes:
        segments: SMS that were taken.
        sms_ids: the gateway's ids of those it took, now or in an earlier run, where known.
        reasons: what was said of those rejected or in doubt.
    """

    segments: int = 0
    sms_ids: list[int] = field(default_factory=list)
    reasons: Counter[str] = field(default_factory=Counter)
