"""Runs over an account that moves: every change is found by the next run, for few calls.

A dozen runs by default; with `SMS24_CAMPAIGN=1` a hundred runs with three hundred edits, whose
figures `python tests/support/calls.py` writes to `docs/calls.md`.
"""

from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from support.account import Account, account
from support.campaign import note, rounds
from support.edits import Done, Editor

RUNS = rounds(8, 100)
BATCH = rounds(16, 102)
# Without the audit: what is found, counts have found.
NEVER = 100_000
HOUR = 3600


def assert_true(known: Account, editor: Editor) -> None:
    """Compare every message of the snapshot with the world: status, deletions, inserts."""
    rows = known.rows("select message_id, status, gone_at is not null as is_gone from messages")
    truth = {m.message_id: m.status for m in known.world.messages_at(known.clock.now())}
    found = {row["message_id"]: row["status"] for row in rows if not row["is_gone"]}
    wrong = {m: (found.get(m), truth.get(m)) for m in {*found, *truth}}
    assert {m: pair for m, pair in wrong.items() if pair[0] != pair[1]} == {}
    assert {row["message_id"] for row in rows if row["is_gone"]} == set(editor.deleted)


def assert_open_again(known: Account, done: list[Done]) -> None:
    """Look up what was sent again: it is open."""
    ids = [edit.message_id for edit in done if edit.kind == "resend"]
    rows = known.rows(
        f"select outcome from messages where list_contains({ids}::bigint[], message_id)"
    )
    assert [row["outcome"] for row in rows] == ["open"] * len(ids)


def keep_figures(known: Account, editor: Editor, number: int, edits: int) -> None:
    """Note what a run asked for, and what a look-back of seven days would have."""
    (run,) = known.rows("from runs order by started_at desc limit 1")
    now = known.clock.now()
    week = sum(m.created_at > now.subtract(days=7) for m in known.world.messages_at(now))
    calls = known.calls()[-run["calls"] :]
    bodies = sum(c["endpoint"] == "getallsms" and "onlycount" not in c for c in calls)
    note(
        "moving",
        {
            "run": number,
            "at": f"{now:%Y-%m-%d %H:%M}",
            "edits": edits,
            "versions": run["new_versions"],
            "gone": run["gone"],
            "calls": run["calls"],
            "bodies": bodies,
            "late_calls": run["late_calls"],
            "lookback_calls": run["lookback_calls"],
            "week": week,
        },
    )


@pytest.fixture
def moving(tmp_path: Path) -> Iterator[Account]:
    """Serve an account of thirty days whose traffic goes on, one answer a day's messages."""
    with account(
        tmp_path, messages=3000, days=30, future_days=34, window_rows=100, audit_days=NEVER
    ) as known:
        yield known


def test_every_change_is_found_by_the_next_run(moving: Account) -> None:
    """Run by run over weeks: statuses, inserts, deletions of any age are right at once."""
    random = Random(11)
    editor = Editor(moving.world, random)
    moving.run()
    assert_true(moving, editor)
    for number in range(1, RUNS + 1):
        moving.clock.advance(random.randrange(1, 14 * HOUR))
        edits = BATCH if number == RUNS // 2 else 2
        done = editor.draw(moving.clock.now(), edits)
        moving.run()
        assert_true(moving, editor)
        assert_open_again(moving, done)
        keep_figures(moving, editor, number, edits)
    assert len(editor.done) == 2 * (RUNS - 1) + BATCH
    assert sum(edit.is_old for edit in editor.done) > len(editor.done) / 2


def test_a_swap_that_cancels_out_is_found_by_the_audit(tmp_path: Path) -> None:
    """An insert and a deletion of one status in one hour change no count: found within 30 days."""
    with account(tmp_path, messages=300, days=30, future_days=34, window_rows=50) as known:
        known.run()
        now = known.clock.now()
        gone = next(
            m
            for m in known.world.messages
            if m.status_at(int(now.timestamp())) == 7 and m.created < now.timestamp() - 10 * 86_400
        )
        known.clock.advance(HOUR)
        at = int(known.clock.now().timestamp())
        known.world.delete(gone.message_id, at)
        made = known.world.insert(
            gone.created, device_id=gone.device_id, sim=gone.sim, status=7, at=at
        )
        known.run()
        sql = f"select count(*) as n from messages where message_id = {made}"
        assert known.rows(sql) == [{"n": 0}]
        for _ in range(8):
            known.clock.advance(90 * HOUR)
            known.run()
        assert known.rows(sql) == [{"n": 1}]
        sql = f"select count(gone_at) as n from messages where message_id = {gone.message_id}"
        assert known.rows(sql) == [{"n": 1}]


def test_calls_do_not_grow_with_the_age_of_an_account(tmp_path: Path) -> None:
    """A daily run on ten months makes at most some dozens of calls more than one on a month."""
    calls: list[int] = []
    for days in (30, 300):
        folder = tmp_path / str(days)
        with account(folder, messages=15 * days, days=days, window_rows=100) as known:
            known.run()
            known.clock.advance(24 * HOUR)
            run = known.run().sync
            assert run is not None
            calls.append(run.calls)
    note("age", calls)
    assert abs(calls[1] - calls[0]) <= 80
