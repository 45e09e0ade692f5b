"""`sms24 prune`: what goes is told and gone from the files, and no figure changes."""

import hashlib
import json
import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import msgspec
import pendulum
import pytest

from pipeline.cli.main import main
from pipeline.clock import HeldClock, SystemClock
from pipeline.extract.plan import Asking
from pipeline.ledger.ledger import SENDERS_LOCK
from pipeline.operate.prune import Pruned, look, prune
from pipeline.operate.waiting import wait_until_free
from pipeline.progress import SilentProgress
from pipeline.report.shelf import Entry, read_shelf
from pipeline.run import run_build
from pipeline.settings import Settings
from pipeline.warehouse.events import EventSpool
from pipeline.warehouse.lock import writer_lock
from pipeline.warehouse.store import look_into_warehouse
from support.account import NOW, Account, account
from support.kept import copy_of, dies_at, files_with, tables

LATER = NOW.add(days=45)
KEPT = {"keep_versions_months": 1, "keep_body_days": 20}
TEXT = "nobody may read this"
# The versions that a newer one of the same message has followed a month before.
FOLLOWED = f"""
    select distinct old.version_id
    from raw.messages as old
    inner join raw.messages as new
        on old.message_id = new.message_id and old.version_id < new.version_id
    where new.first_seen_at < timestamptz '{LATER.subtract(months=1)}'
"""


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Account]:
    """Fetch a small account four times in four days, with texts that are published."""
    folder = tmp_path_factory.mktemp("prune")
    with account(folder, messages=150, days=10, future_days=4, privacy="full") as known:
        for hours in (0, 7, 30, 60):
            known.clock.advance(hours * 3600)
            if hours == 60:
                spool = EventSpool(known.settings.data_dir / "inbox" / "events")
                spool.put("incoming", {"sms_id": 1, "text": TEXT}, NOW)
            known.run()
        known.clock.set(LATER)
        known.run()
        yield known


def raw(known: Account, sql: str) -> list[dict[str, object]]:
    """Ask the warehouse."""
    with look_into_warehouse(known.settings.warehouse_path) as warehouse:
        return warehouse.rows(sql)


def pruned(known: Account, **settings: int) -> Account:
    """Prune a copy as the settings say, a month and a half later."""
    found = replace(known, settings=replace(known.settings, **settings))
    prune(found.settings, HeldClock(LATER), SilentProgress())
    return found


def without_texts(found: dict[str, list[tuple[object, ...]]]) -> object:
    """Return tables without the texts of messages."""
    rows = [[*row[:-2], row[-1]] for row in found["messages"]]
    return {**found, "messages": rows}


def test_no_figure_changes_when_records_and_texts_go(lived: Account, tmp_path: Path) -> None:
    """Tables are the same after pruning, after a build of everything and after a re-read."""
    known = copy_of(lived, tmp_path)
    before = tables(known.settings)
    assert before["status_changes"]
    assert raw(known, "select 1 as n from raw.messages group by message_id having count(*) > 1")
    known = pruned(known, **KEPT)
    assert without_texts(tables(known.settings)) == without_texts(before)
    run_build(known.settings, known.means(), full=True)
    assert without_texts(tables(known.settings)) == without_texts(before)
    assert not raw(known, FOLLOWED)
    assert raw(known, "from raw.status_history")


def test_a_reread_restores_nothing(lived: Account, tmp_path: Path) -> None:
    """A record that is read again as it was is no news, though what is held of it has changed."""
    known = pruned(copy_of(lived, tmp_path), **KEPT)
    redacted = "select count(*) as n from raw.messages where redacted = 'body'"
    before = raw(known, redacted)
    assert before[0]["n"]
    known.clock.advance(3600)
    known.run(Asking(since=pendulum.datetime(2026, 10, 1), again=True))
    assert raw(known, redacted) == before
    stars = known.rows("select body from messages where created_at < '2026-10-30'")
    assert {row["body"].strip("*") for row in stars} <= {"", "stop", "arret"}


def texts(known: Account, field: str, of: str = "messages") -> set[str]:
    """Return every text that raw holds in a field of messages, or of devices."""
    rows = raw(known, f"select distinct payload ->> '{field}' as text from raw.{of}")
    return {str(row["text"]) for row in rows}


def test_the_bytes_are_gone(lived: Account, tmp_path: Path) -> None:
    """No file of the folder has a text that was taken away, not even where nothing reads it."""
    known = copy_of(lived, tmp_path)
    (aside := known.settings.data_dir / "inbox" / "unreadable").mkdir()
    copies = [aside / "old.body", known.settings.data_dir / "warehouse.duckdb.v1.bak"]
    for path in copies:
        path.write_text(TEXT)
        os.utime(path, (NOW.timestamp(), NOW.timestamp()))
    # Most lie compressed: of those that any reader of the file could see, the old ones are to go.
    folder = known.settings.data_dir
    seen = {text for text in texts(known, "body") if files_with(folder, text)}
    known = pruned(known, keep_body_days=1)
    # Titles of newsletters and phones stay, and in this account some of them are such texts.
    titles = texts(known, "pakettitle") | texts(known, "title", "devices")
    left = texts(known, "body") | titles
    gone = {text for text in seen if not any(text in other for other in left)}
    assert gone
    assert not [text for text in gone if files_with(folder, text)]
    assert not files_with(known.settings.data_dir, TEXT)
    assert not any(path.exists() for path in copies)
    assert raw(known, "select payload from raw.events") == [{"payload": '{"sms_id":1}'}]


