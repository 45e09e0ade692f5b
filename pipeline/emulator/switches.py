"""Habits as people set them: by name, with a value in words."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from inspect import cleandoc
from types import UnionType
from typing import Any, Literal, get_args, get_origin, get_type_hints
from zoneinfo import available_timezones

from pipeline.emulator.habits import FLAVOURS, Ends, Habits

_YES_NO = {"yes": True, "no": False}
_HINTS = get_type_hints(Habits)
_NONE = "none"
_ZONES = frozenset({"account_zone", "device_zone"})
# The statuses that the life of a sent message may end in.
_ENDS = frozenset({6, 7, 8, 9, 10, 11, 12, 100, 101})


@dataclass(frozen=True, slots=True)
class Switch:
    """One habit: what it may be, what it is unless set, and what it means."""

    name: str
    values: str
    default: str
    meaning: str


def switches() -> tuple[Switch, ...]:
    """Return every switch, in the order in which habits list them."""
    meanings = _meanings()
    return tuple(
        Switch(f.name, _values(_HINTS[f.name]), told(f.default), meanings[f.name])
        for f in fields(Habits)
    )


def table() -> str:
    """Return the switches as a Markdown table."""
    rows = [f"| `{s.name}` | {s.values} | `{s.default}` | {s.meaning} |" for s in switches()]
    return "\n".join(["| switch | values | default | what it does |", "|---|---|---|---|", *rows])


def flavoured(name: str) -> Habits:
    """Return the habits of a flavour of answers: `2021` or `current`."""
    return with_switches(Habits(), FLAVOURS[name])


def with_switches(habits: Habits, given: Mapping[str, str]) -> Habits:
    """Return habits with some of them set.

    Raises:
        ValueError: a name is no switch, or a text is no value of it; it says which.
    """
    changes: dict[str, Any] = {}
    for name, text in given.items():
        if name not in _HINTS:
            raise ValueError(f"{name!r} is no switch")
        try:
            changes[name] = _read(_HINTS[name], text.strip())
            _refuse_nonsense(name, changes[name])
        except (KeyError, ValueError):
            wanted = "an IANA zone" if name in _ZONES else _values(_HINTS[name])
            raise ValueError(f"{name} cannot be {text!r}: {wanted}") from None
    return replace(habits, **changes)


def changed(habits: Habits) -> dict[str, str]:
    """Return the switches that are not as they would be by themselves, in words."""
    values = {f.name: getattr(habits, f.name) for f in fields(Habits)}
    usual = Habits()
    return {name: told(v) for name, v in values.items() if v != getattr(usual, name)}


def told(value: object) -> str:
    """Return a value as it is set."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return ",".join(f"{status}={share:g}" for status, share in value)
    if isinstance(value, frozenset):
        return ",".join(sorted(map(str, value))) or _NONE
    return _NONE if value is None else f"{value:g}" if isinstance(value, float) else str(value)


def _refuse_nonsense(name: str, value: object) -> None:
    is_zone = name in _ZONES and isinstance(value, str)
    is_below = isinstance(value, int) and value < (name == "pack")
    if is_below or (is_zone and value not in available_timezones()):
        raise ValueError(name)


def _read(hint: Any, text: str) -> Any:
    if hint == Ends:
        return _ends(text)
    if get_origin(hint) is Literal:
        return {str(value): value for value in get_args(hint)}[text]
    if get_origin(hint) is frozenset:
        (kind,) = get_args(hint)
        parts = () if text == _NONE else text.split(",")
        return frozenset(kind(part.strip()) for part in parts)
    if isinstance(hint, UnionType):
        return None if text == _NONE else _read(get_args(hint)[0], text)
    return _YES_NO[text] if hint is bool else hint(text)


def _ends(text: str) -> Ends:
    pairs = [part.split("=") for part in text.split(",")]
    ends = tuple((int(status), float(share)) for status, share in pairs)
    if any(status not in _ENDS or share < 0 for status, share in ends) or not sum(
        share for _, share in ends
    ):
        raise ValueError(text)
    return ends


def _values(hint: Any) -> str:
    if hint == Ends:
        return "STATUS=SHARE, several with commas"
    if get_origin(hint) is Literal:
        return ", ".join(f"`{value}`" for value in get_args(hint))
    if get_origin(hint) is frozenset:
        return f"{_values(get_args(hint)[0])}, several with commas, or `none`"
    if isinstance(hint, UnionType):
        return f"{_values(get_args(hint)[0])}, or `none`"
    names = {bool: "`yes`, `no`", int: "a whole number", float: "a number", str: "a text"}
    return names[hint]


def _meanings() -> dict[str, str]:
    """Return what the description of the habits says of each."""
    _, _, listed = cleandoc(Habits.__doc__ or "").partition("Attributes:\n")
    found: dict[str, str] = {}
    name = ""
    for line in listed.splitlines():
        if line.startswith("        "):
            found[name] += f" {line.strip()}"
        else:
            name, _, words = line.strip().partition(": ")
            found[name] = words
    return found
