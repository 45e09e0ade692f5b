"""What happened to a message is kept: each change with its bounds, vanishing, coming back."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pendulum
import pytest

from pipeline.clock import HeldClock
from pipeline.extract.landing import CallLog, Lander
from pipeline.values import CallRecord, Window
from pipeline.warehouse.inbox import Body, Inbox, Ticket
from pipeline.warehouse.store import Warehouse, open_warehouse
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


class Landed:
    """A warehouse that lands what tests make up."""

    def __init__(self, warehouse: Warehouse, inbox: Inbox) -> None:
        self.inbox = inbox
        clock = HeldClock(ASKED.add(hours=1))
        self.lander = Lander(warehouse, inbox, CallLog(), run_id="r2", clock=clock)

    def land(self, record: str, minutes: int) -> list[str]:
        """Land an answer with one record; returns what a person is told of its fields."""
        path = self.inbox.new_body(f"c{minutes}")
        path.write_text(f'{{"error":0,"smss":{{"5":{record}}}}}', "utf-8")
        at, size = ASKED.add(minutes=minutes), path.stat().st_size
        call = CallRecord(f"c{minutes}", "getallsms", {}, at, at, 200, "ok", 1, bytes=size)
        body = Body(path.name, call, 1, 1)
        window = Window(ASKED.subtract(days=1), ASKED)
        self.lander.fields.clear()
        self.lander.land(
            [self.inbox.seal(Ticket("messages", "r1", (body,), window, "verified", 1))]
        )
        return self.lander.surprises()


def test_new_fields_and_changed_types_are_kept_and_said_once(tmp_path: Path) -> None:
    """A field that nobody knows, and a type that a field never had, are told the first time."""
    with open_warehouse(tmp_path / "w.duckdb") as warehouse:
        landed = Landed(warehouse, Inbox(tmp_path / "inbox"))
        assert landed.land('{"id":5,"status":1,"customerid":null}', 0) == []
        new = "The gateway sends a field that is new here: cost (DOUBLE)."
        assert landed.land('{"id":5,"status":1,"cost":0.5}', 1) == [new]
        assert landed.land('{"id":5,"status":2,"cost":0.7}', 2) == []
        changed = "The gateway's field status is now VARCHAR; it was INTEGER."
        assert landed.land('{"id":5,"status":"2","cost":0.7}', 3) == [changed]
        odd = "The gateway's field created is VARCHAR, which is not documented."
        assert landed.land('{"id":5,"status":3,"created":"2026-11-01"}', 4) == [odd]
        sql = "select payload from raw.messages order by rowid"
        assert '"cost":0.7' in warehouse.rows(sql)[-2]["payload"]
