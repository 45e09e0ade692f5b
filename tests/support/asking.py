"""A published snapshot, made once for a file of tests, and `sms24 query` on it."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from pipeline.cli.main import main
from pipeline.settings import Settings
from support.account import account


@contextmanager
def published(folder: Path) -> Iterator[Settings]:
    """Give the settings of an account that was fetched once; its gateway is gone."""
    with account(folder, messages=400, days=10) as served:
        served.run()
    yield served.settings


@dataclass(frozen=True, slots=True)
class Asking:
    """Ask a snapshot as a person does; what was said comes back."""

    settings: Settings
    capfd: pytest.CaptureFixture[str]

    def answer(self, *arguments: str) -> str:
        """Return what `sms24 query ARGUMENTS` prints; it must succeed and complain of nothing."""
        code = main(["query", *arguments])
        said = self.capfd.readouterr()
        assert (code, said.err) == (0, "")
        return said.out

    def refusal(self, *arguments: str) -> str:
        """Return the sentences with which `sms24 query ARGUMENTS` is refused, exit code 2."""
        code = main(["query", *arguments])
        said = self.capfd.readouterr()
        assert (code, said.out) == (2, "")
        return said.err

    def state(self) -> dict[str, str]:
        """Return what lies in the data folder: each file's name and the hash of its bytes."""
        logs = self.settings.data_dir / "logs"  # they tell of refused questions
        found = self.settings.data_dir.rglob("*")
        files = sorted(p for p in found if p.is_file() and logs not in p.parents)
        return {str(p): hashlib.sha256(p.read_bytes()).hexdigest() for p in files}
