"""Keep a mapping beside the plan as `NAME.mapping.toml`, and read it back as what a person says."""

import json
import tomllib
from collections.abc import Sequence
from pathlib import Path

import msgspec

from pipeline.contacts.headers import normalised
from pipeline.contacts.mapping import Given, Mapping
from pipeline.errors import UsageError

_HEAD = """\
# Which column is what, by its header, or by its position from 1. Edit it, and give it with --map.
# `names` are choices, best first; the columns of a choice are joined by a blank. `template` is a
# text such as "{{ first_name }} {{ last_name }}" in their place.
"""
_Place = str | int


class _File(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    profile: str | None = None  # told to people; the columns are found by the keys below
    phones: tuple[_Place, ...] = ()
    names: tuple[tuple[_Place, ...], ...] | None = None
    template: str | None = None
    consent_date: _Place | None = None
    consent_source: _Place | None = None


def mapping_path(source: Path) -> Path:
    """Return where the mapping of a file of contacts is kept by default."""
    return source.with_name(f"{source.stem}.mapping.toml")


def write_mapping(path: Path, mapping: Mapping, header: Sequence[str]) -> None:
    """Write a mapping of the columns of `header`; an older one of the path is replaced."""
    found = msgspec.to_builtins(_file(mapping, header))
    lines = (f"{key} = {_toml(value)}\n" for key, value in found.items())
    path.write_text(_HEAD + "".join(lines), encoding="utf-8")


def says_mapping(path: Path, mapping: Mapping, header: Sequence[str]) -> bool:
    """Whether a mapping file says what was written into it; UsageError where it says nothing."""
    return read_mapping(path) == _given(_file(mapping, header))


def _file(mapping: Mapping, header: Sequence[str]) -> _File:
    def place(column: int) -> _Place:
        names = [normalised(text) for text in header]
        return header[column] if names.count(names[column]) == 1 and names[column] else column + 1

    def maybe(column: int | None) -> _Place | None:
        return None if column is None else place(column)

    return _File(
        profile=mapping.profile,
        phones=tuple(map(place, mapping.phones)),
        names=None if mapping.template else tuple(tuple(map(place, c)) for c in mapping.names),
        template=mapping.template,
        consent_date=maybe(mapping.consent_date),
        consent_source=maybe(mapping.consent_source),
    )


def read_mapping(path: Path) -> Given:
    """Return what a mapping file says of the columns.

    Raises:
        UsageError: it is missing, is no TOML, or has a key or a value that means nothing.
    """
    try:
        text = path.read_text(encoding="utf-8")
        found = msgspec.convert(tomllib.loads(text), _File)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise UsageError(
            f"the mapping {path} cannot be read: {error}",
            advice="Mend it, or leave it away: the columns are then found again.",
        ) from None
    return _given(found)


def _given(found: _File) -> Given:
    names = found.names
    return Given(
        phones=tuple(map(str, found.phones)),
        names=None if names is None else tuple(tuple(map(str, choice)) for choice in names),
        template=found.template,
        consent_date=None if found.consent_date is None else str(found.consent_date),
        consent_source=None if found.consent_source is None else str(found.consent_source),
    )


def _toml(value: object) -> str:
    """Return a text, a number or a list of them as TOML, whose texts are those of JSON but DEL."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
