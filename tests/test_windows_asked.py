"""Windows follow the account's density: a quiet year is cheap, a burst still lands whole."""

from pathlib import Path

import pytest

from pipeline.emulator.habits import Habits
from pipeline.errors import UnprovenError
from pipeline.extract.plan import Asking
from pipeline.warehouse.store import look_into_warehouse
from support.account import NOW, Account, account

NOON = NOW.subtract(days=9).set(hour=12, minute=0, second=0)


def crowd(known: Account, count: int, seconds: int, **same: int) -> None:
    """Put many messages into a few seconds, spread over phones, SIMs and statuses."""
    now = int(known.clock.now().timestamp())
    phones = [phone.device_id for phone in known.world.phones]
    for number in range(count):
        known.world.insert(
            int(NOON.timestamp()) + number % seconds,
            device_id=same.get("device_id", phones[number % len(phones)]),
            sim=same.get("sim", number % 2),
            status=same.get("status", (7, 6, 8, 9)[number % 4]),
            at=now - 60,
        )


def missing(known: Account) -> int:
    """Return how many messages exist and are not published."""
    truth = {m.message_id for m in known.world.messages_at(known.clock.now())}
    return len(truth - {row["message_id"] for row in known.rows("select message_id from messages")})


def test_a_quiet_year_costs_a_handful_of_calls(tmp_path: Path) -> None:
    """Once habits are known, reading a year of few messages again takes less than ten calls."""
    with account(tmp_path, messages=60, days=360) as known:
        known.run()
        before = known.log.total
        known.run(Asking(again=True))
        assert known.log.total - before < 10


@pytest.mark.parametrize("cap", [None, 90])
def test_a_burst_of_an_hour_lands_whole(tmp_path: Path, cap: int | None) -> None:
    """Thousands of messages within an hour are halved into answers that fit, cap or not."""
    with account(
        tmp_path, messages=200, days=30, window_rows=200, habits=Habits(row_cap=cap)
    ) as known:
        crowd(known, 2500, 3600)
        known.run()
        assert missing(known) == 0
        rows = [c for c in known.calls() if c["endpoint"] == "getallsms" and "onlycount" not in c]
        assert len(rows) < 200 if cap else 60


@pytest.mark.parametrize("counts", ["honest", "capped"])
def test_a_crowded_second_is_parted_by_phone_status_and_sim(tmp_path: Path, counts: str) -> None:
    """A newsletter of hundreds in one second comes whole through answers of ninety."""
    habits = Habits(row_cap=90, counts=counts)
    with account(tmp_path, messages=200, days=30, window_rows=80, habits=habits) as known:
        crowd(known, 700, 1)
        known.run()
        assert missing(known) == 0


def test_more_of_a_kind_than_a_cap_lets_through_is_said(tmp_path: Path) -> None:
    """Alike in all, within a second, above the cap: what is missing is counted, exit 3."""
    habits = Habits(row_cap=90, ignores=frozenset({"orderbydesc"}))
    with account(tmp_path, messages=200, days=30, window_rows=80, habits=habits) as known:
        crowd(known, 150, 1, device_id=known.world.phones[0].device_id, sim=0, status=7)
        with pytest.raises(UnprovenError, match="60 messages were counted and did not come"):
            known.run()
        assert missing(known) == 60
        open_ = known.rows(
            "select begin_at, end_at from coverage where not is_proven and not is_tail"
        )
        assert [row["begin_at"] <= NOON < row["end_at"] for row in open_] == [True]
        assert (open_[0]["end_at"] - open_[0]["begin_at"]).total_seconds() <= 3


def test_an_answer_that_is_too_heavy_is_halved(tmp_path: Path) -> None:
    """A gateway that fails for more than sixty rows, and counts well, is read in less."""
    habits = Habits(too_heavy_rows=60)
    with account(tmp_path, messages=500, days=30, habits=habits) as known:
        known.run()
        assert missing(known) == 0


def test_both_counts_of_a_window_are_kept(tmp_path: Path) -> None:
    """Every proven window says how many were counted and how many came, and they agree."""
    with account(tmp_path, messages=500, days=30, window_rows=80) as known:
        known.run()
        with look_into_warehouse(known.settings.warehouse_path) as warehouse:
            rows = warehouse.rows("from raw.windows where state = 'verified' and filters = '{}'")
        assert len(rows) >= 7
        assert all(row["rows"] == row["counted"] > 0 for row in rows)


def test_reading_a_stretch_again_disturbs_nothing(tmp_path: Path) -> None:
    """An explicit since and until read their stretch again; floor, proofs and tables stay."""
    with account(tmp_path, messages=500, days=30) as known:
        known.run()
        before = known.rows("from coverage"), known.rows("from messages"), known.rows("from days")
        result = known.run(Asking(NOW.subtract(days=9), NOW.subtract(days=3), again=True))
        assert result.sync is not None
        assert result.sync.new_versions == 0
        after = known.rows("from coverage"), known.rows("from messages"), known.rows("from days")
        assert after == before
