"""Lines that fit the screen, with a label at their left where they are said."""

import shutil
import textwrap
from collections.abc import Iterator

from rich.cells import cell_len, set_cell_size

from pipeline.values import printable

_NARROW, _WIDE = 60, 120
_LABEL = 10


def screen_width() -> int:
    """Return how many columns a line may have."""
    return min(max(shutil.get_terminal_size().columns, _NARROW), _WIDE)


def said(label: str, text: str, width: int) -> Iterator[str]:
    """Give a text beside its label, in as many lines as it needs."""
    lines = textwrap.wrap(_line(text), width - _LABEL, break_on_hyphens=False) or [""]
    for at, line in enumerate(lines):
        yield f"{'' if at else label:<{_LABEL}}{line}"


def cell(text: str, width: int) -> str:
    """Return a text in exactly so many columns of the screen."""
    return set_cell_size(fitted(text, width), width)


def fitted(text: str, width: int) -> str:
    """Return a text in at most so many columns; what is cut shows."""
    line = _line(text)
    return line if cell_len(line) <= width else f"{set_cell_size(line, width - 1).rstrip()}…"


def cut(text: str, width: int) -> str:
    """Return a text in at most so many columns, without blanks at its end."""
    return fitted(text, width).rstrip()


def _line(text: str) -> str:
    return printable(" ".join(text.split()) if "\n" in text or "\t" in text else text)
