"""What a load is given, and what it comes to."""

import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from pipeline.clock import Clock, SystemClock
from pipeline.gateway.outcome import Outcome
from pipeline.ledger.values import Obstacle, Person
from pipeline.progress import Progress, SilentProgress
from pipeline.tally import Tally


class Plan(Protocol):
    """A frozen plan: to which tag, whom, and what it was made from."""

    @property
    def id(self) -> str:
        """The plan's name."""

    @property
    def tag(self) -> str:
        """The title of the tag."""

    @property
    def total(self) -> int:
        """How many contacts there are to send."""

    @property
    def file(self) -> Path:
        """The file that it was made from."""

    @property
    def file_sha256(self) -> str:
        """What that file held."""

    @property
    def fingerprint(self) -> str:
        """SHA-256 of all that it says."""

    @property
    def mapping(self) -> Mapping[str, object]:
        """Which column was what."""

    @property
    def options(self) -> Mapping[str, object]:
        """By which options it was made."""

    def contacts(self) -> Iterator[Person]:
        """Give the contacts in order; each number once."""


class Gateway(Protocol):
    """What a load needs of the gateway (`pipeline.gateway.writing.Writer`)."""

    def save_tag(self, title: str) -> Outcome:
        """Make a tag, in one attempt."""

    def save_contact(self, phone: str, tag_id: int, name: str) -> Outcome:
        """Save a contact, in one attempt."""

    def is_answering(self) -> bool:
        """Ask once for something that changes nothing."""

    def log_in_again(self) -> bool:
        """Get a new token; False if there is nothing to get one by."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplyOptions:
    """How a plan is applied.

    Attributes:
        rate: contacts per second at the most.
        most_in_flight: calls at once at the most; it starts with one.
        most_in_doubt: so many new doubts end the run.
        most_alike: so many equal refusals in a row end the run, and count for nobody.
        limit: contacts to send at the most in this run; None for all.
        canary: what is done about the first contact of a new tag: `ask` (send it, have a person
            look), `first` (send it alone), `own:+336...` (send this number alone), `skip`.
        tag_id: the tag's number in the panel, for a tag that is in doubt or made by hand.
        makes_tag_again: whether a tag in doubt is made again.
        retries_rejected: whether who was rejected before is sent again.
        patience_seconds: how long to wait for a gateway that is down or busy.
    """

    rate: float = 5.0
    most_in_flight: int = 4
    most_in_doubt: int = 20
    most_alike: int = 5
    limit: int | None = None
    canary: str = "skip"
    tag_id: int | None = None
    makes_tag_again: bool = False
    retries_rejected: bool = False
    patience_seconds: float = 600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplyMeans:
    """What a load works with besides the gateway and the ledger.

    Attributes:
        confirm: puts a question to a person; None where there is nobody to ask.
        on_skip: told of each contact that is not sent, and why.
        on_claim: told of each contact that is sent, in the transaction of its intent.
        random: gives numbers in [0, 1) that spread waits.
    """

    clock: Clock = field(default_factory=SystemClock)
    progress: Progress = field(default_factory=SilentProgress)
    confirm: Callable[[str], bool] | None = None
    on_skip: Callable[[Person, Obstacle], None] = lambda _person, _why: None
    on_claim: Callable[[Person], None] = lambda _person: None
    random: Callable[[], float] = random.random


@dataclass(slots=True, kw_only=True)
class Applied(Tally[Obstacle]):
    """What a load came to: contacts of a plan; `already_saved` also by an earlier run of it.

    Attributes:
        run: its number in the ledger; None if there was nothing to send.
    """

    run: int | None = None
