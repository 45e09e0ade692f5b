"""Tell a gateway that is down from a question that it cannot answer."""

import threading

from pipeline.clock import Clock


class Breaker:
    """Open once no good answer came for so many seconds after a first failure."""

    def __init__(self, clock: Clock, seconds: float) -> None:
        self._clock = clock
        self._seconds = seconds
        self._failing_since: float | None = None
        self._lock = threading.Lock()

    @property
    def is_open(self) -> bool:
        """Whether the gateway is to be given up."""
        with self._lock:
            since = self._failing_since
            return since is not None and self._clock.monotonic() - since >= self._seconds

    def good(self) -> None:
        """Note a good answer."""
        with self._lock:
            self._failing_since = None

    def failed(self) -> None:
        """Note a failure."""
        with self._lock:
            if self._failing_since is None:
                self._failing_since = self._clock.monotonic()
