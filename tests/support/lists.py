"""Lists of contacts for the command line: written, planned and applied as a person does."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from pipeline.cli.main import main
from pipeline.settings import Settings


@dataclass
class Typist:
    """Types `sms24 contacts ...` in a folder whose settings are in the environment.

    Attributes:
        said: what the last command wrote to standard output; `complained` to standard error.
    """

    folder: Path
    capsys: pytest.CaptureFixture[str]
    said: str = ""
    complained: str = ""

    def plan(self, rows: Sequence[str], *flags: str, tag: str = "T", name: str = "list.csv") -> str:
        """Write a list (`phone,name` unless the first row says more) and return its plan's id."""
        return str(self.planned(rows, *flags, tag=tag, name=name)["plan"])

    def planned(
        self, rows: Sequence[str], *flags: str, tag: str = "T", name: str = "list.csv"
    ) -> dict[str, Any]:
        """Do the same and return all that a program is told."""
        (self.folder / name).write_text("\n".join(rows) + "\n", encoding="utf-8")
        self.type("plan", name, "--tag", tag, "--region", "FR", "--json", *flags)
        found: dict[str, Any] = json.loads(self.said)
        return found

    def type(self, *words: str) -> int:
        """Run `sms24 contacts WORDS`; returns the exit code, and keeps what was said."""
        self.capsys.readouterr()
        code = main(["contacts", *words])
        read = self.capsys.readouterr()
        self.said, self.complained = read.out, read.err
        return code


def people(count: int, first: int = 0) -> list[str]:
    """Return the rows of a list of so many people, with its header."""
    return [
        "phone,name",
        *(f"+336{12_000_000 + n},Person {n}" for n in range(first, first + count)),
    ]


def set_environment(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> None:
    """Give this process the settings, fast."""
    assert settings.token is not None
    monkeypatch.setenv("SMS24_BASE_URL", settings.base_url)
    monkeypatch.setenv("SMS24_TOKEN", settings.token.reveal())
    monkeypatch.setenv("SMS24_DATA_DIR", str(settings.data_dir))
    monkeypatch.setenv("SMS24_CONTACTS_RATE", "1000")
    monkeypatch.chdir(settings.data_dir.parent)
