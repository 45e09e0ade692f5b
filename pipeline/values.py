"""Plain values that cross from one room to another."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar
from urllib.parse import quote, quote_plus

from pendulum import DateTime

# A shorter text is in half of all words, and nobody's secret.
_SHORTEST = 4


class Secret:
    """A text that never shows itself: `repr`, `str` and formatting give stars."""

    __slots__ = ("_text",)
    # Every text that was ever called a secret in this process: no log has any of them.
    _all: ClassVar[set[str]] = set()

    def __init__(self, text: str) -> None:
        self._text = text
        self._all.add(text)

    @classmethod
    def hidden(cls, text: str) -> str:
        """Return a text with stars for all secrets of this process, quoted as in addresses too."""
        for secret in sorted(cls._all, key=len, reverse=True):
            if len(secret) >= _SHORTEST:
                for form in {secret, quote(secret, safe=""), quote_plus(secret), _escaped(secret)}:
                    text = text.replace(form, "***")
        return text

    def reveal(self) -> str:
        """Return the text itself; for the request body alone."""
        return self._text

    def __repr__(self) -> str:
        return "Secret('***')"

    def __str__(self) -> str:
        return "***"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._text == self._text

    def __hash__(self) -> int:
        return hash(self._text)

    def __reduce__(self) -> str:
        raise TypeError("a secret is not to be pickled")


@dataclass(frozen=True, slots=True)
class CallRecord:
    """One HTTP call as `raw.calls` keeps it; `parameters` never hold a secret.

    Attributes:
        call_id: 32 hexadecimal digits, made here.
        endpoint: the last part of the address, such as `getallsms`.
        asked_at: just before the request, by our clock (UTC).
        answered_at: when the last byte had come, or the failure was known (UTC).
        outcome: `ok`, or what failed: `unreachable`, `busy`, `broken`, `garbled`, `refused`.
        rows: records in the answer; None where it has none to count.
        reported_count: the answer's own `count`; None if it gave none.
        bytes: size of the body after decompression.
    """

    call_id: str
    endpoint: str
    parameters: Mapping[str, str]
    asked_at: DateTime
    answered_at: DateTime
    http_status: int | None
    outcome: str
    rows: int | None = None
    reported_count: int | None = None
    bytes: int = 0
    body_sha256: str | None = None

    @property
    def seconds(self) -> float:
        """How long the answer took."""
        return (self.answered_at - self.asked_at).total_seconds()


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of history, half open: `begin_at` <= t < `end_at`, both UTC to the second."""

    begin_at: DateTime
    end_at: DateTime

    @property
    def seconds(self) -> int:
        """The window's length."""
        return int((self.end_at - self.begin_at).total_seconds())

    def halves(self) -> tuple["Window", "Window"]:
        """Return the two halves; only for a window longer than a second."""
        middle = self.begin_at.add(seconds=self.seconds // 2)
        return Window(self.begin_at, middle), Window(middle, self.end_at)


def printable(text: str) -> str:
    """Return a text that cannot steer a terminal; line breaks and tabs stay."""
    return "".join(
        c if c.isprintable() or c in "\n\t" else "\N{REPLACEMENT CHARACTER}" for c in text
    )


def _escaped(text: str) -> str:
    """Return a text as JSON writes it."""
    return json.dumps(text)[1:-1]
