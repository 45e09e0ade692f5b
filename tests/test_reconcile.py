"""Counts against what is held: what differs is found, at little cost, and never mistaken."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.emulator.habits import Habits
from pipeline.values import Window
from pipeline.warehouse.asked import Place
from pipeline.warehouse.held import HeldCounts
from pipeline.warehouse.store import open_warehouse
from support.account import NOW, Account, account
from support.emulator import running_emulator


@pytest.fixture
def known(tmp_path: Path) -> Iterator[Account]:
    """Serve an account that takes many windows, fetched once."""
    with account(tmp_path, messages=600, days=30, window_rows=100) as served:
        served.run()
        yield served


def old_ones(known: Account, status: int) -> list[int]:
    """Return the messages in a status that are older than the horizon, the oldest first."""
    before = known.clock.now().subtract(days=6)
    truth = known.world.messages_at(known.clock.now())
    return [m.message_id for m in truth if m.status == status and m.due_at < before]


def differs(known: Account) -> set[int]:
    """Return the messages whose published status is not the true one."""
    truth = {m.message_id: m.status for m in known.world.messages_at(known.clock.now())}
    rows = known.rows("select message_id, status from messages where gone_at is null")
    held = {row["message_id"]: row["status"] for row in rows}
    return {i for i in truth.keys() | held.keys() if truth.get(i) != held.get(i)}


def test_nothing_changed_costs_about_a_dozen_counts(known: Account) -> None:
    """With nothing new, the rest of the history is compared by one count per status, and few."""
    known.clock.advance(3600)
    before = known.log.total
    known.run()
    asked = known.calls()[before - known.log.total :]
    statuses = {m.status for m in known.world.messages_at(known.clock.now())}
    counts = [call for call in asked if call.get("onlycount") == "1" and "begindate" in call]
    assert len([call for call in counts if "status" in call]) <= len(statuses) + 3
    rows = [call for call in asked if call["endpoint"] == "getallsms" and "onlycount" not in call]
    horizon = f"{known.clock.now().subtract(hours=73):%Y-%m-%d %H:%M:%S}"
    assert [call for call in rows if call["enddate"] < horizon] == []


def test_one_edit_reads_one_window(known: Account) -> None:
    """A single status set by hand is found, and no more rows are read than one answer may hold."""
    known.clock.advance(3600)
    known.world.set_status(old_ones(known, 7)[3], 9, int(known.clock.now().timestamp()) - 5)
    before = known.log.total
    known.run()
    asked = known.calls()[before - known.log.total :]
    horizon = f"{known.clock.now().subtract(hours=73):%Y-%m-%d %H:%M:%S}"
    old = [c for c in asked if "onlycount" not in c and "0" < c.get("enddate", "") < horizon]
    assert differs(known) == set()
    assert len(old) == 1


def test_what_cancels_out_is_found_by_a_cut_that_moves(known: Account) -> None:
    """A deletion at one end and an insert at the other leave every total as it was: found soon."""
    known.clock.advance(3600)
    now = int(known.clock.now().timestamp())
    oldest = old_ones(known, 7)[0]
    known.world.delete(oldest, now - 5)
    device = known.world.phones[0].device_id
    known.world.insert(now - 7 * 86_400, device_id=device, status=7, at=now - 5)
    for _ in range(4):
        known.clock.advance(3600)
        known.run()
    assert differs(known) == set()


@pytest.mark.parametrize("share", [0.0, 1e-9, 7.2e-5, 1 / 3, 0.5, 1.0])
def test_a_cut_may_lie_after_any_share(tmp_path: Path, share: float) -> None:
    """The moving cut comes to every share in some hour, even to those written as `7.2e-05`."""
    moments = [(NOW.add(seconds=second),) for second in range(1001)]
    with open_warehouse(tmp_path / "w.duckdb") as warehouse:
        warehouse.append("raw.message_heads", ("created_at",), moments)
        held, place = HeldCounts(warehouse), Place("created", 1, "created")
        found = held.quantiles(Window(NOW, NOW.add(hours=1)), place, [share, 0.5])
    seconds = [(moment - NOW).total_seconds() for moment in found]
    assert seconds == pytest.approx([1000 * share, 500], abs=5)


def test_what_a_gateway_begins_to_hide_has_not_vanished(known: Account) -> None:
    """Incoming messages that plain queries leave out from now on are asked by themselves."""
    known.clock.advance(3600)
    habits = Habits(hides_incoming=True)
    with running_emulator(known.world, known.clock, habits) as address:
        result = known.run(base_url=address)
        assert result.sync is not None
        assert result.sync.gone == 0
        assert differs(known) == set()
        known.clock.advance(3600)
        known.run(base_url=address)
        assert differs(known) == set()


def test_a_status_that_is_not_heeded_is_not_compared(tmp_path: Path) -> None:
    """Where the status of a question changes nothing, recent days are read again instead."""
    habits = Habits(ignores=frozenset({"status"}))
    with account(tmp_path, messages=600, days=30, window_rows=100, habits=habits) as known:
        known.run()
        known.clock.advance(3600)
        recent = [
            m.message_id
            for m in known.world.messages_at(known.clock.now())
            if m.status == 7 and m.created_at > known.clock.now().subtract(days=6)
        ]
        known.world.set_status(recent[0], 9, int(known.clock.now().timestamp()) - 5)
        before = known.log.total
        known.run()
        assert differs(known) == set()
        assert known.log.total - before < 40


def test_the_audit_reads_every_day_again_within_its_days(known: Account) -> None:
    """A swap of two statuses within one day, which no count shows, is found by the audit."""
    day = known.clock.now().subtract(days=12).date()
    truth = [m for m in known.world.messages_at(known.clock.now()) if m.created_at.date() == day]
    first = next(m for m in truth if m.status == 7)
    other = next(m for m in truth if m.status not in {7, 5, 1, 2, 3})
    now = int(known.clock.now().timestamp())
    known.world.set_status(first.message_id, other.status, now + 60)
    known.world.set_status(other.message_id, 7, now + 60)
    for _ in range(6):
        known.clock.advance(5 * 86_400)
        known.run()
    assert differs(known) == set()
