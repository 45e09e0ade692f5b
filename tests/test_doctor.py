"""`sms24 doctor`: each line says how a thing is and what to do, and none shows a secret."""

import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from pipeline import journal
from pipeline.cli.main import main
from pipeline.clock import HeldClock, SystemClock
from pipeline.emulator.habits import TOKEN
from pipeline.journal import Entry
from pipeline.ledger.ledger import open_ledger
from pipeline.operate import data, files, setting_lines, surroundings
from pipeline.operate.finding import broken, exit_code_of, look, ok
from pipeline.operate.leftovers import leftovers
from pipeline.operate.login import login
from pipeline.operate.machine import Found
from pipeline.settings import Settings, load
from pipeline.timetable import timetable_of
from pipeline.values import Secret
from pipeline.warehouse.lock import writer_lock
from pipeline.warehouse.store import open_warehouse
from support.account import NOW, Account, account

START = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)


@pytest.fixture(scope="module")
def once(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Account]:
    """Serve a small account that was fetched once, and has a ledger."""
    with account(tmp_path_factory.mktemp("doctor"), messages=40, days=2) as served:
        served.run()
        with open_ledger(served.settings.data_dir, HeldClock(NOW)):
            pass
        yield served


@pytest.fixture
def known(once: Account, tmp_path: Path) -> Account:
    """Return the account with a data folder of this test's own."""
    shutil.copytree(once.settings.data_dir, tmp_path / "data")
    return replace(once, settings=replace(once.settings, data_dir=tmp_path / "data"))


def states(findings: list[Any]) -> dict[str, str]:
    """Return the worst state of each area."""
    rank = ("ok", "look", "broken")
    found: dict[str, str] = {}
    for finding in findings:
        found[finding.area] = max(found.get(finding.area, "ok"), finding.state, key=rank.index)
    return found


