"""Crashes, full disks and signals: nobody is sent twice, whatever is cut off where."""

import json
import signal
import sqlite3
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.clock import SystemClock
from pipeline.errors import BusyError, is_disk_full
from pipeline.gateway.outcome import Outcome, Verdict
from pipeline.ledger import store as stores
from pipeline.ledger.contacts import Contacts
from pipeline.ledger.ledger import look_into_ledger, open_ledger
from pipeline.ledger.values import Answer
from pipeline.warehouse.lock import writer_lock
from support.campaign import IS_LONG, rounds
from support.disk import CrashError, Disk, full_after
from support.fault_server import fault_server
from support.loads import Listed, LoadBench, numbered, started_load
from support.scripted import DOUBT, Scripted, outcome

TEN = Listed(numbered(10))


def test_w09_no_call_without_its_intent_on_the_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """W09: where the intent cannot be committed no call is made, and the next run sends all."""
    scripted = Scripted()
    bench = LoadBench(tmp_path, gateway=scripted)
    bench.make_tag(TEN)
    with (
        full_after(monkeypatch, Contacts, "claim", 1),
        pytest.raises(sqlite3.OperationalError) as caught,
    ):
        bench.apply(TEN)
    assert is_disk_full(caught.value)
    assert scripted.sent == []
    assert bench.states(TEN) == {}
    assert bench.apply(TEN).saved == 10


