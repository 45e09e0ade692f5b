"""A report by hand that has every kind of block, chart and cell, for tests of how pages look."""

from datetime import date, datetime, timedelta
from typing import Any

from pipeline.report.asked import Asked, Period
from pipeline.report.axes import count_ticks, day_ticks, rate_ticks
from pipeline.report.charts import (
    Chart,
    Curve,
    band_path,
    centre,
    line_paths,
    stacked_bars,
)
from pipeline.report.model import (
    Details,
    Figure,
    Figures,
    Finding,
    Findings,
    Heat,
    Origin,
    Report,
    Section,
    Text,
    Words,
)
from pipeline.report.stats import Rate, change_of, growth
from pipeline.report.tables import Column, State, Table
from pipeline.report.voice import Voice

# Local times of the reporting zone, as the snapshot tells them.
UNTIL = datetime.fromisoformat("2026-11-01 22:55")
BUILT = datetime.fromisoformat("2026-11-02 00:05")
HOSTILE = (
    "<script>document.title='run'</script>\u202eevil <img src=x onerror=\"document.title='run'\">"
)
PERIOD = Period(date(2026, 10, 5), date(2026, 11, 1))
DAYS = [PERIOD.first + timedelta(days=place) for place in range(PERIOD.days)]
_OUTCOMES = ("delivered", "sent", "undelivered", "failed", "open", "unknown")
_SERIES = (*(f"series-{number}" for number in range(1, 7)), "other")


def gallery(language: str = "en") -> Report:
    """Return the report."""
    voice = Voice(language)
    asked = Asked(PERIOD, PERIOD.before(), "Europe/Paris", language, UNTIL)
    origin = Origin(
        *("Europe/Paris", "0.1.0", "20261101T230000Z-1", BUILT),
        *(asked.data_until, 28, 1, DAYS[0], DAYS[-1]),
    )
    return Report(
        kind="gallery",
        language=language,
        title="SMS delivery report",
        headline="93.4 % of 14,217 messages succeeded",
        asked=asked,
        origin=origin,
        scope=(
            ("Compared with", "7 Sep 2026 to 4 Oct 2026"),
            ("Time zone", "Europe/Paris"),
            ("Phone", HOSTILE),
            ("Data until", voice.moment(asked.data_until)),
            ("Proven complete", "28 of 28 days"),
        ),
        notices=(
            "One message has a status that nobody has documented.",
            "Two days are not proven.",
        ),
        sections=_sections(voice),
        queries={"days": "select day, sum(outgoing)\nfrom delivery_daily\ngroup by day"},
        parameters=asked.parameters(),
    )


def _sections(voice: Voice) -> tuple[Section, ...]:
    return (
        Section("short", "In short", (_findings(),)),
        Section("figures", "Key figures", (_figures(),), ("days",)),
        Section(
            "time", "Over time", (_lines(voice), _stacks(voice, "volume", _OUTCOMES)), ("days",)
        ),
        Section("why", "Why messages failed", (_stacks(voice, "codes", _SERIES),)),
        Section("where", "Where", (_dimension(), _more(voice))),
        Section("when", "When", (_heat(),)),
        Section("states", "Empty states", (Text("No phone had a message.", "empty"),)),
        Section("end", "Definitions", (Words((("Day", "The local day."), ("Sent", HOSTILE))),)),
    )


def _findings() -> Findings:
    return Findings(
        "93.4 % of 14,217 messages succeeded, 0.7 pt less than in the 28 days before.",
        (
            Finding(
                *("incident", "Samsung Lille lost messages from 23 to 26 Oct by code 12."),
                *("The phone's radio was off: airplane mode, or switched off.",),
                *("Switch the radio of that phone on; then send again.", 168.4, "row-1"),
            ),
            Finding(
                *("silent", f"{HOSTILE} has been silent since 30 Oct."),
                *("", "Look at the phone: power, network, battery saving.", 0),
            ),
        ),
        "Nothing unusual.",
    )


def _figures() -> Figures:
    spark = tuple(0.94 + 0.03 * ((place * 7) % 5 - 2) / 2 for place in range(28))
    after, before = Rate(13279, 14217), Rate(13560, 14410)
    return Figures(
        (
            Figure(
                "due", "Messages due", 14217, "number", "due in this period", growth(14217, 14410)
            ),
            *(
                Figure(
                    f"rate{at}", name, after, "rate", "of those whose fate is known", change, spark
                )
                for at, (name, change) in enumerate(
                    [
                        ("Success rate", change_of(after, before)),
                        ("Confirmed delivery", change_of(before, after)),
                        ("Receipt coverage", change_of(Rate(50, 60), Rate(49, 60))),
                    ]
                )
            ),
            Figure("few", "Still open", Rate(1, 3), "rate", "waiting on the phone"),
            Figure("time", "Time to send, half of them", 75.0, "seconds", "95 % within 4 min"),
        )
    )


