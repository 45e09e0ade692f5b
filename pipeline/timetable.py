"""When a job is due: hourly, every so many minutes, or daily at a time of a zone."""

import re
from dataclasses import dataclass

import pendulum
from pendulum import DateTime

_EVERY = re.compile(r"every ([0-9]{1,2}) minutes")
_HOURLY = re.compile(r"hourly(?: at :?([0-5][0-9]))?")
_DAILY = re.compile(r"daily(?: at)? ([01][0-9]|2[0-3]):([0-5][0-9])")
_USUAL_MINUTE = 7  # the full hour is when everybody's jobs start
_HOUR = 60


@dataclass(frozen=True, slots=True)
class Timetable:
    """Minutes of each hour (`hour` is None), or one time of each day, on the clocks of a zone.

    Attributes:
        hour: the hour of the day; None for every hour.
        minutes: the minutes of the hour, in order; one alone where there is an hour.
    """

    hour: int | None
    minutes: tuple[int, ...]

    def __str__(self) -> str:
        if self.hour is not None:
            return f"daily {self.hour:02d}:{self.minutes[0]:02d}"
        if len(self.minutes) == 1:
            return f"hourly at {self.minutes[0]:02d}"
        return f"every {_HOUR // len(self.minutes)} minutes"

    def next_after(self, instant: DateTime, zone: str) -> DateTime:
        """Return the first time after an instant, in UTC.

        A time that clocks leave out on a day is due where they have moved on to; one that occurs
        twice is due the first time.
        """
        if self.hour is None:
            clock = instant.in_timezone(zone)
            past = {"minutes": clock.minute, "seconds": clock.second}
            start = instant.in_timezone("UTC").subtract(**past, microseconds=clock.microsecond)
            times = [start.add(minutes=m) for m in (*self.minutes, _HOUR + self.minutes[0])]
            return next(time for time in times if time > instant)
        day = instant.in_timezone(zone).subtract(days=1)
        times = [self._on(day.add(days=n), zone) for n in range(4)]
        return next(time for time in times if time > instant)

    def last_before(self, instant: DateTime, zone: str) -> DateTime:
        """Return the last time that is not after an instant, in UTC."""
        at = instant.subtract(hours=1) if self.hour is None else instant.subtract(days=2)
        while (following := self.next_after(at, zone)) <= instant:
            at = following
        return at

    def odd_days(self, instant: DateTime, zone: str) -> list[str]:
        """Return the days of the next year on which the time is left out or occurs twice."""
        if self.hour is None:
            return []
        days = (instant.in_timezone(zone).add(days=n) for n in range(366))
        return [f"{day:%Y-%m-%d}" for day in days if self._is_odd(day, zone)]

    def _on(self, day: DateTime, zone: str) -> DateTime:
        first, second = self._readings(day, zone)
        # A time that is left out is read by the clocks before the gap: it lands behind it.
        return max(first, second) if self._is_left_out(first, zone) else first

    def _is_odd(self, day: DateTime, zone: str) -> bool:
        first, second = self._readings(day, zone)
        return first != second

    def _is_left_out(self, instant: DateTime, zone: str) -> bool:
        shown = instant.in_timezone(zone)
        return (shown.hour, shown.minute) != (self.hour, self.minutes[0])

    def _readings(self, day: DateTime, zone: str) -> tuple[DateTime, DateTime]:
        """Return the instants that the time of a day can mean: one and the same, mostly."""
        given = (day.year, day.month, day.day, self.hour or 0, self.minutes[0])
        first, second = (pendulum.datetime(*given, tz=zone, fold=fold) for fold in (0, 1))
        return first.in_timezone("UTC"), second.in_timezone("UTC")


def timetable_of(text: str) -> Timetable:
    """Return what `hourly`, `hourly at 20`, `every 15 minutes` or `daily 06:20` says.

    ValueError says what is expected instead.
    """
    words = " ".join(text.lower().split())
    if found := _DAILY.fullmatch(words):
        return Timetable(int(found[1]), (int(found[2]),))
    if found := _HOURLY.fullmatch(words):
        return Timetable(None, (int(found[1] or _USUAL_MINUTE),))
    found = _EVERY.fullmatch(words)
    step = int(found[1]) if found else 0
    if step and _HOUR % step == 0:
        return Timetable(None, tuple(range(0, _HOUR, step)))
    raise ValueError("hourly, daily 06:20, or every 5, 10, 15, 20 or 30 minutes is expected")
