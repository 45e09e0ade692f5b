"""Bounds become texts in the gateway's zone, never in an hour that occurs twice or not at all."""

from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pendulum
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.emulator.habits import Habits
from pipeline.gateway.reading import UNKNOWN, Reading, folds, read_name
from pipeline.values import Window
from support.account import account

ZONES = ["UTC", "Europe/Paris", "America/New_York", "Australia/Lord_Howe", "+05:45", "-03:30"]
EPOCHS = st.integers(1_700_000_000, 1_800_000_000)


def is_doubled_or_missing(text: str, zone: str) -> bool:
    """Whether a wall clock means two instants of a zone, or none."""
    if zone[0] in "+-U":
        return False
    wall = datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))
    return wall.utcoffset() != wall.replace(fold=1).utcoffset()


@given(st.sampled_from(ZONES), EPOCHS, st.integers(2, 40_000_000), st.sampled_from([1, 60, 86_400]))
def test_no_bound_is_in_a_doubled_or_missing_hour(
    zone: str, begin: int, seconds: int, grain: int
) -> None:
    """Whatever window is asked and parted, the texts of its bounds mean one instant each."""
    reading = Reading(zone=zone, grain=grain)
    window = reading.widened(
        Window(pendulum.from_timestamp(begin), pendulum.from_timestamp(begin + seconds))
    )
    for _ in range(12):
        query = reading.query(window)
        assert query.begin is not None
        assert query.end is not None
        assert not is_doubled_or_missing(query.begin, zone)
        assert not is_doubled_or_missing(query.end, zone)
        parts = reading.parts(window)
        if not parts:
            break
        first, second = parts
        assert (first.begin_at, second.end_at) == (window.begin_at, window.end_at)
        assert window.begin_at < first.end_at == second.begin_at < window.end_at
        window = second if begin % 2 else first


@given(st.sampled_from(ZONES), EPOCHS, st.integers(0, 10**7))
def test_later_bounds_have_later_texts(zone: str, begin: int, seconds: int) -> None:
    """Of two bounds the later one has no earlier text: then neighbours leave no gap."""
    reading = Reading(zone=zone)
    first = reading.plain_before(pendulum.from_timestamp(begin))
    second = reading.plain_before(pendulum.from_timestamp(begin + seconds))
    assert reading.text(first) <= reading.text(second)


def test_a_name_is_read_back() -> None:
    """What raw keeps of a reading gives the same reading; any other text the unknown one."""
    reading = Reading("due", "Europe/Paris", 60)
    assert read_name(reading.name) == reading
    assert read_name("unknown") == UNKNOWN
    assert read_name("created UTC now") == UNKNOWN


def test_the_clocks_of_lord_howe_go_back_by_half_an_hour() -> None:
    """Each zone's own change is found: an hour in Paris, half an hour on Lord Howe, none in UTC."""
    assert pendulum.datetime(2026, 10, 25, 1) in folds("Europe/Paris")
    assert pendulum.datetime(2026, 4, 4, 15) in folds("Australia/Lord_Howe")
    assert folds("UTC") == ()


@pytest.mark.parametrize("zone", ["Europe/Paris", "Australia/Lord_Howe"])
def test_bounds_tell_the_two_passes_of_the_doubled_hour(tmp_path: Path, zone: str) -> None:
    """Dates named by zone alone are right in the doubled hour, where bounds are read in UTC."""
    fold = next(at for at in folds(zone) if at.year == 2026)
    habits = Habits(account_zone=zone, obeys_zone=False, filters_in_zone=True)
    days = (pendulum.datetime(2026, 11, 2) - fold).in_days() + 5
    with account(tmp_path, messages=400, days=days, habits=habits) as known:
        device, now = known.world.phones[0].device_id, int(known.clock.now().timestamp())
        made = {
            known.world.insert(int(fold.timestamp()) + shift, device_id=device, at=now - 10):
                fold + timedelta(seconds=shift)
            for shift in range(-5000, 5000, 617)
        }  # fmt: skip
        known.run()
        rows = known.rows("select message_id, created_at, is_time_ambiguous from messages")
        found = {row["message_id"]: row for row in rows if row["message_id"] in made}
        assert {i: row["created_at"] for i, row in found.items()} == made
        assert not any(row["is_time_ambiguous"] for row in found.values())


def test_where_bounds_cannot_tell_the_hour_is_flagged(tmp_path: Path) -> None:
    """A gateway that reads bounds in the zone of its dates leaves the doubled hour ambiguous."""
    fold = pendulum.datetime(2026, 10, 25, 1)
    habits = Habits(account_zone="Europe/Paris", obeys_zone=False, filters_in_zone=False)
    with account(tmp_path, messages=400, days=20, habits=habits) as known:
        device, now = known.world.phones[0].device_id, int(known.clock.now().timestamp())
        inside = [
            known.world.insert(int(fold.timestamp()) + shift, device_id=device, at=now - 10)
            for shift in (-1800, 1800)
        ]
        known.run()
        rows = known.rows("select message_id from messages where is_time_ambiguous")
        assert set(inside) <= {row["message_id"] for row in rows}
        for call in known.calls():
            for name in ("begindate", "enddate"):
                if call["endpoint"] == "getallsms" and name in call and "onlycount" not in call:
                    assert not call[name].startswith("2026-10-25 02:")
