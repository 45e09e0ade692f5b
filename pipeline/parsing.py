"""How the texts of settings are read: each gives the value, or ValueError with what it may be."""

import shlex
from pathlib import Path
from typing import Any

import pendulum
from pendulum import DateTime

from pipeline.values import Secret


def text(value: Any) -> str:
    """Return a text without blanks around it; ValueError if nothing is left."""
    if not isinstance(value, str) or not value.strip():
        raise ValueError("a text is expected")
    return value.strip()


def address(value: Any) -> str:
    """Return an address without a slash at its end; ValueError if it holds a login or a query."""
    found = text(value).rstrip("/")
    if not found.startswith(("https://", "http://")):
        raise ValueError("an address that starts with https:// is expected")
    if "?" in found or "@" in found.partition("//")[2]:
        raise ValueError("an address without a login or a question mark is expected")
    return found


def zone(value: Any) -> str:
    """Return the name of a known time zone; ValueError for any other."""
    found = text(value)
    try:
        pendulum.timezone(found)
    except (ValueError, OSError) as error:
        raise ValueError("an IANA time zone is expected, such as Europe/Paris") from error
    return found


def instant(value: Any) -> DateTime:
    """Return a day or an instant as UTC, to the second; ValueError if it is neither."""
    parsed = pendulum.parse(str(value), tz="UTC")
    if not isinstance(parsed, DateTime):
        raise ValueError("a date or an instant is expected")  # noqa: TRY004 - one kind of refusal
    return parsed.in_timezone("UTC").set(microsecond=0)


def at_least(least: float, kind: type[int] | type[float]) -> Any:
    """Return what reads a number from `least` up."""

    def parse(value: Any) -> float:
        number = kind(value)
        if not least <= number < 1_000_000:  # noqa: PLR2004 - nan and nonsense end here
            raise ValueError(f"a number from {least:g} up is expected")
        return number

    return parse


def one_of(*words: str) -> Any:
    """Return what reads one of some words."""

    def parse(value: Any) -> str:
        if value not in words:
            raise ValueError(f"{', '.join(words[:-1])} or {words[-1]} is expected")
        return str(value)

    return parse


def yes_or_no(value: Any) -> bool:
    """Return what `true` or `false` says; ValueError for anything else."""
    if str(value).lower() not in {"true", "false"}:
        raise ValueError("true or false is expected")
    return str(value).lower() == "true"


def secret(value: Any) -> Secret:
    """Return a text that never shows itself."""
    return Secret(text(value))


def path(value: Any) -> Path:
    """Return a path; `~` is the home of the user."""
    return Path(text(value)).expanduser()


def link(value: Any) -> str:
    """Return an address that may have a query."""
    found = text(value)
    if not found.startswith(("https://", "http://")):
        raise ValueError("an address that starts with https:// is expected")
    return found


def names(value: Any) -> tuple[str, ...]:
    """Return texts: a list of them, or one text with commas; `none` is an empty list."""
    found = value.split(",") if isinstance(value, str) else value
    if not isinstance(found, list):
        raise ValueError("a list of texts is expected")  # noqa: TRY004 - one kind of refusal
    listed = tuple(text(name) for name in found)
    return () if listed == ("none",) else listed


def numbers(value: Any) -> tuple[int, ...]:
    """Return whole numbers: a list of them, or one text with commas."""
    listed = [value] if isinstance(value, int) else value
    found = [str(number) for number in listed] if isinstance(listed, list) else listed
    return tuple(int(number) for number in names(found))


def share(value: Any) -> float:
    """Return a share above 0, at most 1."""
    found = float(value)
    if not 0 < found <= 1:
        raise ValueError("a share such as 0.9 is expected")
    return found


def some_of(*known: str) -> Any:
    """Return what reads a list of some words."""

    def parse(value: Any) -> tuple[str, ...]:
        found = names(value)
        if set(found) - set(known):
            raise ValueError(f"some of {', '.join(known)} are expected")
        return found

    return parse


def words(value: Any) -> tuple[str, ...]:
    """Return a program and its arguments: a list, or a text that is parted as a shell would."""
    found = shlex.split(value) if isinstance(value, str) else value
    if not isinstance(found, list) or not found:
        raise ValueError("a program and its arguments are expected")
    return tuple(text(word) for word in found)
