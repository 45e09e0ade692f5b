"""A report made by hand: every kind of block and of cell, with hostile texts in all of them."""

from datetime import date, datetime

from pipeline.report.asked import Asked, Period
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
from pipeline.report.stats import Change, Rate
from pipeline.report.tables import Column, State, Table

HOSTILE = '=HYPERLINK("https://evil.test";"x")'
BAD_TEXTS = (HOSTILE, "+33612345678", "@sum", "-1+1", "\tx", "<script>alert(1)</script>", "déjà;vu")
NOW = datetime(2026, 3, 4, 12, 30)  # noqa: DTZ001 - on the wall clock of the report
DAY = date(2026, 3, 3)

COLUMNS = (
    Column("Name", "text", "name"),
    Column("Messages", "number", "messages"),
    Column("Share", "share", "share"),
    Column("Rate", "rate", "rate"),
    Column("Interval", "interval", "rate"),
    Column("Change", "change", "change"),
    Column("Points", "points", "points"),
    Column("Took", "seconds", "took"),
    Column("Day", "day", "day"),
    Column("Seen", "moment", "seen"),
    Column("State", "state", "state"),
    Column("Trend", "spark", "trend"),
    Column("Days", "strip", "seen"),
    Column("No key"),
)
ROW = (
    *(1234, 0.25, Rate(9, 10), Rate(9, 10), Change(0.02, 0.01, 0.03, is_told=True), -0.013),
    *(61.5, DAY, NOW, State("bad", "silent"), (0.1, None, 0.9)),
    *((None, 0.0, 1.0, 1.0), "x"),
)
NOTHING = (None,) * len(ROW)


def told(language: str = "en", headline: str = "96.0 % succeeded", **changes: object) -> Report:
    """Return the report; its table has a row per bad text and one of nothing."""
    period = Period(date(2026, 2, 5), date(2026, 3, 4))
    asked = Asked(period, period.before(), "Europe/Paris", language, NOW)
    given = {
        "kind": "delivery",
        "language": language,
        "title": "SMS delivery report",
        "headline": headline,
        "asked": asked,
        "origin": Origin("Europe/Paris", "1.2.3", "run-1", NOW, NOW, 27, 1, DAY, DAY),
        "scope": (("Time zone", "Europe/Paris"),),
        "notices": ("The history has a hole.",),
        "sections": _sections(),
        "queries": {"days": "select 1"},
        "parameters": asked.parameters(),
    }
    return Report(**{**given, **changes})  # type: ignore[arg-type]


def _sections() -> tuple[Section, ...]:
    table = Table(
        "All kinds",
        COLUMNS,
        (*((text, *ROW) for text in BAD_TEXTS), (None, *NOTHING)),
        ident="kinds",
    )
    heat = Heat("when", "When", "Mondays.", "Day", ("08",), (("Monday", (Rate(1, 20),)),), 0.05)
    finding = Finding(
        "incident", f"Lobby {HOSTILE} lost 70", "Radio off", "Visit it", 70.4, "", {"device_id": 5}
    )
    figures = Figures((
        Figure("success_rate", "Success", Rate(960, 1000), "rate", "that got through",
               Change(0.02, 0.01, 0.03, is_told=True), (0.9, None, 1.0)),
        Figure("outgoing", "Messages due", 1000, "number", "due"),
    ))  # fmt: skip
    return (
        Section("short", "In short", (Findings("96 of 100 got through.", (finding,), "calm"),)),
        Section("figures", "Key figures", (figures,), ("days",)),
        Section("where", "Where", (table, Text("words"), Details("More", (heat, table)))),
        Section("definitions", "Words", (Words((("Sent", "It left."), ("=1", "=2"))),)),
    )
