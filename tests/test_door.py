"""The command line: one sentence, the right exit code, no secret, the old snapshot untouched."""

import logging
import re
import stat
from collections.abc import Iterator
from pathlib import Path

import duckdb
import polars as pl
import pytest
from starlette.responses import Response

from pipeline.cli.main import COMMANDS, main
from pipeline.clock import SystemClock
from pipeline.emulator.habits import PASSWORD, TOKEN
from pipeline.warehouse.lock import writer_lock
from support.account import Account, account
from support.emulator import running_answers

WRONG = "tok-WRONG-0123456789"
FAULTS = {
    "web page": (lambda _: Response("<!DOCTYPE html><h1>x</h1>"), "a web page instead of JSON"),
    "error 1": (lambda _: Response('{"error":1,"message":"Account closed"}'), "Account closed"),
    "busy": (lambda _: Response("", 503), "is busy"),
    "broken": (lambda _: Response("", 500), "failed (HTTP 500)"),
    "cut off": (lambda _: Response('{"error":0,"device":{"1":'), "not whole"),
}


@pytest.fixture
def known(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Account]:
    """Serve an account that was fetched once; commands see it, and waits take no time."""
    monkeypatch.setattr(SystemClock, "sleep", lambda self, seconds: None)
    monkeypatch.chdir(tmp_path)
    with account(tmp_path, messages=400, days=10) as served:
        monkeypatch.setenv("SMS24_BASE_URL", served.settings.base_url)
        monkeypatch.setenv("SMS24_TOKEN", TOKEN)
        monkeypatch.setenv("SMS24_RATE", "1000")
        served.run()
        yield served


def assert_refused(
    known: Account, capfd: pytest.CaptureFixture[str], words: str, code: int = 3
) -> None:
    """Run the job: it must end with a code, in two lines, and leave the snapshot as it was."""
    path = known.settings.snapshot_path
    before = (path.stat().st_ino, path.stat().st_mtime_ns, path.read_bytes())
    assert main(["run"]) == code
    said = capfd.readouterr()
    lines = said.err.splitlines()
    assert len(lines) == 2
    assert all(line.startswith("sms24: ") for line in lines)
    assert words in lines[0]
    assert "Traceback" not in said.err + said.out
    assert (path.stat().st_ino, path.stat().st_mtime_ns, path.read_bytes()) == before


@pytest.mark.parametrize(("answer", "words"), FAULTS.values(), ids=FAULTS)
def test_a_gateway_that_fails_is_told_in_a_sentence(
    known: Account,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    answer: object,
    words: str,
) -> None:
    """A gateway that gives nothing ends in exit code 3, and the old snapshot stands."""
    with running_answers(answer) as address:
        monkeypatch.setenv("SMS24_BASE_URL", address)
        assert_refused(known, capfd, words)


