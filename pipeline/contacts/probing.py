"""Find out what the gateway does not document about contacts, by a few calls on a throw-away tag.

Each call is made once, and is noted before and after: what was found outlasts what broke.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from pipeline.errors import GatewayError
from pipeline.gateway.outcome import Outcome, Verdict
from pipeline.ledger.ledger import Ledger
from pipeline.masks import masked_digits

PARAMETERS = ("ctag_id", "tag_id")
NOT_LOOKED = "accepted, nobody looked"
_LONG_NAME = "x" * 300
_INVALID = "+331"
_NO_TAG = 0
_ENDS = frozenset({Verdict.REFUSED_LOGIN, Verdict.STOP, Verdict.UNSENT})


class Writes(Protocol):
    """What a probe needs of the gateway (`pipeline.gateway.writing.Writer`)."""

    def save_tag(self, title: str) -> Outcome:
        """Make a tag, in one attempt."""

    def save_contact(self, phone: str, tag_id: int, name: str) -> Outcome:
        """Save a contact, in one attempt."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProbeMeans:
    """What a probe works with.

    Attributes:
        writers: by the parameter that names the tag: `both`, `ctag_id`, `tag_id`.
        look: puts a question about the panel to a person; None where there is nobody.
        title: of the tags; each gets a word of its own behind it.
        phone: the person's own number, in E.164.
    """

    writers: Mapping[str, Writes]
    look: Callable[[str], bool] | None
    title: str
    phone: str


class Probe:
    """One probe; the ledger keeps what it finds, the newest of each kind holds.

    Attributes:
        found: what was found, by kind.
    """

    def __init__(self, ledger: Ledger, means: ProbeMeans) -> None:
        self._ledger = ledger
        self._means = means
        self._both = means.writers["both"]
        self.found: dict[str, str] = {}

    def run(self) -> None:
        """Ask everything; GatewayError where the gateway cannot be asked on."""
        title, phone = f"{self._means.title} a", self._means.phone
        tag = self._made(title)
        again = self._tag(title)
        self._note("same_tag", _alike(tag, again))
        first = self._contact(self._both, phone, tag, "sms24 probe")
        second = self._contact(self._both, phone, tag, "sms24 probe")
        self._note("same_contact", _alike(first.number, second))
        is_same = {"the same id": "yes", "another id": "no"}
        self._note("server_dedupes", is_same.get(self.found["same_contact"], "unknown"))
        for parameter in PARAMETERS:
            self._note(f"parameter_{parameter}", self._tried(parameter))
        odd = {
            "invalid_phone": (_INVALID, tag, "sms24 probe"),
            "long_name": (phone, tag, _LONG_NAME),
            "empty_name": (phone, tag, ""),
            "bad_tag": (phone, _NO_TAG, "sms24 probe"),
        }
        for kind, (number, tag_id, name) in odd.items():
            self._note(kind, _words(self._contact(self._both, number, tag_id, name)))

    def _tried(self, parameter: str) -> str:
        """Return whether a contact gets into a tag that one parameter alone names."""
        title = f"{self._means.title} {parameter}"
        writer = self._means.writers[parameter]
        outcome = self._contact(writer, self._means.phone, self._made(title), "sms24 probe")
        if outcome.verdict is not Verdict.SAVED:
            return _words(outcome)
        if self._means.look is None:
            return NOT_LOOKED
        return "works" if self._means.look(title) else "accepted, and not in the tag"

    def _made(self, title: str) -> int:
        outcome = self._tag(title)
        if outcome.number is None:
            raise GatewayError(f"The gateway has not made a tag: {_words(outcome)}.")
        return outcome.number

    def _tag(self, title: str) -> Outcome:
        return self._called(f"savetag {title!r}", lambda: self._both.save_tag(title))

    def _contact(self, writer: Writes, phone: str, tag_id: int, name: str) -> Outcome:
        what = f"savecontact {masked_digits(phone)} into {tag_id}, name of {len(name)}"
        return self._called(what, lambda: writer.save_contact(phone, tag_id, name))

    def _called(self, what: str, call: Callable[[], Outcome]) -> Outcome:
        self._ledger.notes.probed("call", f"{what}: begun")
        outcome = call()
        came = {"to": _words(outcome), "id": outcome.number, "http_status": outcome.http_status}
        self._ledger.notes.probed("call", f"{what}: {json.dumps(came, ensure_ascii=False)}")
        if outcome.verdict in _ENDS:
            raise GatewayError(f"The gateway cannot be probed: {_words(outcome)}.")
        return outcome

    def _note(self, kind: str, result: str) -> None:
        self.found[kind] = result
        self._ledger.notes.probed(kind, result)


def _alike(first: int | None, second: Outcome) -> str:
    if first is None or second.number is None:
        return _words(second)
    return "the same id" if first == second.number else "another id"


def _words(outcome: Outcome) -> str:
    said = masked_digits(outcome.message)
    return f"{outcome.verdict}: {said}" if said else str(outcome.verdict)
