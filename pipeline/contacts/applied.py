"""What a load is given, and what it comes to."""

import random
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, Protocol

from pipeline.clock import Clock, SystemClock
from pipeline.errors import Sms24Error
from pipeline.gateway.outcome import Outcome
from pipeline.ledger.values import Obstacle, Person
from pipeline.progress import Progress, SilentProgress

StopKind = Literal[
    "interrupted", "login", "turned_away", "unreachable", "doubts", "rejections", "alarm", "canary",
    "tag",
]  # fmt: skip
_INTERRUPTED, _STOPPED, _DECIDE = 130, 3, 5


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


@dataclass(frozen=True, slots=True)
class Stop:
    """Why a load ended before its end, and what to do about it."""

    kind: StopKind
    message: str
    advice: str

    @property
    def exit_code(self) -> int:
        """What the command ends with: 130 where a person ended it, else 3."""
        return _INTERRUPTED if self.kind == "interrupted" else _STOPPED


class StoppedError(Sms24Error):
    """A load cannot go on; `stop` says why."""

    def __init__(self, kind: StopKind, message: str, advice: str) -> None:
        super().__init__(message, advice=advice)
        self.stop = Stop(kind, message, advice)
        self.exit_code = self.stop.exit_code


@dataclass(slots=True, kw_only=True)
class Applied:
    """What a load came to; the numbers are those of this run.

    Attributes:
        run: its number in the ledger; None if there was nothing to send.
        total: contacts in the plan.
        skipped: those that were not sent, by why; `already_saved` also by an earlier run of the
            same plan.
        died: calls that a process before this left without an answer; in doubt now.
        stop: why it ended before its end; None if it did not.
    """

    total: int
    run: int | None = None
    saved: int = 0
    rejected: int = 0
    in_doubt: int = 0
    skipped: Counter[Obstacle] = field(default_factory=Counter)
    died: int = 0
    stop: Stop | None = None

    @property
    def unsent(self) -> int:
        """Contacts that still wait."""
        return self.total - self.saved - self.rejected - self.in_doubt - self.skipped.total()

    @property
    def exit_code(self) -> int:
        """What the command ends with: 0, 3, 5 or 130."""
        if self.stop is not None:
            return self.stop.exit_code
        before = self.skipped["in_doubt_before"] + self.skipped["rejected_before"]
        return _DECIDE if self.rejected + self.in_doubt + before else 0

    def counts(self) -> dict[str, int]:
        """Return all numbers by name."""
        own = {"saved": self.saved, "rejected": self.rejected, "in_doubt": self.in_doubt}
        skipped = {str(why): count for why, count in self.skipped.items()}
        return {"total": self.total, **own, **skipped, "unsent": self.unsent}
