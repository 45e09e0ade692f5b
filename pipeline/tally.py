"""What a run that writes to the gateway came to, and why it may end before its end."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Generic, Literal, Self, TypeVar

from pipeline.errors import Sms24Error

StopKind = Literal[
    "interrupted", "login", "turned_away", "unreachable", "doubts", "rejections", "alarm", "canary",
    "tag", "first", "batch",
]  # fmt: skip
Why = TypeVar("Why", bound=str)
_INTERRUPTED, _STOPPED, _DECIDE = 130, 3, 5
# What a person must decide, though an earlier run left it.
_LEFT_BEFORE = ("in_doubt_before", "rejected_before")


@dataclass(frozen=True, slots=True)
class Stop:
    """Why a run ended before its end, and what to do about it."""

    kind: StopKind
    message: str
    advice: str

    @property
    def exit_code(self) -> int:
        """What the command ends with: 130 where a person ended it, else 3."""
        return _INTERRUPTED if self.kind == "interrupted" else _STOPPED


class StoppedError(Sms24Error):
    """A run cannot go on; `stop` says why."""

    def __init__(self, kind: StopKind, message: str, advice: str) -> None:
        super().__init__(message, advice=advice)
        self.stop = Stop(kind, message, advice)
        self.exit_code = self.stop.exit_code

    @classmethod
    def of(cls, stop: Stop) -> Self:
        """Return the error that says a stop."""
        return cls(stop.kind, stop.message, stop.advice)


@dataclass(slots=True, kw_only=True)
class Tally(Generic[Why]):
    """What came of contacts or messages; the numbers are those of this run.

    Attributes:
        total: what there was to send.
        skipped: what was not sent, by why.
        died: what a process before this left without an answer; in doubt now.
        stop: why it ended before its end; None if it did not.
    """

    total: int
    saved: int = 0
    rejected: int = 0
    in_doubt: int = 0
    skipped: Counter[Why] = field(default_factory=Counter)
    died: int = 0
    stop: Stop | None = None

    @property
    def unsent(self) -> int:
        """What still waits."""
        return self.total - self.saved - self.rejected - self.in_doubt - self.skipped.total()

    @property
    def exit_code(self) -> int:
        """What the command ends with: 0, 3, 5 or 130."""
        if self.stop is not None:
            return self.stop.exit_code
        before = sum(count for why, count in self.skipped.items() if why in _LEFT_BEFORE)
        return _DECIDE if self.rejected + self.in_doubt + before else 0

    def counts(self) -> dict[str, int]:
        """Return all numbers by name."""
        own = {"saved": self.saved, "rejected": self.rejected, "in_doubt": self.in_doubt}
        skipped = {str(why): count for why, count in self.skipped.items()}
        return {"total": self.total, **own, **skipped, "unsent": self.unsent}
