"""The text that a person gives a command: as an option, in a file, or on standard input."""

import sys
from pathlib import Path

from pipeline.errors import UsageError


def given_text(text: str | None, path: Path | None) -> str:
    """Return the text that was given by one of the two ways; `-` is standard input."""
    if (text is None) == (path is None):
        raise UsageError("What is to be sent?", advice="Give --text TEXT, or --text-file FILE.")
    if text is not None:
        return text
    try:
        read = sys.stdin.read() if str(path) == "-" else Path(str(path)).read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        raise UsageError(f"{path} cannot be read as UTF-8.", advice="Name a text file.") from None
    return read.removeprefix("\ufeff")  # what Windows begins a text file with
