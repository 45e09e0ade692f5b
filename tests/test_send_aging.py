"""Texts of plans age: they go from every file, and what was sent stays known and is sent once."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pendulum
import pytest

from pipeline.clock import Clock, HeldClock
from pipeline.emulator.faults import FaultKind, Faults
from pipeline.emulator.forms import Fields
from pipeline.operate.forget import forget_everywhere
from pipeline.operate.prune import Pruned, look, prune
from pipeline.progress import SilentProgress
from pipeline.send.planned import load_bulk
from support.account import Account, account_of_today
from support.command import ROOT
from support.kept import files_with
from support.ledger import ANNA
from support.typist import Sender

LIST = ("Name;Phone", "Zara;+33612345678", "Yann;+33766666666", "Xenia;12")
TEXT = "Dear {{ name }}, your secret is 4711"
WORDS = ("Zara", "Yann", "Xenia", "secret is")
FAILING: list[FaultKind] = []


def failing(endpoint: str, _: Fields) -> FaultKind | None:
    """Return the fault of a call that sends: the next of `FAILING`."""
    return FAILING.pop() if FAILING and endpoint == "addalotofsms" else None


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Account]:
    """Serve an account in the present, to all tests of the file."""
    folder = tmp_path_factory.mktemp("account")
    with account_of_today(folder, faults=Faults(rule=failing)) as known:
        yield known


@pytest.fixture
def sender(
    served: Account,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> Sender:
    """Return somebody who types commands in a folder of their own, where texts are kept a month."""
    found = Sender(served, tmp_path, capsys, monkeypatch)
    found.settings = replace(found.settings, keep_body_days=30)
    return found


def planned(sender: Sender, *words: str) -> str:
    """Plan the list, of which a row is rejected, and take it away; returns the plan's name."""
    given = ("--device", sender.device, "--text", TEXT, *words)
    found = sender.answer("send-bulk", sender.list(*LIST), *given, code=5)
    (sender.folder / "guests.csv").unlink()
    return str(found["plan"])


def later(days: int = 40) -> Clock:
    """Return a clock so many days on."""
    return HeldClock(pendulum.now("UTC").add(days=days))


def held(sender: Sender) -> list[str]:
    """Return the words of texts that stand in files of the data folder."""
    return [word for word in WORDS if files_with(sender.settings.data_dir, word)]


def aged(sender: Sender, clock: Clock | None = None) -> Pruned:
    """Prune forty days on."""
    return prune(sender.settings, clock or later(), SilentProgress())


def test_texts_of_what_was_sent_go_and_nobody_gets_it_again(sender: Sender) -> None:
    """No file has a word of a sent plan's texts; what was sent stays told and is sent once."""
    plan = planned(sender)
    assert sender.answer("send-bulk", "apply", plan, "--yes")["saved"] == 2
    assert held(sender) == list(WORDS)
    assert aged(sender, later(days=29)) == Pruned()
    assert look(sender.settings, later()) == Pruned(plans=1)
    assert held(sender) == list(WORDS)
    assert aged(sender) == Pruned(plans=1)
    assert not held(sender)
    assert aged(sender) == Pruned()
    (told,) = sender.answer("outbox", "status")["sendings"]
    assert (told["saved"], told["in_doubt"], told["unsent"]) == (2, 0, 0)
    assert sender.type("send-bulk", "apply", plan, "--yes") == 2
    assert "keep_body_days" in sender.complained
    assert sender.type("send-bulk", "rejects", plan) == 2
    assert len(sender.sent()) == 2


@pytest.mark.parametrize("sent", [0, 1])
def test_a_plan_that_waits_keeps_its_texts(sender: Sender, sent: int) -> None:
    """What may still be sent is sent as it was planned, however old the plan is."""
    plan = planned(sender)
    if sent:
        sender.answer("send-bulk", "apply", plan, "--yes", "--limit", "1")
    assert aged(sender) == Pruned(kept=1)
    assert sender.answer("send-bulk", "apply", plan, "--yes")["saved"] == 2 - sent
    assert aged(sender) == Pruned(plans=1)


def test_who_is_suppressed_or_too_late_waits_for_nothing(sender: Sender) -> None:
    """Messages to people who are suppressed, or whose time is over, keep no texts."""
    sender.suppress(ANNA)
    plan = planned(sender)
    sender.answer("send-bulk", "apply", plan, "--yes")
    at = f"{pendulum.now('Europe/Paris').add(days=2):%Y-%m-%d %H:%M}"
    planned(sender, "--at", at)
    assert aged(sender) == Pruned(plans=2)
    assert not held(sender)


