"""`sms24 backup` and `restore`: whole, compared, without secrets of settings, while loads go on."""

import json
import stat
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.cli.main import main
from pipeline.clock import HeldClock
from pipeline.errors import BusyError, UsageError
from pipeline.ledger.ledger import open_ledger
from pipeline.operate.backup import back_up
from pipeline.operate.restore import restore
from pipeline.progress import SilentProgress
from pipeline.run import run_build
from pipeline.settings import load_settings
from pipeline.values import Secret
from pipeline.warehouse.events import EventSpool
from pipeline.warehouse.lock import writer_lock
from support.account import NOW, Account, account
from support.kept import copy_of, tables

SECRETS = {
    "token": Secret("tok-SECRET-1"),
    "password": Secret("pw-SECRET-2"),
    "mail_password": Secret("pw-SECRET-3"),
    "webhook_url": Secret("https://hooks.example/SECRET-4"),
    "email": "SECRET-5@example.com",
    "mail_user": "SECRET-6",
}


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Account]:
    """Fetch a tiny account once; a tag is in its ledger, a plan and a push are on the disk."""
    folder = tmp_path_factory.mktemp("backup")
    with account(folder, messages=30, days=4) as known:
        known.run()
        data = known.settings.data_dir
        with open_ledger(data, HeldClock(NOW)) as ledger:
            ledger.tags.plan("Clients")
        (data / "runs" / "p1").mkdir(parents=True)
        (data / "runs" / "p1" / "plan.json").write_text("{}")
        EventSpool(data / "inbox" / "events").put("status", {"sms_id": 1}, NOW)
        yield known


def backed_up(known: Account, **settings: object) -> Path:
    """Return a new backup of an account."""
    found = replace(known.settings, **settings)
    return back_up(found, None, clock=HeldClock(NOW), progress=SilentProgress(), patience=0)


def restored(backup: Path, known: Account, folder: Path, *, replaces: bool = False) -> Account:
    """Put a backup into a folder; returns the account with it."""
    restore(backup, folder, SilentProgress(), replaces=replaces)
    return replace(known, settings=replace(known.settings, data_dir=folder))


def test_what_is_restored_builds_the_same_tables(lived: Account, tmp_path: Path) -> None:
    """Records, keys, ledger, plans and pushes are there again; every table is as it was."""
    known = copy_of(lived, tmp_path)
    backup = backed_up(known)
    again = restored(backup, known, tmp_path / "again")
    run_build(again.settings, again.means())
    assert tables(again.settings) == tables(known.settings)
    for name in ("keys", "runs/p1/plan.json"):
        there = again.settings.data_dir / name
        assert there.read_bytes() == (known.settings.data_dir / name).read_bytes()
    assert list((again.settings.data_dir / "inbox" / "events").glob("*.event"))
    with open_ledger(again.settings.data_dir, HeldClock(NOW)) as ledger:
        assert [tag.title for tag in ledger.tags.every()] == ["Clients"]
    modes = {stat.S_IMODE(p.stat().st_mode) for p in backup.rglob("*") if p.is_file()}
    assert modes == {0o600}
    assert stat.S_IMODE(backup.stat().st_mode) == 0o700


def test_settings_are_kept_without_secrets(lived: Account, tmp_path: Path) -> None:
    """The settings of a backup read back as they were, but for logins, secrets and the folder."""
    known = copy_of(lived, tmp_path)
    given = {
        **SECRETS,
        "mail_to": ("a@b.example", "c"),
        "since": NOW,
        "report_notes": tmp_path / "n",
    }
    backup = backed_up(known, **given)
    text = (backup / "sms24.toml").read_text()
    assert "SECRET" not in b"".join(
        path.read_bytes() for path in backup.rglob("*") if path.is_file()
    ).decode("latin-1")
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "sms24.toml").write_text(text)
    found = load_settings({}, folder=tmp_path / "other")
    assert (found.timezone, found.since, found.mail_to) == (
        "Europe/Paris", NOW, ("a@b.example", "c"),
    )  # fmt: skip
    assert (found.report_periods, found.report_notes) == ((), tmp_path / "n")


