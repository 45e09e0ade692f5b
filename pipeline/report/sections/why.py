"""Why messages failed."""

from datetime import date, timedelta

import msgspec

from pipeline.report.axes import count_ticks, day_ticks
from pipeline.report.charts import Chart, round_top, stacked_bars
from pipeline.report.codes import Code, over_represented
from pipeline.report.counts import Day, total_of
from pipeline.report.model import Section, Text
from pipeline.report.names import failure_name
from pipeline.report.source import Source
from pipeline.report.tables import Column, Table
from pipeline.report.voice import Voice

_MOST_SERIES = 6


class CodeDay(msgspec.Struct, frozen=True):
    """The messages of a day with a failure code."""

    day: date
    code: int
    messages: int


def why(source: Source, voice: Voice) -> Section:
    """Return the failures by day and by code."""
    title, queries = voice.say("Why messages failed"), ("codes", "code_days")
    codes = source.read("codes", Code)
    if codes:
        chart = code_chart(codes, source.read("code_days", CodeDay), source, voice)
        return Section("why", title, (chart, code_table(codes, voice)), queries)
    total = total_of(source.read("days", Day))
    if total.ended:
        said = voice.say("No message of this period failed or was undelivered.")
    elif total.outgoing:
        said = voice.say("The fate of every message is still open: none has failed so far.")
    else:
        said = voice.say("Nothing was to be sent in this period, so nothing failed.")
    return Section("why", title, (Text(said, "empty"),), ("codes",))


def code_chart(codes: list[Code], found: list[CodeDay], source: Source, voice: Voice) -> Chart:
    """Return the failures of each day as bars stacked by code: six codes and the others."""
    period = source.asked.period
    days = [period.first + timedelta(days=place) for place in range(period.days)]
    counted = {(row.day, row.code): row.messages for row in found}
    shown, rest = codes[:_MOST_SERIES], codes[_MOST_SERIES:]
    names = {code.code: failure_name(code.code, code.label, voice) for code in shown}
    series = [(f"series-{place}", name) for place, name in enumerate(names.values(), start=1)]
    sizes = [[counted.get((day, code.code), 0) for code in shown] for day in days]
    if rest:
        series.append(("other", voice.say("other codes")))
        for day, stack in zip(days, sizes, strict=True):
            stack.append(sum(counted.get((day, code.code), 0) for code in rest))
    top = round_top(max(sum(stack) for stack in sizes))
    roles = [role for role, _ in series]
    title = voice.say("Failed and undelivered messages per day")
    return Chart(
        ident="failures",
        title=title,
        finding=_finding(codes, days, sizes, voice),
        description=voice.say(
            "Stacked bars over {days} days on a scale from 0 to {top}; the last day, {day}, has "
            "{messages}.",
            days=len(days),
            top=int(top),
            day=days[-1],
            messages=sum(sizes[-1]),
        ),
        x_ticks=day_ticks(days, voice),
        y_ticks=count_ticks(top, voice),
        legend=tuple(series),
        bars=stacked_bars([list(zip(roles, stack, strict=True)) for stack in sizes], top),
        data=Table(
            title,
            (
                Column(voice.say("Day"), "day", "day"),
                *(
                    Column(text, "number", key)
                    for key, (_, text) in zip([*map(_key, shown), "other"], series, strict=False)
                ),
            ),
            tuple((day, *stack) for day, stack in zip(days, sizes, strict=True)),
            ident="failures_by_day",
        ),
    )


def code_table(codes: list[Code], voice: Voice) -> Table:
    """Return the failures by code, the most frequent first."""
    return Table(
        voice.say("Failed and undelivered messages by failure code"),
        (
            Column(voice.say("Code and meaning"), key="code"),
            Column(voice.say("Messages"), "number", "messages"),
            Column(voice.say("Share of failures"), "share", "share_of_failures"),
            Column(voice.say("Change"), "change", "change"),
            Column(voice.say("Likely cause"), key="likely_cause"),
            Column(voice.say("What to do first"), key="first_action"),
            Column(voice.say("Send again"), key="retryable"),
            Column(voice.say("Over-represented on"), key="over_represented_on"),
            Column(voice.say("First seen"), "day", "first_seen"),
            Column(voice.say("Last seen"), "day", "last_seen"),
        ),
        tuple(
            (
                failure_name(code.code, code.label, voice),
                code.messages,
                code.share,
                code.change,
                voice.term(code.likely_cause),
                voice.term(code.first_action),
                voice.term(code.retryable),
                over_represented(code, voice),
                code.first_seen_on,
                code.last_seen_on,
            )
            for code in codes
        ),
        note=voice.say(
            "A phone or SIM is over-represented when it has more messages of a code than its share "
            "of the traffic, by more than chance explains (three standard deviations). First and "
            "last seen are of all days in the snapshot, not of this period alone."
        ),
        ident="codes",
        links=tuple(f"code-{code.code}" for code in codes),
    )


def _key(code: Code) -> str:
    return f"code_{code.code}"


def _finding(codes: list[Code], days: list[date], sizes: list[list[int]], voice: Voice) -> str:
    worst = max(range(len(days)), key=lambda place: sum(sizes[place]))
    return voice.say(
        "{share} of the failures are {code}; the worst day was {day} with {messages}.",
        share=voice.share(codes[0].share),
        code=failure_name(codes[0].code, codes[0].label, voice),
        day=days[worst],
        messages=sum(sizes[worst]),
    )
