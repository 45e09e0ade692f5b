"""When a job is due, also where clocks change."""

import pendulum
import pytest

from pipeline.timetable import timetable_of

PARIS = "Europe/Paris"


@pytest.mark.parametrize(
    ("text", "now", "due"),
    [
        ("hourly", "2026-11-02T09:06:59Z", "2026-11-02T09:07:00Z"),
        ("hourly at 20", "2026-11-02T23:20:00Z", "2026-11-03T00:20:00Z"),
        ("every 15 minutes", "2026-11-02T09:31:00Z", "2026-11-02T09:45:00Z"),
        ("every 30 minutes", "2026-11-02T09:59:00Z", "2026-11-02T10:00:00Z"),
        ("hourly at 20", "2026-11-02T09:20:00.5Z", "2026-11-02T10:20:00Z"),
        ("daily 06:20", "2026-11-02T09:00:00Z", "2026-11-03T05:20:00Z"),
        ("daily 06:20", "2026-07-02T04:00:00Z", "2026-07-02T04:20:00Z"),
        # The hour from two to three is left out on 29 March, and occurs twice on 25 October.
        ("daily 02:30", "2026-03-28T12:00:00Z", "2026-03-29T01:30:00Z"),
        ("daily 02:30", "2026-10-24T12:00:00Z", "2026-10-25T00:30:00Z"),
        ("daily 02:30", "2026-10-25T00:45:00Z", "2026-10-26T01:30:00Z"),
    ],
)
def test_the_next_time(text: str, now: str, due: str) -> None:
    """The next time is the first one after now; one that is left out is due after the gap."""
    instant = pendulum.parse(now)
    assert isinstance(instant, pendulum.DateTime)
    table = timetable_of(text)
    following = table.next_after(instant, PARIS)
    assert following == pendulum.parse(due)
    assert table.last_before(following, PARIS) == following
    assert table.last_before(following.subtract(seconds=1), PARIS) <= instant


def test_the_minute_is_that_of_the_zone() -> None:
    """Where clocks differ from UTC by half an hour, the minute is the one that they show."""
    now = pendulum.datetime(2026, 11, 2, 9, 0)
    due = timetable_of("hourly at 20").next_after(now, "Asia/Kolkata")
    assert due == pendulum.datetime(2026, 11, 2, 9, 50)


def test_odd_days_are_those_on_which_clocks_change() -> None:
    """A time is odd on the days on which it is left out or occurs twice, and on no other."""
    now = pendulum.datetime(2026, 1, 1)
    assert timetable_of("daily 02:30").odd_days(now, PARIS) == ["2026-03-29", "2026-10-25"]
    assert timetable_of("daily 06:20").odd_days(now, PARIS) == []
    assert timetable_of("daily 02:30").odd_days(now, "UTC") == []


@pytest.mark.parametrize("text", ["", "daily", "daily 24:00", "every 7 minutes", "weekly"])
def test_another_wording_is_refused(text: str) -> None:
    """What is no timetable is refused with what one looks like."""
    with pytest.raises(ValueError, match="hourly"):
        timetable_of(text)


@pytest.mark.parametrize("text", ["daily 06:20", "hourly at 07", "every 15 minutes"])
def test_a_timetable_says_itself(text: str) -> None:
    """A timetable is shown by the words that make it."""
    assert str(timetable_of(text)) == text
