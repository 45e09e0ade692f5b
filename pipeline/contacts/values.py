"""What crosses between the parts of the contact loader."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """Why something of the file is refused.

    Attributes:
        code: what people look up: `E_PHONE_LETTERS`.
        detail: what is wrong with this one; never the whole cell.
    """

    code: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Number:
    """A telephone number that may be sent to.

    Attributes:
        e164: `+33612345678`.
        country: ISO 3166; None for numbers that belong to no country.
        kind: `mobile`, `fixed_or_mobile`, `voip`, `fixed`; `forced` where a person vouches for it.
    """

    e164: str
    country: str | None
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PhoneRules:
    """How the cells of phone columns are read.

    Attributes:
        region: the country of numbers without one (ISO 3166); None refuses them.
        allowed: the countries that may be sent to; empty: all.
        landlines: whether landlines are taken.
        several: which numbers of a cell are taken: `first-mobile`, `all` or `first`.
        forced: numbers in E.164 that are valid whatever libphonenumber's data say.
    """

    region: str | None = None
    allowed: frozenset[str] = frozenset()
    landlines: bool = False
    several: str = "first-mobile"
    forced: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Phones:
    """What a phone cell holds.

    Attributes:
        numbers: those to send to, as `PhoneRules.several` says.
        others: those that would be taken as well, but were not chosen.
        problem: set where `numbers` is empty.
        warnings: what was repaired or guessed: `W_FLOAT`.
        suggestion: a number to try instead, with spaces (spreadsheets leave it alone then);
            never applied.
    """

    numbers: tuple[Number, ...] = ()
    others: tuple[Number, ...] = ()
    problem: Problem | None = None
    warnings: tuple[str, ...] = ()
    suggestion: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NameRules:
    """How names are read.

    Attributes:
        empty: what an empty name becomes: `phone` (the number), `reject`, or this text.
        formula: what a name that a spreadsheet would run becomes: `reject`, `keep` or `strip`.
        null_words: names that count as empty, in any case; people are called Null.
    """

    empty: str = "phone"
    formula: str = "reject"
    null_words: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Name:
    """What a name cell holds: a text to send, or a problem."""

    text: str | None = None
    problem: Problem | None = None
    warnings: tuple[str, ...] = ()
