"""Machines whose clock is wrong: what is kept has the gateway's time, and later runs go on."""

from pathlib import Path

import pendulum
import pytest

from pipeline.clock import HeldClock, RightedClock
from pipeline.extract.plan import Asking
from pipeline.run import Means, run_all
from support.account import NOW, account

HOUR = 3600


@pytest.mark.parametrize("hours", [26, -26])
def test_a_run_by_a_wrong_clock_harms_no_later_one(tmp_path: Path, hours: int) -> None:
    """After a run a day ahead, or behind, the next one by a right clock proves and shows all."""
    with account(tmp_path, messages=60, days=3) as known:
        known.run()
        known.clock.advance(HOUR)
        wrong = HeldClock(known.clock.now().add(hours=hours))
        run_all(known.settings, Asking(), Means(clock=wrong))
        known.clock.advance(HOUR)
        known.run()
        now = known.clock.now()
        truth = {m.message_id: m.status for m in known.world.messages_at(now)}
        rows = known.rows("select message_id, status from messages")
        assert {row["message_id"]: row["status"] for row in rows} == truth
        started = known.rows("select started_at from runs order by started_at")
        for number, row in enumerate(started):  # pauses between calls take a little
            assert abs(row["started_at"] - NOW.add(hours=number)).total_seconds() < 1
        sql = (
            f"select 1 as n from messages where first_seen_at > timestamptz '{now.add(minutes=1)}'"
        )
        assert known.rows(sql) == []


def test_a_clock_that_is_a_little_off_is_let_be() -> None:
    """Seconds of difference change nothing; hours do, until both agree again."""
    own = HeldClock(pendulum.datetime(2026, 3, 1, 12))
    clock = RightedClock(own)
    clock.hear(own.now().add(seconds=200))
    assert clock.now() == own.now()
    clock.hear(own.now().subtract(hours=5))
    assert clock.now() == own.now().subtract(hours=5)
    clock.hear(own.now())
    assert clock.now() == own.now()
