"""Which tokens the gateway accepts, and for how many calls."""

import threading

from pipeline.emulator.habits import TOKEN


class Tokens:
    """The tokens of the account; without a limit the fixed one is good for ever.

    With a limit each token, the fixed one included, is good for so many calls, and each login
    gives a new one.
    """

    def __init__(self, limit: int | None) -> None:
        self._lock = threading.Lock()
        self._limit = limit
        self._left = {TOKEN: limit or 0}

    def issue(self) -> str:
        """Return the token of a login."""
        if self._limit is None:
            return TOKEN
        with self._lock:
            token = f"{TOKEN}-{len(self._left)}"
            self._left[token] = self._limit
            return token

    def accepts(self, token: str) -> bool:
        """Count a call with a token and return whether it is accepted."""
        if self._limit is None:
            return token == TOKEN
        with self._lock:
            left = self._left.get(token, 0)
            if left > 0:
                self._left[token] = left - 1
            return left > 0
