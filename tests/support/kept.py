"""Copies of an account that was fetched several times, and processes that die at a step."""

import shutil
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

from pipeline.settings import Settings
from pipeline.warehouse.snapshot import open_snapshot
from support.account import Account
from support.command import ROOT

OWN_TIMES = {"runs", "snapshot_info"}
# Runs one job of `pipeline.operate` on a folder, and dies at the step of a number as by kill -9.
_DYING = """
import os, signal, sys
from pathlib import Path
import pendulum
from pipeline.clock import HeldClock
from pipeline.operate.forget import forget_everywhere
from pipeline.operate.prune import prune
from pipeline.progress import SilentProgress
from pipeline.settings import Settings
import pipeline.session as session

class Dying(SilentProgress):
    left = int(sys.argv[3])
    def begin(self, label, total):
        Dying.left -= 1
        if not Dying.left:
            os.kill(os.getpid(), signal.SIGKILL)

def dying(path):
    Dying().begin("", None)
    compact(path)
    Dying().begin("", None)

compact, session.compact = session.compact, dying
settings = Settings(data_dir=Path(sys.argv[1]), timezone="Europe/Paris", report_periods=(),
                    keep_versions_months=1, keep_body_days=20, privacy=sys.argv[4])
clock = HeldClock(pendulum.parse(sys.argv[2]))
if len(sys.argv) > 5:
    forget_everywhere(settings, sys.argv[5:], clock=clock, progress=Dying())
else:
    prune(settings, clock, Dying())
"""


def dies_at(step: int, settings: Settings, now: str, *numbers: str, privacy: str = "mask") -> bool:
    """Prune, or forget numbers, in a process that is killed at a step; False if it came through."""
    given = [str(settings.data_dir), now, str(step), privacy, *numbers]
    done = subprocess.run(
        [sys.executable, "-c", _DYING, *given],
        env={"PYTHONPATH": str(ROOT), "PATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode in {0, -signal.SIGKILL}, done.stderr
    return done.returncode != 0


def copy_of(known: Account, folder: Path, **changes: Any) -> Account:
    """Return the account with a copy of its data folder, and other settings."""
    shutil.copytree(known.settings.data_dir, folder / "data")
    return replace(known, settings=replace(known.settings, data_dir=folder / "data", **changes))


def tables(settings: Settings) -> dict[str, list[tuple[Any, ...]]]:
    """Return the rows of every published table but those of runs, in no order of their own."""
    with open_snapshot(settings.snapshot_path) as snapshot:
        names = snapshot.rows("select table_name from duckdb_tables() where schema_name = 'main'")
        return {
            name: sorted((tuple(row.values()) for row in snapshot.rows(f'from "{name}"')), key=repr)
            for name in sorted(row["table_name"] for row in names)
            if name not in OWN_TIMES
        }


def files_with(folder: Path, text: str) -> list[str]:
    """Return the files below a folder that have a text in their bytes."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    return [path.name for path in paths if text.encode() in path.read_bytes()]
