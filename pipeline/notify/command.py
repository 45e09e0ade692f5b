"""Hand a notice to a program of one's own: as JSON on its standard input, without a shell."""

import os
import subprocess
from typing import Any

import msgspec

from pipeline.errors import TellingError, UsageError
from pipeline.settings import Settings

_SECONDS = 60.0


def hand_over(notice: dict[str, Any], settings: Settings) -> None:
    """Start the program of the settings and wait for it; it sees none of our secrets.

    Raises:
        UsageError: the settings name no program.
        TellingError: it cannot be started, ends with another code than 0, or takes over a minute.
    """
    if not settings.notify_command:
        raise UsageError(
            "It is not said which program takes notices.", advice="Set notify_command."
        )
    environ = {name: text for name, text in os.environ.items() if not name.startswith("SMS24_")}
    environ.pop("CREDENTIALS_DIRECTORY", None)
    try:
        done = subprocess.run(  # noqa: S603 - the program that the owner of the settings named
            settings.notify_command,
            input=msgspec.json.encode(notice),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=environ,
            timeout=_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise TellingError("The command of notices took over a minute.") from None
    except OSError as error:
        raise TellingError(
            f"The command of notices cannot be started ({error.strerror})."
        ) from None
    if done.returncode:
        raise TellingError(f"The command of notices ended with code {done.returncode}.")
