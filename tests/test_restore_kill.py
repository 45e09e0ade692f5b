"""`sms24 restore` that is killed: the next command finds the data whole, and says what to do."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from pipeline.cli.main import main
from pipeline.clock import HeldClock
from pipeline.errors import BusyError
from pipeline.operate.backup import back_up
from pipeline.operate.restore import restore
from pipeline.progress import SilentProgress
from pipeline.warehouse.exchange import Exchange
from pipeline.warehouse.flock import held
from pipeline.warehouse.lock import writer_lock
from support.account import NOW, Account, account
from support.command import ROOT
from support.kept import copy_of


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Account]:
    """Fetch a tiny account once, and make a log."""
    with account(tmp_path_factory.mktemp("restore"), messages=5, days=2) as known:
        known.run()
        for name in ("logs", "runs"):
            (known.settings.data_dir / name).mkdir(exist_ok=True)
        yield known


def backed_up(known: Account) -> Path:
    """Return a new backup of an account, in its data folder."""
    clock = HeldClock(NOW)
    return back_up(known.settings, None, clock=clock, progress=SilentProgress(), patience=0)


# Restores in a process that dies before the n-th change of a folder's name, as by kill -9.
_DYING = """
import os, signal, sys
from pathlib import Path
from pipeline.operate.restore import restore
from pipeline.progress import SilentProgress

left = [int(sys.argv[3])]
def dying(*given, call=Path.rename):
    left[0] -= 1
    if not left[0]:
        os.kill(os.getpid(), signal.SIGKILL)
    return call(*given)

Path.rename = dying
restore(Path(sys.argv[1]), Path(sys.argv[2]), SilentProgress(), replaces=True)
"""


@pytest.mark.parametrize("next_one", ["restore", "status"])
def test_a_kill_between_two_renames_is_ended_by_the_next_command(
    lived: Account,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    next_one: str,
) -> None:
    """Whatever comes next finds the data restored, those of before beside, logs and backups."""
    known = copy_of(lived, tmp_path / "first")
    backup = backed_up(known)
    wanted = {path.relative_to(backup) for path in backup.rglob("*") if path.is_file()}
    monkeypatch.chdir(tmp_path)
    steps = 0
    for step in range(1, 9):
        folder = tmp_path / str(step) / "data"
        shutil.copytree(known.settings.data_dir, folder)
        (folder / "runs" / "mark").write_text("later")
        given = [str(folder / "backups" / backup.name), str(folder)]
        done = subprocess.run(
            [sys.executable, "-c", _DYING, *given, str(step)],
            env={"PYTHONPATH": str(ROOT), "PATH": os.defpath},
            check=False,
        )
        if not done.returncode:
            break
        assert done.returncode == -signal.SIGKILL
        steps += 1
        monkeypatch.setenv("SMS24_DATA_DIR", str(folder))
        words = ["status"] if next_one == "status" else ["restore", given[0], "--replace"]
        main(words)
        said = capsys.readouterr()
        if step == 1 and next_one == "status":
            assert (folder / "runs" / "mark").exists()  # nothing was exchanged yet
            continue
        assert "sms24 build" in said.out + said.err, step
        there = {path.relative_to(folder) for path in folder.rglob("*") if path.is_file()}
        assert wanted - there == {Path("manifest.json"), Path("sms24.toml")}, step
        assert (folder / "backups" / backup.name).is_dir()
        assert (folder / "logs").is_dir()
        assert not (folder / ".restoring").exists()
        beside = sorted(path.name for path in folder.parent.iterdir())
        assert beside == ["data", "data.before"], step
        assert (folder.parent / "data.before" / "runs" / "mark").read_text() == "later"
    assert steps == 4


def test_a_restore_that_lives_is_not_ended_by_another(lived: Account, tmp_path: Path) -> None:
    """While the process that exchanges two folders lives, others are told that one works."""
    known = copy_of(lived, tmp_path)
    folder = known.settings.data_dir
    restore(backed_up(known), folder, SilentProgress(), replaces=True)
    mark = Exchange(before="data.before", source="x", files=1)
    (folder / ".restoring").write_bytes(msgspec.json.encode(mark))
    with held(tmp_path / "data.before" / ".lock"), pytest.raises(BusyError), writer_lock(folder):
        pass
    with writer_lock(folder):
        assert not (folder / ".restoring").exists()


def test_what_is_missing_otherwise_is_not_restored(tmp_path: Path) -> None:
    """A folder that somebody took away is no restore that was cut off: it is made empty."""
    (tmp_path / ".data.part").mkdir()
    mark = Exchange(before="data.before", source="x", files=1)
    (tmp_path / ".data.part" / ".restoring").write_bytes(msgspec.json.encode(mark))
    with writer_lock(tmp_path / "data"):
        assert [path.name for path in (tmp_path / "data").iterdir()] == [".lock"]