def test_w10_an_outcome_that_cannot_be_kept_is_a_doubt(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """W10: the run stops; at the next start the contact is in doubt, and is not sent again."""
    scripted = Scripted()
    bench = LoadBench(tmp_path, gateway=scripted)
    bench.make_tag(TEN)
    with full_after(monkeypatch, Contacts, "settle", 1), pytest.raises(sqlite3.OperationalError):
        bench.apply(TEN)
    assert bench.states(TEN) == {"sent": 1}
    again = bench.apply(TEN)
    assert (again.died, again.saved, again.skipped) == (1, 9, {"in_doubt_before": 1})
    assert set(scripted.saved.values()) == {1}


def crash_before(scripted: Scripted, phone: str) -> Outcome:
    """End the process before the gateway has done anything."""
    raise CrashError


def crash_after(scripted: Scripted, phone: str) -> Outcome:
    """End the process once the gateway has saved."""
    scripted.save(phone)
    raise CrashError


def saved_in_doubt(scripted: Scripted, phone: str) -> Outcome:
    """Save, and lose the answer."""
    scripted.save(phone)
    return DOUBT


def told(verdict: Verdict, message: str = "said") -> Callable[[Scripted, str], Outcome]:
    """Return a gateway that says this and has saved nothing."""
    return lambda _, phone: outcome(verdict, f"{message} {phone}")


HAPPENINGS: dict[str, Callable[[Scripted, str], Outcome | None]] = {
    "saved": lambda _scripted, _phone: None,
    "in doubt": told(Verdict.IN_DOUBT),
    "saved in doubt": saved_in_doubt,
    "unsent": told(Verdict.UNSENT),
    "busy": told(Verdict.BUSY),
    "stop": told(Verdict.STOP),
    "rejected": told(Verdict.REJECTED),
    "refused login": told(Verdict.REFUSED_LOGIN),
    "crash before": crash_before,
    "crash after": crash_after,
}
DECISIONS: tuple[Answer | None, ...] = (None, "saved", "resend", "drop")


@settings(max_examples=rounds(30, 3000), deadline=None, derandomize=not IS_LONG, database=None)
@given(
    happenings=st.lists(st.sampled_from(sorted(HAPPENINGS)), max_size=40),
    decisions=st.lists(st.sampled_from(DECISIONS), min_size=1, max_size=8),
    crashes=st.sets(st.integers(1, 40), max_size=4),
)
def test_nobody_is_sent_twice_unless_somebody_said_so(
    happenings: list[str], decisions: list[Answer | None], crashes: set[int]
) -> None:
    """However outcomes, crashes and decisions follow each other, one save for each permission."""
    script = iter(happenings)
    scripted = Scripted(logins=2)
    scripted.answers = lambda phone: HAPPENINGS[next(script, "saved")](scripted, phone)
    allowed = Counter({person.e164: 1 for person in TEN.people})
    commits = 0

    def crashing() -> bool:
        nonlocal commits
        commits += 1
        if commits in crashes:
            raise CrashError
        return False

    with pytest.MonkeyPatch.context() as patch, TemporaryDirectory() as folder:
        patch.setattr(stores.sqlite3, "connect", partial(sqlite3.connect, factory=Disk))
        bench = LoadBench(Path(folder), gateway=scripted)
        bench.make_tag(TEN)
        for decision in decisions:
            patch.setattr(Disk, "is_full", crashing)
            with suppress(CrashError):
                bench.apply(TEN, patience_seconds=20.0)
            patch.setattr(Disk, "is_full", lambda: False)
            decide(bench, decision, allowed)
        script = iter(())
        last = bench.apply(TEN)
        known = bench.known(TEN)
    assert last.unsent == 0
    assert not scripted.saved - allowed
    states = {known_.state for known_ in known.values()}
    assert states <= {"saved", "in_doubt", "rejected", "dropped"}
    by_answer = {e: k.contact_id for e, k in known.items() if k.contact_id is not None}
    assert by_answer == {e164: scripted.ids[e164] for e164 in by_answer}


def decide(bench: LoadBench, decision: Answer | None, allowed: Counter[str]) -> None:
    """Resolve everybody who is in doubt, and note who may be sent once more."""
    with open_ledger(bench.folder, bench.clock) as ledger:
        with ledger.loading():
            pass
        doubtful = [known.e164 for known in ledger.contacts.under(1, "in_doubt")]
        if decision is not None:
            ledger.contacts.resolve(1, doubtful, decision, "somebody said so")
    if decision == "resend":
        allowed.update(doubtful)


def test_w12_the_first_signal_drains(tmp_path: Path) -> None:
    """W12: after one Ctrl-C no row is claimed, the answers in flight are kept, exit 130."""
    with (
        fault_server(is_held=True) as served,
        started_load(tmp_path, served.address, 500) as process,
    ):
        assert served.seen.acquire(timeout=30)
        process.send_signal(signal.SIGINT)
        served.gate.set()
        said, _ = process.communicate(timeout=30)
        counts = json.loads(said)
        assert (process.returncode, counts["stop"]) == (130, "interrupted")
        assert counts["saved"] == len(served.saved) < 500
        assert counts["in_doubt"] == 0
        bench = LoadBench(tmp_path, served.address, clock=SystemClock())
        assert bench.states(Listed(numbered(500))) == {"saved": len(served.saved)}


def test_w12_the_second_signal_leaves_what_is_in_flight(tmp_path: Path) -> None:
    """W12: it ends at once, exit 130; what was in flight is in doubt at the next start."""
    with fault_server(is_held=True) as served:
        with started_load(tmp_path, served.address, 20) as process:
            assert served.seen.acquire(timeout=30)
            process.send_signal(signal.SIGINT)
            process.send_signal(signal.SIGTERM)
            process.communicate(timeout=30)
            assert process.returncode == 130
        bench = LoadBench(tmp_path, served.address, clock=SystemClock())
        plan = Listed(numbered(20))
        in_flight = bench.states(plan)["sent"]
        assert in_flight >= 1
        served.gate.set()
        again = bench.apply(plan)
        assert (again.died, again.skipped["in_doubt_before"]) == (in_flight, in_flight)
        assert again.saved == 20 - in_flight
        assert set(Counter(phone for _, phone in served.saved).values()) == {1}


def test_w08_w13_beside_a_load(tmp_path: Path) -> None:
    """W08, W13: a second load exits 75 and calls nothing; status and a scheduled run go on."""
    with (
        fault_server(is_held=True) as served,
        started_load(tmp_path, served.address, 20) as process,
    ):
        assert served.seen.acquire(timeout=30)
        calls = len(served.requests)
        bench = LoadBench(tmp_path, served.address, clock=SystemClock())
        with pytest.raises(BusyError) as caught:
            bench.apply(TEN)
        assert caught.value.exit_code == 75
        assert served.calls("savetag")[1:] == []
        assert len(served.requests) == calls
        with writer_lock(tmp_path), look_into_ledger(tmp_path, bench.clock) as ledger:
            assert ledger.contacts.counts(1)["sent"] >= 1
        served.gate.set()
        assert process.wait(timeout=60) == 0