def test_it_waits_for_a_run_and_not_for_a_load(lived: Account, tmp_path: Path) -> None:
    """The warehouse is copied once the run has ended, the ledger while somebody writes it."""
    known = copy_of(lived, tmp_path)
    folder = known.settings.data_dir
    clock = HeldClock(NOW)
    lock = writer_lock(folder)
    lock.__enter__()
    waited: list[str] = []

    class Ending(SilentProgress):
        """Ends the run once it is waited for."""

        def note(self, text: str) -> None:
            waited.append(text)
            lock.__exit__(None, None, None)

    with open_ledger(folder, clock) as ledger, ledger.loading():
        backup = back_up(known.settings, None, clock=clock, progress=Ending(), patience=60)
        ledger.tags.plan("Later")
    assert waited == ["Another sms24 is working; waiting for it to end."]
    again = restored(backup, known, tmp_path / "again")
    with open_ledger(again.settings.data_dir, clock) as ledger:
        assert [tag.title for tag in ledger.tags.every()] == ["Clients"]
    with writer_lock(folder), pytest.raises(BusyError):
        back_up(known.settings, tmp_path / "b", clock=clock, progress=SilentProgress(), patience=9)
    assert not (tmp_path / "b").exists()
    assert not list(tmp_path.glob(".*.part"))


def test_old_backups_go_where_it_is_asked(
    lived: Account, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of whole backups that were named by us the newest stay; whatever else lies there does too."""
    known = copy_of(lived, tmp_path)
    folder = known.settings.data_dir / "backups"
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SMS24_DATA_DIR", str(known.settings.data_dir))
    for name in ("sms24-20260101T000000Z", "sms24-20260102T000000Z", "sms24-mine"):
        (folder / name).mkdir(parents=True)
        (folder / name / "manifest.json").write_text("{}")
    (folder / "sms24-20260103T000000Z").mkdir()  # no manifest: none of ours, or not whole
    assert main(["backup", "--keep", "2"]) == 0
    held = sorted(path.name for path in folder.iterdir())
    assert held[:3] == ["sms24-20260102T000000Z", "sms24-20260103T000000Z", held[2]]
    assert (len(held), held[-1]) == (4, "sms24-mine")
    assert main(["backup", "--keep", "1", "--to", "x"]) == 2


def damaged(backup: Path) -> None:
    """Change a byte of a file."""
    path = backup / "keys"
    path.write_text(path.read_text().swapcase() + "x")


def cut(backup: Path) -> None:
    """Take a file away."""
    (backup / "contacts.sqlite").unlink()


def leading_out(backup: Path) -> None:
    """Let the manifest name a file outside."""
    path = backup / "manifest.json"
    said = json.loads(path.read_text())
    said["files"][0]["path"] = "../../keys"
    path.write_text(json.dumps(said))


def newer(backup: Path) -> None:
    """Let a newer sms24 have made it."""
    path = backup / "manifest.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "format": 99}))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (damaged, "is damaged: keys"),
        (cut, "is damaged: contacts.sqlite"),
        (leading_out, "names files outside"),
        (newer, "newer sms24"),
        (lambda backup: (backup / "manifest.json").unlink(), "is no backup"),
    ],
)
def test_a_backup_that_is_not_whole_is_refused(
    lived: Account, tmp_path: Path, change: object, words: str
) -> None:
    """Nothing is put anywhere unless every byte is as it was copied."""
    known = copy_of(lived, tmp_path)
    backup = backed_up(known)
    assert callable(change)
    change(backup)
    with pytest.raises(UsageError, match=words):
        restored(backup, known, tmp_path / "again")
    assert not (tmp_path / "again").exists()


def test_data_that_are_there_are_left_or_kept_beside(
    lived: Account,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A folder with data is refused; with --replace they lie beside it, and its backups stay."""
    known = copy_of(lived, tmp_path)
    folder = known.settings.data_dir
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SMS24_DATA_DIR", str(folder))
    assert main(["backup"]) == 0
    backup = Path(capsys.readouterr().out.removeprefix("Backup: ").strip())
    (folder / "runs" / "mark").write_text("later")
    assert main(["restore", str(backup)]) == 2
    assert "holds data already" in capsys.readouterr().err
    assert main(["restore", str(backup), "--replace"]) == 0
    assert "Next: sms24 build" in capsys.readouterr().out
    assert not (folder / "runs" / "mark").exists()
    assert (tmp_path / "data.before" / "runs" / "mark").read_text() == "later"
    assert backup.is_dir()
    assert main(["restore", str(backup), "--replace"]) == 0
    assert (tmp_path / "data.before.2").is_dir()
