"""Keep all threads together under one rate, and let all of them rest when the gateway asks."""

import threading

from pipeline.clock import Clock


class Pace:
    """Hands out moments at which a call may start."""

    def __init__(self, clock: Clock, per_second: float) -> None:
        self._clock = clock
        self._gap = 1.0 / per_second
        self._next = clock.monotonic()
        self._lock = threading.Lock()

    def wait(self) -> None:
        """Return when the caller's turn has come."""
        with self._lock:
            now = self._clock.monotonic()
            turn = max(self._next, now)
            self._next = turn + self._gap
        if turn > now:
            self._clock.sleep(turn - now)

    def rest(self, seconds: float) -> None:
        """Let nobody start before so many seconds have passed."""
        with self._lock:
            self._next = max(self._next, self._clock.monotonic() + seconds)
