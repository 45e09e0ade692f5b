"""Losses that were measured in other tools when a gateway fails, lies or is asked at an edge.

The labels M4, M7 and the needs 1 to 5 name those measurements; a docstring says what was lost.
"""

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pendulum
import pytest

from pipeline.emulator.app import Gateway
from pipeline.emulator.faults import FaultKind, Faults
from pipeline.emulator.forms import Fields
from pipeline.emulator.habits import Habits
from pipeline.errors import GatewayError, UnprovenError
from support.account import NOW, Account, account
from support.anchors import (
    DAY,
    EPOCH,
    HOUR,
    PAST,
    assert_all_came,
    bounds,
    covered,
    is_rows,
    touches,
    written,
)


@pytest.fixture
def known(tmp_path: Path) -> Iterator[Account]:
    """Serve an account of some hundred messages in short windows."""
    with account(tmp_path, messages=400, days=30, window_rows=40) as served:
        yield served


@pytest.fixture
def long(tmp_path: Path) -> Iterator[Account]:
    """Serve an account with a past that the survey of habits does not look at."""
    with account(tmp_path, messages=1200, days=60, window_rows=40) as served:
        yield served


@pytest.mark.parametrize("kind", ["error1", "html", "empty"])
def test_no_green_run_without_data(known: Account, kind: FaultKind) -> None:
    """M4, need 3: HTTP 200 with an error, a page or nothing ended in a good run without rows."""
    known.run()
    before = known.settings.snapshot_path.read_bytes()
    known.clock.advance(DAY)
    known.faults._rule = lambda endpoint, call: kind if endpoint == "getallsms" else None
    with pytest.raises(GatewayError):
        known.run()
    assert known.settings.snapshot_path.read_bytes() == before
    known.faults.off()
    known.run()
    assert_all_came(known)


