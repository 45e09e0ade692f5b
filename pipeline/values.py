"""Plain values that cross from one room to another."""

from collections.abc import Mapping
from dataclasses import dataclass

from pendulum import DateTime


class Secret:
    """A text that never shows itself: `repr`, `str` and formatting give stars."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

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
