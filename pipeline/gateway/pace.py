"""Keep all threads together under one rate; slow all of them down when the gateway asks."""

import threading

from pipeline.clock import Clock

_SLOWER = 2.0
_FASTER = 0.8
_MOST_GAP = 5.0


class Pace:
    """Hands out moments at which a call may start.

    When the gateway is busy everybody rests and the rate halves; each good answer wins a fifth of
    it back, up to what was set.
    """

    def __init__(self, clock: Clock, per_second: float) -> None:
        self._clock = clock
        self._least_gap = self._gap = 1.0 / per_second
        self._next = clock.monotonic()
        self._lock = threading.Lock()

    @property
    def gap(self) -> float:
        """Seconds between two calls, as they stand now."""
        return self._gap

    def wait(self) -> None:
        """Return when the caller's turn has come."""
        with self._lock:
            now = self._clock.monotonic()
            turn = max(self._next, now)
            self._next = turn + self._gap
        if turn > now:
            self._clock.sleep(turn - now)

    def rest(self, seconds: float) -> None:
        """Let nobody start before so many seconds have passed, and go slower afterwards."""
        with self._lock:
            self._gap = max(min(self._gap * _SLOWER, _MOST_GAP), self._least_gap)
            self._next = max(self._next, self._clock.monotonic() + seconds)

    def recover(self) -> None:
        """Note a good answer: go a little faster again."""
        with self._lock:
            self._gap = max(self._gap * _FASTER, self._least_gap)
