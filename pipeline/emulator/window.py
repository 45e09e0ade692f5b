"""The period that a query asks for, as one gateway reads it."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from pipeline.emulator.forms import Fields
from pipeline.emulator.habits import Habits
from pipeline.emulator.traffic import NEVER

_DAY = 86_400
_FORMATS = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d")
# No wall clock is farther from UTC than this.
_WIDEST_OFFSET = 15 * 3600


class BadDateError(ValueError):
    """A bound that is no date."""


@dataclass(frozen=True, slots=True)
class Window:
    """The instants from `low` on and before `high` (epoch seconds).

    With a `zone` both are texts of its wall clock, as seconds, and are compared with such texts:
    an hour that the clock shows twice is one hour to them.
    """

    low: int
    high: int
    zone: ZoneInfo | None = None

    def holds(self, at: int) -> bool:
        """Return whether an instant is inside."""
        if self.zone is not None:
            offset = datetime.fromtimestamp(at, self.zone).utcoffset() or timedelta()
            at += int(offset.total_seconds())
        return self.low <= at < self.high

    def around(self) -> tuple[int, int]:
        """Return a begin and an end between which every instant of the window is."""
        margin = 0 if self.zone is None else _WIDEST_OFFSET
        return self.low - margin, self.high + margin


def read_window(fields: Fields, habits: Habits) -> Window | None:
    """Return the period of a query; None if it has none, or if none is heeded.

    Raises:
        BadDateError: a bound is no date, or the period is one that this gateway refuses.
    """
    zone = ZoneInfo(filter_zone(fields, habits))
    begin, end = _wall(fields, "begindate"), _wall(fields, "enddate")
    _refuse_period(begin, end, zone, habits)
    if not habits.heeds_dates or (begin is None and end is None):
        return None
    is_text = habits.reads_wall_clock and not _reads_asked_zone(fields, habits)
    scale = ZoneInfo("UTC") if is_text else zone
    low, high = -NEVER, NEVER
    if begin is not None:
        low = _epoch(_cut(begin, habits), scale) + (not habits.begin_inside)
    if end is not None:
        high = _last(_cut(end, habits), scale, habits) + habits.end_inside
    return Window(low, high, zone if is_text else None)


def filter_zone(fields: Fields, habits: Habits) -> str:
    """Return the zone in which this gateway reads bounds."""
    return fields["timezone"] if _reads_asked_zone(fields, habits) else habits.account_zone


def without_dates(fields: Fields) -> Fields:
    """Return the fields of a query without its bounds."""
    return {name: value for name, value in fields.items() if name not in {"begindate", "enddate"}}


def _reads_asked_zone(fields: Fields, habits: Habits) -> bool:
    return bool(fields.get("timezone")) and habits.filters_in_zone


def _refuse_period(
    begin: datetime | None, end: datetime | None, zone: ZoneInfo, habits: Habits
) -> None:
    if habits.needs_dates and (begin is None or end is None):
        raise BadDateError("a period is required")
    if habits.longest_days is None:
        return
    last = NEVER if end is None else _epoch(end, zone)
    if last - (0 if begin is None else _epoch(begin, zone)) > habits.longest_days * _DAY:
        raise BadDateError("the period is too long")


def _cut(wall: datetime, habits: Habits) -> datetime:
    if habits.grain == _DAY:
        return wall.replace(hour=0, minute=0, second=0)
    return wall.replace(second=0) if habits.grain == 60 else wall


def _last(cut: datetime, scale: ZoneInfo, habits: Habits) -> int:
    """Return the last instant that belongs to an end which was cut to the grain."""
    if habits.day_ends == "floor":
        return _epoch(cut, scale)
    if habits.grain == _DAY:  # a day of 23 or of 25 hours is whole as well
        return _epoch(cut + timedelta(days=1), scale) - 1
    return _epoch(cut, scale) + habits.grain - 1


def _epoch(wall: datetime, zone: ZoneInfo) -> int:
    return int(wall.replace(tzinfo=zone).timestamp())


def _wall(fields: Fields, name: str) -> datetime | None:
    text = fields.get(name, "").strip()
    if not text:
        return None
    for form in _FORMATS:
        try:
            return datetime.strptime(text, form).replace(tzinfo=UTC)
        except ValueError:
            continue
    raise BadDateError(text)