def test_no_network_is_told_in_a_sentence(
    known: Account, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A gateway that nobody reaches ends in exit code 3."""
    with running_answers(lambda _: Response("")) as address:
        pass
    monkeypatch.setenv("SMS24_BASE_URL", address)
    assert_refused(known, capfd, "cannot be reached")


@pytest.mark.parametrize("with_password", [False, True])
def test_no_secret_is_anywhere(
    known: Account,
    capfd: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
    *,
    with_password: bool,
) -> None:
    """After a wrong login and a good run, with logs at DEBUG, no file and no line has a secret."""
    caplog.set_level(logging.DEBUG)
    secrets = [TOKEN, WRONG, "pw-WRONG-99", known.settings.data_dir.joinpath("keys").read_text()]
    if with_password:
        monkeypatch.setenv("SMS24_TOKEN", "")
        monkeypatch.setenv("SMS24_EMAIL", "demo@example.com")
        monkeypatch.setenv("SMS24_PASSWORD", "pw-WRONG-99")
        assert_refused(known, capfd, "Login or password incorrect")
        monkeypatch.setenv("SMS24_PASSWORD", PASSWORD)
    else:
        monkeypatch.setenv("SMS24_TOKEN", WRONG)
        assert_refused(known, capfd, "Token is not valid")
        monkeypatch.setenv("SMS24_TOKEN", TOKEN)
    assert main(["run"]) == 0
    said = capfd.readouterr()
    shown = [said.out.encode(), said.err.encode(), caplog.text.encode()]
    files = [p for p in known.settings.data_dir.rglob("*") if p.is_file() and p.name != "keys"]
    assert len(files) >= 4
    shown += [path.read_bytes() for path in files]
    for secret in secrets:
        assert not [text for text in shown if secret.strip().encode() in text]


def test_without_a_login_the_settings_are_named(
    known: Account, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """No token and no password is exit code 2 and says which variables to set."""
    monkeypatch.setenv("SMS24_TOKEN", "")
    assert main(["run"]) == 2
    assert "set SMS24_TOKEN" in capfd.readouterr().err


def test_a_second_run_is_told_to_wait(known: Account, capfd: pytest.CaptureFixture[str]) -> None:
    """While another one works the exit code is 75."""
    with writer_lock(known.settings.data_dir):
        assert_refused(known, capfd, "Another sms24", code=75)


def test_a_failed_check_publishes_nothing(
    known: Account, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A check that finds rows ends in exit code 4, names itself, and the old snapshot stands."""
    folder = known.settings.data_dir.parent / "checks"
    folder.mkdir()
    (folder / "fail__messages__none.sql").write_text("-- None.\nselect * from marts.messages\n")
    monkeypatch.setattr(
        "pipeline.transform.checks.find_checks", lambda _: list(folder.glob("*.sql"))
    )
    before = known.settings.snapshot_path.read_bytes()
    assert main(["build"]) == 4
    assert "messages__none (400 rows)" in capfd.readouterr().err
    assert known.settings.snapshot_path.read_bytes() == before


def test_an_interrupted_run_says_that_it_goes_on(
    known: Account, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ctrl-C ends in exit code 130 without a traceback; the next run is a good one."""

    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("pipeline.run.build", interrupted)
        assert main(["run"]) == 130
    assert "Run the command again" in capfd.readouterr().err
    assert main(["run"]) == 0
    sql = "select exit_code, message from runs where exit_code is distinct from 0"
    assert known.rows(f"{sql} order by exit_code nulls last") == [
        {"exit_code": 130, "message": "interrupted"},
        {"exit_code": None, "message": None},
    ]


def test_a_bug_is_one_sentence_and_a_log(
    known: Account, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """An error that nobody expected is exit code 1; its traceback lies in a private file."""

    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("secret-in-a-bug")

    monkeypatch.setattr("pipeline.run.build", broken)
    assert main(["build"]) == 1
    said = capfd.readouterr().err
    assert "ZeroDivisionError" in said
    assert "secret-in-a-bug" not in said
    log = Path(said.strip().rpartition(" ")[2].rstrip("."))
    assert "Traceback" in log.read_text()
    assert stat.S_IMODE(log.stat().st_mode) == 0o600
    log.unlink()


@pytest.mark.parametrize(
    "error",
    [
        OSError(28, "No space left on device"),
        pl.exceptions.ComputeError("parquet: underlying IO error: No space left on device"),
        duckdb.IOException('Could not write to file "x": No space left on device'),
    ],
    ids=lambda error: type(error).__name__,
)
def test_a_full_disk_is_told(
    known: Account,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    error: Exception,
) -> None:
    """No space left is a sentence, not a bug, whichever library met it."""

    def full(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr("pipeline.run.build", full)
    assert main(["build"]) == 1
    assert "The disk is full" in capfd.readouterr().err


def test_every_command_explains_itself(capfd: pytest.CaptureFixture[str]) -> None:
    """Help lists every command with its sentence, and each command has help of its own."""
    assert main(["--help"]) == 0
    listed = capfd.readouterr().out
    for name, (_, text) in COMMANDS.items():
        assert re.search(rf"  {name} +{re.escape(text)}", listed)
        assert main([name, "--help"]) == 0
        assert f"Usage: sms24 {name}" in capfd.readouterr().out