def test_the_latest_version_stays_and_young_ones_too(lived: Account, tmp_path: Path) -> None:
    """Nothing goes that no newer version has followed for so many months, nor without a setting."""
    known = copy_of(lived, tmp_path)
    found = look(replace(known.settings, keep_versions_months=2), HeldClock(LATER))
    assert found.versions == 0
    assert look(known.settings, HeldClock(LATER)).bodies == 0
    found = look(replace(known.settings, keep_versions_months=1), HeldClock(LATER))
    assert found.versions == len(raw(known, FOLLOWED)) > 0


def test_what_goes_is_told_first_and_after(
    lived: Account,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A dry run counts what the command then takes away; a second time there is nothing."""
    known = copy_of(lived, tmp_path)
    monkeypatch.chdir(tmp_path)
    for name, value in {**KEPT, "data_dir": known.settings.data_dir, "privacy": "full"}.items():
        monkeypatch.setenv(f"SMS24_{name.upper()}", str(value))
    monkeypatch.setattr(SystemClock, "now", lambda _: LATER)
    before = raw(known, "from raw.messages order by all")
    assert main(["prune", "--dry-run", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert raw(known, "from raw.messages order by all") == before
    assert main(["prune", "--json"]) == 0
    assert {**json.loads(capsys.readouterr().out), "is_dry_run": True} == told
    assert min(told["versions"], told["bodies"], told["events"]) > 0
    assert main(["prune"]) == 0
    assert capsys.readouterr().out == "Nothing is older than the settings say.\n"


def test_it_waits_for_whoever_works(tmp_path: Path) -> None:
    """With patience it starts when a run, or a sending, has ended; without, it does at once."""
    clock, said = HeldClock(LATER), []
    for name in (".lock", SENDERS_LOCK):
        lock = writer_lock(tmp_path, name)
        lock.__enter__()

        class Ending(SilentProgress):
            """Ends the other one's work once it is waited for."""

            def note(self, text: str) -> None:
                said.append(text)
                lock.__exit__(None, None, None)  # noqa: B023 - called in this round alone

        wait_until_free(tmp_path, clock, Ending(), 60)
    assert said == ["Another sms24 is working; waiting for it to end."] * 2
    with writer_lock(tmp_path):
        before = clock.monotonic()
        wait_until_free(tmp_path, clock, SilentProgress(), 30)
        assert 30 <= clock.monotonic() - before < 32
        wait_until_free(tmp_path, clock, SilentProgress(), 0)


def test_a_kill_at_any_step_loses_nothing(lived: Account, tmp_path: Path) -> None:
    """Killed at each step, the folder has the same figures, and the next prune ends the work."""
    wanted = without_texts(tables(lived.settings))
    steps = 0
    for step in range(1, 9):
        known = copy_of(lived, tmp_path / str(step), **KEPT)
        if not dies_at(step, known.settings, str(LATER), privacy="full"):
            break
        steps += 1
        run_build(known.settings, known.means())
        assert without_texts(tables(known.settings)) == wanted, step
        prune(known.settings, HeldClock(LATER), SilentProgress())
        assert without_texts(tables(known.settings)) == wanted, step
        held = [path.name for path in known.settings.data_dir.iterdir()]
        assert not [name for name in held if name.endswith((".part", ".wal"))], step
        (left,) = raw(known, "select count(*) as n from raw.unfinished")
        assert left["n"] == 0
    assert steps == 7


def test_reports_and_logs_of_an_age_go(tmp_path: Path) -> None:
    """What is older than its setting is counted by a dry run and then gone; the rest stays."""
    settings = Settings(data_dir=tmp_path / "data", report_keep_days=30, keep_log_days=10)
    (settings.data_dir / "logs").mkdir(parents=True)
    settings.reports_path.mkdir()
    for day in ("2026-11-30", "2026-12-16"):
        (settings.data_dir / "logs" / f"sms24-{day}.log").write_text("x")
    entries = [
        Entry(
            stem=stem, kind="delivery", language="en", title="t", headline="h",
            first=built.date(), last=built.date(), device_id=None, timezone="UTC",
            built_local=built, formats={"html": f"{stem}.html"},
            files={f"{stem}.html": hashlib.sha256(b"page").hexdigest()},
        )
        for stem, built in (
            ("old", datetime.fromisoformat("2026-11-16")),
            ("new", datetime.fromisoformat("2026-12-17")),
        )
    ]  # fmt: skip
    for entry in entries:
        (settings.reports_path / f"{entry.stem}.html").write_bytes(b"page")
    (settings.reports_path / "index.json").write_bytes(msgspec.json.encode(entries))
    wanted = Pruned(reports=1, logs=1)
    assert look(settings, HeldClock(LATER)) == wanted
    assert (settings.reports_path / "old.html").exists()
    assert prune(settings, HeldClock(LATER), SilentProgress()) == wanted
    assert not (settings.reports_path / "old.html").exists()
    assert [entry.stem for entry in read_shelf(settings.reports_path)] == ["new"]
    assert [path.name for path in (settings.data_dir / "logs").iterdir()] == [
        "sms24-2026-12-16.log"
    ]
    assert look(settings, HeldClock(LATER)) == Pruned()
