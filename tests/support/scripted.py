"""A gateway without a network: what it answers is a script, what it did is kept."""

import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from pipeline.gateway.outcome import Outcome, Verdict
from pipeline.progress import SilentProgress

Answering = Callable[[str], Outcome | None]


def outcome(verdict: Verdict, message: str = "said", **more: float) -> Outcome:
    """Return an outcome that saved nothing."""
    return Outcome(verdict=verdict, message=message, **more)  # type: ignore[arg-type]


DOUBT = outcome(Verdict.IN_DOUBT, "no whole answer")


@dataclass
class Scripted:
    """Saves every contact unless `answers` gives another outcome for a number.

    Attributes:
        answers: given a number, returns what comes instead of saving; None saves.
        is_up: whether it answers what only reads.
        sent: the numbers of all calls, in order.
        saved: how often each number was saved.
        ids: the id that each number got last.
        titles: the tags that were made.
        tag_outcomes: what the next calls for a tag come to; then it is made.
        logins: how many new tokens may be had.
    """

    answers: Answering = lambda _: None
    is_up: Callable[[], bool] = lambda: True
    sent: list[str] = field(default_factory=list)
    saved: Counter[str] = field(default_factory=Counter)
    ids: dict[str, int] = field(default_factory=dict)
    titles: list[str] = field(default_factory=list)
    tag_outcomes: list[Outcome] = field(default_factory=list)
    logins: int = 0
    polls: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def save_tag(self, title: str) -> Outcome:
        """Make a tag."""
        if self.tag_outcomes:
            return self.tag_outcomes.pop(0)
        self.titles.append(title)
        return outcome(Verdict.SAVED, number=8302 + len(self.titles))

    def save_contact(self, phone: str, tag_id: int, name: str) -> Outcome:
        """Save a contact, or what the script says."""
        with self.lock:
            self.sent.append(phone)
            told = self.answers(phone)
            return self.save(phone) if told is None else told

    def save(self, phone: str) -> Outcome:
        """Save a number, whatever is answered."""
        self.saved[phone] += 1
        self.ids[phone] = 15_954_765 + self.saved.total()
        return outcome(Verdict.SAVED, number=self.ids[phone])

    def is_answering(self) -> bool:
        """Whether it is up."""
        self.polls += 1
        return self.is_up()

    def log_in_again(self) -> bool:
        """Whether there is another token."""
        self.logins -= 1
        return self.logins >= 0


class Heard(SilentProgress):
    """Keeps what is noted."""

    def __init__(self) -> None:
        self.notes: list[str] = []

    def note(self, text: str) -> None:
        """Keep a note."""
        self.notes.append(text)
