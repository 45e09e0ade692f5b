"""Somebody who types `sms24 ...` in a data folder, beside an emulated account."""

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from pipeline.cli.main import main
from pipeline.clock import HeldClock
from pipeline.emulator.traffic import Message
from pipeline.ledger.ledger import open_ledger
from pipeline.ledger.values import RunFacts
from support.account import Account
from support.ledger import SAVED, START, Somebody, made_tag
from support.lists import set_environment


@dataclass
class Sender:
    """Types commands; `said` is what the last one wrote, `complained` what it wrote as errors."""

    known: Account
    folder: Path
    capsys: pytest.CaptureFixture[str]
    monkeypatch: pytest.MonkeyPatch
    said: str = ""
    complained: str = ""

    def __post_init__(self) -> None:
        self.folder.mkdir(exist_ok=True)
        settings = replace(self.known.settings, data_dir=self.folder / "data")
        set_environment(self.monkeypatch, settings)
        self.monkeypatch.setenv("SMS24_TIMEZONE", "Europe/Paris")
        self.monkeypatch.setenv("SMS24_SEND_RATE", "1000")
        self.settings = settings
        self.before = len(self.known.calls())
        self.added = len(self.known.world.added)

    @property
    def device(self) -> str:
        """The id of a phone."""
        return str(self.known.world.phones[0].device_id)

    def type(self, *words: str) -> int:
        """Run `sms24 WORDS`; returns the exit code, and keeps what was said."""
        self.capsys.readouterr()
        code = main(list(words))
        read = self.capsys.readouterr()
        self.said, self.complained = read.out, read.err
        return code

    def send(self, *words: str) -> int:
        """Run `sms24 send WORDS` by the phone."""
        return self.type("send", "--device", self.device, *words)

    def answer(self, *words: str, code: int = 0) -> Any:
        """Run `sms24 WORDS --json`; returns the answer."""
        assert self.type(*words, "--json") == code, self.said + self.complained
        return json.loads(self.said)

    def calls(self, endpoint: str) -> list[dict[str, str]]:
        """Return the calls of an endpoint since the beginning."""
        return [c for c in self.known.calls()[self.before :] if c["endpoint"] == endpoint]

    def sent(self) -> list[Message]:
        """Return the messages that the gateway took since the beginning."""
        return self.known.world.added[self.added :]

    def list(self, *rows: str, name: str = "guests.csv") -> str:
        """Write a list; returns its name."""
        (self.folder / name).write_text("\n".join(rows) + "\n", encoding="utf-8")
        return name

    def suppress(self, *numbers: str) -> None:
        """Have numbers never written to."""
        with open_ledger(self.settings.data_dir, HeldClock(START)) as ledger:
            ledger.suppression.add(numbers, reason="asked", source="test")

    def tag(self, title: str, number: int, *people: Somebody) -> None:
        """Have a tag with contacts, at the gateway too."""
        self.known.written.tags[number] = title
        self.known.written.contacts[number] = [person.e164 for person in people]
        with open_ledger(self.settings.data_dir, HeldClock(START)) as ledger:
            tag = made_tag(ledger, title, number)
            run = ledger.runs.begin(RunFacts(kind="apply", plan="p1"))
            for place, person in enumerate(people):
                assert ledger.contacts.claim(tag.id, person, run) is None
                settled = replace(SAVED, contact_id=number * 1000 + place)
                ledger.contacts.settle(tag.id, person.e164, settled)
