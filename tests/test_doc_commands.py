"""What the pages tell people to type is what the command line takes."""

import re
import shlex
from pathlib import Path

import click
import pytest

from pipeline.cli.main import main

ROOT = Path(__file__).parent.parent
_SPAN = re.compile(r"`(sms24 [a-z][^`]*)`")
_TYPED = re.compile(r"^(?:\$ )?(sms24 [a-z].*)$")
# What stands for a value, where an option wants a number.
_NUMBER = re.compile(r"\bID\b")


def commands(page: Path) -> list[str]:
    """Return the commands in the code blocks of a page, and those of its tables."""
    text = page.read_text(encoding="utf-8").replace("\\\n", " ")
    found, is_code = [], False
    for line in text.splitlines():
        if line.startswith("```"):
            is_code = not is_code
        elif is_code and (typed := _TYPED.match(line)):
            found.append(typed[1])
        elif line.startswith("|"):
            found += _SPAN.findall(line)
    return [_NUMBER.sub("7", one) for one in found]


TYPED = [
    (page.name, command)
    for page in (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))
    for command in commands(page)
]


@pytest.mark.parametrize(("page", "command"), TYPED)
def test_every_command_of_the_pages_is_taken(
    page: str,
    command: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Names, options and values of each command on a page are parsed without a complaint."""
    monkeypatch.setattr(click.Command, "invoke", lambda *_: None)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "accounts").mkdir()
    words = shlex.split(command.partition(" > ")[0], comments=True)
    assert main(words[1:]) == 0, (page, capsys.readouterr().err)
