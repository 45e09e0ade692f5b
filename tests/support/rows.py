"""The table of `docs/faults.md`, as tests read it."""

import re
from dataclasses import dataclass
from pathlib import Path

_ROW = re.compile(r'^\| `([\w-]+)` \| [^|]+ \| "([^"|]*)" \| (\d+) \|$', re.MULTILINE)
PAGE = Path(__file__).parents[2] / "docs" / "faults.md"


@dataclass(frozen=True, slots=True)
class Row:
    """What is promised of a fault: the words on the screen, and the exit code."""

    words: str
    code: int


def documented() -> dict[str, Row]:
    """Return each fault's row by its id."""
    found = _ROW.findall(PAGE.read_text("utf-8"))
    return {name: Row(words, int(code)) for name, words, code in found}
