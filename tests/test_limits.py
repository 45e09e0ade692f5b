"""How large answers may get: more while the gateway is quick, less once one was cut or failed."""

from pathlib import Path

import pytest

from pipeline.emulator.habits import Habits
from pipeline.extract.ask import LEAST_CAP, Limits
from pipeline.warehouse.store import look_into_warehouse
from support.account import account

SLOW, QUICK = 2.0, 1.9


def test_quick_answers_grow_to_four_times_and_no_further() -> None:
    """Each quick answer that holds most of what is asked doubles what the next may hold."""
    limits = Limits(1000)
    sizes = []
    for _ in range(4):
        limits.came(int(limits.rows), QUICK)
        sizes.append(limits.rows)
    assert sizes == [2000, 4000, 4000, 4000]


@pytest.mark.parametrize(("rows", "seconds"), [(500, QUICK), (1000, SLOW)])
def test_small_and_slow_answers_grow_nothing(rows: int, seconds: float) -> None:
    """An answer of half the size shows nothing of a larger one, and a slow one should not grow."""
    limits = Limits(1000)
    limits.came(rows, seconds)
    assert limits.rows == 1000


def test_what_failed_or_was_cut_is_never_tried_again() -> None:
    """After an answer of 3,000 has failed 1,500 are asked at the most, after a cut at 900 those."""
    limits = Limits(1000)
    limits.came(1000, QUICK)
    limits.too_heavy(3000)
    limits.came(1500, QUICK)
    assert limits.rows == 1500
    limits.cut_at(900)
    limits.came(900, QUICK)
    assert (limits.rows, limits.cap) == (900, 900)
    limits.too_heavy(12)
    assert limits.rows == LEAST_CAP


def test_answers_grow_as_far_as_the_gateway_manages(tmp_path: Path) -> None:
    """Windows of more than `window_rows` come whole, until some fail; no message is missing."""
    habits = Habits(too_heavy_rows=100)
    with account(tmp_path, messages=2000, days=30, window_rows=40, habits=habits) as known:
        known.run()
        told = {message.message_id for message in known.world.messages_at(known.clock.now())}
        assert {row["message_id"] for row in known.rows("select message_id from messages")} == told
        with look_into_warehouse(known.settings.warehouse_path) as warehouse:
            largest = warehouse.scalar("select max(rows) from raw.calls")
        assert 40 < largest <= 100
