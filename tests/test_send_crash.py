"""Crashes, full disks: no message is sent twice, whatever is cut off where."""

import signal
import sqlite3
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.errors import BusyError, is_disk_full
from pipeline.gateway.outcome import Outcome, Verdict
from pipeline.ledger import store as stores
from pipeline.ledger.ledger import SENDERS_LOCK, open_ledger
from pipeline.ledger.outbox import Outbox
from pipeline.ledger.values import Answer
from pipeline.warehouse.lock import writer_lock
from support.campaign import IS_LONG, rounds
from support.disk import CrashError, Disk, full_after
from support.scripted import DOUBT, outcome
from support.sends import Pile, SendBench

BULK = Pile(10, "bulk")


def test_on_a_full_disk_nothing_is_sent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the intent cannot be committed no call is made, and the next run sends all."""
    bench = SendBench(tmp_path)
    with (
        full_after(monkeypatch, Outbox, "claim", 1),
        pytest.raises(sqlite3.OperationalError) as caught,
    ):
        bench.send(BULK)
    assert is_disk_full(caught.value)
    assert bench.gateway.calls == []
    assert bench.send(BULK).saved == 10


def test_an_outcome_that_cannot_be_kept_is_a_doubt(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the outcome cannot be committed the message is in doubt at the next start."""
    bench = SendBench(tmp_path)
    with full_after(monkeypatch, Outbox, "settle", 2), pytest.raises(sqlite3.OperationalError):
        bench.send(BULK)
    assert bench.states() == {"saved": 1, "sent": 4}
    again = bench.send(BULK)
    assert (again.died, again.saved) == (4, 5)
    assert (again.skipped, again.exit_code) == ({"already_sent": 1, "in_doubt_before": 4}, 5)
    assert set(bench.gateway.taken.values()) == {1}


def test_one_sends_at_a_time(tmp_path: Path) -> None:
    """A second command ends with 75 before any call; a load of contacts has a lock of its own."""
    bench = SendBench(tmp_path)
    with writer_lock(tmp_path, SENDERS_LOCK), pytest.raises(BusyError) as caught:
        bench.send()
    assert (caught.value.exit_code, bench.gateway.calls) == (75, [])
    with open_ledger(tmp_path, bench.clock) as ledger, ledger.loading():
        assert bench.send().saved == 10


def crash(bench: SendBench, numbers: Sequence[str], *, takes: bool) -> Outcome:
    """End the process, before the gateway has taken a call's messages or after it."""
    if takes:
        bench.gateway.take(numbers)
    raise CrashError


HAPPENINGS: dict[str, Callable[[SendBench, Sequence[str]], Outcome | None]] = {
    "taken": lambda _bench, _to: None,
    "doubt": lambda _bench, _to: DOUBT,
    "taken in doubt": lambda bench, to: bench.gateway.take(to) or DOUBT,
    "unsent": lambda _bench, _to: outcome(Verdict.UNSENT),
    "busy": lambda _bench, _to: outcome(Verdict.BUSY),
    "stop": lambda _bench, _to: outcome(Verdict.STOP),
    "rejected": lambda _bench, to: outcome(Verdict.REJECTED, f"no {to[0]}"),
    "part taken": lambda bench, to: (
        bench.gateway.take(to[:2]) or outcome(Verdict.REJECTED) if len(to) > 1 else None
    ),
    "crash before": lambda bench, to: crash(bench, to, takes=False),
    "crash after": lambda bench, to: crash(bench, to, takes=True),
}
DECISIONS: tuple[Answer | None, ...] = (None, "saved", "resend", "drop")


@settings(max_examples=rounds(40, 3000), deadline=None, derandomize=not IS_LONG, database=None)
@given(
    happenings=st.lists(st.sampled_from(sorted(HAPPENINGS)), max_size=20),
    decisions=st.lists(st.sampled_from(DECISIONS), min_size=1, max_size=6),
    crashes=st.sets(st.integers(1, 30), max_size=4),
    is_bulk=st.booleans(),
)
def test_nothing_is_sent_twice_unless_somebody_said_so(
    happenings: list[str],
    decisions: list[Answer | None],
    crashes: set[int],
    is_bulk: bool,  # noqa: FBT001
) -> None:
    """However outcomes, crashes and decisions follow each other: once for each permission."""
    script = iter(happenings)
    pile = Pile(10, "bulk" if is_bulk else "send")
    allowed = Counter({letter.to: 1 for letter in pile.letters()})
    commits = 0

    def crashing() -> bool:
        nonlocal commits
        commits += 1
        if commits in crashes:
            raise CrashError
        return False

    with pytest.MonkeyPatch.context() as patch, TemporaryDirectory() as folder:
        patch.setattr(stores.sqlite3, "connect", partial(sqlite3.connect, factory=Disk))
        bench = SendBench(Path(folder))
        bench.gateway.answers = lambda to: HAPPENINGS[next(script, "taken")](bench, to)
        for decision in decisions:
            patch.setattr(Disk, "is_full", crashing)
            with suppress(CrashError):
                bench.send(pile)
            patch.setattr(Disk, "is_full", lambda: False)
            allowed.update(decided(bench, decision))
        script = iter(())
        last = bench.send(pile)
        states = bench.states()
    assert last.unsent == 0
    assert not bench.gateway.taken - allowed
    assert states.keys() <= {"saved", "in_doubt", "rejected", "dropped"}


def decided(bench: SendBench, decision: Answer | None) -> list[str]:
    """Do with all doubts what a person says; returns the numbers that may be sent to once more."""
    with open_ledger(bench.folder, bench.clock) as ledger, ledger.sending():
        sending = ledger.outbox.find("K1")
        doubtful = list(ledger.outbox.of(sending, "in_doubt")) if sending else []
        if decision is not None:
            ledger.outbox.resolve([s.customer_id for s in doubtful], decision, "somebody said so")
    return [sent.e164 for sent in doubtful] if decision == "resend" else []


def test_the_first_signal_keeps_the_answer_in_flight(tmp_path: Path) -> None:
    """After one Ctrl-C the call in flight is settled and no other is made, exit 130."""
    bench = SendBench(tmp_path)
    bench.gateway.answers = lambda _: signal.raise_signal(signal.SIGINT)
    done = bench.send(BULK)
    assert (done.stop and done.stop.kind, done.saved, done.exit_code) == ("interrupted", 1, 130)
    assert bench.states() == {"saved": 1}
    bench.gateway.answers = lambda _: None
    assert bench.send(BULK).saved == 9
    assert set(bench.gateway.taken.values()) == {1}


def test_the_second_signal_leaves_the_call_in_doubt(tmp_path: Path) -> None:
    """A second Ctrl-C ends it at once; what was in flight is in doubt at the next start."""
    bench = SendBench(tmp_path)

    def twice(numbers: Sequence[str]) -> None:
        bench.gateway.take(numbers)
        signal.raise_signal(signal.SIGINT)
        signal.raise_signal(signal.SIGTERM)

    bench.gateway.answers = twice
    with pytest.raises(KeyboardInterrupt):
        bench.send(BULK)
    assert bench.states() == {"sent": 1}
    bench.gateway.answers = lambda _: None
    again = bench.send(BULK)
    assert (again.died, again.saved, again.skipped) == (1, 9, {"in_doubt_before": 1})
    assert set(bench.gateway.taken.values()) == {1}
