"""Tell cheaply whether a cell may be a telephone number; `phone` decides later what it is."""

import re
from collections.abc import Iterable

_SPACES = r"\s\u00ad\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff"
_NUMBER = re.compile(
    rf"[{_SPACES}'\"=(+\uff0b]*\d(?:[{_SPACES}()./'\"\-\u2010-\u2015\u2212]*\d){{6,}}"
    rf"(?:[.,]0+)?[{_SPACES}'\")\-]*"
)
_DATE = re.compile(r"\s*(?:\d{4}[-/.]\d\d?[-/.]\d\d?|\d\d?[-/.]\d\d?[-/.](?:\d{4}|\d\d))[\sT].*")
_BETWEEN = re.compile(r":::|[;|\n]|, | / ")
_LONGEST = 200


def looks_like_phone(cell: str) -> bool:
    """Whether a cell is seven digits or more and else only what stands in a telephone number."""
    return (
        len(cell) <= _LONGEST
        and _NUMBER.fullmatch(cell) is not None
        and _DATE.match(cell + " ") is None
    )


def looks_like_phones(cell: str) -> bool:
    """Whether a cell is one number or several, parted as people part them."""
    if looks_like_phone(cell):
        return True
    parts = [part for part in _BETWEEN.split(cell[:_LONGEST]) if part.strip()]
    return len(parts) > 1 and all(looks_like_phone(part) for part in parts)


def share_of_phones(cells: Iterable[str]) -> float:
    """Return which share of the cells that hold anything looks like numbers; 0 where none does."""
    filled = [cell for cell in cells if cell.strip()]
    return sum(map(looks_like_phones, filled)) / len(filled) if filled else 0.0
