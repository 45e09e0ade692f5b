"""How long messages took from due to sent."""

from datetime import date, datetime
from typing import NamedTuple

import msgspec

from pipeline.report.source import Source

_FEWEST_SHARE = 0.5


class Timed(msgspec.Struct, frozen=True):
    """Times of some messages in seconds; a row of the query `timing`.

    Attributes:
        part: `now`, `before`, `step` or `day`.
        step: when the step or the day begins.
        left_phone: messages that left the phone.
        timed: those of them that tell when.
    """

    part: str = ""
    step: datetime | None = None
    left_phone: int = 0
    timed: int = 0
    p50: float | None = None
    p95: float | None = None


class Timing(NamedTuple):
    """The times of the period, the compared one, each step of the charts and each recent day."""

    now: Timed
    before: Timed
    by_step: dict[datetime, Timed]
    by_day: dict[date, Timed]


def timing(source: Source) -> Timing:
    """Return how long messages took."""
    rows = source.read("timing", Timed)
    whole = {row.part: row for row in rows if row.step is None}
    return Timing(
        whole.get("now", Timed()),
        whole.get("before", Timed()),
        {row.step: row for row in rows if row.step and row.part == "step"},
        {row.step.date(): row for row in rows if row.step and row.part == "day"},
    )


def is_timed(known: Timed) -> bool:
    """Return whether at least half of the messages that left the phone tell when."""
    return known.timed > 0 and known.timed >= _FEWEST_SHARE * known.left_phone
