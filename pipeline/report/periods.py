"""Periods by name: local days of the reporting zone, counted from the day that the data reach.

A period that still runs ends with that day. What it is compared with is of equal length and equal
weekdays, and no longer of it than has passed of the period itself: see `Asked`.
"""

from collections.abc import Callable
from datetime import date, timedelta

from pipeline.errors import UsageError
from pipeline.report.asked import Period

_DAY = timedelta(days=1)


def _last(days: int) -> Callable[[date], Period]:
    return lambda today: Period(today - timedelta(days=days - 1), today)


def _yesterday(today: date) -> Period:
    return Period(today - _DAY, today - _DAY)


def _this_week(today: date) -> Period:
    return Period(today - timedelta(days=today.weekday()), today)


def _last_week(today: date) -> Period:
    sunday = _this_week(today).first - _DAY
    return Period(sunday - timedelta(days=6), sunday)


def _this_month(today: date) -> Period:
    return Period(today.replace(day=1), today)


def _last_month(today: date) -> Period:
    last = today.replace(day=1) - _DAY
    return Period(last.replace(day=1), last)


_NAMED: dict[str, Callable[[date], Period]] = {
    "today": _last(1),
    "yesterday": _yesterday,
    "last-7-days": _last(7),
    "last-28-days": _last(28),
    "this-week": _this_week,
    "last-week": _last_week,
    "this-month": _this_month,
    "last-month": _last_month,
    # What a schedule says: each is the newest day, week or month that has ended.
    "daily": _yesterday,
    "weekly": _last_week,
    "monthly": _last_month,
}
PERIODS = tuple(_NAMED)


def named_period(name: str, today: date) -> Period:
    """Return the period of a name, `today` being the local day that the data reach.

    Weeks begin on Mondays. Raises UsageError for a name that is none of `PERIODS`.
    """
    if name not in _NAMED:
        raise UsageError(
            f"There is no period {name!r}.", advice=f"Take one of: {', '.join(PERIODS)}."
        )
    return _NAMED[name](today)
