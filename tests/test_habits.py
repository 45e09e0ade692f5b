"""Whatever the gateway's habits are: complete, or said to be unproven with exit code 3."""

import os
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from pipeline.emulator.habits import Habits
from pipeline.errors import GatewayError, UnprovenError
from pipeline.warehouse.store import look_into_warehouse
from support.account import Account, account

# Habits under which everything must come, and be proven.
WHOLE = {
    "capped rows": Habits(row_cap=90),
    "capped counts": Habits(row_cap=90, counts="capped"),
    "no counts": Habits(counts="absent"),
    "no counts and a cap": Habits(row_cap=90, counts="absent"),
    "deaf counts": Habits(counts="deaf"),
    "deaf counts and a cap": Habits(row_cap=90, counts="deaf"),
    "dates needed": Habits(needs_dates=True),
    "a month at the most": Habits(longest_days=31),
    "a month, dates needed": Habits(longest_days=31, needs_dates=True),
    "minutes": Habits(grain=60),
    "ends outside": Habits(begin_inside=False, end_inside=False),
    "by due time": Habits(filter_column="due"),
    "incoming hidden": Habits(hides_incoming=True),
    "incoming hidden, capped": Habits(hides_incoming=True, row_cap=90, counts="capped"),
    "incoming hidden, no counts": Habits(hides_incoming=True, counts="absent"),
    "zone of its own": Habits(filters_in_zone=False, account_zone="Australia/Sydney"),
    "by sent time": Habits(filter_column="sent"),
    "zone in the west": Habits(filters_in_zone=False, account_zone="America/Los_Angeles"),
}
# Habits under which no client can see everything, or be sure of it: exit code 3, never green.
UNPROVEN = {
    "dates not heeded, capped": Habits(row_cap=90, counts="capped", heeds_dates=False),
    "dates not heeded, no counts": Habits(counts="absent", heeds_dates=False),
    "sent times only, no counts": Habits(filter_column="sent", counts="absent"),
}
WILD = st.builds(
    Habits,
    date_type=st.sampled_from([1, 2, 3]),
    account_zone=st.sampled_from(["UTC", "Europe/Paris", "Asia/Kathmandu", "America/New_York"]),
    obeys_zone=st.booleans(),
    filters_in_zone=st.booleans(),
    filter_column=st.sampled_from(["created", "due", "sent"]),
    begin_inside=st.booleans(),
    end_inside=st.booleans(),
    row_cap=st.sampled_from([None, 40, 100]),
    counts=st.sampled_from(["honest", "capped", "deaf", "absent"]),
    heeds_dates=st.sampled_from([True, True, True, False]),
    needs_dates=st.booleans(),
    longest_days=st.sampled_from([None, 31]),
    grain=st.sampled_from([1, 60]),
    hides_incoming=st.booleans(),
    numbers_as_text=st.booleans(),
    empty_object=st.booleans(),
)


def fetch(known: Account) -> bool:
    """Run once; returns whether the run was green."""
    try:
        known.run()
    except GatewayError:
        return False
    return True


def missing(known: Account) -> set[int]:
    """Return the ids that exist and are not in the snapshot."""
    truth = {message.message_id for message in known.world.messages_at(known.clock.now())}
    if not known.settings.snapshot_path.exists():
        return truth
    return truth - {row["message_id"] for row in known.rows("select message_id from messages")}


def missing_in_proven(known: Account) -> set[int]:
    """Return the ids that are missing although their time of creation is called proven."""
    lost = missing(known)
    if not lost or not known.settings.snapshot_path.exists():
        return set()
    proven = known.rows("select begin_at, end_at from coverage where is_proven")
    return {
        message.message_id
        for message in known.world.messages_at(known.clock.now())
        if message.message_id in lost
        and any(row["begin_at"] <= message.created_at < row["end_at"] for row in proven)
    }


@pytest.mark.parametrize("habits", WHOLE.values(), ids=WHOLE)
def test_everything_comes_and_is_proven(tmp_path: Path, habits: Habits) -> None:
    """Caps, missing counts, limits, zones, ends: all rows come, at once and three days later."""
    with account(tmp_path, messages=400, days=20, habits=habits, window_rows=200) as known:
        known.run()
        assert missing(known) == set()
        known.clock.advance(73 * 3600)
        known.run()
        assert missing(known) == set()


@pytest.mark.parametrize("seed", [1, 2, 20])
def test_a_small_account_is_read_right_where_clocks_have_just_changed(
    tmp_path: Path, seed: int
) -> None:
    """A day after New York's clocks changed, a few hundred messages tell the zone, twice."""
    habits = Habits(obeys_zone=False, filters_in_zone=False, account_zone="America/New_York")
    with account(tmp_path, messages=500, days=32, seed=seed, habits=habits) as known:
        known.run()
        known.clock.advance(10 * 3600)
        known.run()
        with look_into_warehouse(known.settings.warehouse_path) as warehouse:
            (reading,) = warehouse.rows("from raw.reading")
        assert reading == {"name": "created America/New_York 1"}
        assert missing(known) == set()


@pytest.mark.parametrize("habits", UNPROVEN.values(), ids=UNPROVEN)
def test_what_cannot_be_proven_is_never_green(tmp_path: Path, habits: Habits) -> None:
    """Where the gateway hides rows from every window, the run ends in exit code 3 and says so."""
    with (
        account(tmp_path, messages=400, days=20, habits=habits) as known,
        pytest.raises(UnprovenError),
    ):
        known.run()


@settings(
    max_examples=int(os.environ.get("SMS24_EXAMPLES", "8")),
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.generate],  # a case takes a second: shrinking it takes too many of them
    derandomize="SMS24_EXAMPLES" not in os.environ,
)
@given(WILD, st.integers(1, 10**6), st.lists(st.sampled_from([1, 9, 30, 80]), max_size=2))
def test_a_green_run_misses_nothing(habits: Habits, seed: int, pauses: list[int]) -> None:
    """Any habits, any account, any pauses: a green run has every row, proven time lacks none."""
    with (
        tempfile.TemporaryDirectory() as folder,
        account(Path(folder), messages=150, days=12, seed=seed, habits=habits) as known,
    ):
        for hours in [0, *pauses]:
            known.clock.advance(hours * 3600)
            if fetch(known):
                assert missing(known) == set()
            assert missing_in_proven(known) == set() or habits.filter_column != "created"
