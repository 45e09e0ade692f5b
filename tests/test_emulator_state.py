"""The emulator's file of state: what was written survives, however its process ended."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette

from pipeline.clock import HeldClock, SystemClock
from pipeline.emulator.habits import EMAIL, PASSWORD, TOKEN, Habits
from pipeline.emulator.start import Options, make_emulator
from pipeline.errors import UsageError
from support.asked import NOW, QUICK
from support.emulator import running_app

SMS = {"sendto": "+33612345678", "body": "x", "device_id": str(QUICK)}


def ask(client: httpx.Client, path: str, **fields: object) -> httpx.Response:
    """Post fields to an endpoint, or to a control (`/clock`), with the token and the login."""
    login = {"token": TOKEN, "email": EMAIL, "pass": PASSWORD}
    data = {**login, **{name: str(value) for name, value in fields.items()}}
    return client.post(f"emulator{path}" if path[0] == "/" else f"getdata/{path}", data=data)


def client_of(address: str) -> httpx.Client:
    """Return a client of the emulator that answers at an address."""
    return httpx.Client(base_url=address.removesuffix("getdata"))


@contextmanager
def served(path: Path, **options: object) -> Iterator[httpx.Client]:
    """Serve a small account that keeps its state in a file; then give the file free."""
    given = {"messages": 40, "days": 3, "held_at": NOW, "state": path, **options}
    app: Starlette = make_emulator(Options(**given))  # type: ignore[arg-type]
    try:
        with running_app(app) as address, client_of(address) as client:
            yield client
    finally:
        app.state.kept.close()


def write_everything(client: httpx.Client) -> None:
    """Do one of everything that changes an account."""
    ask(client, "savetag", title="t")
    ask(client, "savecontact", phone="+33611111111", tag_id=8303, fullname="Ana")
    ask(client, "addsms", **SMS)
    ask(client, "smstosend", **SMS)
    ask(client, "/clock", advance=15)
    batch = json.dumps({"token": TOKEN, "smsdata": [SMS] * 40})
    ask(client, "addalotofsms", datajson=batch)
    ask(client, "savepaket", title="n", body="b", tags=8303, device_id=QUICK)
    first = next(iter(ask(client, "getallsms").json()["smss"]))
    ask(client, "/edit", action="delete", id=first)
    ask(client, "/phones", device_id=QUICK, action="off")
    ask(client, "addsms", **SMS)
    ask(client, "/clock", advance=40)
    ask(client, "/phones", device_id=QUICK, action="on")
    ask(client, "addsms", **SMS, urgent=1)
    ask(client, "addsms", **{**SMS, "device_id": 1})  # refused
    ask(client, "/clock", advance=20)


def everything(client: httpx.Client) -> list[str]:
    """Return all that can be seen of an account, now and an hour later, and its next ids."""
    seen = [ask(client, "/clock").text, ask(client, "/account").text]
    for seconds in (0, 3600):
        ask(client, "/clock", advance=seconds)
        seen += [ask(client, name).text for name in ("getallsms", "getalldevices")]
    return [*seen, ask(client, "savetag", title="u").text, ask(client, "addsms", **SMS).text]


def test_an_account_goes_on_after_a_restart(tmp_path: Path) -> None:
    """Messages, their lives, tags, contacts, newsletters, edits, phones and clock are as before."""
    with served(tmp_path / "a") as client:
        write_everything(client)
    (tmp_path / "b").write_bytes((tmp_path / "a").read_bytes())
    with served(tmp_path / "a") as client:
        again = everything(client)
    with served(tmp_path / "c") as client:  # one that is never stopped
        write_everything(client)
        assert everything(client) == again
    with served(tmp_path / "b") as client:
        assert everything(client) == again
    assert '"status":7' in again[4]
    assert json.loads(again[1])["messages"] == 45


def test_the_file_holds_no_secret(tmp_path: Path) -> None:
    """The file is its owner's alone, and has no token, e-mail or password."""
    path = tmp_path / "state"
    with served(path) as client:
        write_everything(client)
    text = path.read_text(encoding="utf-8")
    assert path.stat().st_mode & 0o777 == 0o600
    assert text.count("\n") == 15
    assert not [secret for secret in (TOKEN, EMAIL, f'"{PASSWORD}"') if secret in text]


def test_a_line_that_was_cut_off_was_never_written(tmp_path: Path) -> None:
    """A line without its end is dropped, and the next one is whole."""
    path = tmp_path / "state"
    with served(path) as client:
        ask(client, "savetag", title="one")
    whole = path.read_bytes()
    path.write_bytes(whole + b'[1793620815, "savetag", {"title": "' + b"x" * 900)
    with served(path) as client:
        assert ask(client, "/account").json()["tags"] == {"8303": "one"}
        ask(client, "savetag", title="two")
    assert path.read_bytes().endswith(b"}]\n")
    with served(path) as client:
        assert ask(client, "/account").json()["tags"] == {"8303": "one", "8304": "two"}


