"""The words of reports in the reader's language, by gettext catalogues."""

import re
from collections.abc import Mapping
from functools import cache, lru_cache

from babel.messages.pofile import read_po

from pipeline.paths import resource_folder

# The words in the code and the templates are English; each other language has its catalogue.
SOURCE = "en"
_FRENCH_MANY = 2
# What no line may begin with: French parts these signs from the word before by a space.
_NARROW = re.compile(" (?=[;!?])")
_WIDE = re.compile(r" (?=[:\N{RIGHT-POINTING DOUBLE ANGLE QUOTATION MARK}]|%(?!\())")
_OPENING = "\N{LEFT-POINTING DOUBLE ANGLE QUOTATION MARK}"


class Words:
    """The catalogue of one language; a text without a translation stays English."""

    def __init__(self, language: str) -> None:
        self.language = language
        self._forms = _catalogue(language)

    def gettext(self, text: str) -> str:
        """Return a text in the language."""
        forms = self._forms.get(text)
        return forms[0] if forms else typeset(text)

    def ngettext(self, one: str, many: str, number: int) -> str:
        """Return the form of a text that goes with a number."""
        forms = self._forms.get(one)
        if forms is None:
            return typeset(one if number == 1 else many)
        is_one = abs(number) < _FRENCH_MANY if self.language == "fr" else number == 1
        return forms[0 if is_one else -1]


@lru_cache(maxsize=4096)
def typeset(text: str) -> str:
    """Return a text whose spaces before signs do not break: before `%`, `:`, `;`, `!`, `?`."""
    text = _WIDE.sub("\N{NO-BREAK SPACE}", _NARROW.sub("\N{NARROW NO-BREAK SPACE}", text))
    return text.replace(f"{_OPENING} ", f"{_OPENING}\N{NO-BREAK SPACE}")


@cache
def languages() -> tuple[str, ...]:
    """Return the languages that reports speak, English first."""
    folder = resource_folder("reports") / "locale"
    return (SOURCE, *sorted(path.stem for path in folder.glob("*.po")))


@cache
def _catalogue(language: str) -> Mapping[str, tuple[str, ...]]:
    """Return the forms of each text that is translated for good, by its first English form."""
    if language == SOURCE:
        return {}
    path = resource_folder("reports") / "locale" / f"{language}.po"
    with path.open("rb") as file:
        found = read_po(file, locale=language)
    return {
        _all(message.id)[0]: tuple(map(typeset, _all(message.string)))
        for message in found
        if message.id and not message.fuzzy and all(_all(message.string))
    }


def _all(text: str | list[str] | tuple[str, ...] | None) -> tuple[str, ...]:
    return (text or "",) if isinstance(text, str | None) else tuple(text)
