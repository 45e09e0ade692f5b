"""The ticks of charts: days below, shares and counts at the side."""

from collections.abc import Sequence
from datetime import date
from math import ceil

from pipeline.report.charts import Tick, centre
from pipeline.report.formats import Formats

_MOST_X_TICKS = 8
_MOST_Y_STEPS = 5
_HALF = 5
_MINUTE, _HOUR, _4_DAYS = 60.0, 3600.0, 345_600.0
_ROUND_TIMES = (
    *(4.0, 8.0, 20.0, 40.0),
    *(minutes * _MINUTE for minutes in (1, 2, 4, 8, 20, 40)),
    *(hours * _HOUR for hours in (1, 2, 4, 8, 24, 48, 96)),
)


def day_ticks(days: Sequence[date], formats: Formats) -> tuple[Tick, ...]:
    """Return ticks for some of the days, one slot each; every second hides on a narrow screen."""
    return slot_ticks([formats.short_day(day) for day in days])


def slot_ticks(labels: Sequence[str]) -> tuple[Tick, ...]:
    """Return ticks for some of the slots, one label each; every second hides on a narrow screen."""
    step = -(-len(labels) // _MOST_X_TICKS) or 1
    return tuple(
        Tick(
            round(100 * centre(place, len(labels)), 2),
            labels[place],
            is_optional=bool(place // step % 2),
        )
        for place in range(0, len(labels), step)
    )


def zoomed_bottom(lows: Sequence[float]) -> float:
    """Return where a rate's axis begins: the tenth below the lowest bound, under 0.5 the fifth."""
    tenths = max(0, int(min(lows, default=0) * 10))
    return (tenths if tenths >= _HALF else tenths // 2 * 2) / 10


def rate_ticks(bottom: float, formats: Formats) -> tuple[Tick, ...]:
    """Return ticks from a share up to 1."""
    span = round(100 * (1 - bottom))
    step = next(step for step in (5, 10, 20, 25) if span <= _MOST_Y_STEPS * step)
    return tuple(
        Tick(round(100 - 100 * above / span, 2), formats.whole_share(bottom + above / 100))
        for above in range(0, span + 1, step)
    )


def count_ticks(top: float, formats: Formats) -> tuple[Tick, ...]:
    """Return ticks of whole numbers from 0 up to a round top."""
    return tuple(
        Tick(round(100 - 25 * step, 2), formats.number(int(top * step / 4)))
        for step in range(5)
        if top * step % 4 == 0
    )


def longest_time(highest: float) -> float:
    """Return the seconds at the top of an axis of times, whose quarters are round."""
    return next((top for top in _ROUND_TIMES if top >= highest), ceil(highest / _4_DAYS) * _4_DAYS)


def time_ticks(top: float, formats: Formats) -> tuple[Tick, ...]:
    """Return ticks of durations from 0 up to such a top."""
    return tuple(
        Tick(round(100 - 25 * step, 2), formats.seconds(top * step / 4)) for step in range(5)
    )
