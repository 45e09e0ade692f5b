"""What is held is counted as it is, whatever stretches are asked for."""

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.values import Window
from pipeline.warehouse.asked import Place
from pipeline.warehouse.held import HeldCounts
from pipeline.warehouse.store import Warehouse, look_into_warehouse, open_warehouse, statement
from support.account import NOW, account

PLACE = Place("planned", 1, "planned")
COLUMNS = ("status", "sim", "created_at", "scheduled_at", "gone_at")
SECONDS = st.integers(0, 40)
WINDOWS = st.lists(st.tuples(SECONDS, SECONDS).filter(lambda w: w[0] < w[1]), max_size=6)
ROW = st.tuples(
    st.sampled_from([None, 7, 8]),
    st.sampled_from([None, 0, 1]),
    st.none() | SECONDS,
    st.none() | SECONDS,
    st.none() | SECONDS,
)


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warehouse]:
    """Open one warehouse for all examples."""
    with open_warehouse(tmp_path_factory.mktemp("held") / "w.duckdb") as opened:
        yield opened


def hold(warehouse: Warehouse, rows: list[tuple[int | None, ...]]) -> HeldCounts:
    """Hold these messages and no others; times are seconds."""
    warehouse.execute("delete from raw.message_heads")
    typed = [
        (status, sim, *(None if at is None else NOW.add(seconds=at) for at in times))
        for status, sim, *times in rows
    ]
    warehouse.append("raw.message_heads", COLUMNS, typed)
    return HeldCounts(warehouse)


def hold_many(warehouse: Warehouse, seconds: range) -> HeldCounts:
    """Hold a message made at each of these seconds, and no others."""
    warehouse.execute("delete from raw.message_heads")
    warehouse.execute(
        """
        insert into raw.message_heads by name
        select $at::timestamptz + to_seconds(second) as created_at
        from range($start, $stop, $step) as seconds (second)
        """,
        {"at": NOW, "start": seconds.start, "stop": seconds.stop, "step": seconds.step},
    )
    return HeldCounts(warehouse)


@given(rows=st.lists(ROW, max_size=12), windows=WINDOWS)
@settings(deadline=None)
def test_stretches_hold_what_lies_in_them(
    warehouse: Warehouse, rows: list[tuple[int | None, ...]], windows: list[tuple[int, int]]
) -> None:
    """Each message is counted in every stretch with its moment, the end left out; none vanished."""
    held = hold(warehouse, rows)
    asked = [Window(NOW.add(seconds=begin), NOW.add(seconds=end)) for begin, end in windows]
    moments = [
        (status, sim, created if scheduled is None else scheduled)
        for status, sim, created, scheduled, gone in rows
        if gone is None
    ]
    expected = [
        Counter((s, sim) for s, sim, at in moments if at is not None and begin <= at < end)
        for begin, end in windows
    ]
    assert held.by_status(asked, PLACE) == [dict(counts) for counts in expected]


@pytest.mark.parametrize("apart", [30, 20_000])
def test_a_quiet_moment_is_found_near_or_far(warehouse: Warehouse, apart: int) -> None:
    """It lies between two messages, hours away if need be."""
    busy = [(7, 0, second, None, None) for second in range(-apart, apart, 3)]
    held = hold(warehouse, busy)
    found = held.quiet(NOW, Place("created", 1, "created"))
    assert found is not None
    gap = min(abs((found - NOW.add(seconds=second)).total_seconds()) for _, _, second, *_ in busy)
    assert gap >= 3


def test_where_no_moment_is_quiet_none_is_told(warehouse: Warehouse) -> None:
    """Within twelve hours on either side there may be messages all the time."""
    held = hold_many(warehouse, range(-50_000, 50_000, 5))
    assert held.quiet(NOW, Place("created", 1, "created")) is None


@pytest.mark.parametrize("messages", [0, 100_000])
def test_cuts_of_many_messages_are_told_by_some(warehouse: Warehouse, messages: int) -> None:
    """A share of a window is about where it is, also where few of its messages are looked at."""
    held, whole = hold_many(warehouse, range(100_000)), Window(NOW, NOW.add(seconds=100_000))
    place = Place("created", 1, "created")
    found = held.quantiles(whole, place, [0.25, 0.5], messages)
    seconds = [(moment - NOW).total_seconds() for moment in found]
    assert seconds == pytest.approx([25_000, 50_000], rel=0.02)


def test_the_bins_of_coverage_are_made_once(tmp_path: Path) -> None:
    """No message is looked at where the list of bins is made: else each one would make it anew."""
    with account(tmp_path, messages=60, days=10) as known:
        known.run()
        with look_into_warehouse(known.settings.warehouse_path) as opened:
            sql = f"explain (format json) {statement('3_marts/coverage')}"
            (plan,) = opened.rows(sql)
    nodes = list(nodes_of(json.loads(plan["explain_value"])))
    making = [node for node in nodes if "list_distinct" in json.dumps(node["extra_info"])]
    assert making
    assert all("core.messages" not in json.dumps(node["children"]) for node in making)
    assert "core.messages" in plan["explain_value"]


def nodes_of(plan: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Give every node of an explained plan."""
    for node in plan:
        yield node
        yield from nodes_of(node["children"])
