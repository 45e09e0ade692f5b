"""How a report speaks: whole sentences of its language with values written its way."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from pipeline.report.formats import Formats
from pipeline.report.stats import Rate


class Voice(Formats):
    """Sentences and values in one language.

    Sentences are marked for translation by the calls of `say` and `count`: their first arguments
    are literals. Values stand in them by name, as `{phone}`: a whole number, a rate, a day or a
    moment is written in the language's way, any other value as it is.
    """

    def say(self, text: str, **values: Any) -> str:
        """Return a sentence in the language, with its values."""
        return self.words.gettext(text).format(**self._written(values))

    def count(self, one: str, many: str, number: int, **values: Any) -> str:
        """Return the form of a sentence that goes with a number, which is `{number}` in it."""
        form = self.words.ngettext(one, many, number)
        return form.format(**self._written({"number": number, **values}))

    def term(self, text: str | None) -> str | None:
        """Return a text of a table of ours, such as a failure's label, in the language."""
        return None if text is None else self.words.gettext(text)

    def listed(self, parts: Iterable[str]) -> str:
        """Return some texts in one line, parted as the language parts them."""
        return self.words.gettext("; ").join(parts)

    def _written(self, values: dict[str, Any]) -> dict[str, Any]:
        return {name: self._write(value) for name, value in values.items()}

    def _write(self, value: Any) -> Any:
        if isinstance(value, Rate):
            return self.rate(value)
        if isinstance(value, datetime):
            return self.moment(value)
        if isinstance(value, date):
            return self.day(value)
        if isinstance(value, int) and not isinstance(value, bool):
            return self.number(value)
        return value
