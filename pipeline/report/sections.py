"""The sections of the delivery report: facts in, tables, charts and sentences out."""

from dataclasses import dataclass

from pipeline.report.charts import (
    Chart,
    Curve,
    Tick,
    band_path,
    centre,
    line_paths,
    lone_points,
    round_top,
    stacked_bars,
)
from pipeline.report.facts import Code, Counts, Facts
from pipeline.report.formats import Formats, short_name
from pipeline.report.stats import Rate
from pipeline.report.tables import Column, Table

OUTCOMES = {
    "delivered": "delivered",
    "sent": "sent, no receipt",
    "undelivered": "undelivered",
    "failed": "failed",
    "open": "still open",
    "unknown": "unknown status",
}
_MOST_X_TICKS = 8
_MOST_Y_STEPS = 5


@dataclass(frozen=True, slots=True)
class Figure:
    """A key figure: a count or a rate, and what it says in a few words."""

    label: str
    value: int | Rate
    meaning: str


def notices(facts: Facts, formats: Formats) -> list[str]:
    """Return what a reader must know before the first number; empty if nothing is amiss."""
    header, total = facts.header, facts.total
    told: list[str] = []
    if header.first_busy_day is None:
        told.append("No outgoing message has been fetched yet, so there is nothing to report.")
    elif total.outgoing == 0:
        told.append(
            "No outgoing message was due in this period; the data have some from "
            f"{formats.day(header.first_busy_day)} to {formats.day(header.last_busy_day)}."
        )
    elif total.ended == 0:
        told.append("The fate of every message of this period is still open: there is no rate yet.")
    if header.holes:
        told.append(
            f"The history has {header.holes} holes in this period: messages may be missing, "
            "and the numbers may change. The table coverage tells where."
        )
    if total.unknown:
        told.append(
            f"{formats.number(total.unknown)} messages have a status that nobody has documented; "
            "they count in the traffic, but as neither success nor failure."
        )
    told += [f"{found.sentence} ({formats.number(found.rows)})" for found in facts.warnings]
    return told


def key_figures(total: Counts) -> list[Figure]:
    """Return the numbers that open the page."""
    return [
        Figure("Outgoing messages", total.outgoing, "due in this period"),
        Figure("Success rate", total.success, "delivered or sent, of those whose fate is known"),
        Figure("Confirmed rate", total.confirmed, "delivered, of those with a receipt"),
        Figure("Receipt coverage", total.receipts, "of messages that left the phone"),
        Figure("Failure rate", total.failures, "undelivered or failed, of all outgoing"),
        Figure("Still open", total.unsettled, "waiting on the phone or at the gateway"),
    ]


def success_chart(facts: Facts, formats: Formats) -> Chart:
    """Return the success rate of each day as a line, with its 95 % band."""
    rates = [day.success for day in facts.days]
    values = [rate.value for rate in rates]
    intervals = [rate.interval for rate in rates]
    bottom = _zoomed_bottom([rate.interval[0] for rate in rates if rate.interval])
    return Chart(
        ident="success",
        title="Success rate per day",
        finding=_success_finding(facts, formats),
        description=f"Line over {len(values)} days on a scale from {bottom:.0%} to 100%. "
        + _last_day(facts, formats),
        x_ticks=_day_ticks(facts, formats),
        y_ticks=_rate_ticks(bottom, formats),
        legend=(("line", "success rate"), ("band", "95\N{NO-BREAK SPACE}% interval")),
        curves=(
            Curve("band", band_path(intervals, bottom, 1)),
            Curve("line", line_paths(values, bottom, 1)),
        ),
        points=lone_points(values, bottom, 1),
        data=Table(
            "Success rate per day",
            (
                Column("Day", "day"),
                Column("Success rate", "rate"),
                Column("95\N{NO-BREAK SPACE}% interval", "interval"),
                Column("Ended", "number"),
                Column("Proven"),
            ),
            tuple(
                (day.day, day.success, day.success, day.ended, "yes" if day.is_proven else "no")
                for day in facts.days
            ),
        ),
    )


