"""`sms24 status`: what it says, that it fits one screen, and what it does without a snapshot."""

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pipeline import journal
from pipeline.alerts.rules import Crossing
from pipeline.alerts.state import moved, write_alerts
from pipeline.cli.main import main
from pipeline.cli.status import _lines, _share
from pipeline.clock import SystemClock
from pipeline.errors import UnprovenError
from pipeline.extract.plan import Asking
from pipeline.journal import Entry
from pipeline.operate.standing import Standing, standing
from pipeline.settings import Settings
from pipeline.timetable import timetable_of
from support.account import NOW, Account, account
from support.command import environment

START = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Account]:
    """Serve a small account that was fetched once, with a hole in its history."""
    with account(tmp_path_factory.mktemp("status"), messages=60, days=4) as served:
        served.run(Asking(until=NOW.subtract(days=3)))
        with pytest.raises(UnprovenError):
            served.run(Asking(since=NOW.subtract(days=2), until=NOW.subtract(hours=5), again=True))
        yield served


def status(
    known: Account, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *more: str
) -> str:
    """Return what `sms24 status` says of an account."""
    monkeypatch.setenv("SMS24_DATA_DIR", str(known.settings.data_dir))
    monkeypatch.setenv("SMS24_SCHEDULE", "hourly")
    monkeypatch.setattr(SystemClock, "now", lambda _: NOW.add(minutes=10))
    assert main(["status", *more]) == 0
    return capsys.readouterr().out


