"""What the header of a column says that is in it, by the lists of `headers.toml`."""

import re
import tomllib
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

_CAMEL = re.compile(r"(?<=[a-z]{2})(?=[A-Z])")
_WORD = re.compile(r"[^\W\d_]+|\d+")
NEVER = "never"
ASKED = "asked"


@dataclass(frozen=True, slots=True)
class Profile:
    """The columns of a program's export; headers are normalised.

    Attributes:
        needs: the headers by which it is known.
        phones: columns of numbers, best first.
        numbered: a column of numbers and one of their kinds, with 0 for 1, 2, ...; or empty.
        names: choices of columns that make a name together, best first.
    """

    name: str
    needs: frozenset[str]
    phones: tuple[str, ...]
    numbered: tuple[str, ...]
    names: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class PhoneKind:
    """What kind of number a column has; the lower the rank, the better; NEVER is not used."""

    name: str
    rank: int
    order: int = 0


def normalised(header: str) -> str:
    """Return the words of a header without accents, case and punctuation, one blank between."""
    text = unicodedata.normalize("NFKD", _CAMEL.sub(" ", header)).casefold()
    return " ".join(_WORD.findall("".join(c for c in text if unicodedata.category(c) != "Mn")))


def profiles() -> tuple[Profile, ...]:
    """Return the known exports, in the order in which they are tried."""
    return _lists().profiles


def phone_kind(header: str) -> PhoneKind | None:
    """Return what kind of number a column of that header has; None if none at all."""
    words = normalised(header).split()
    lists = _lists()
    plain = [word for word in words if not word.isdigit()]
    if not plain or lists.not_phones.intersection(plain):
        return None
    kind = _kind_of_words(plain)
    is_phone = lists.phone_words.intersection(plain) or " ".join(plain) in lists.phone_phrases
    # "Fax" says what it is, "Company" does not.
    if not is_phone and kind.name != NEVER:
        return None
    order = next((int(word) for word in words if word.isdigit()), 0)
    return PhoneKind(kind.name, kind.rank, order)


def label_kind(label: str) -> PhoneKind:
    """Return what kind of number a label such as `* Work Fax` says."""
    return _kind_of_words(normalised(label).split())


def role_of(header: str) -> str | None:
    """Return `given`, `middle`, `family`, `full`, `bare`, `nickname`, `company`, or None.

    The columns of consent are `consent_date` and `consent_source`.
    """
    return _lists().roles.get(normalised(header))


def variables_of(header: Iterable[str]) -> tuple[str, ...]:
    """Return the name of each column in a template: `First Name` is `first_name`.

    A column without a name, or with that of an earlier one, is `column_3` by its position.
    """
    found: list[str] = []
    for position, text in enumerate(header, 1):
        name = normalised(text).replace(" ", "_")
        is_good = name.isidentifier() and name not in found
        found.append(name if is_good else f"column_{position}")
    return tuple(found)


@dataclass(frozen=True, slots=True)
class _Lists:
    profiles: tuple[Profile, ...]
    phone_words: frozenset[str]
    phone_phrases: frozenset[str]
    not_phones: frozenset[str]
    kinds: tuple[tuple[str, frozenset[str]], ...]
    roles: dict[str, str]


@cache
def _lists() -> _Lists:
    text = (files("pipeline.contacts") / "headers.toml").read_text(encoding="utf-8")
    data = tomllib.loads(text)
    phone, kinds = data["phone"], data["kind"]
    telling = [word for kind in kinds if kind.get("is_phone") for word in kind["words"]]
    roles = {**data["name"], **{f"consent_{part}": v for part, v in data["consent"].items()}}
    return _Lists(
        profiles=tuple(_profile(entry) for entry in data["profile"]),
        phone_words=_set([*phone["words"], *telling]),
        phone_phrases=_set(phone["phrases"]),
        not_phones=_set(phone["not"]),
        kinds=tuple((kind["name"], _set(kind["words"])) for kind in kinds),
        roles={normalised(text): role for role, texts in roles.items() for text in texts},
    )


def _profile(entry: dict[str, list[str]]) -> Profile:
    return Profile(
        name=str(entry["name"]),
        needs=_set(entry["needs"]),
        phones=tuple(normalised(text) for text in entry.get("phones", ())),
        numbered=tuple(normalised(text) for text in entry.get("numbered", ())),
        names=tuple(tuple(normalised(text) for text in choice) for choice in entry["names"]),
    )


def _set(texts: Iterable[str]) -> frozenset[str]:
    return frozenset(map(normalised, texts))


def _kind_of_words(words: Iterable[str]) -> PhoneKind:
    kinds = _lists().kinds
    said = set(words)
    for rank, (name, known) in enumerate(kinds):
        if said & known:
            return PhoneKind(name, rank)
    return next(PhoneKind(name, rank) for rank, (name, _) in enumerate(kinds) if name == "plain")
