"""Periods by name: which local days they are, and what they are compared with."""

from datetime import date, datetime

import pytest

from pipeline.errors import UsageError
from pipeline.report.asked import Asked, Period
from pipeline.report.periods import PERIODS, named_period

WEDNESDAY = date(2026, 3, 4)


@pytest.mark.parametrize(
    ("name", "first", "last"),
    [
        ("today", "2026-03-04", "2026-03-04"),
        ("yesterday", "2026-03-03", "2026-03-03"),
        ("daily", "2026-03-03", "2026-03-03"),
        ("last-7-days", "2026-02-26", "2026-03-04"),
        ("last-28-days", "2026-02-05", "2026-03-04"),
        ("this-week", "2026-03-02", "2026-03-04"),
        ("last-week", "2026-02-23", "2026-03-01"),
        ("weekly", "2026-02-23", "2026-03-01"),
        ("this-month", "2026-03-01", "2026-03-04"),
        ("last-month", "2026-02-01", "2026-02-28"),
        ("monthly", "2026-02-01", "2026-02-28"),
    ],
)
def test_a_name_is_these_days(name: str, first: str, last: str) -> None:
    """Each name is counted from the day that the data reach; weeks begin on Mondays."""
    wanted = Period(date.fromisoformat(first), date.fromisoformat(last))
    assert named_period(name, WEDNESDAY) == wanted


@pytest.mark.parametrize("today", ["2026-01-01", "2026-12-31", "2028-02-29", "2026-11-01"])
@pytest.mark.parametrize("name", PERIODS)
def test_a_period_never_reaches_beyond_today(name: str, today: str) -> None:
    """No period is empty or ends after the day that the data reach, whatever the calendar."""
    day = date.fromisoformat(today)
    period = named_period(name, day)
    assert period.days >= 1
    assert period.last <= day


@pytest.mark.parametrize("name", PERIODS)
def test_like_is_compared_with_like(name: str) -> None:
    """The compared period has as many days, the same weekdays, and none of the period's own."""
    period = named_period(name, WEDNESDAY)
    before = period.before()
    assert before.days == period.days
    assert before.first.weekday() == period.first.weekday()
    assert before.last < period.first


def test_a_running_period_is_compared_with_the_part_that_has_passed() -> None:
    """Half a day of this week is compared with half a day of the week before."""
    period = named_period("this-week", WEDNESDAY)
    asked = Asked(period, period.before(), "UTC", "en", datetime(2026, 3, 4, 12))  # noqa: DTZ001
    assert asked.until == datetime(2026, 3, 4, 12)  # noqa: DTZ001
    assert asked.before_until == datetime(2026, 2, 25, 12)  # noqa: DTZ001


def test_an_unknown_name_is_refused_with_those_there_are() -> None:
    """A period that is none is a usage error that lists the names."""
    with pytest.raises(UsageError, match="fortnight") as refused:
        named_period("fortnight", WEDNESDAY)
    assert "last-week" in refused.value.advice