def test_a_healthy_account_is_told_line_by_line(
    known: Account, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing is broken in a good account; login and habits are among the lines; no secret is."""
    monkeypatch.chdir(known.settings.data_dir.parent)
    monkeypatch.setattr(SystemClock, "now", lambda _: NOW.add(minutes=1))
    for name in ("BASE_URL", "TIMEZONE"):
        monkeypatch.setenv(f"SMS24_{name}", str(getattr(known.settings, name.lower())))
    monkeypatch.setenv("SMS24_TOKEN", TOKEN)
    monkeypatch.setenv("SMS24_RATE", "1000")
    assert main(["doctor", "--json"]) == 0
    said = capsys.readouterr().out
    found = json.loads(said)
    areas = {finding["area"]: finding for finding in found["findings"]}
    assert not [finding for finding in found["findings"] if finding["state"] == "broken"]
    assert areas["login"]["text"].endswith(f": {len(known.world.phones)} phones.")
    assert {"clock", "disk", "habits", "inbox", "ledger", "permissions", "runs"} <= set(areas)
    assert areas["warehouse"]["text"] == "Whole: 40 messages."
    assert found["settings"]["token"] == {"value": "***", "source": "SMS24_TOKEN"}
    assert found["traits"]
    assert TOKEN not in said


def test_without_a_call_it_looks_at_this_machine_alone(
    known: Account, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """With --offline nothing is asked; what is broken says what to do, and ends with 2."""
    monkeypatch.chdir(known.settings.data_dir.parent)
    before = len(known.calls())
    assert main(["doctor", "--offline"]) == 2
    said = capsys.readouterr().out
    assert len(known.calls()) == before
    assert "broken  settings     There is no login.\n" in said
    assert f"{'':21}-> Run: sms24 init" in said


def test_settings_are_shown_with_their_source_and_without_secrets(tmp_path: Path) -> None:
    """Each setting has its source; secrets are stars, addresses of people are masked."""
    (tmp_path / "sms24.toml").write_text('email = "someone@example.com"\nmail_to = "a.b@x.org"\n')
    environ = {"SMS24_NOTIFY_URLS": "ntfy://SECRET,ntfy://SECRET2", "SMS24_TOKEN": "tok-SECRET"}
    loaded = load(environ, folder=tmp_path)
    assert setting_lines.shown_settings(loaded) == {
        "email": ("s***@example.com", "sms24.toml"),
        "mail_to": ("a***@x.org", "sms24.toml"),
        "notify_urls": ("***, ***", "SMS24_NOTIFY_URLS"),
        "token": ("***", "SMS24_TOKEN"),
    }
    assert states(setting_lines.settings_lines(loaded)) == {"settings": "look"}  # no zone


@pytest.mark.parametrize(
    ("name", "mode", "right"),
    [
        ("warehouse.duckdb", 0o644, "600"),
        ("runs.jsonl", 0o660, "600"),
        ("inbox", 0o755, "700"),
        ("analytics.duckdb", 0o666, "644"),
        ("", 0o777, "755"),
    ],
)
def test_what_is_open_to_others_is_told(known: Account, name: str, mode: int, right: str) -> None:
    """State that others may read, or results that they may write, are broken, with the mending."""
    loaded = load({}, folder=known.settings.data_dir.parent)
    assert states(files.permissions(loaded)) == {"permissions": "ok"}
    path = known.settings.data_dir / name
    path.chmod(mode)
    (finding,) = files.permissions(loaded)
    assert (finding.state, finding.advice) == ("broken", f"Run: chmod {right} {path}")


@pytest.mark.parametrize(
    ("area", "name"),
    [
        ("warehouse", "warehouse.duckdb"),
        ("snapshot", "analytics.duckdb"),
        ("ledger", "contacts.sqlite"),
    ],
)
def test_a_damaged_database_is_told(known: Account, area: str, name: str) -> None:
    """A database with other bytes in its middle is broken; the others are still whole."""
    assert states(data.databases(known.settings, START))[area] == "ok"
    path = known.settings.data_dir / name
    path.chmod(0o600)
    content = bytearray(path.read_bytes())
    for at in range(4096 * 3, len(content), 4096):
        content[at : at + 200] = b"\xa5" * 200
    path.write_bytes(content)
    found = states(data.databases(known.settings, START))
    assert [name for name, state in found.items() if state == "broken"] == [area]


def test_a_newer_ledger_and_a_warehouse_at_work_are_told(known: Account) -> None:
    """A ledger of a later version is broken; where nothing is there yet, nothing is wrong."""
    with open_ledger(known.settings.data_dir, HeldClock(NOW)) as ledger:
        ledger._store.rows("pragma user_version = 99")
    found = {finding.area: finding for finding in data.databases(known.settings, START)}
    assert "newer sms24 (version 99)" in found["ledger"].text
    empty = replace(known.settings, data_dir=known.settings.data_dir / "nothing")
    assert set(states(data.databases(empty, START)).values()) == {"ok"}


@pytest.mark.parametrize(
    ("free", "state"), [(10 << 30, "ok"), (500 << 20, "look"), (100 << 20, "broken")]
)
def test_room_is_told(
    known: Account, monkeypatch: pytest.MonkeyPatch, free: int, state: str
) -> None:
    """Room for a build is needed, room for two is fine."""
    monkeypatch.setattr("shutil.disk_usage", lambda _: type("Usage", (), {"free": free}))
    assert files.disk(known.settings.data_dir).state == state


@pytest.mark.parametrize(
    ("seconds", "state"), [(20, "ok"), (-20, "ok"), (90, "look"), (-7200, "broken")]
)
def test_a_wrong_clock_is_told(known: Account, seconds: int, state: str) -> None:
    """A clock that is off is told, by the time that the gateway's answers carry."""
    found = login(known.settings, HeldClock(NOW.add(seconds=seconds)))
    assert [finding.area for finding in found] == ["login", "clock"]
    assert found[1].state == state
    assert ("behind" in found[1].text) == (state != "ok" and seconds < 0)


@pytest.mark.parametrize(
    ("change", "code"),
    [({"token": Secret("wrong-SECRET")}, 3), ({"base_url": "http://127.0.0.1:9"}, 3)],
)
def test_a_login_that_fails_is_broken(known: Account, change: dict[str, Any], code: int) -> None:
    """A refused login and a gateway that is not there are one broken line, without the token."""
    (finding,) = login(replace(known.settings, **change), HeldClock(NOW))
    assert (finding.state, finding.exit_code) == ("broken", code)
    assert "SECRET" not in finding.text + finding.advice


def entry(hours: float, code: int | None, **more: Any) -> Entry:
    """Return a run that started so many hours ago."""
    began = START - timedelta(hours=hours)
    return Entry(run_id=str(hours), command="run", started_at=began, exit_code=code, **more)


@pytest.mark.parametrize(
    ("entries", "state", "words"),
    [
        ([], "look", "None is known yet"),
        ([entry(0.3, 0)], "ok", "ended with 0"),
        ([entry(0.3, 6, message="A threshold")], "look", "ended with 6: A threshold"),
        ([entry(0.3, 3)], "broken", "ended with 3"),
        ([entry(0.1, 75), entry(0.3, 0)], "ok", "ended with 0"),
        ([entry(0.3, None, pid=2**22 + 1)], "look", "was killed"),
        ([entry(0.3, None, pid=1)], "ok", "is at work"),
        ([entry(1.4, 0)], "broken", "was due 2026-11-02 09:07 UTC and did not start"),
    ],
)
def test_the_last_run_is_told(entries: list[Entry], state: str, words: str) -> None:
    """How the last run ended is told, whether it works still, and whether one is overdue."""
    settings = Settings(schedule=timetable_of("hourly"))
    finding = surroundings.last_run(settings, entries, START)
    assert finding.state == state
    assert words in finding.text


def test_a_schedule_is_told() -> None:
    """No schedule, one that is off, and one whose times are not set are to be looked at."""
    on, off = Found("cron", "crontab"), Found("systemd", "sms24.service", is_on=False)
    due = Settings(schedule=timetable_of("hourly"))
    judged = [
        states(surroundings.schedule(settings, found))["schedule"]
        for settings, found in ((due, []), (due, [off]), (Settings(), [on]), (due, [on]))
    ]
    assert judged == ["look", "look", "look", "ok"]


def test_the_worst_decides_how_it_ends() -> None:
    """A broken gateway goes before anything else that is broken, and that before one at work."""
    assert exit_code_of([ok("a", ""), look("b", "")]) == 0
    assert exit_code_of([broken("a", ""), broken("b", "", exit_code=3)]) == 3
    assert exit_code_of([look("a", "", exit_code=journal.BUSY), broken("b", "")]) == 2
    assert exit_code_of([look("a", "", exit_code=journal.BUSY)]) == 75


def test_what_is_left_over_is_told_with_its_size(known: Account) -> None:
    """Copies of upgrades, of restores, and bytes of what is gone are told, with what to do."""
    folder = known.settings.data_dir
    assert [each.state for each in leftovers(known.settings)] == ["ok"]
    (folder / "warehouse.duckdb.v2.bak").write_bytes(b"x" * 2_500_000)
    for beside in ("data.before", "data.before.2", ".data.part"):
        (folder.parent / beside / "runs").mkdir(parents=True)
        (folder.parent / beside / "runs" / "x").write_bytes(b"x" * 1_200_000)
    with open_warehouse(known.settings.warehouse_path) as warehouse:
        warehouse.append("raw.unfinished", ("reason",), [("texts were taken away",)])
    told = leftovers(known.settings)
    assert {each.state for each in told} == {"look"}
    assert "still holds bytes of what is gone: texts were taken away" in told[0].text
    assert told[0].advice.endswith("sms24 prune")
    assert told[1].text.startswith("warehouse.duckdb.v2.bak (2.4 MB)")
    assert [each.advice.rpartition(" ")[2] for each in told[2:]] == [
        str(folder.parent / name) for name in ("data.before", "data.before.2", ".data.part")
    ]
    assert all("(1.1 MB)" in each.text for each in told[2:])
    with writer_lock(folder):  # a restore may be at work, and the warehouse is not read
        assert len(leftovers(known.settings)) == 4
    known.run()
    assert "warehouse.duckdb.v2.bak" in leftovers(known.settings)[0].text