@pytest.mark.parametrize(
    "changes",
    [
        {"seed": 2},
        {"messages": 41},
        {"days": 4},
        {"first_id": 5},
        {"habits": Habits(tag_again="same")},
    ],
)
def test_another_account_is_refused(tmp_path: Path, changes: dict[str, object]) -> None:
    """A file is gone on with as the account that it is of; it is told which that is."""
    path = tmp_path / "state"
    with served(path):
        pass
    with pytest.raises(UsageError, match="another account") as refused, served(path, **changes):
        pass
    assert refused.value.advice == (
        "It goes on with: --seed 1 --messages 40 --days 3 --first-id 62000000"
    )


def test_faults_are_no_part_of_the_account(tmp_path: Path) -> None:
    """An account may be gone on with under other faults."""
    path = tmp_path / "state"
    with served(path) as client:
        ask(client, "savetag", title="t")
    habits = Habits(fault_rate=0.0, answer_seconds=0.001)
    with served(path, habits=habits, fault_rates={"savetag": 1.0}) as client:
        assert ask(client, "/account").json()["tags"] == {"8303": "t"}


@pytest.mark.parametrize("text", ["hello\n", "[]\n", "{}\n", '{"form": "other"}\n'])
def test_another_file_is_refused_and_left_alone(tmp_path: Path, text: str) -> None:
    """What is no state of an emulator is refused, and not a byte of it changes."""
    path = tmp_path / "state"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match="no state of an emulator"), served(path):
        pass
    assert path.read_text(encoding="utf-8") == text


def test_a_damaged_line_is_named(tmp_path: Path) -> None:
    """A line within the file that is none is an error of the file, not a bug."""
    path = tmp_path / "state"
    with served(path):
        pass
    path.write_bytes(path.read_bytes() + b"{]\n")
    with pytest.raises(UsageError, match="no state of an emulator"), served(path):
        pass


def test_two_emulators_cannot_share_a_file(tmp_path: Path) -> None:
    """A second emulator on the same file is refused; so is a file that cannot be opened."""
    path = tmp_path / "state"
    with (
        served(path),
        pytest.raises(UsageError, match="Another emulator"),
        served(path),
    ):
        pass
    with pytest.raises(UsageError, match="cannot be used"), served(tmp_path / "no" / "state"):
        pass


def test_a_clock_that_runs_goes_on_while_nobody_serves(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A running clock that was driven is as far ahead after a restart as before, not behind."""
    system = HeldClock(NOW)
    monkeypatch.setattr(SystemClock, "now", lambda _: system.now())
    monkeypatch.setattr(SystemClock, "monotonic", lambda _: system.monotonic())
    with served(tmp_path / "state", held_at=None) as client:
        assert ask(client, "/clock", advance=3600).text == "2026-11-02T13:00:00+00:00"
    system.sleep(86_400)
    with served(tmp_path / "state", held_at=None) as client:
        assert ask(client, "/clock").text == "2026-11-03T13:00:00+00:00"
        assert ask(client, "/clock", hold=1).text == "2026-11-03T13:00:00+00:00"
    system.sleep(86_400)
    with served(tmp_path / "state", held_at=None) as client:
        assert ask(client, "/clock", hold=0).text == "2026-11-03T13:00:00+00:00"


def test_what_was_written_survives_a_kill(tmp_path: Path) -> None:
    """After kill -9 the command line goes on with all that was answered, at a time not before."""
    command = [sys.executable, "-m", "pipeline", "emulator", "--messages", "0", "--first-id", "7"]
    command += ["--state", str(tmp_path / "state")]
    told: list[list[int]] = []
    times: list[str] = []
    for _ in range(2):
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            with client_of(process.stdout.readline().split()[-1]) as client:
                ask(client, "/clock", advance=3600)
                told.append([ask(client, "addsms", **SMS).json()["sms_id"] for _ in range(3)])
                times.append(ask(client, "/clock").text)
            process.kill()
    assert told == [[7, 8, 9], [10, 11, 12]]
    first, second = (datetime.fromisoformat(text) for text in times)
    assert (second - first).total_seconds() >= 3600


def test_without_a_file_nothing_is_kept() -> None:
    """Without a file of state an account lives in memory alone."""
    app = make_emulator(Options(messages=0, days=1))
    assert (app.state.kept, app.state.account.note) == (None, None)
