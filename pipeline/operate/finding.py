"""One line of `sms24 doctor`: what was looked at, how it is, and what to do about it."""

from typing import Literal

import msgspec

State = Literal["ok", "look", "broken"]


class Finding(msgspec.Struct, frozen=True):
    """What was found in an area.

    Attributes:
        state: `ok`; `look`, where a person should look when there is time; `broken`, where
            something does not work or is open to others.
        exit_code: what a command would end with for it, where it is broken.
    """

    area: str
    state: State
    text: str
    advice: str = ""
    exit_code: int = 0


def ok(area: str, text: str) -> Finding:
    """Return that all is well."""
    return Finding(area, "ok", text)


def look(area: str, text: str, advice: str = "", exit_code: int = 0) -> Finding:
    """Return what a person should look at; `exit_code` where the doctor could not do its work."""
    return Finding(area, "look", text, advice, exit_code)


def broken(area: str, text: str, advice: str = "", exit_code: int = 2) -> Finding:
    """Return what is to be mended."""
    return Finding(area, "broken", text, advice, exit_code)


def exit_code_of(findings: list[Finding]) -> int:
    """Return what the doctor ends with: 3 goes before 2, and that before 75; 0 if all works."""
    codes = {finding.exit_code for finding in findings}
    return next((code for code in (3, 2, 75) if code in codes), 0)
