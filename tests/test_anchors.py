"""Losses that were measured in other tools on this very job: each is reproduced, and passed.

The labels M1 to M5 name those measurements; a docstring says what was lost. The rest is in
test_anchors_gateway.py.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

import pendulum
import pytest

from pipeline.emulator.habits import Habits
from pipeline.extract.landing import Lander
from pipeline.warehouse.inbox import Inbox, Landing
from pipeline.warehouse.store import open_warehouse
from support.account import NOW, Account, account
from support.anchors import DAY, EPOCH, HOUR, assert_all_came, bounds, is_rows
from support.landed import Landed, page, sealed


@pytest.fixture
def known(tmp_path: Path) -> Iterator[Account]:
    """Serve an account of some hundred messages in short windows."""
    with account(tmp_path, messages=400, days=30, window_rows=40) as served:
        yield served


def test_a_late_status_of_a_known_message_is_taken(known: Account) -> None:
    """M1: a status that changes on known ids, without a new row, was kept at 6 without warning."""
    known.run()
    old = [m for m in known.world.messages if m.end == 6 and m.left < EPOCH - 10 * DAY][:2]
    for message in old:
        known.world.set_status(message.message_id, 7, EPOCH + HOUR)
    known.clock.advance(2 * HOUR)
    known.run()
    assert len(old) == 2
    assert_all_came(known)
    changes = known.rows("select message_id from status_changes where from_status = 6")
    assert {m.message_id for m in old} <= {row["message_id"] for row in changes}


@pytest.mark.parametrize("column", ["created", "due", "sent"])
def test_a_null_time_neither_stops_a_run_nor_hides_a_row(tmp_path: Path, column: str) -> None:
    """M1: a null cursor raised; here messages without a sent time come, whatever bounds compare."""
    habits = Habits(filter_column=column)
    with account(tmp_path, messages=300, days=20, habits=habits) as known:
        for message in known.world.messages:
            # Without a date and with a status that nobody documented, only the total tells of it.
            message.end = 9 if message.end == 4 else message.end
        known.run()
        assert_all_came(known)
        unsent = sum(m.sent_at is None for m in known.world.messages_at(NOW))
        assert unsent > 20
        rows = known.rows("select count(*) as n from messages where sent_at is null")
        assert rows == [{"n": unsent}]


@pytest.mark.parametrize("date_type", [1, 3])
def test_the_doubled_hour_of_autumn_drops_no_row(tmp_path: Path, date_type: int) -> None:
    """M1: 02:10+01:00 comes after 02:30+02:00 and was dropped, for its text is smaller."""
    summer, winter = (
        int(pendulum.parse(f"2026-10-25T{text}").timestamp())
        for text in ("02:30:00+02:00", "02:10:00+01:00")
    )
    habits = Habits(date_type=date_type, obeys_zone=False)
    with account(tmp_path, messages=300, days=20, habits=habits) as known:
        device = known.world.phones[0].device_id
        first = known.world.insert(summer, device_id=device, at=EPOCH)
        known.run()
        known.clock.advance(HOUR)
        later = known.world.insert(winter, device_id=device, at=EPOCH + HOUR)
        known.run()
        assert_all_came(known)
        rows = known.rows(
            f"""select message_id, epoch(created_at)::bigint as at from messages
            where message_id in ({first}, {later}) and not is_time_ambiguous"""
        )
        truth = {first: summer, later: winter}
        assert {row["message_id"]: row["at"] for row in rows}.items() <= truth.items()
        assert date_type == 3 or len(rows) == 2


def test_what_a_crash_left_lands_and_today_is_fetched_too(
    known: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    """M2: seven finished windows were lost by a kill; or they landed, and today was skipped."""
    land = Lander.land

    def dying(self: Lander, landings: Sequence[Landing], *counted: object) -> object:
        if any(not landing.ticket.filters for landing in landings):
            raise KeyboardInterrupt  # the first windows of history; samples have landed
        return land(self, landings, *counted)

    monkeypatch.setattr(Lander, "land", dying)
    with pytest.raises(KeyboardInterrupt):
        known.run()
    monkeypatch.undo()
    inbox = Path(known.settings.data_dir / "inbox")
    left = [item.ticket.window for item in Inbox(inbox).leftovers()]
    old = [w for w in left if w is not None and w.end_at < NOW.subtract(days=5)]
    assert old
    known.clock.advance(DAY)
    before = known.log.total
    known.run()
    assert_all_came(known)
    again = [bounds(call) for call in known.calls()[before:] if is_rows(call)]
    assert [w for w in old for a, b in again if max(a, w.begin_at) < min(b, w.begin_at)] == []
    for window in old:
        assert (window.begin_at.subtract(seconds=1), window.end_at) not in again


@pytest.mark.parametrize("order", [(0, 1), (1, 0)], ids=["older first", "newer first"])
@pytest.mark.parametrize("loads", [1, 2], ids=["one load", "two loads"])
def test_an_older_copy_never_wins(tmp_path: Path, order: tuple[int, int], loads: int) -> None:
    """M3: of one id twice in a load the first won; an older copy of a later load overwrote."""
    inbox = Inbox(tmp_path / "inbox")
    landings = [
        sealed(inbox, "old", page(6), minutes=1),
        sealed(inbox, "new", page(7), minutes=5),
    ]
    given = [landings[place] for place in order]
    with open_warehouse(tmp_path / "w.duckdb") as warehouse:
        landed = Landed(warehouse, inbox)
        for batch in [given] if loads == 1 else [[item] for item in given]:
            landed.lander.land(batch)
        assert landed.statuses()[-1] == 7
        assert warehouse.scalar("select status from raw.message_heads") == 7


@pytest.mark.parametrize("empty", ["[]", "{}", "null", "absent"])
def test_an_object_keyed_by_id_becomes_rows(tmp_path: Path, empty: str) -> None:
    """M4: fifty messages became one row of 305 columns; a column of nulls alone was missing."""
    with account(tmp_path, messages=50, days=10, habits=Habits(empty=empty)) as known:
        for message in known.world.messages:
            message.tells_sent = False
        known.run()
        assert_all_came(known)
        rows = known.rows("select count(*) as n, count(sent_at) as sent from messages")
        assert rows == [{"n": 50, "sent": 0}]


def test_an_empty_list_is_a_good_answer(tmp_path: Path) -> None:
    """M4: `smss: []` is an account without messages, and a green run."""
    with account(tmp_path, messages=0, days=1) as known:
        known.world.messages.clear()
        known.world.created.clear()
        known.run()
        assert known.rows("select count(*) as n from messages") == [{"n": 0}]


def test_two_accounts_share_no_bookmark(tmp_path: Path) -> None:
    """M5: the second account's history began at the first one's bookmark; failed rows were gone."""
    for name, days, seed in (("young", 10, 1), ("old", 120, 2)):
        with account(tmp_path / name, messages=300, days=days, seed=seed) as known:
            known.run()
            assert_all_came(known)
            failed = known.rows("select status, sent_at from messages where outcome = 'failed'")
            assert failed
            assert [row for row in failed if row["sent_at"] is not None] == []
