"""The ticks of charts: days below, shares and counts at the side."""

from collections.abc import Sequence
from datetime import date

from pipeline.report.charts import Tick, centre
from pipeline.report.formats import Formats

_MOST_X_TICKS = 8
_MOST_Y_STEPS = 5


def day_ticks(days: Sequence[date], formats: Formats) -> tuple[Tick, ...]:
    """Return ticks for some of the days, one slot each; every second hides on a narrow screen."""
    step = -(-len(days) // _MOST_X_TICKS) or 1
    return tuple(
        Tick(
            round(100 * centre(place, len(days)), 2),
            formats.short_day(days[place]),
            is_optional=bool(place // step % 2),
        )
        for place in range(0, len(days), step)
    )


def zoomed_bottom(lows: Sequence[float]) -> float:
    """Return the tenth below the lowest bound: where a rate's axis begins."""
    return max(0.0, int(min(lows, default=0) * 10) / 10)


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