def test_doubts_keep_their_texts_until_they_are_resolved(sender: Sender) -> None:
    """What is in doubt keeps its texts until somebody has decided about it."""
    plan = planned(sender)
    FAILING.append("truncated")
    assert sender.type("send-bulk", "apply", plan, "--yes", "--limit", "1") == 5
    assert sender.answer("send-bulk", "apply", plan, "--yes", code=5)["saved"] == 1
    assert aged(sender) == Pruned(kept=1)
    assert sender.type("outbox", "resolve", "--drop", "--yes") == 0, sender.complained
    assert aged(sender) == Pruned(plans=1)
    assert not held(sender)


def test_what_was_changed_by_hand_or_left_half_made_goes_too(sender: Sender) -> None:
    """A plan that is refused anyway goes whole, and so do drafts of planners that were killed."""
    plan = planned(sender)
    folder = sender.settings.data_dir / "outbox"
    with (folder / plan / "messages.csv").open("a") as stream:
        stream.write("4,+33612345699,,1,Zara\n")
    draft = folder / ".2026-01-01T0000Z-000000.part"
    draft.mkdir()
    (draft / "messages.csv").write_text("Zara")
    (folder / plan / "messages.csv.new").write_text("Zara")
    assert look(sender.settings, later()) == Pruned(plans=1, files=1)
    assert aged(sender) == Pruned(plans=1, files=1)
    assert not held(sender)
    assert aged(sender) == Pruned()


# Takes texts away in a process that dies at the n-th name that it changes, as by kill -9.
_DYING = """
import os, signal, sys
from pathlib import Path
import pendulum
from pipeline.clock import HeldClock
from pipeline.operate.prune import prune
from pipeline.progress import SilentProgress
from pipeline.settings import Settings

left = [int(sys.argv[2])]
def dying(call):
    def changed(*given, **more):
        left[0] -= 1
        if not left[0]:
            os.kill(os.getpid(), signal.SIGKILL)
        return call(*given, **more)
    return changed

Path.replace, Path.unlink = dying(Path.replace), dying(Path.unlink)
settings = Settings(data_dir=Path(sys.argv[1]), keep_body_days=30)
prune(settings, HeldClock(pendulum.now("UTC").add(days=40)), SilentProgress())
"""


def dies_at(sender: Sender, step: int) -> bool:
    """Prune in a process that dies at a step; False if it came through."""
    done = subprocess.run(
        [sys.executable, "-c", _DYING, str(sender.settings.data_dir), str(step)],
        env={"PYTHONPATH": str(ROOT), "PATH": os.defpath},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode in {0, -signal.SIGKILL}, done.stderr
    return done.returncode != 0


def test_a_kill_at_any_step_is_ended_by_the_next_prune(sender: Sender) -> None:
    """Killed before each change of a name, the next prune ends the work, and nothing is sent."""
    steps = 0
    for step in range(1, 9):
        plan = planned(sender)
        sender.answer("send-bulk", "apply", plan, "--yes")
        if not dies_at(sender, step):
            break
        steps += 1
        sent = len(sender.sent())
        assert aged(sender) == Pruned(plans=1), step
        assert not held(sender), step
        assert sender.type("send-bulk", "apply", plan, "--yes") == 2
        assert len(sender.sent()) == sent
    assert steps == 3


def test_a_person_is_forgotten_also_where_texts_have_gone(sender: Sender) -> None:
    """`sms24 forget` takes a number out of an aged plan, its results and what a kill has left."""
    plan = planned(sender)
    sender.answer("send-bulk", "apply", plan, "--yes")
    folder = sender.settings.data_dir / "outbox" / plan
    (folder / "results.csv").write_text(f"1,'{ANNA},saved\n")
    assert aged(sender) == Pruned(plans=1)
    (folder / "messages.csv.new").write_text(f"2,{ANNA},,1,Zara\n")
    clock = later()
    (told,) = forget_everywhere(sender.settings, [ANNA], clock=clock, progress=SilentProgress())
    assert (told.found.plans, told.found.rows) == (1, 1)
    assert not files_with(sender.settings.data_dir, ANNA[3:])
    assert load_bulk(sender.settings.data_dir, plan).is_aged
