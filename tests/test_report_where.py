"""Where messages were lost: what is above the usual, what is shown, what opens behind a phone."""

from pathlib import Path

import duckdb

from pipeline.emulator.cast import HOSTILE
from pipeline.report.asked import Period
from pipeline.report.making import render
from pipeline.report.model import Chart, Details
from pipeline.report.routes import DayOf, Route, links_of
from support.account import Account
from support.asked import LAST, Told, changed, told
from support.handmade import empty, traffic
from support.pages import Page
from support.reported import reported

__all__ = ["empty", "reported"]

WEEK = Period(LAST.replace(month=10, day=20), LAST.replace(month=10, day=26))


def lost_of(report: Told, table: str = "by_device") -> dict[str, int | None]:
    """Return what each row of a table lost above its usual, in the order of the rows."""
    names = report.tables[table].columns[0].key
    return dict(report.columns(table, names, "lost_above_usual"))


def test_lost_is_what_exceeds_the_usual_of_the_phone_itself(empty: Path) -> None:
    """A phone that always loses a tenth has lost nothing above that; one that begins to, has."""
    with duckdb.connect(str(empty)) as connection:
        traffic(connection, 1, "2026-10-19", days=28, lost=1)
        traffic(connection, 1, "2026-10-26", lost=1)
        traffic(connection, 2, "2026-10-19", days=28)
        traffic(connection, 2, "2026-10-26", lost=3)
    assert lost_of(told(empty, WEEK)) == {"phone (2)": 21, "phone (1)": 0}


def test_a_phone_of_few_days_is_measured_by_all(empty: Path) -> None:
    """With fewer than 30 messages before the period the usual is that of all phones together."""
    with duckdb.connect(str(empty)) as connection:
        traffic(connection, 1, "2026-10-19", days=27, lost=1)
        traffic(connection, 1, "2026-10-26", lost=1)
        traffic(connection, 2, "2026-10-19", days=2)
        traffic(connection, 2, "2026-10-26", lost=2)
    assert lost_of(told(empty, WEEK)) == {"phone (2)": round(14 - 70 * 27 / 290), "phone (1)": 0}


def test_without_days_before_nothing_is_above_the_usual(empty: Path) -> None:
    """Where nobody knows what is usual there is no number, and the worst rate comes first."""
    with duckdb.connect(str(empty)) as connection:
        traffic(connection, 1, "2026-10-26", lost=1)
        traffic(connection, 2, "2026-10-26", lost=2)
    assert list(lost_of(told(empty, WEEK)).items()) == [("phone (2)", None), ("phone (1)", None)]


def test_the_fiftieth_is_the_last_and_the_others_are_summed(empty: Path) -> None:
    """Of more than fifty values the costliest are shown; one row has the sums of the others."""
    with duckdb.connect(str(empty)) as connection:
        for device in range(1, 61):
            traffic(connection, device, "2026-10-26", days=1, per_day=device, customer=device)
    report = told(empty, WEEK)
    for table in ("by_device", "by_sim", "by_customer"):
        sizes = report.column(table, "outgoing")
        assert len(sizes) == 51
        assert sum(sizes) == sum(range(1, 61))
        assert report.tables[table].rows[-1][0] == "10 others"
        assert sizes[-1] == sum(range(1, 11))  # all alike but in size
    assert len(set(report.tables["by_device"].links)) == 51


def test_behind_the_ten_worst_phones_more_opens(reported: Account) -> None:
    """At most ten phones open, each to a small chart without a table of its own."""
    report = told(reported.settings.snapshot_path)
    opened = [block for block in report.blocks("where") if isinstance(block, Details)]
    assert 5 <= len(opened) <= 10
    assert [one.title for one in opened] == report.column("by_device", "device")[: len(opened)]
    charts = [block for one in opened for block in one.blocks if isinstance(block, Chart)]
    assert charts
    assert all(chart.data is None and chart.description for chart in charts)


def test_a_phone_that_loses_nothing_is_drawn_too(empty: Path) -> None:
    """A rate that is always 1 has an axis that begins below it."""
    with duckdb.connect(str(empty)) as connection:
        traffic(connection, 1, "2026-10-26")
    (chart,) = [block for block in told(empty, WEEK).blocks("where") if isinstance(block, Chart)]
    assert [tick.at for tick in chart.y_ticks] == [100, 0]
    assert len({tick.text for tick in chart.y_ticks}) == 2


def test_hostile_names_are_texts_on_one_short_line(reported: Account, tmp_path: Path) -> None:
    """Titles, carriers, newsletters and stop words cannot steer the page, nor break its line."""
    rude = HOSTILE[0] + "\u202e\n=1+1 " + "x" * 300
    with changed(reported.settings.snapshot_path, tmp_path) as (path, connection):
        for table, column in (
            ("devices", "title"),
            ("device_health", "title"),
            ("device_sims", "carrier"),
            ("messages", "newsletter_title"),
            ("messages", "sim_carrier"),
            ("messages", "status_title"),
        ):
            connection.execute(f"update {table} set {column} = $rude", {"rude": rude})
        connection.execute(
            "update messages set stop_word = $rude where stop_word is not null", {"rude": rude}
        )
    report = told(path)
    texts = [
        cell
        for table in report.report.tables()
        for row in table.rows
        for cell in row
        if isinstance(cell, str) and "script" in cell
    ]
    assert texts
    assert [text for text in texts if "\n" in text or "\u202e" in text or len(text) > 300] == []
    page = Page(render(report.report))
    assert [tag for tag, _ in page.tags].count("script") == 1  # our own


def test_names_that_look_alike_have_places_of_their_own() -> None:
    """Two carriers that differ in a mark alone never share a place in the page."""
    names = ("Orange F", "Orange-F", "Orange.F", None)
    routes = [_route(place, name) for place, name in enumerate(names, start=1)]
    assert links_of(routes) == (
        "carrier-Orange-F",
        "carrier-Orange-F-2",
        "carrier-Orange-F-3",
        "carrier",
    )


def _route(place: int, value: str | None) -> Route:
    counts = {name: 0 for name in Route.__struct_fields__ if name.startswith(("code_", "before_"))}
    return Route(
        dimension="carrier",
        place=place,
        many=1,
        device_id=None,
        sim=None,
        value=value,
        title=None,
        carrier=None,
        number=None,
        outgoing=1,
        good=1,
        lost=0,
        delivered=1,
        open=0,
        excess=None,
        trend=[DayOf(0, 1, 0)],
        **counts,
    )
