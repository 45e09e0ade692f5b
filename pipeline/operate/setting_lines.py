"""What is set, by which source, in words that show no secret."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pipeline.operate.finding import Finding, broken, look, ok
from pipeline.settings import Loaded
from pipeline.values import printable

_PERSON = re.compile(r"([^\s@,])[^\s@,]*@")


def settings_lines(loaded: Loaded) -> list[Finding]:
    """Return each setting that is not the default, and what is amiss among them."""
    shown = shown_settings(loaded)
    found = [
        ok("settings", f"{key} = {value} ({source})") for key, (value, source) in shown.items()
    ]
    rest = "the defaults hold for all else" if found else "the defaults hold"
    place = f"Settings file: {loaded.path}" if loaded.path else "There is no settings file"
    found.append(ok("settings", f"{place}; {rest}."))
    if "timezone" not in loaded.sources:
        text = "No zone is set: days are those of UTC."
        found.append(look("settings", text, "Set timezone, such as Europe/Paris."))
    if not loaded.settings.has_login:
        text = "There is no login."
        found.append(broken("settings", text, "Run: sms24 init, or set SMS24_TOKEN."))
    return found


def shown_settings(loaded: Loaded) -> Mapping[str, tuple[str, str]]:
    """Return value and source of each setting that was given; secrets are stars."""
    return {
        key: (_shown(getattr(loaded.settings, key)), source)
        for key, source in sorted(loaded.sources.items())
    }


def _shown(value: Any) -> str:
    if isinstance(value, tuple):
        return ", ".join(map(_shown, value)) or "none"
    if isinstance(value, Path):
        return printable(str(value))
    return _PERSON.sub(r"\1***@", printable(str(value)))
