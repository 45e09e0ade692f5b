"""What time it is: the only place that asks, so that everything else can be told."""

import time
from datetime import UTC, datetime
from typing import Protocol

import pendulum
from pendulum import DateTime, Duration


def plain(instant: datetime) -> datetime:
    """Return an instant as Python's own datetime in UTC: msgspec takes no other kind."""
    return datetime.fromtimestamp(instant.timestamp(), UTC)


class Clock(Protocol):
    """The time as a run sees it."""

    def now(self) -> DateTime:
        """Return the instant, in UTC."""

    def monotonic(self) -> float:
        """Return seconds that never run backwards, for durations."""

    def sleep(self, seconds: float) -> None:
        """Wait so many seconds."""


class SystemClock:
    """The machine's own clock."""

    def now(self) -> DateTime:
        """Return the instant, in UTC."""
        return pendulum.now("UTC")

    def monotonic(self) -> float:
        """Return seconds that never run backwards."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Wait so many seconds."""
        time.sleep(seconds)


class HeldClock:
    """A clock that stands still until it is driven; sleeping moves it at once."""

    def __init__(self, start: DateTime) -> None:
        self._now = start.in_timezone("UTC")
        self._start = self._now

    def now(self) -> DateTime:
        """Return the instant at which the clock stands."""
        return self._now

    def monotonic(self) -> float:
        """Return the seconds by which the clock was driven."""
        return (self._now - self._start).total_seconds()

    def sleep(self, seconds: float) -> None:
        """Move the clock by so many seconds; returns at once."""
        self._now = self._now.add(microseconds=round(seconds * 1_000_000))

    def advance(self, step: Duration) -> None:
        """Move the clock by a step."""
        self._now = self._now + step
