"""The emulator's clock: it runs, or stands still, and can be driven from outside."""

from pendulum import DateTime

from pipeline.clock import SystemClock


class EmulatorClock:
    """Runs with the machine's clock unless held at an instant."""

    def __init__(self, held_at: DateTime | None = None) -> None:
        self._system = SystemClock()
        self._is_held = held_at is not None
        self._start = held_at or self._system.now()
        self._since = self._system.monotonic()

    @property
    def is_held(self) -> bool:
        """Whether the clock stands still."""
        return self._is_held

    def now(self) -> DateTime:
        """Return the emulated instant, in UTC."""
        if self._is_held:
            return self._start
        return self._start.add(seconds=self._system.monotonic() - self._since)

    def set(self, instant: DateTime) -> None:
        """Put the clock to an instant; it goes on as before: running, or held."""
        self._start = instant.in_timezone("UTC")
        self._since = self._system.monotonic()

    def advance(self, seconds: float) -> None:
        """Move the clock forward."""
        self.set(self.now().add(seconds=seconds))

    def hold(self, *, is_held: bool) -> None:
        """Let the clock stand still where it is, or run on from there."""
        self.set(self.now())
        self._is_held = is_held