def test_it_says_how_things_stand(
    known: Account, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Freshness, the hole, what is open, the last runs with calls and rows, and what is due."""
    said = status(known, monkeypatch, capsys)
    lines = {line[:9].strip(): line[9:] for line in said.splitlines() if line[:9].strip()}
    assert lines["Data"] == "until 2026-11-02 04:30 UTC, 5.2 h ago"
    assert lines["Holes"] == "1"
    assert "2026-10-30 09:30 UTC to 2026-10-31 09:30 UTC: never_asked" in said
    assert lines["Next"] == "2026-11-02 10:07 UTC, in 27 min (hourly at 07)"
    assert lines["Alerts"] == "no threshold is set"
    rows = [line.split() for line in said.splitlines()[-2:]]
    assert [row[:4] for row in rows] == [["2026-11-02", "09:30", "run", code] for code in "30"]
    assert all(int(row[6]) > 0 for row in rows)  # the calls


def test_programs_read_the_same(
    known: Account, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """As JSON there are the same facts, with instants that name their zone."""
    found = json.loads(status(known, monkeypatch, capsys, "--json"))
    assert found["next_due"] == "2026-11-02T10:07:00Z"
    assert [hole["state"] for hole in found["holes"]] == ["never_asked"]
    assert [run["exit_code"] for run in found["runs"]] == [3, 0]
    assert 0 < found["proven"]["share"] < 1
    (told,) = known.rows(
        "select count(*) filter (outcome = 'open') as open, count(*) filter (is_stuck) as stuck "
        "from messages where gone_at is null"
    )
    assert {name: found["waiting"][name] for name in ("open", "stuck")} == told


def long_standing() -> Standing:
    """Return how an account stands in which everything is at its worst and longest."""
    long = "Messages \N{CJK UNIFIED IDEOGRAPH-4E2D}" + "x" * 200
    run = Entry(
        run_id="a",
        command="doctor",
        started_at=START,
        finished_at=START + timedelta(hours=999),
        exit_code=130,
        message=long,
        calls=1_000_000,
        rows=10_000_000,
    )
    return Standing(
        snapshot={"data_until": START, "built_at": START, "version": "0.1.0", "run_id": "z"}
        | {"timezone": "America/Argentina/ComodRivadavia"},
        proven={"since": START, "until": START, "messages": 123_456_789, "share": 0.123456},
        holes=[{"begin_at": START, "end_at": START, "state": "never_asked"}] * 100,
        waiting={"open": 1_000_000, "stuck": 1_000_000, "oldest_due_at": START},
        warnings=[{"sentence": long, "rows": 1_000_000}] * 9,
        runs=[run] * 7,
        rules=["a rule"] * 9,
        alerts=moved([], [Crossing("silent", str(n), long) for n in range(9)], START, ()),
        next_due=START + timedelta(hours=1),
        overdue_since=START,
    )


def test_the_worst_fits_a_screen(monkeypatch: pytest.MonkeyPatch) -> None:
    """However much is amiss, it is at most 23 lines: a prompt still fits under them."""
    settings = Settings(schedule=timetable_of("hourly"))
    assert len(_lines(long_standing(), settings, START)) <= 23


def test_no_line_is_wider_than_a_screen(
    known: Account, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Lines are cut at 79 columns, also where signs take two, and nothing in one steers."""
    monkeypatch.setattr("pipeline.operate.standing.standing", lambda *_: long_standing())
    said = status(known, monkeypatch, capsys)
    assert all(len(line) <= 79 for line in said.splitlines())
    assert "…" in said


@pytest.mark.parametrize(
    ("share", "shown"), [(1.0, "100 %"), (0.999999, "99.99 %"), (0.5, "50 %"), (0.0, "0 %")]
)
def test_a_share_is_whole_only_where_nothing_is_missing(share: float, shown: str) -> None:
    """Less than all is never rounded to 100 %."""
    assert _share(share) == shown


def test_without_a_snapshot_it_tells_the_runs(
    known: Account,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Where every run failed so far, the runs are told; where none ran, what to do."""
    empty = replace(known, settings=replace(known.settings, data_dir=tmp_path))
    monkeypatch.setenv("SMS24_DATA_DIR", str(tmp_path))
    assert main(["status"]) == 2
    assert "Run: sms24 run" in capsys.readouterr().err
    entry = Entry(run_id="a", command="run", started_at=START, exit_code=3, message="Gone.")
    journal.note(tmp_path, entry)
    said = status(empty, monkeypatch, capsys)
    assert "none yet: nothing was ever published" in said
    assert "Gone." in said


def test_runs_of_the_journal_and_of_the_snapshot_are_one_list(known: Account) -> None:
    """A run that was turned away stands among those that were published, each once."""
    turned_away = Entry(
        run_id="busy", command="run", started_at=START + timedelta(minutes=5), exit_code=75
    )
    working = replace(known.settings)
    before = [run.run_id for run in standing(working, START, 9).runs]
    journal.note(known.settings.data_dir, turned_away)
    try:
        assert [r.run_id for r in standing(working, START, 9).runs] == ["busy", *before]
        (known.settings.data_dir / journal.NAME).rename(known.settings.data_dir / "aside")
        assert sorted(r.run_id for r in standing(working, START, 9).runs) == sorted(before)
    finally:
        (known.settings.data_dir / "aside").rename(known.settings.data_dir / journal.NAME)


def test_what_is_crossed_is_told(
    known: Account, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A threshold that the last run found crossed stands in the status."""
    found = [Crossing("silent", "silent:5", "Phone 5 is silent.")]
    write_alerts(known.settings.data_dir, moved([], found, START, ()))
    try:
        assert "Phone 5 is silent." in status(known, monkeypatch, capsys)
    finally:
        (known.settings.data_dir / "alerts.json").unlink()


def test_watching_shows_it_again_until_it_is_stopped(
    known: Account, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """With --watch it is shown every five seconds, and Ctrl-C is the way out, not an error."""
    waits: list[float] = []

    def sleep(_: SystemClock, seconds: float) -> None:
        waits.append(seconds)
        if len(waits) == 3:
            raise KeyboardInterrupt

    monkeypatch.setattr(SystemClock, "sleep", sleep)
    said = status(known, monkeypatch, capsys, "--watch")
    assert waits == [5.0] * 3
    assert said.count("Data     until") == 3


def test_it_starts_without_what_it_does_not_use(known: Account) -> None:
    """Neither polars nor httpx nor a template is loaded: starting is most of what it takes."""
    script = (
        "import sys; from pipeline.cli.main import main; code = main(['status']);"
        "heavy = {'polars', 'httpx', 'jinja2', 'babel', 'rich', 'smtplib', 'phonenumbers'};"
        "print(code, sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        env=environment(known.settings),
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.splitlines()[-1] == "0 []"
