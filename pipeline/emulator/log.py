"""What the emulator was asked, so that a test can see it."""

import threading
from collections import deque

from pipeline.emulator.forms import Fields

KEPT_CALLS = 100_000
# These hold a token or a password.
_SECRETS = frozenset({"token", "pass", "datajson"})


class CallLog:
    """The last calls, without their secrets, and how many there ever were."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._calls: deque[dict[str, str]] = deque(maxlen=KEPT_CALLS)
        self._total = 0

    @property
    def total(self) -> int:
        """The number of calls so far, forgotten ones included."""
        return self._total

    def add(self, endpoint: str, fields: Fields) -> None:
        """Note one call."""
        told = {name: value for name, value in fields.items() if name not in _SECRETS}
        with self._lock:
            self._total += 1
            self._calls.append({**told, "endpoint": endpoint})

    def calls(self) -> list[dict[str, str]]:
        """Return the last calls, oldest first: the fields of each, and its `endpoint`."""
        with self._lock:
            return list(self._calls)