def volume_chart(facts: Facts, formats: Formats) -> Chart:
    """Return the messages of each day as stacked bars by outcome."""
    shown = {name: text for name, text in OUTCOMES.items() if getattr(facts.total, name)}
    busiest = max(facts.days, key=lambda day: day.outgoing)
    top = round_top(busiest.outgoing)
    return Chart(
        ident="volume",
        title="Outgoing messages per day",
        finding=f"{formats.number(facts.total.outgoing)} messages in {len(facts.days)} days; the "
        f"busiest was {formats.day(busiest.day)} with {formats.number(busiest.outgoing)}."
        if facts.total.outgoing
        else "There is none.",
        description=f"Stacked bars over {len(facts.days)} days on a scale from 0 to "
        f"{formats.number(int(top))}. " + _last_day(facts, formats),
        x_ticks=_day_ticks(facts, formats),
        y_ticks=tuple(
            Tick(round(100 - 25 * step, 2), formats.number(int(top * step / 4)))
            for step in range(5)
            if top * step % 4 == 0
        ),
        legend=tuple(shown.items()),
        bars=stacked_bars(
            [[(name, getattr(day, name)) for name in shown] for day in facts.days], top
        ),
        data=Table(
            "Outgoing messages per day and outcome",
            (
                Column("Day", "day"),
                Column("All", "number"),
                *(Column(text.capitalize(), "number") for text in shown.values()),
            ),
            tuple(
                (day.day, day.outgoing, *(getattr(day, name) for name in shown))
                for day in facts.days
            ),
        ),
    )


def code_table(facts: Facts, formats: Formats) -> Table:
    """Return the failures by code, the most frequent first."""
    return Table(
        "Failed and undelivered messages by failure code",
        (
            Column("Code and meaning"),
            Column("Messages", "number"),
            Column("Share of failures", "share"),
            Column("Likely cause"),
            Column("What to do first"),
            Column("Send again"),
            Column("Phone with too many"),
        ),
        tuple(
            (
                f"{code.code} {code.label}",
                code.messages,
                code.share,
                code.likely_cause,
                code.first_action,
                code.retryable,
                _worst_phone(code, formats),
            )
            for code in facts.codes
        ),
        note="A phone has too many of a code when it exceeds its share of the traffic by more "
        "than chance explains (three standard deviations).",
    )


def device_table(facts: Facts) -> Table:
    """Return how each phone fared, the one with most failures first."""
    return Table(
        "Outgoing messages by phone",
        (
            Column("Phone"),
            Column("Outgoing", "number"),
            Column("Success rate", "rate"),
            Column("95\N{NO-BREAK SPACE}% interval", "interval"),
            Column("Failures", "number"),
            Column("Still open", "number"),
            Column("Most frequent failure"),
        ),
        tuple(
            (
                phone_name(device.device_id, device.title),
                device.outgoing,
                device.success,
                device.success,
                device.undelivered + device.failed,
                device.open,
                device.main_failure,
            )
            for device in facts.devices
        ),
        note="A star marks a rate of fewer than 30 messages; under 10 it is told as k of n.",
    )


def phone_name(device_id: int | None, title: str | None) -> str:
    """Return what people call a phone, with its id: titles need not be unique."""
    if device_id is None:
        return "no phone"
    return f"{short_name(title, 'phone')} ({device_id})"


def _worst_phone(code: Code, formats: Formats) -> str | None:
    if not code.stands_out:
        return None
    excess = formats.number(round(code.worst_excess or 0))
    return f"{phone_name(code.worst_device_id, code.worst_device)}: {excess} above its share"


def _success_finding(facts: Facts, formats: Formats) -> str:
    judged = [day for day in facts.days if day.success.of]
    if not judged:
        return "No message of this period has ended yet."
    worst = min(judged, key=lambda day: day.success.value or 0)
    total = facts.total.success
    return (
        f"{formats.rate(total)} of the messages whose fate is known got through "
        f"({formats.interval(total)}); the worst day was {formats.day(worst.day)} "
        f"with {formats.rate(worst.success)}."
    )


def _last_day(facts: Facts, formats: Formats) -> str:
    last = facts.days[-1]
    return (
        f"The last day, {formats.day(last.day)}: {formats.number(last.outgoing)} messages, "
        f"success rate {formats.rate(last.success)}."
    )


def _day_ticks(facts: Facts, formats: Formats) -> tuple[Tick, ...]:
    count = len(facts.days)
    step = -(-count // _MOST_X_TICKS)
    return tuple(
        Tick(
            round(100 * centre(place, count), 2),
            formats.short_day(facts.days[place].day),
            is_optional=bool(place // step % 2),
        )
        for place in range(0, count, step)
    )


def _zoomed_bottom(lows: list[float]) -> float:
    """Return the tenth below the lowest bound: where a rate's axis begins."""
    return max(0.0, int(min(lows, default=0) * 10) / 10)


def _rate_ticks(bottom: float, formats: Formats) -> tuple[Tick, ...]:
    span = round(100 * (1 - bottom))
    step = next(step for step in (5, 10, 20, 25) if span <= _MOST_Y_STEPS * step)
    return tuple(
        Tick(round(100 - 100 * above / span, 2), formats.whole_share(bottom + above / 100))
        for above in range(0, span + 1, step)
    )
