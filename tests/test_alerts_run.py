"""A whole run under thresholds: its code, its row, its journal; and one that is turned away."""

import json
import stat
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline import journal
from pipeline.clock import HeldClock
from pipeline.emulator.faults import Faults
from pipeline.errors import BusyError, GatewayError, ThresholdError
from pipeline.ledger.ledger import open_ledger
from pipeline.warehouse.lock import writer_lock
from support.account import Account, account
from support.scripted import DOUBT
from support.sends import Pile, Post, SendBench

_KEEP = "import sys; open(sys.argv[1], 'ab').write(sys.stdin.buffer.read() + b'\\n')"


@pytest.fixture
def known(tmp_path: Path) -> Iterator[Account]:
    """Serve a small account whose gateway may fail, with a program that keeps notices."""
    command = (sys.executable, "-c", _KEEP, str(tmp_path / "told"))
    with account(
        tmp_path,
        messages=60,
        days=3,
        faults=Faults(rule=lambda *_: None),
        notify_by=("command",),
        notify_command=command,
    ) as served:
        yield served


def told(known: Account) -> list[list[str]]:
    """Return the rules of each notice, those that are over with a minus."""
    path = known.settings.data_dir.parent / "told"
    notices = [json.loads(line) for line in path.read_bytes().splitlines()] if path.exists() else []
    return [
        [alert["rule"] for alert in notice["crossed"]]
        + [f"-{alert['rule']}" for alert in notice["over"]]
        for notice in notices
    ]


def test_a_crossed_threshold_ends_with_6_and_is_told_once(known: Account) -> None:
    """The run publishes, ends with 6 while it is crossed, and tells of it and of its end once."""
    rule = {"alert_success_below": 1.0, "alert_success_messages": 40}
    for _ in range(2):
        with pytest.raises(ThresholdError, match="newest 40 messages") as raised:
            known.run(**rule)
        assert raised.value.exit_code == 6
    assert known.settings.snapshot_path.is_file()
    known.run()
    known.run()
    assert told(known) == [["success"], ["-success"]]
    ended = [entry.exit_code for entry in journal.entries(known.settings.data_dir)]
    assert ended == [0, 0, 6, 6]
    codes = known.rows(
        "select exit_code from runs where finished_at is not null order by exit_code"
    )
    assert [row["exit_code"] for row in codes] == [0, 6, 6]


def test_a_failed_run_is_told_and_ends_as_it_failed(known: Account) -> None:
    """With `alert_failures` a run whose gateway is gone ends with 3, told once until it is over."""
    lost = replace(known, settings=replace(known.settings, base_url="http://127.0.0.1:9"))
    for _ in range(2):
        with pytest.raises(GatewayError):
            lost.run(alert_failures=True)
    assert told(known) == [["failure"]]
    known.run(alert_failures=True)
    assert told(known) == [["failure"], ["-failure"]]


def test_a_failed_run_is_told_in_the_language_of_reports(known: Account) -> None:
    """In French a notice says of what kind the failure was; doubts of sendings cross a run too."""
    lost = replace(known, settings=replace(known.settings, base_url="http://127.0.0.1:9"))
    with pytest.raises(GatewayError):
        lost.run(alert_failures=True, report_language="fr")
    path = known.settings.data_dir.parent / "told"
    (alert,) = json.loads(path.read_bytes())["crossed"]
    assert alert["sentence"] == "Une exécution a échoué : La passerelle n'a pas pu être jointe."


def test_a_sending_in_doubt_crosses_a_run(known: Account) -> None:
    """With `alert_sending_doubts` a run ends with 6, and tells of doubts and of their end once."""
    clock = HeldClock(known.clock.now())
    bench = SendBench(known.settings.data_dir, Post(lambda _: DOUBT), clock)
    bench.send(Pile(1))
    for _ in range(2):
        with pytest.raises(ThresholdError, match="outbox resolve"):
            known.run(alert_sending_doubts=1)
    with open_ledger(known.settings.data_dir, clock) as ledger:
        ledger.outbox.resolve([Pile().first], "drop", "seen")
    known.run(alert_sending_doubts=1)
    assert told(known) == [["sending_doubts"], ["-sending_doubts"]]


def test_a_run_that_is_turned_away_is_seen(known: Account) -> None:
    """A run that finds the folder held leaves its trace in the journal, and later in `runs`."""
    with writer_lock(known.settings.data_dir), pytest.raises(BusyError):
        known.run()
    path = known.settings.data_dir / journal.NAME
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    (entry,) = journal.entries(known.settings.data_dir)
    assert (entry.exit_code, entry.command) == (75, "run")
    known.run()
    known.run()
    rows = known.rows("select run_id, message from runs where exit_code = 75")
    assert [row["run_id"] for row in rows] == [entry.run_id]
    assert "is working in" in rows[0]["message"]


def test_the_journal_outlives_torn_lines_and_stays_small(tmp_path: Path) -> None:
    """A torn line is skipped, a long journal is set aside, and what was aside is still read."""
    start = datetime(2026, 11, 2, tzinfo=UTC)
    entry = journal.Entry(run_id="a", command="run", started_at=start)
    journal.note(tmp_path, entry)
    with (tmp_path / journal.NAME).open("ab") as file:
        file.write(b'{"run_id": "torn\n' + b" " * 300_000 + b"\n")
    journal.trim(tmp_path)
    assert not (tmp_path / journal.NAME).exists()
    assert [found.run_id for found in journal.entries(tmp_path)] == ["a"]
