"""What happened to a message is kept: each change with its bounds, vanishing, coming back."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pendulum
import pytest

from support.account import Account, account

ASKED = pendulum.datetime(2026, 11, 2, 12)


@pytest.fixture
def known(tmp_path: Path) -> Iterator[Account]:
    """Serve an account of a few hundred messages."""
    with account(tmp_path, messages=300, days=30) as served:
        yield served


def settled(known: Account, status: int) -> int:
    """Return an old message that rests in a status."""
    long_ago = int(known.clock.now().subtract(days=20).timestamp())
    truth = known.world.messages_at(known.clock.now())
    return next(
        m.message_id for m in truth if m.status == status and m.created_at.timestamp() < long_ago
    )


def row_of(known: Account, message_id: int) -> dict[str, Any]:
    """Return a message as it is published."""
    (row,) = known.rows(f"from messages where message_id = {message_id}")
    return row


def test_a_change_by_hand_has_its_bounds_and_is_flagged(known: Account) -> None:
    """Delivered to failed, weeks later: found by the next run, between two askings, impossible."""
    known.run()
    message_id, before = settled(known, 7), known.clock.now()
    known.clock.advance(5 * 3600)
    known.world.set_status(message_id, 9, int(known.clock.now().timestamp()) - 60)
    known.run()
    changes = known.rows(f"from status_changes where message_id = {message_id}")
    assert [(c["from_status"], c["to_status"], c["is_possible"]) for c in changes] == [
        (7, 9, False)
    ]
    assert changes[0]["not_before"] >= before
    assert changes[0]["not_before"] <= known.clock.now().subtract(seconds=60)
    assert changes[0]["not_after"] >= known.clock.now().subtract(seconds=60)
    assert row_of(known, message_id)["status"] == 9


def test_the_way_of_a_message_is_possible(known: Account) -> None:
    """Seen queued, then sent, then delivered: two changes, both possible, one after the other."""
    message = next(m for m in known.world.messages if m.created > known.world.epoch and m.end == 7)
    assert message.settled is not None
    for at in (message.taken - 1, message.left + 1, message.settled + 60):
        known.clock.set(pendulum.from_timestamp(at))
        known.run()
    changes = known.rows(f"from status_changes where message_id = {message.message_id}")
    ways = [(c["from_status"], c["to_status"], c["is_possible"]) for c in changes]
    assert ways == [(3, 6, True), (6, 7, True)]
    first, second = changes
    assert first["not_before"] < first["not_after"] <= second["not_before"] < second["not_after"]


def test_a_message_that_vanishes_is_gone_and_may_come_back(known: Account) -> None:
    """Deleted: kept with the time, in no count but gone. Restored: it counts again."""
    known.run()
    message_id = settled(known, 7)
    outgoing = known.rows("select sum(outgoing) as n, sum(gone) as gone from delivery_daily")[0]
    known.clock.advance(3600)
    known.world.delete(message_id, int(known.clock.now().timestamp()) - 60)
    result = known.run()
    assert result.sync is not None
    assert result.sync.gone == 1
    gone_at = row_of(known, message_id)["gone_at"]
    assert known.clock.now() <= gone_at <= known.clock.now().add(minutes=1)
    after = known.rows("select sum(outgoing) as n, sum(gone) as gone from delivery_daily")[0]
    new = known.rows(
        f"select count(*) as n from messages where direction = 'outgoing'"
        f" and first_seen_at >= '{known.clock.now()}'"
    )[0]["n"]
    assert (after["n"] - new, after["gone"]) == (outgoing["n"] - 1, outgoing["gone"] + 1)
    known.clock.advance(3600)
    known.world.restore(message_id, int(known.clock.now().timestamp()) - 60)
    known.run()
    assert row_of(known, message_id)["gone_at"] is None


def test_a_message_that_is_sent_again_is_open_again(known: Account) -> None:
    """A delivered message that somebody resends is open, and its way is followed anew."""
    known.run()
    message_id = settled(known, 7)
    known.clock.advance(3600)
    known.world.resend(message_id, int(known.clock.now().timestamp()) - 1)
    known.run()
    assert row_of(known, message_id)["outcome"] == "open"
    known.clock.advance(30 * 3600)
    known.run()
    truth = {m.message_id: m.status for m in known.world.messages_at(known.clock.now())}
    assert row_of(known, message_id)["status"] == truth[message_id]


def test_a_late_insert_of_any_age_is_found(known: Account) -> None:
    """A message that appears with a date of weeks ago comes with the next run."""
    known.run()
    known.clock.advance(3600)
    now = int(known.clock.now().timestamp())
    phone = known.world.phones[0].device_id
    message_id = known.world.insert(now - 19 * 86_400, device_id=phone, status=8, at=now - 60)
    known.run()
    assert row_of(known, message_id)["status"] == 8
