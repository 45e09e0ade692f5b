"""The words of reports in the reader's language, by gettext catalogues."""

from collections.abc import Callable
from functools import cache

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from pipeline.paths import resource_folder

# The words in the code and the templates are English; each other language has its catalogue.
SOURCE = "en"


class Words:
    """The catalogue of one language; a text without a translation stays English."""

    def __init__(self, language: str) -> None:
        self.language = language
        self._catalog = None if language == SOURCE else _catalog(language)
        self._form: Callable[[int], int] = lambda number: 0 if number == 1 else 1
        if language == "fr":
            self._form = lambda number: 0 if abs(number) < 2 else 1  # noqa: PLR2004 - 0 and 1

    def gettext(self, text: str) -> str:
        """Return a text in the language."""
        return self._forms(text)[0] or text

    def ngettext(self, one: str, many: str, number: int) -> str:
        """Return the form of a text that goes with a number."""
        forms = self._forms(one)
        form = self._form(number)
        if len(forms) > form and forms[form]:
            return forms[form]
        return one if number == 1 else many

    def _forms(self, text: str) -> tuple[str, ...]:
        message = self._catalog.get(text) if self._catalog is not None else None
        if message is None or not message.string:
            return ("",)
        forms = (message.string,) if isinstance(message.string, str) else message.string
        return tuple(str(form) for form in forms)


@cache
def languages() -> tuple[str, ...]:
    """Return the languages that reports speak, English first."""
    folder = resource_folder("reports") / "locale"
    return (SOURCE, *sorted(path.stem for path in folder.glob("*.po")))


@cache
def _catalog(language: str) -> Catalog:
    path = resource_folder("reports") / "locale" / f"{language}.po"
    with path.open("rb") as file:
        return read_po(file, locale=language)
