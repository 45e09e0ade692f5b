"""Rules 1 to 4 of a phone cell: what spreadsheets and keyboards did to it is undone."""

import re
import unicodedata

from pipeline.contacts.values import Problem

_QUOTES = ' \t\n"“”„«»‘’`´'  # noqa: RUF001 - the quotes that people and programs type
_BLANKS = re.compile(" {2,}")
_SCIENTIFIC = re.compile(r"(\+?)([1-9])(?:[.,](\d+))?[eE]\+?(\d{1,2})")
_DECIMALS = re.compile(r"(\+?\d{6,})[.,]0{1,2}")


_LINE_ENDS = "\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029"
# The minus sign is no dash to Unicode; Japanese keyboards give the mark of a long vowel.
_MORE_DASHES = "\u2212\u30fc"
# By Unicode category: blanks and dashes; what nobody sees, or what only decorates, is dropped.
_KINDS = {"Zs": " ", "Pd": "-", "Cf": "", "Cc": "", "Mn": "", "Me": ""}


class _Plain(dict[int, str]):
    """What each character becomes; learned as characters are met."""

    def __missing__(self, code: int) -> str:
        self[code] = _plain(chr(code))
        return self[code]


def _plain(character: str) -> str:
    if character == "\t":
        return character
    if character in _LINE_ENDS:
        return "\n"
    if character in _MORE_DASHES:
        return "-"
    if character.isdecimal():
        return str(unicodedata.decimal(character))
    return _KINDS.get(unicodedata.category(character), character)


_PLAIN = _Plain()


def cleaned(text: str) -> str:
    """Return a text in plain characters, blanks made single; what ends a line stays a separator."""
    return _BLANKS.sub(" ", unicodedata.normalize("NFKC", text).translate(_PLAIN))


def unwrapped(text: str) -> tuple[str, bool]:
    """Return a cell without what spreadsheets put around it, and whether it was marked as text."""
    body = text.strip(_QUOTES)
    is_marked = body[:1] in ("=", "'")
    return body[is_marked:].strip(_QUOTES + "'"), is_marked


def without_exponent(text: str) -> tuple[str, Problem | None] | None:
    """Return the digits of a number like 4.9E+12, or the problem; None if it is not like that.

    Digits that the spreadsheet no longer shows are lost: 4.91512E+12 is any of ten million.
    """
    found = _SCIENTIFIC.fullmatch(text)
    if not found:
        return None
    plus, whole, fraction, exponent = found.groups(default="")
    lost = int(exponent) - len(fraction)
    if lost > 0:
        return "", Problem("E_PHONE_SCI", f"{lost} digit{'s' * (lost > 1)} lost")
    kept, rest = fraction[: int(exponent)], fraction[int(exponent) :]
    if rest.strip("0"):
        return "", Problem("E_PHONE_SCI", "a fraction")
    return plus + whole + kept, None


def without_decimals(text: str) -> str | None:
    """Return a number without the `.0` or `,00` of a spreadsheet; None if it has none."""
    found = _DECIMALS.fullmatch(text)
    return found.group(1) if found else None
