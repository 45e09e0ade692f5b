"""Numbers, shares and times as people read them, by Babel."""

import re
from datetime import date, datetime

from babel.dates import format_date, format_datetime, get_day_names
from babel.numbers import format_decimal, format_percent

from pipeline.report.stats import Change, Rate
from pipeline.report.words import Words

NOTHING = "\N{EN DASH}"
_NEARLY = "\N{ALMOST EQUAL TO}"
_UP = "\N{BLACK UP-POINTING TRIANGLE}"
_DOWN = "\N{BLACK DOWN-POINTING TRIANGLE}"
# Under so many messages no percentage is told.
TOO_FEW = 10
_SMALLEST_GROWTH = 0.005  # it would read as 0 %
_FEW = 30
_LONGEST_NAME = 60
# Control characters, and those that turn the direction of all text after them.
_STEERING = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")


class Formats:
    """How values are written in one language; templates use these as filters."""

    def __init__(self, language: str) -> None:
        self._locale = language
        self.words = Words(language)

    def number(self, value: int | None) -> str:
        """Return a whole number with its thousands parted."""
        return NOTHING if value is None else format_decimal(value, locale=self._locale)

    def share(self, value: float | None) -> str:
        """Return a share in percent with one decimal; a dash for none."""
        if value is None:
            return NOTHING
        return format_percent(value, format="0.0\N{NO-BREAK SPACE}%", locale=self._locale)

    def whole_share(self, value: float) -> str:
        """Return a share in percent without decimals, for axes."""
        return format_percent(value, format="0\N{NO-BREAK SPACE}%", locale=self._locale)

    def percent_number(self, value: float) -> str:
        """Return a share in percent without decimals and sign, for cells that say so above."""
        return format_decimal(100 * value, format="0", locale=self._locale)

    def rate(self, rate: Rate) -> str:
        """Return a rate; `k of n` where n is under 10, and a star where it is under 30."""
        if not rate.of:
            return NOTHING
        if rate.of < TOO_FEW:
            return self.words.gettext("{hits} of {of}").format(hits=rate.hits, of=rate.of)
        return self.share(rate.value) + ("*" if rate.of < _FEW else "")

    def interval(self, rate: Rate) -> str:
        """Return the 95 % interval of a rate, such as `91.2 to 94.8 %`."""
        if rate.interval is None or rate.of < TOO_FEW:
            return NOTHING
        low, high = (
            format_decimal(100 * end, format="0.0", locale=self._locale) for end in rate.interval
        )
        text = self.words.gettext("{low} to {high} %").format(low=low, high=high)
        return text.replace(" %", "\N{NO-BREAK SPACE}%")

    def points(self, value: float | None) -> str:
        """Return a difference of shares in points, with its sign."""
        if value is None:
            return NOTHING
        points = round(100 * value, 1) or 0.0  # never a zero with a minus
        text = format_decimal(points, format="+0.0;\N{MINUS SIGN}0.0", locale=self._locale)
        return f"{text}\N{NO-BREAK SPACE}{self.words.gettext('pt')}"

    def change(self, change: Change | None) -> str:
        """Return how something moved: an arrow only where it is told, else an almost equal."""
        if change is None or change.difference is None:
            return NOTHING
        is_small = not change.is_rate and abs(change.difference) < _SMALLEST_GROWTH
        sign = (
            _NEARLY if is_small or not change.is_told else _UP if change.difference > 0 else _DOWN
        )
        text = self.points(change.difference) if change.is_rate else self.growth(change.difference)
        return f"{sign}\N{NO-BREAK SPACE}{text}"

    def growth(self, value: float) -> str:
        """Return a relative change in percent, with its sign."""
        text = format_decimal(100 * value, format="+0;\N{MINUS SIGN}0", locale=self._locale)
        return f"{text}\N{NO-BREAK SPACE}%"

    def seconds(self, value: float | None) -> str:
        """Return a duration in its largest unit and the next smaller one."""
        if value is None:
            return NOTHING
        total = round(value)
        parts: list[tuple[int, str]] = []
        word = self.words.gettext
        for size, unit in (
            (86400, word("d")),
            (3600, word("h")),
            (60, word("min")),
            (1, word("s")),
        ):
            if parts or total >= size or size == 1:
                parts.append((total // size, f"{total // size}\N{NO-BREAK SPACE}{unit}"))
                total %= size
        return " ".join(text for count, text in parts[:2] if count or len(parts) == 1)

    def day(self, value: date | None) -> str:
        """Return a day in words, such as `3 Nov 2026`."""
        return NOTHING if value is None else format_date(value, "d MMM y", locale=self._locale)

    def short_day(self, value: date) -> str:
        """Return a day without its year, such as `3 Nov`."""
        return format_date(value, "d MMM", locale=self._locale)

    def weekday(self, number: int) -> str:
        """Return the name of a day of the week, 1 for Monday."""
        return str(get_day_names("abbreviated", locale=self._locale)[number - 1])

    def moment(self, value: datetime | None) -> str:
        """Return a wall-clock time to the minute."""
        if value is None:
            return NOTHING
        return format_datetime(value, "d MMM y, HH:mm", locale=self._locale)


def short_name(text: str | None, fallback: str) -> str:
    """Return somebody's name for a thing on one line, cut where it is too long for a table."""
    line = " ".join(_STEERING.sub(" ", text or "").split()) or fallback
    return (
        line
        if len(line) <= _LONGEST_NAME
        else f"{line[: _LONGEST_NAME - 1]}\N{HORIZONTAL ELLIPSIS}"
    )
