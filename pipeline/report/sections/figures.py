"""The key figures of the period, each with its change and its last 28 days."""

from collections.abc import Callable, Collection

import msgspec

from pipeline.report.baseline import Habit
from pipeline.report.counts import Counts, Day, total_of
from pipeline.report.elapsed import Both, elapsed
from pipeline.report.events import events
from pipeline.report.model import Figure, Figures, Section
from pipeline.report.source import Source
from pipeline.report.stats import Rate, change_of, growth, longer
from pipeline.report.timing import is_timed, timing
from pipeline.report.traffic import Traffic, phones, traffic
from pipeline.report.troubles import Waiting, is_current
from pipeline.report.voice import Voice

_SPARK_DAYS = 28
QUERIES = ("days", "history", "elapsed", "waiting", "timing", "phones_now")


def figures(source: Source, voice: Voice) -> Section:
    """Return the numbers that open the page."""
    total = total_of(source.read("days", Day))
    items = (
        _due(total, source, voice),
        *_rates(total, source, voice),
        _failed(total, source, voice),
        _open(total, source, voice),
        *_times(source, voice),
        _phones(source, voice),
    )
    return Section("figures", voice.say("Key figures"), (Figures(items),), QUERIES)


def above_usual(known: Traffic, odd: Collection[int]) -> float | None:
    """Return how many more failed in the period than usual; None where nobody can say.

    Only days that can be judged count: those with 14 days of history, and time to settle.

    Args:
        known: the traffic.
        odd: places of days that are no measure of what is usual.
    """
    line, habit = known.total, Habit(known.total)
    days = [
        (place, now)
        for place in range(known.begin, known.end)
        if line.of[place] and (now := habit.usual(place, odd))
    ]
    if not days:
        return None
    return sum(now.rate * line.of[place] - line.hits[place] for place, now in days)


def _due(total: Counts, source: Source, voice: Voice) -> Figure:
    both = source.once(elapsed)
    return Figure(
        "outgoing",
        voice.say("Messages due"),
        total.outgoing,
        "number",
        voice.say("outgoing messages due in this period"),
        growth(both.now.outgoing, both.before.outgoing),
        _spark(source, lambda day: float(day.outgoing)),
    )


def _rates(total: Counts, source: Source, voice: Voice) -> tuple[Figure, ...]:
    both = source.once(elapsed)
    return (
        _rate(
            Figure(
                "success_rate",
                voice.say("Success rate"),
                total.success,
                "rate",
                voice.say("delivered or sent, of those whose fate is known"),
            ),
            lambda counts: counts.success,
            both,
            source,
        ),
        _rate(
            Figure(
                "confirmed_rate",
                voice.say("Confirmed delivery"),
                total.confirmed,
                "rate",
                voice.say("delivered, of those with a receipt"),
            ),
            lambda counts: counts.confirmed,
            both,
            source,
        ),
        _rate(
            Figure(
                "receipt_coverage",
                voice.say("Receipt coverage"),
                total.receipts,
                "rate",
                voice.say("with a receipt, of those that left the phone"),
            ),
            lambda counts: counts.receipts,
            both,
            source,
        ),
    )


def _rate(figure: Figure, rate: Callable[[Counts], Rate], both: Both, source: Source) -> Figure:
    return msgspec.structs.replace(
        figure,
        change=change_of(rate(both.now), rate(both.before)),
        spark=_spark(source, lambda day: rate(day).value),
    )


def _failed(total: Counts, source: Source, voice: Voice) -> Figure:
    both = source.once(elapsed)
    odd = {place for dip in source.once(events).odd for place in dip.places}
    above = above_usual(source.once(traffic), odd)
    if above is None:
        meaning = voice.say("failed or undelivered; not enough history to say how many are usual")
    elif above < 0:
        meaning = voice.say(
            "failed or undelivered, {number} fewer than usual", number=round(-above)
        )
    else:
        meaning = voice.say("failed or undelivered, {number} above usual", number=round(above))
    return Figure(
        "failed",
        voice.say("Failed"),
        total.lost,
        "number",
        meaning,
        growth(both.now.lost, both.before.lost),
        _spark(source, lambda day: float(day.lost)),
    )


def _open(total: Counts, source: Source, voice: Voice) -> Figure:
    both = source.once(elapsed)
    waiting = source.read("waiting", Waiting)
    meaning = voice.say("not yet sent; none of them is due")
    if waiting:
        meaning = voice.say(
            "not yet sent; the oldest is due for {age}, {late} for more than an hour, {stuck} "
            "for so long that they are stuck",
            age=voice.seconds(max(row.oldest_seconds for row in waiting)),
            late=sum(row.late for row in waiting),
            stuck=sum(row.stuck for row in waiting),
        )
    elif not total.open:
        meaning = voice.say("none waits on a phone or at the gateway")
    return Figure(
        "open",
        voice.say("Still open"),
        total.open,
        "number",
        meaning,
        growth(both.now.open, both.before.open),
        _spark(source, lambda day: float(day.open)),
    )


def _times(source: Source, voice: Voice) -> tuple[Figure, ...]:
    known = source.once(timing)
    told = Rate(known.now.timed, known.now.left_phone)
    is_shown = is_timed(known.now)
    meaning = voice.say("no message left a phone")
    if is_shown:
        meaning = voice.say("from due to sent; {share} tell when they were sent", share=told)
    elif told.of:
        meaning = voice.say("hidden: too few tell when they were sent ({share})", share=told)
    labels = {
        "sent_p50": voice.say("Time to send, median"),
        "sent_p95": voice.say("Time to send, slowest 5 %"),
    }
    found: list[Figure] = []
    for key, label in labels.items():
        name = key.removeprefix("sent_")
        now, before = getattr(known.now, name), getattr(known.before, name)
        is_both = is_shown and is_timed(known.before)
        found.append(
            Figure(
                key,
                label,
                now if is_shown else None,
                "seconds",
                meaning,
                longer(round(now), round(before)) if is_both else None,
                _time_spark(source, name) if is_shown else (),
            )
        )
    return tuple(found)


def _phones(source: Source, voice: Voice) -> Figure:
    listed = [phone for phone in source.once(phones).values() if phone.is_listed]
    silent = sum(1 for phone in listed if phone.state == "silent")
    return Figure(
        "phones",
        voice.say("Phones reporting"),
        len(listed) - silent,
        "number",
        voice.say("of {listed} that the gateway lists ask for work", listed=len(listed))
        if is_current(source)
        else voice.say(
            "of {listed} that the gateway lists ask for work: today, not in this period",
            listed=len(listed),
        ),
    )


def _spark(source: Source, value: Callable[[Day], float | None]) -> tuple[float | None, ...]:
    days = source.once(traffic).days[-_SPARK_DAYS:]
    return tuple(value(day) if day.outgoing else None for day in days)


def _time_spark(source: Source, name: str) -> tuple[float | None, ...]:
    by_day = source.once(timing).by_day
    days = source.once(traffic).days[-_SPARK_DAYS:]
    return tuple(
        getattr(by_day[day.day], name) if day.day in by_day and is_timed(by_day[day.day]) else None
        for day in days
    )
