"""What a report is asked for: a period, what it is compared with, and what it is narrowed to."""

from datetime import date, datetime, time, timedelta
from typing import Any

import msgspec

from pipeline.errors import UsageError

_LONGEST_PERIOD_DAYS = 3660
_HISTORY_DAYS = 28
MATURE_AFTER = timedelta(hours=24)


class Period(msgspec.Struct, frozen=True):
    """Local days, both included."""

    first: date
    last: date

    @property
    def days(self) -> int:
        """How many days the period has."""
        return (self.last - self.first).days + 1

    @property
    def weeks_back(self) -> timedelta:
        """The fewest whole weeks that the period does not reach."""
        return timedelta(weeks=-(-self.days // 7))

    def before(self) -> "Period":
        """Return the period of equal length and equal weekdays that this one is compared with."""
        return Period(self.first - self.weeks_back, self.last - self.weeks_back)


class Asked(msgspec.Struct, frozen=True):
    """What a report is about.

    Attributes:
        data_until: until when the snapshot is proven, on the wall clock of the reporting zone;
            None if nothing is.
        device_id: the one phone that it is narrowed to; None for all.
    """

    period: Period
    before: Period
    timezone: str
    language: str
    data_until: datetime | None
    device_id: int | None = None

    @property
    def until(self) -> datetime:
        """The end, excluded, of what the period can hold by now: it may still be running."""
        end = datetime.combine(self.period.last + timedelta(days=1), time())
        return min(end, self.data_until) if self.data_until else end

    @property
    def before_until(self) -> datetime:
        """The end, excluded, of the same part of the compared period."""
        end = datetime.combine(self.period.last + timedelta(days=1), time())
        if self.until < end:
            return self.until - (self.period.first - self.before.first)
        return datetime.combine(self.before.last + timedelta(days=1), time())

    @property
    def mature_until(self) -> datetime:
        """Before this instant, messages have had the time that most of them need to settle."""
        return (self.data_until or self.until) - MATURE_AFTER

    def parameters(self) -> dict[str, Any]:
        """Return the value of every `$name` that a query of a report may ask for."""
        return {
            "first": self.period.first,
            "last": self.period.last,
            "before_first": self.before.first,
            "before_last": self.before.last,
            "history_first": self.period.first - timedelta(days=_HISTORY_DAYS),
            "until": self.until,
            "before_until": self.before_until,
            "mature_until": self.mature_until,
            "device": self.device_id,
        }


def period_of(first: str | None, last: str | None) -> Period:
    """Return the period that two texts name; raises UsageError where they name none."""
    if first is None or last is None:
        raise UsageError("A period needs both of its days.", advice="Give --from and --to.")
    try:
        period = Period(date.fromisoformat(first), date.fromisoformat(last))
    except ValueError:
        raise UsageError(
            f"{first!r} to {last!r} are no days.", advice="Write days like 2026-01-31."
        ) from None
    if not 1 <= period.days <= _LONGEST_PERIOD_DAYS:
        raise UsageError(
            f"The period {first} to {last} is empty or too long.",
            advice="Give the earlier day to --from, and at most ten years.",
        )
    return period
