"""The steps of the charts over time: hours, days or weeks, by how long the period is."""

from datetime import date, datetime, time, timedelta

import msgspec

from pipeline.report.asked import Asked
from pipeline.report.baseline import usual
from pipeline.report.counts import Counts, Day, total_of
from pipeline.report.source import Source
from pipeline.report.traffic import Traffic, traffic

MOST_DAYS_OF_HOURS = 3
MOST_DAYS_OF_DAYS = 120


class Step(msgspec.Struct, frozen=True):
    """An hour, a day or a week of the period.

    Attributes:
        begin, end: on the wall clock of the reporting zone, the latter excluded.
        is_shown: whether a line is drawn there: its data are proven, or still coming in.
        is_mature: whether its messages have had the time to settle.
        median: of the daily success rates of the 28 days before.
    """

    begin: datetime
    end: datetime
    counts: Counts
    is_proven: bool
    is_shown: bool
    is_mature: bool
    median: float | None


class HourCounts(Counts, frozen=True, kw_only=True):
    """A row of the query `hours`."""

    step: datetime


def grain_of(asked: Asked) -> str:
    """Return `hour` for up to 3 days, `day` for up to 120, else `week`."""
    if asked.period.days <= MOST_DAYS_OF_HOURS:
        return "hour"
    return "day" if asked.period.days <= MOST_DAYS_OF_DAYS else "week"


def steps(source: Source) -> list[Step]:
    """Return every step of the period, quiet ones too."""
    known, asked = source.once(traffic), source.asked
    days = known.days[known.begin :]
    any_proven = any(day.is_proven for day in days)
    match grain_of(asked):
        case "hour":
            return _hours(source, known, days, any_proven=any_proven)
        case "day":
            return [_step(known, asked, [day], any_proven=any_proven) for day in days]
    weeks: dict[date, list[Day]] = {}
    for day in days:
        weeks.setdefault(day.day - timedelta(days=day.day.weekday()), []).append(day)
    return [_step(known, asked, week, any_proven=any_proven) for week in weeks.values()]


def _step(known: Traffic, asked: Asked, days: list[Day], *, any_proven: bool) -> Step:
    begin = datetime.combine(days[0].day, time())
    end = datetime.combine(days[-1].day + timedelta(days=1), time())
    is_mature = end <= asked.mature_until
    is_proven = all(day.is_proven for day in days)
    return Step(
        begin=begin,
        end=end,
        counts=total_of(days),
        is_proven=is_proven,
        is_shown=_is_shown(is_proven=is_proven, is_mature=is_mature, any_proven=any_proven),
        is_mature=is_mature,
        median=_median(known, days[0].day),
    )


def _hours(
    source: Source, known: Traffic, days: tuple[Day, ...], *, any_proven: bool
) -> list[Step]:
    counted = {row.step: row for row in source.read("hours", HourCounts)}
    asked = source.asked
    found: list[Step] = []
    for day in days:
        median = _median(known, day.day)
        for hour in range(24):
            begin = datetime.combine(day.day, time(hour))
            end = begin + timedelta(hours=1)
            is_mature = end <= asked.mature_until
            is_newest = asked.data_until is not None and asked.data_until.date() == day.day
            is_proven = day.is_proven or (is_newest and end <= asked.until)
            found.append(
                Step(
                    begin=begin,
                    end=end,
                    counts=counted.get(begin, Counts()),
                    is_proven=is_proven,
                    is_shown=_is_shown(
                        is_proven=is_proven, is_mature=is_mature, any_proven=any_proven
                    ),
                    is_mature=is_mature,
                    median=median,
                )
            )
    return found


def _is_shown(*, is_proven: bool, is_mature: bool, any_proven: bool) -> bool:
    """Draw what is proven or still coming in; all of it, where nothing is proven at all."""
    return is_proven or not is_mature or not any_proven


def _median(known: Traffic, day: date) -> float | None:
    place = known.total.place(day)
    found = usual(known.total, place)
    return found.median if found else None
