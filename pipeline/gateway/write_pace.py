"""How many calls may be in flight, and when the next may start: gently up, sharply down."""

from collections import deque
from collections.abc import Callable
from statistics import median

from pipeline.clock import Clock

_CUT = 0.7
_SLOW_TIMES = 3.0
# A fast server's hiccups are no sign of load.
_SLOW_SECONDS = 0.5
_FEWEST, _MOST = 10, 50
# A turn as near as this is now: clocks cannot sleep for less.
_SOON = 0.001
_FIRST_WAIT, _LONGEST_WAIT = 1.0, 60.0


class Pace:
    """The window of calls in flight, and the turns under a rate; used by one thread.

    The window starts at one, grows by one for each window of good answers, and is cut by a third
    at most once per round trip. After a failure the next turn is put off by full jitter, or by as
    long as the gateway asks.

    Args:
        clock: the time.
        rate: turns per second at the most.
        most: calls in flight at the most.
        random: gives numbers in [0, 1).
    """

    def __init__(
        self, clock: Clock, *, rate: float, most: int, random: Callable[[], float]
    ) -> None:
        self._clock = clock
        self._gap = 1.0 / rate
        self._most = most
        self._random = random
        self._window = 1.0
        self._next = clock.monotonic()
        self._cut_at = float("-inf")
        self._failures = 0
        self._latencies: deque[float] = deque(maxlen=_MOST)

    @property
    def limit(self) -> int:
        """How many calls may be in flight."""
        return int(self._window)

    def wait_seconds(self) -> float:
        """Return how long it is until the next turn; 0 if it is now."""
        wait = self._next - self._clock.monotonic()
        return wait if wait > _SOON else 0.0

    def begin(self) -> None:
        """Take a turn."""
        self._next = max(self._next, self._clock.monotonic()) + self._gap

    def good(self, begun: float) -> None:
        """Note an answer to a call that began at that monotonic time."""
        seconds = self._clock.monotonic() - begun
        self._failures = 0
        usual = median(self._latencies) if len(self._latencies) >= _FEWEST else seconds
        self._latencies.append(seconds)
        if seconds > max(_SLOW_TIMES * usual, _SLOW_SECONDS):
            self._cut(begun)
        else:
            self._window = min(self._window + 1 / self._window, self._most)

    def bad(self, begun: float, wait_seconds: float | None = None) -> None:
        """Note that a call failed, and for how long the gateway asks to be left alone."""
        self._cut(begun)
        self.rest(wait_seconds)

    def rest(self, wait_seconds: float | None = None) -> None:
        """Put the next turn off; the longer the more often in a row."""
        jitter = self._random() * min(_FIRST_WAIT * 2 ** min(self._failures, 10), _LONGEST_WAIT)
        self._failures += 1
        wait = jitter if wait_seconds is None else wait_seconds
        self._next = max(self._next, self._clock.monotonic() + wait)

    def restart(self) -> None:
        """Begin with one call in flight again."""
        self._window = 1.0

    def _cut(self, begun: float) -> None:
        """Close the window a little, unless the call began before the last cut."""
        if begun > self._cut_at:
            self._window = max(self._window * _CUT, 1.0)
            self._cut_at = self._clock.monotonic()
