"""What a long command says while it works."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline import journal
from pipeline.cli.console import TimedProgress
from pipeline.clock import HeldClock
from support.account import NOW, account
from support.command import ROOT, environment


def test_a_stage_that_stands_still_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    """Where nothing moved since the last line there is no rate, so no time left is told."""
    clock = HeldClock(NOW)
    progress = TimedProgress(clock)
    progress.begin("Sending messages", 10)
    clock.sleep(5)
    progress.advance(0)
    clock.sleep(5)
    progress.advance(5)
    assert capsys.readouterr().err.splitlines()[1:] == [
        "  0, 0.0 a second",
        "  5, 1.0 a second, 5 s left",
    ]


@pytest.mark.parametrize("is_wrong", [False, True])
def test_a_reader_that_has_gone_ends_no_work(tmp_path: Path, *, is_wrong: bool) -> None:
    """Where nobody reads what a run says it publishes all the same, and its code stands."""
    with account(tmp_path, messages=10, days=1) as known:
        environ = environment(known.settings) | ({"SMS24_TOKEN": "wrong"} if is_wrong else {})
        reader, writer = os.pipe()
        os.close(reader)
        done = subprocess.run(
            [sys.executable, "-m", "pipeline", "run"],
            env=environ,
            cwd=tmp_path,
            stdout=writer,
            stderr=writer,
            check=False,
        )
        os.close(writer)
        assert done.returncode == (3 if is_wrong else 0)
        (entry,) = journal.entries(known.settings.data_dir)
        assert entry.exit_code == done.returncode
        assert is_wrong or known.rows("select count(*) as n from messages")[0]["n"] == 10


def test_accounts_go_on_where_nobody_reads(tmp_path: Path) -> None:
    """A result that nobody reads stops no account: the last one is tried too."""
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "sms24.toml").write_text(
            'base_url = "http://127.0.0.1:9"\ntoken = "x"\n'
        )
        (tmp_path / name / "sms24.toml").chmod(0o600)
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        [sys.executable, "-m", "pipeline", "run", "--all-accounts", str(tmp_path)],
        env={"PYTHONPATH": str(ROOT), "PATH": os.defpath},
        stdout=writer,
        stderr=writer,
        check=False,
    )
    os.close(writer)
    assert done.returncode == 3
    assert len(journal.entries(tmp_path / "b" / "data")) == 1
