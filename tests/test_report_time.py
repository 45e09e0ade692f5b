"""The charts over time: grain, gaps, rings, hatches, notes."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from pipeline.report.axes import longest_time, time_ticks
from pipeline.report.formats import Formats
from pipeline.report.making import make_report, render
from pipeline.report.model import Chart, Text
from pipeline.report.notes import Note
from pipeline.report.sections.over_time import over_time
from pipeline.report.source import Source
from pipeline.report.steps import steps
from pipeline.report.tables import Table
from pipeline.report.voice import Voice
from pipeline.warehouse.snapshot import open_snapshot
from support.calm import UNTIL, calm
from support.worlds import Row, Trouble, asked_of, made_snapshot, source_of, traffic_rows

__all__ = ["calm"]


def charts(source: Source) -> dict[str, Chart]:
    """Return the charts of the section by their idents."""
    blocks = over_time(source, Voice("en")).blocks
    return {block.ident: block for block in blocks if isinstance(block, Chart)}


@pytest.mark.parametrize(
    ("days", "grain", "count"),
    [(1, "hour", 24), (3, "hour", 72), (4, "day", 4), (120, "day", 120), (121, "week", 18)],
)
def test_the_grain_follows_the_span(tmp_path: Path, days: int, grain: str, count: int) -> None:
    """Hours up to 3 days, days up to 120, then weeks from Monday; each holds every message."""
    rows = list(traffic_rows(first=date(2026, 6, 1), days=152, per_day=40))
    path = made_snapshot(tmp_path, rows, UNTIL)
    last = date(2026, 10, 29)
    first = last - timedelta(days=days - 1)
    with source_of(path, first, last) as source:
        found = charts(source)
    inside = [row for row in rows if first <= row.due.date() <= last]
    volume = found["volume"].data
    assert volume.ident == f"messages_by_{grain}"
    assert len(volume.rows) == count
    assert sum(row[1] for row in volume.rows) == len(inside)
    assert sum(row[1].of for row in found["success"].data.rows) == len(inside)
    assert sum(row[3] for row in found["times"].data.rows) == sum(
        row.status in {6, 7, 8} for row in inside
    )


def test_an_unproven_day_is_a_gap_and_the_newest_are_hatched(tmp_path: Path) -> None:
    """The line breaks where a day is not proven, but not where data are still coming in."""
    gap = date(2026, 10, 20)
    path = made_snapshot(tmp_path, traffic_rows(), UNTIL, gaps=(gap,))
    with source_of(path, date(2026, 10, 4), date(2026, 10, 31)) as source:
        known, chart = steps(source), charts(source)["success"]
    assert [step.begin.date() for step in known if not step.is_shown] == [gap]
    assert [step.begin.date().day for step in known if not step.is_mature] == [30, 31]
    line = next(curve.path for curve in chart.curves if curve.role == "line")
    assert line.count("M") == 2
    assert chart.hatches == ((pytest.approx(1000 * 26 / 28, abs=0.01), pytest.approx(71.43)),)
    assert {row[0]: row[5] for row in chart.data.rows}[gap] == "no"


def test_where_nothing_is_proven_the_line_is_drawn(tmp_path: Path) -> None:
    """An account whose gateway proves nothing has curves all the same."""
    gaps = tuple(date(2026, 9, 1) + timedelta(days=number) for number in range(61))
    path = made_snapshot(tmp_path, traffic_rows(), UNTIL, gaps=gaps)
    with source_of(path, date(2026, 10, 4), date(2026, 10, 30)) as source:
        assert all(step.is_shown for step in steps(source))


def test_a_dip_of_the_total_has_rings_with_its_words(tmp_path: Path) -> None:
    """Each day of the dip has a ring, the first of them with phone and code; quiet days none."""
    trouble = Trouble(2, date(2026, 10, 12), date(2026, 10, 13))
    path = made_snapshot(tmp_path, traffic_rows(troubles=(trouble,)), UNTIL)
    with source_of(path, date(2026, 10, 4), date(2026, 10, 31)) as source:
        chart = charts(source)["success"]
    places = [round((ring[0] / 100) * 28 - 0.5) for ring in chart.rings]
    assert places == [8, 9]
    assert "phone 2 (2)" in chart.rings[0][2]
    assert chart.rings[1][2] == ""
    assert "ring" in dict(chart.legend)
    with source_of(path, date(2026, 10, 20), date(2026, 10, 31)) as source:
        assert charts(source)["success"].rings == ()


def test_the_median_is_that_of_the_28_days_before(calm: Path) -> None:
    """It begins after 14 days of history, and is the middle of the daily rates."""
    with source_of(calm, date(2026, 9, 10), date(2026, 9, 20)) as source:
        known = {step.begin.date(): step.median for step in steps(source)}
    assert known[date(2026, 9, 14)] is None
    rates = []
    for day in range(1, 15):
        of = [
            row.status in {6, 7}
            for row in traffic_rows()
            if row.due.date().day == day and row.due.date().month == 9
        ]
        rates.append(sum(of) / len(of))
    rates.sort()
    assert known[date(2026, 9, 15)] == pytest.approx((rates[6] + rates[7]) / 2)


def test_notes_are_marks_and_listed(calm: Path) -> None:
    """A note that touches the period stands in the charts and below them; others do not."""
    notes = (
        Note(date(2026, 9, 1), date(2026, 9, 2), "long ago"),
        Note(date(2026, 9, 30), date(2026, 10, 5), "new <b>antenna</b>", 2),
        Note(date(2026, 10, 20), date(2026, 10, 20), "strike"),
    )
    with open_snapshot(calm) as snapshot:
        asked = asked_of(snapshot, date(2026, 10, 4), date(2026, 10, 31))
        report = make_report(snapshot, asked, notes=notes)
    (section,) = [section for section in report.sections if section.ident == "time"]
    for block in section.blocks:
        if isinstance(block, Chart):
            assert [text for _, text in block.marks] == ["new <b>antenna</b>", "strike"]
            assert block.marks[0][0] == pytest.approx(100 * 0.5 / 28, abs=0.01)
    listed = section.blocks[-1]
    assert isinstance(listed, Table)
    assert [row[3] for row in listed.rows] == ["new <b>antenna</b>", "strike"]
    assert "<b>antenna" not in render(report)


def test_without_sent_times_there_is_no_curve_of_them(tmp_path: Path) -> None:
    """Where too few messages tell when they were sent, a sentence stands for the chart."""
    rows = [Row(row.due, row.status, sent_after=None) for row in traffic_rows()]
    path = made_snapshot(tmp_path, rows, UNTIL)
    with source_of(path, date(2026, 10, 4), date(2026, 10, 30)) as source:
        blocks = over_time(source, Voice("en")).blocks
    assert isinstance(blocks[-1], Text)
    assert blocks[-1].role == "empty"


@pytest.mark.parametrize("highest", [0, 3, 59, 61, 5000, 90_000, 900_000])
def test_the_axis_of_times_holds_the_highest_and_is_round(highest: float) -> None:
    """Its top is at or above the highest, and its ticks are five."""
    top = longest_time(highest)
    assert top >= highest
    assert len({tick.text for tick in time_ticks(top, Formats("en"))}) == 5
