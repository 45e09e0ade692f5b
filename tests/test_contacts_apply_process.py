"""Loads as processes: two at once, interrupted, looked at while they run, and on a terminal."""

import json
import os
import pty
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from pipeline.clock import SystemClock
from pipeline.emulator.habits import TOKEN
from pipeline.ledger.ledger import look_into_ledger
from pipeline.settings import Settings
from pipeline.values import Secret
from support.account import account
from support.command import completed, environment, started
from support.fault_server import Served, fault_server
from support.lists import Typist, people, set_environment


@pytest.fixture
def held() -> Iterator[Served]:
    """Serve a gateway whose answers to `savecontact` wait for its gate."""
    with fault_server(is_held=True) as served:
        yield served


@pytest.fixture
def settings(held: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Return the settings of a folder for that gateway."""
    given = Settings(base_url=held.address, token=Secret(TOKEN), data_dir=tmp_path / "data")
    set_environment(monkeypatch, given)
    return given


@pytest.fixture
def typist(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Typist:
    """Return somebody who types commands."""
    return Typist(tmp_path, capsys)


def wait_for(process: "subprocess.Popen[str]", words: str) -> None:
    """Read what a process says until it has said some words."""
    assert process.stdout is not None
    while words not in (line := process.stdout.readline()):
        assert line, f"it ended without {words!r}"


def states(settings: Settings) -> dict[str, int]:
    """Return the contacts of the first tag by state."""
    with look_into_ledger(settings.data_dir, SystemClock()) as ledger:
        return dict(ledger.contacts.counts(1))


@contextmanager
def load_in_flight(
    settings: Settings, held: Served, plan: str
) -> Iterator["subprocess.Popen[str]"]:
    """Start a load and give it once its first contact is in flight."""
    with started(settings, "contacts", "apply", plan) as process:
        assert held.seen.acquire(timeout=60)
        yield process


def test_w08_a_second_load_ends_in_75(settings: Settings, held: Served, typist: Typist) -> None:
    """W08: while a load runs another one, of another plan too, sends nothing; the first goes on."""
    plan, other = typist.plan(people(3)), typist.plan(people(5), tag="U", name="other.csv")
    with load_in_flight(settings, held, plan) as process:
        code, said = completed(settings, "contacts", "apply", other)
        assert (code, f"process {process.pid}" in said) == (75, True)
        held.gate.set()
        process.communicate()
    assert (process.returncode, len(held.saved), held.tags) == (0, 3, ["T"])


def test_w12_one_interrupt_waits_for_the_answers(
    settings: Settings, held: Served, typist: Typist
) -> None:
    """W12: after the first Ctrl-C the answer in flight is kept, it ends in 130, and can go on."""
    plan = typist.plan(people(10))
    with load_in_flight(settings, held, plan) as process:
        process.send_signal(signal.SIGINT)
        wait_for(process, "Answers that are waited for: 1.")
        held.gate.set()
        said, _ = process.communicate()
    assert (process.returncode, states(settings)) == (130, {"saved": 1})
    assert f"sms24 contacts apply {plan} goes on with the 9 left" in said
    assert typist.type("apply", plan) == 0
    assert len({phone for _, phone in held.saved}) == len(held.saved) == 10


def test_w12_two_interrupts_leave_a_doubt(settings: Settings, held: Served, typist: Typist) -> None:
    """W12: after the second Ctrl-C the contact in flight is in doubt, and is not sent again."""
    plan = typist.plan(people(10))
    with load_in_flight(settings, held, plan) as process:
        process.send_signal(signal.SIGINT)
        wait_for(process, "Answers that are waited for: 1.")
        process.send_signal(signal.SIGINT)
        said, _ = process.communicate()
    assert "calls whose outcome nobody knows: 1." in said
    assert (process.returncode, states(settings)) == (130, {"sent": 1})
    held.gate.set()
    assert typist.type("apply", plan) == 5
    assert "Calls of a load that died, now in doubt: 1." in typist.complained
    assert states(settings) == {"saved": 9, "in_doubt": 1}


def test_w13_status_tells_of_a_load_that_runs(
    settings: Settings, held: Served, typist: Typist
) -> None:
    """W13: status works while a load runs, changes nothing, and tells how far it is."""
    plan = typist.plan(people(10))
    with load_in_flight(settings, held, plan) as process:
        assert typist.type("status") == 0
        assert f"process {process.pid}\n            plan {plan} for the tag T\n" in typist.said
        assert typist.type("status", plan, "--json") == 0
        load = json.loads(typist.said)["load"]
        assert (load["is_running"], load["done"], load["total"]) == (True, 0, 10)
        process.kill()
        process.wait()
        typist.type("status", "--json")
        load = json.loads(typist.said)["load"]
        assert (load["is_running"], load["state"]) == (False, "died")
    held.gate.set()
    typist.type("apply", plan)
    typist.type("status", "--json")
    found = json.loads(typist.said)
    assert (found["load"]["state"], found["load"]["done"], found["plans"]) == ("done", 10, [])
    assert found["tags"][0]["contacts"] == {"saved": 9, "in_doubt": 1}


def test_status_of_a_new_folder_makes_nothing(settings: Settings, typist: Typist) -> None:
    """Before anything is there status says so and leaves no file; an unknown plan is refused."""
    assert typist.type("status") == 0
    assert "none yet" in typist.said
    assert typist.type("status", "2026-01-01T0000Z-abcdef") == 2
    assert not settings.data_dir.exists()


def test_a_run_at_the_same_time_works(
    settings: Settings, held: Served, typist: Typist, tmp_path: Path
) -> None:
    """A scheduled run fetches and publishes into the folder in which a load is working."""
    plan = typist.plan(people(10))
    with (
        account(tmp_path / "a", messages=20, days=2) as known,
        load_in_flight(settings, held, plan) as process,
    ):
        known.run(data_dir=settings.data_dir)
        held.gate.set()
        process.communicate()
    assert process.returncode == 0
    assert settings.snapshot_path.exists()
    assert states(settings) == {"saved": 10}


@pytest.mark.parametrize(("answer", "code", "saved"), [("y", 0, 5), ("n", 3, 1), ("\x03", 130, 1)])
def test_on_a_terminal_a_person_looks_at_the_first_contact(
    settings: Settings, held: Served, typist: Typist, answer: str, code: int, saved: int
) -> None:
    """On a terminal one contact is sent, and the rest once a person has found it in the panel."""
    held.gate.set()
    plan = typist.plan(people(5))
    screen, line = pty.openpty()
    command = [sys.executable, "-m", "pipeline", "contacts", "apply", plan]
    # A session of its own, whose terminal this becomes: then Ctrl-C is a signal.
    leads = "import fcntl, os, sys, termios; os.setsid(); fcntl.ioctl(0, termios.TIOCSCTTY, 0);"
    leads += "os.execv(sys.argv[1], sys.argv[1:])"
    with subprocess.Popen(
        [sys.executable, "-c", leads, *command],
        env=environment(settings),
        cwd=settings.data_dir.parent,
        stdin=line,
        stdout=subprocess.DEVNULL,
        stderr=line,
    ) as process:
        os.close(line)
        said = b""
        while b"[y/N]" not in said:
            said += os.read(screen, 4096)
        assert b"Person 0 (+336****0000) in 'T'?" in said
        os.write(screen, answer.encode() + b"\n")
        while process.poll() is None and (more := _read(screen)):
            said += more
    os.close(screen)
    assert b"\x1b[1A" in said.split(b"Sending contacts")[0], "what counts nothing leaves no bar"
    assert (process.returncode, len(held.saved)) == (code, saved)


def _read(screen: int) -> bytes:
    """Return what is on a screen; nothing once its process has gone."""
    try:
        return os.read(screen, 4096)
    except OSError:
        return b""