def _lines(voice: Voice) -> Chart:
    rates = [Rate(480 + (place * 13) % 23 - 260 * (18 <= place < 21), 510) for place in range(28)]
    rates[9] = Rate(0, 0)
    values = [rate.value for rate in rates]
    return Chart(
        ident="success",
        title="Success rate per day",
        finding="The worst day was 23 Oct with 43.1 %.",
        description="Line over 28 days on a scale from 40 to 100 %. The last day: 95 %.",
        x_ticks=day_ticks(DAYS, voice),
        y_ticks=rate_ticks(0.4, voice),
        legend=(
            *(("line", "success rate"), ("band", "95 % interval"), ("median", "28-day median")),
            *(("dashed", "95th percentile"), ("ring", "incident"), ("hatch", "not final")),
        ),
        curves=(
            Curve("band", band_path([rate.interval for rate in rates], 0.4, 1)),
            Curve("median", line_paths([0.95] * 28, 0.4, 1)),
            Curve("dashed", line_paths([0.7 + place / 200 for place in range(28)], 0.4, 1)),
            Curve("line", line_paths(values, 0.4, 1)),
        ),
        marks=((round(100 * centre(5, 28), 2), "new SIMs"),),
        rings=((round(100 * centre(19, 28), 2), 91, "168 lost"),),
        hatches=((964.0, 36.0),),
        data=Table(
            "Success rate per day",
            (Column("Day", "day", "day"), Column("Success rate", "rate"), Column("Proven")),
            tuple((day, rate, "yes") for day, rate in zip(DAYS, rates, strict=True)),
            ident="success_by_day",
        ),
    )


def _stacks(voice: Voice, ident: str, roles: tuple[str, ...]) -> Chart:
    sizes = [[100 + (day * 31 + 17 * at) % 60 for at in range(len(roles))] for day in range(28)]
    return Chart(
        ident=ident,
        title="Outgoing messages per day",
        finding="14,217 messages in 28 days.",
        description="Stacked bars over 28 days on a scale from 0 to 1,000.",
        x_ticks=day_ticks(DAYS, voice),
        y_ticks=count_ticks(1000, voice),
        legend=tuple((role, role) for role in roles),
        bars=stacked_bars([list(zip(roles, stack, strict=True)) for stack in sizes], 1000),
        data=Table(
            "Outgoing messages per day",
            (Column("Day", "day"), *(Column(role, "number") for role in roles)),
            tuple((day, *stack) for day, stack in zip(DAYS, sizes, strict=True)),
            ident=f"{ident}_by_day",
        ),
    )


def _dimension() -> Table:
    names = ("Samsung Lille (17)", "Pixel Berlin (3)", HOSTILE, "x" * 60, "Nokia (9)")
    rows = [_phone(place, name) for place, name in enumerate(names)]
    return Table(
        "Outgoing messages by phone, the costliest first",
        (
            *(Column("Phone"), Column("State", "state"), Column("Due", "number")),
            *(Column("Success rate", "rate"), Column("95 % interval", "whisker")),
            *(Column("Change", "change"), Column("Lost", "number"), Column('Main "failure" \\;')),
            *(Column("Last seen", "moment"), Column("Last 14 days", "spark")),
        ),
        tuple(rows),
        note="A star marks a rate of fewer than 30 messages.",
        ident="phones",
        is_dimension=True,
        links=tuple(f"row-{place + 1}" for place in range(len(rows))),
    )


def _phone(place: int, name: str) -> tuple[Any, ...]:
    of = (1490, 2201, 14, 3, 0)[place]
    rate = Rate(round(of * (0.78 + 0.05 * place)), of)
    role, word = [
        *(("bad", "Silent"), ("look", "One SIM failing"), ("good", "Working")),
        *(("calm", "Nothing to send"), ("calm", "Never listed")),
    ][place]
    spark = tuple(None if at == 4 else 0.8 + (at * place % 7) / 40 for at in range(14))
    change = change_of(rate, Rate(900, 1000)) if of else None
    seen = UNTIL if of else None
    failure = "12 Not sent: radio off" if of else None
    return (name, State(role, word), of, rate, rate, change, place, failure, seen, spark)


def _more(voice: Voice) -> Details:
    return Details("Samsung Lille, day by day", (_stacks(voice, "phone-17", _OUTCOMES),), "more-17")


def _heat() -> Heat:
    return Heat(
        *("when", "Failure rate by weekday and hour", "The worst hour is Monday at 8.", "Day"),
        tuple(str(hour) for hour in range(24)),
        tuple(
            (
                day,
                tuple(None if hour < 6 else Rate((hour * 3 + at) % 20, 100) for hour in range(24)),
            )
            for at, day in enumerate(("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"))
        ),
        *(0.2, "Blank under 10 messages."),
    )
