"""How the period went, day by day."""

from pipeline.report.axes import count_ticks, day_ticks, rate_ticks, zoomed_bottom
from pipeline.report.charts import (
    Chart,
    Curve,
    band_path,
    line_paths,
    lone_points,
    round_top,
    stacked_bars,
)
from pipeline.report.counts import Day, total_of
from pipeline.report.model import Section, Text
from pipeline.report.source import Source
from pipeline.report.tables import Column, Table
from pipeline.report.voice import Voice


def outcomes(voice: Voice) -> dict[str, str]:
    """Return the word for each outcome, in the order of their stacks."""
    return {
        "delivered": voice.say("delivered"),
        "sent": voice.say("sent, no receipt"),
        "undelivered": voice.say("undelivered"),
        "failed": voice.say("failed"),
        "open": voice.say("still open"),
        "unknown": voice.say("unknown status"),
    }


def over_time(source: Source, voice: Voice) -> Section:
    """Return the charts of the days."""
    days = source.read("days", Day)
    title = voice.say("Over time")
    if not total_of(days).outgoing:
        nothing = voice.say(
            "No day of this period has an outgoing message, so there is no curve to draw."
        )
        return Section("time", title, (Text(nothing, "empty"),), ("days",))
    charts = (success_chart(days, voice), volume_chart(days, voice))
    return Section("time", title, charts, ("days",))


def success_chart(days: list[Day], voice: Voice) -> Chart:
    """Return the success rate of each day as a line, with its 95 % band."""
    rates = [day.success for day in days]
    values = [rate.value for rate in rates]
    intervals = [rate.interval for rate in rates]
    bottom = zoomed_bottom([rate.interval[0] for rate in rates if rate.interval])
    interval = voice.say("95 % interval")
    return Chart(
        ident="success",
        title=voice.say("Success rate per day"),
        finding=_success_finding(days, voice),
        description=voice.say(
            "Line over {days} days on a scale from {bottom} to 100 %.",
            days=len(days),
            bottom=voice.whole_share(bottom),
        )
        + " "
        + _last_day(days, voice),
        x_ticks=day_ticks([day.day for day in days], voice),
        y_ticks=rate_ticks(bottom, voice),
        legend=(("line", voice.say("success rate")), ("band", interval)),
        curves=(
            Curve("band", band_path(intervals, bottom, 1)),
            Curve("line", line_paths(values, bottom, 1)),
        ),
        points=lone_points(values, bottom, 1),
        data=Table(
            voice.say("Success rate per day"),
            (
                Column(voice.say("Day"), "day", "day"),
                Column(voice.say("Success rate"), "rate", "success_rate"),
                Column(interval, "interval", "interval"),
                Column(voice.say("Ended"), "number", "ended"),
                Column(voice.say("Proven"), key="proven"),
            ),
            tuple(
                (
                    day.day,
                    day.success,
                    day.success,
                    day.ended,
                    voice.say("yes") if day.is_proven else voice.say("no"),
                )
                for day in days
            ),
            ident="success_by_day",
        ),
    )


def volume_chart(days: list[Day], voice: Voice) -> Chart:
    """Return the messages of each day as stacked bars by outcome."""
    total = total_of(days)
    shown = {name: text for name, text in outcomes(voice).items() if getattr(total, name)}
    busiest = max(days, key=lambda day: day.outgoing)
    top = round_top(busiest.outgoing)
    return Chart(
        ident="volume",
        title=voice.say("Outgoing messages per day"),
        finding=voice.say(
            "{messages} messages in {days} days; the busiest was {day} with {most}.",
            messages=total.outgoing,
            days=len(days),
            day=busiest.day,
            most=busiest.outgoing,
        ),
        description=voice.say(
            "Stacked bars over {days} days on a scale from 0 to {top}.",
            days=len(days),
            top=int(top),
        )
        + " "
        + _last_day(days, voice),
        x_ticks=day_ticks([day.day for day in days], voice),
        y_ticks=count_ticks(top, voice),
        legend=tuple(shown.items()),
        bars=stacked_bars([[(name, getattr(day, name)) for name in shown] for day in days], top),
        data=Table(
            voice.say("Outgoing messages per day and outcome"),
            (
                Column(voice.say("Day"), "day", "day"),
                Column(voice.say("All"), "number", "outgoing"),
                *(Column(text.capitalize(), "number", name) for name, text in shown.items()),
            ),
            tuple((day.day, day.outgoing, *(getattr(day, name) for name in shown)) for day in days),
            ident="messages_by_day",
        ),
    )


def _success_finding(days: list[Day], voice: Voice) -> str:
    judged = [day for day in days if day.success.of]
    if not judged:
        return voice.say("No message of this period has ended yet.")
    worst = min(judged, key=lambda day: day.success.value or 0)
    total = total_of(days).success
    return voice.say(
        "{rate} of the messages whose fate is known got through ({interval}); "
        "the worst day was {day} with {low}.",
        rate=total,
        interval=voice.interval(total),
        day=worst.day,
        low=worst.success,
    )


def _last_day(days: list[Day], voice: Voice) -> str:
    last = days[-1]
    return voice.say(
        "The last day, {day}: {messages} messages, success rate {rate}.",
        day=last.day,
        messages=last.outgoing,
        rate=last.success,
    )