def test_rows_that_are_wrongly_none_are_asked_again(
    long: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    """M7: a window that came with no rows was covered for ever, its messages lost."""
    at = next(m.created for m in long.world.messages if m.created > PAST.timestamp())
    answered, is_hit = Gateway._answer, touches(at)

    def forgetful(self: Gateway, name: str, fields: Fields) -> str | None:
        return '{"error":0,"smss":[]}' if is_hit(name, fields) else answered(self, name, fields)

    monkeypatch.setattr(Gateway, "_answer", forgetful)
    with pytest.raises(UnprovenError):
        long.run()
    monkeypatch.undo()
    assert covered(long, at) == [False]
    long.clock.advance(HOUR)
    long.run()
    assert covered(long, at) == [True]
    assert_all_came(long)


def test_counts_that_are_wrongly_none_are_never_believed(
    long: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    """M7: where days are answered as empty, count and rows, the total tells and they are found."""
    begin, end = PAST.subtract(days=5), PAST.add(days=5)
    answered = Gateway._answer

    def forgetful(self: Gateway, name: str, fields: Fields) -> str | None:
        is_dated = "begindate" in fields
        if is_dated and begin <= bounds(fields)[0] and bounds(fields)[1] <= end:
            return '{"error":0,"smss":[],"count":0}'
        return answered(self, name, fields)

    monkeypatch.setattr(Gateway, "_answer", forgetful)
    with pytest.raises(UnprovenError):
        long.run()
    monkeypatch.undo()
    assert covered(long, int(PAST.timestamp())) == [False]
    long.clock.advance(HOUR)
    long.run()
    assert covered(long, int(PAST.timestamp())) == [True]
    assert_all_came(long)


@pytest.mark.parametrize("kind", ["500", "truncated"])
def test_a_window_that_fails_is_asked_again(long: Account, kind: FaultKind) -> None:
    """M7: a failed window is never covered: it is a hole, which the next run fills, and no more."""
    at = next(m.created for m in long.world.messages if m.created > PAST.timestamp())
    is_hit = touches(at)
    long.faults._rule = lambda endpoint, call: kind if is_hit(endpoint, call) else None
    with pytest.raises(UnprovenError):
        long.run()
    assert covered(long, at) == [False]
    long.faults.off()
    long.clock.advance(HOUR)
    before = long.log.total
    long.run()
    assert covered(long, at) == [True]
    assert_all_came(long)
    asked = [bounds(c) for c in long.calls()[before:] if is_rows(c)]
    old = NOW.subtract(days=5)
    assert [b for b in asked if b[1] < old and not is_hit("getallsms", written(b))] == []


def test_rows_that_are_committed_late_are_found(known: Account) -> None:
    """Need 1: rows that appear behind the newest, days back or months, fell below the mark."""
    known.run()
    known.clock.advance(HOUR)
    device = known.world.phones[0].device_id
    for age in (HOUR, 4 * DAY, 20 * DAY, 400 * DAY):
        known.world.insert(EPOCH - age, device_id=device, at=EPOCH + HOUR)
    known.run()
    assert_all_came(known)


@pytest.mark.parametrize(("begin_inside", "end_inside"), [(True, True), (False, False)])
def test_no_row_is_lost_at_an_edge(tmp_path: Path, *, begin_inside: bool, end_inside: bool) -> None:
    """Need 2: rows at the very bounds of windows, at midnights and clock changes all come, once."""
    habits = Habits(begin_inside=begin_inside, end_inside=end_inside)
    with account(tmp_path, messages=300, days=20, habits=habits, window_rows=40) as known:
        known.run(data_dir=tmp_path / "first")
        edges = {at for call in known.calls() if is_rows(call) for at in bounds(call)}
        midnights = (NOW.subtract(days=n).start_of("day") for n in range(12))
        paris = (pendulum.datetime(2026, 10, 25, hour) for hour in (0, 1, 22, 23))
        for moment in {int(at.timestamp()) for at in (*edges, *midnights, *paris)}:
            for second in (moment - 1, moment, moment + 1):
                if EPOCH - 30 * DAY < second < EPOCH - HOUR:
                    known.world.insert(second, device_id=known.world.phones[0].device_id, at=0)
        assert len(known.world.added) > 50
        known.run()
        assert_all_came(known)
        ids = known.rows("select count(*) = count(distinct message_id) as is_once from messages")
        assert ids == [{"is_once": True}]


def test_an_outage_in_a_first_load_costs_what_is_missing(tmp_path: Path) -> None:
    """Need 4: after an outage the load began from zero; here the next run asks for the rest."""
    with account(tmp_path / "a", messages=600, days=30, window_rows=30) as whole:
        whole.run()
        undisturbed = [bounds(call) for call in whole.calls() if is_rows(call)]
    cut = len(undisturbed) * 2 // 3
    asked: list[Fields] = []

    def rule(endpoint: str, call: Fields) -> FaultKind | None:
        asked.extend([dict(call)] if is_rows(call) else [])
        return "503" if len(asked) > cut else None

    faults = Faults(rule=rule)
    with account(tmp_path / "b", messages=600, days=30, window_rows=30, faults=faults) as known:
        with pytest.raises(UnprovenError):
            known.run()
        known.faults.off()
        before = known.log.total
        known.run()
        assert_all_came(known)
        again = [bounds(call) for call in known.calls()[before:] if is_rows(call)]
    assert len(again) < len(undisturbed) * 2 / 3
    windows = sorted(w for w in again if w[1] < NOW.subtract(days=5))
    assert all(a[1] <= b[1] for a, b in pairwise(windows))


@pytest.mark.parametrize("kind", ["500", "truncated"])
def test_an_answer_that_is_too_large_is_parted(tmp_path: Path, kind: FaultKind) -> None:
    """Need 5: the server failed until the page was smaller, and people found the size by hand."""
    habits = Habits(too_heavy_rows=320, too_heavy_kind=kind)
    with account(tmp_path, messages=1500, days=20, habits=habits) as known:
        known.run()
        assert_all_came(known)
