"""Turn a cell, or a template over a row, into the name of a contact.

Names are changed as little as can be: what nobody sees goes, blanks are made single; nothing is
cut, and what looks odd is sent as it is and told.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from jinja2 import StrictUndefined, Template, TemplateError, meta
from jinja2.sandbox import SandboxedEnvironment

from pipeline.contacts.values import Name, NameRules, Problem
from pipeline.errors import UsageError

LONG = 100
TOO_LONG = 255
# Characters that turn or hide text. The joiners U+200C and U+200D stay: emoji, Persian and Indic
# names are spelled with them.
_UNSEEN = re.compile("[\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")
_BLANKS = re.compile(r"[\s\x00-\x1f\x7f-\x9f]+")
# Half of a UTF-16 pair: no character, and not to be sent.
_BROKEN = re.compile("[\ud800-\udfff]")
_SIMPLE = re.compile(r"[A-Za-zÀ-ÖØ-öø-ÿ][A-Za-zÀ-ÖØ-öø-ÿ.'-]*(?: [A-Za-zÀ-ÖØ-öø-ÿ.'-]+)*")
_QUOTES = "\"'“”„«»‘’ "  # noqa: RUF001 - the quotes that people and programs type
_FORMULA_SIGNS = "=@|%+-"
_MARKUP = re.compile(r"<[A-Za-z/!][^>]*>|\{\{|\{%")
_BARE_PHONE = re.compile(r"[\d ().-]+")
# UTF-8 read as cp1252 or Latin-1: the first byte of a letter, then bytes that never begin one.
_LATER = "\u0080-\u00bf" + bytes(range(0x80, 0xA0)).decode("cp1252", "ignore")
_MOJIBAKE = re.compile(f"[ÂÃÄÅÎÏÐÑØÙ][{_LATER}]|â[{_LATER}]{{2}}|\ufffd")
# More digits than these make a telephone number of a name.
_MOST_DIGITS = 6


def read_name(text: str, rules: NameRules, *, phone: str) -> Name:
    """Return the name to send, or the problem; `phone` stands in for an empty one by the rules."""
    if _SIMPLE.fullmatch(text) and len(text) <= LONG and not rules.null_words:
        return Name(text=text)
    text = unicodedata.normalize("NFC", _BROKEN.sub("\ufffd", text))
    warnings = ["W_NAME_MOJIBAKE"] if _MOJIBAKE.search(text) else []
    name = _tidied(text)
    if name.casefold() in {word.casefold() for word in rules.null_words}:
        name = ""
    if _is_formula(name):
        if rules.formula == "reject":
            return Name(problem=Problem("E_NAME_FORMULA", f"begins with {name.lstrip(_QUOTES)[0]}"))
        warnings.append("W_NAME_FORMULA")
        name = name.lstrip(_QUOTES + _FORMULA_SIGNS) if rules.formula == "strip" else name
    if not name:
        return _stand_in(rules, phone)
    if len(name) > TOO_LONG:
        return Name(problem=Problem("E_NAME_TOO_LONG", f"{len(name)} characters"))
    return Name(text=name, warnings=(*warnings, *_oddities(name)))


def _tidied(text: str) -> str:
    return _BLANKS.sub(" ", _UNSEEN.sub("", text)).strip()


def _stand_in(rules: NameRules, phone: str) -> Name:
    """Return what an empty name becomes."""
    if rules.empty == "reject":
        return Name(problem=Problem("E_NAME_EMPTY"))
    return Name(text=phone if rules.empty == "phone" else rules.empty, warnings=("W_NAME_EMPTY",))


def _is_formula(name: str) -> bool:
    """Whether a spreadsheet would run the text; `-Jean` and a phone number are only odd."""
    body = name.lstrip(_QUOTES)
    if body[:1] in ("+", "-"):
        rest = body.lstrip("+-")
        return bool(rest) and not (_BARE_PHONE.fullmatch(rest) or _is_spelled(rest))
    return body.startswith(("=", "@", "|", "%"))


def _is_spelled(text: str) -> bool:
    """Whether a text has nothing but what names are written with."""
    return any(map(str.isalpha, text)) and all(
        unicodedata.category(character)[0] in "LM" or character in " .-'’\u200c\u200d"  # noqa: RUF001
        for character in text
    )


def _oddities(name: str) -> list[str]:
    found = {
        "W_NAME_ODD": name.lstrip(_QUOTES)[:1] in ("+", "-") or _BARE_PHONE.fullmatch(name),
        "W_NAME_LONG": len(name) > LONG,
        "W_NAME_DIGITS": sum(map(str.isdecimal, name)) > _MOST_DIGITS,
        "W_NAME_MARKUP": _MARKUP.search(name),
    }
    return [warning for warning, is_so in found.items() if is_so]


@dataclass(frozen=True, slots=True)
class NameTemplate:
    """A template such as `{{ first }} {{ last }}`; `row["First Name"]` names any column.

    It runs in a sandbox. The values of a row are data: a cell that holds a template is sent as is.

    Attributes:
        columns: the names that the template asks for, but for those inside `row[...]`.
    """

    columns: frozenset[str]
    _template: Template

    @classmethod
    def compile(cls, text: str) -> "NameTemplate":
        """Make a template of a text; a UsageError says what is wrong with it."""
        environment = SandboxedEnvironment(undefined=StrictUndefined, autoescape=False)
        try:
            columns = meta.find_undeclared_variables(environment.parse(text))
            return cls(frozenset(columns - {"row"}), environment.from_string(text))
        except TemplateError as error:
            raise _broken(error) from error

    def render(self, row: Mapping[str, str]) -> str:
        """Return the text for a row of columns by name, not yet read as a name.

        A UsageError says which column the row does not have.
        """
        try:
            return self._template.render(row, row=row)
        except (TemplateError, TypeError, ValueError, LookupError, ArithmeticError) as error:
            raise _broken(error) from error


def _broken(error: Exception) -> UsageError:
    return UsageError(
        f"the template of the name does not work: {error}",
        advice="Write it like {{ first }} {{ last }}, with the names of the file's columns.",
    )
