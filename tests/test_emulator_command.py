"""`sms24 emulator`: its options make the gateway that they say, and nonsense is refused."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest

from pipeline.cli.main import main
from pipeline.emulator.habits import TOKEN

HELD = ("--held-at", "2026-11-02T12:00:00Z")


@contextmanager
def process(*options: str, hash_seed: str = "1") -> Iterator[httpx.Client]:
    """Run an emulator as a process of its own; gives a client of it."""
    command = [sys.executable, "-m", "pipeline", "emulator", *options]
    environ = {"PYTHONHASHSEED": hash_seed}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environ) as running:
        assert running.stdout is not None
        try:
            with httpx.Client(base_url=running.stdout.readline().split()[-1]) as client:
                yield client
        finally:
            running.kill()


def ask(client: httpx.Client, name: str, **fields: object) -> httpx.Response:
    """Post to an endpoint, with the token."""
    return client.post(name, data={"token": TOKEN, **fields})


def test_the_same_seed_answers_the_same_bytes() -> None:
    """Two processes with the same options give each answer alike, sent messages included."""
    sms = {"sendto": "+33612345678,+33612345679", "body": "x", "device_id": 11248}
    told = []
    for hash_seed in ("1", "2"):
        with process("--messages", "300", *HELD, hash_seed=hash_seed) as client:
            answers = [ask(client, "addsms", **sms).content]
            client.get(str(client.base_url).replace("/getdata/", "/emulator/clock?advance=600"))
            answers += [ask(client, name).content for name in ("getallsms", "getalldevices")]
            told.append(answers)
    assert told[0] == told[1]
    assert b'"status":7' in told[0][1]


def test_options_are_heeded() -> None:
    """Flavour, switches, options of their own, and faults of one endpoint come together."""
    options = ("--flavour", "2021", "--switch", "first_tag=7", "--switch", "siminfo=null")
    options += ("--zone", "Asia/Tokyo", "--row-cap", "3", "--counts", "capped", "--date-type", "3")
    with process("--messages", "9", *HELD, *options, "--faults", "savecontact=1") as client:
        assert ask(client, "savetag", title="t").json() == {
            "error": 0, "message": "Ok", "tag_id": 7
        }  # fmt: skip
        answer = ask(client, "getallsms").json()
        codes = [ask(client, "getalldevices").status_code for _ in range(5)]
        bad = ask(client, "savecontact", phone="+33612345678", tag_id=7)
    assert (len(answer["smss"]), answer["count"]) == (3, 3)
    row = next(iter(answer["smss"].values()))
    assert row["created"]["timezone"] == "Asia/Tokyo"
    assert codes == [200] * 5
    assert '"contact_id"' not in bad.text


@pytest.mark.parametrize(
    ("option", "text"),
    [
        ("--faults", "2"), ("--faults", "-0.1"), ("--faults", "often"), ("--faults", "addsms="),
        ("--faults", "addsms=7"), ("--held-at", "soon"), ("--zone", "Mars/Base"),
        ("--flavour", "1999"), ("--first-id", "0"), ("--messages", "-1"),
        ("--port", "99999"), ("--faults", "addsm=0.5"),
    ],
)  # fmt: skip
def test_an_option_without_sense_is_refused(
    option: str, text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """What an option cannot be ends with exit code 2 and a sentence, before anything is served."""
    assert main(["emulator", option, text]) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err
