"""Why messages failed: who has too many of a code, and what is drawn of many codes."""

from datetime import date
from pathlib import Path

import duckdb

from pipeline.report.asked import Period
from support.account import Account
from support.handmade import empty, traffic
from support.reported import reported
from support.wanted import told

__all__ = ["empty", "reported"]

WEEK = Period(date(2026, 10, 20), date(2026, 10, 26))


def test_a_phone_with_too_many_of_a_code_is_named_with_its_excess(empty: Path) -> None:
    """The excess is what it has above its share of the traffic, not the most messages."""
    with duckdb.connect(str(empty)) as connection:
        traffic(connection, 1, "2026-10-26", per_day=80, lost=1)
        traffic(connection, 2, "2026-10-26", per_day=20, lost=5)
    assert told(empty, WEEK).column("codes", "over_represented_on") == [
        "phone (2): 27 above its share"  # 35 of 42, where a fifth of 42 is its share
    ]


def test_a_sim_is_named_where_the_phone_is_not_to_blame(empty: Path) -> None:
    """Where one SIM exceeds its share by more than its whole phone does, it is that SIM."""
    with duckdb.connect(str(empty)) as connection:
        traffic(connection, 1, "2026-10-26", per_day=50)
        traffic(connection, 2, "2026-10-26", per_day=25)
        connection.execute("update messages set message_id = -message_id")
        traffic(connection, 2, "2026-10-26", per_day=25, lost=9, sim=1)
    assert told(empty, WEEK).column("codes", "over_represented_on") == [
        "phone (2), SIM 2: 47 above its share"  # 63 of 63, where a quarter of 63 is its share
    ]


def test_a_few_more_than_its_share_are_chance(empty: Path) -> None:
    """Where chance explains the excess nobody is named."""
    with duckdb.connect(str(empty)) as connection:
        traffic(connection, 1, "2026-10-26", per_day=50, lost=2)
        traffic(connection, 2, "2026-10-26", per_day=50, lost=3)
    assert told(empty, WEEK).column("codes", "over_represented_on") == [None]


def test_a_phone_alone_exceeds_no_share(empty: Path) -> None:
    """With one phone and one SIM all failures are its own, and no share is exceeded."""
    with duckdb.connect(str(empty)) as connection:
        traffic(connection, 1, "2026-10-26", per_day=50, lost=20)
    assert told(empty, WEEK).column("codes", "over_represented_on") == [None]


def test_of_seven_codes_six_are_drawn_and_one_is_among_the_others(reported: Account) -> None:
    """At most six series are drawn by themselves; the bars still hold every failure."""
    report = told(reported.settings.snapshot_path)
    assert len(report.column("codes", "code")) == 7
    keys = [column.key for column in report.tables["failures_by_day"].columns]
    assert len(keys) == 8
    assert keys[-1] == "other"
    rows = report.tables["failures_by_day"].rows
    assert sum(sum(row[1:]) for row in rows) == sum(report.column("codes", "messages"))


def test_each_code_has_a_place_that_findings_point_to(reported: Account) -> None:
    """The rows of the codes stand under their numbers."""
    table = told(reported.settings.snapshot_path).tables["codes"]
    assert [f"code-{row[0].split()[0]}" for row in table.rows] == list(table.links)
