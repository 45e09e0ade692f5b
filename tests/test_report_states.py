"""What a report says of nothing, of too little and of what is not proven: each in a sentence."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import duckdb
import pytest

from pipeline.report.asked import Period
from pipeline.report.making import render
from support.account import Account
from support.pages import Page
from support.reported import reported
from support.wanted import Told, changed, told

__all__ = ["reported"]

MONTH = Period(date(2026, 10, 6), date(2026, 11, 2))
EVERYTHING = ("messages", "delivery_daily", "failures_daily", "incoming_daily")
World = Callable[..., Told]


@pytest.fixture
def world(reported: Account, tmp_path: Path) -> World:
    """Give how to change the snapshot and report on it."""

    def make(*sql: str, period: Period = MONTH, device: int | None = None) -> Told:
        with changed(reported.settings.snapshot_path, tmp_path) as (path, connection):
            for statement in sql:
                connection.execute(statement)
        return told(path, period, device)

    return make


def without(condition: str) -> tuple[str, ...]:
    """Return what takes outgoing messages out of the tables."""
    return (
        f"delete from messages where direction = 'outgoing' and ({condition})",
        "delete from delivery_daily",
        "delete from failures_daily",
        """insert into delivery_daily by name select day, device_id, sim, count(*) as outgoing,
           count(*) filter (outcome = 'delivered') as delivered,
           count(*) filter (outcome = 'sent') as sent,
           count(*) filter (outcome = 'undelivered') as undelivered,
           count(*) filter (outcome = 'failed') as failed,
           count(*) filter (outcome = 'open') as open,
           count(*) filter (outcome = 'unknown') as unknown
           from messages where direction = 'outgoing' group by all""",
        """insert into failures_daily by name select day, device_id, sim, failure_code as code,
           count(*) as messages from messages where failure_code is not null group by all""",
    )


def notices_of(report: Told) -> str:
    """Return the first lines of a page, which are also in it as it is rendered."""
    said = report.report.notices
    words = Page(render(report.report)).words
    assert [sentence for sentence in said if sentence not in words] == []
    return " ".join(said)


def test_nothing_fetched_yet_names_the_command(world: World) -> None:
    """Before any message there is one sentence, with the command that fetches some."""
    nothing = [f"delete from {table}" for table in (*EVERYTHING, "days")]
    fresh = ("delete from coverage", "update snapshot_info set data_until = null")
    assert "nothing to report. Run: sms24 sync" in notices_of(world(*nothing, *fresh))


def test_an_account_proven_empty_is_said_to_be_so(world: World) -> None:
    """Nobody is told to fetch what is not there."""
    said = notices_of(world(*(f"delete from {table}" for table in (*EVERYTHING, "days"))))
    assert "The account has no outgoing message" in said
    assert "sms24 sync" not in said


def test_a_period_without_messages_names_the_nearest_day_with_any(world: World) -> None:
    """The nearest day is told, before or after the period."""
    gap = without("day between '2026-10-01' and '2026-10-20'")
    week = Period(date(2026, 10, 3), date(2026, 10, 9))
    assert "the nearest day with any is 30 Sep 2026" in notices_of(world(*gap, period=week))
    week = Period(date(2026, 10, 13), date(2026, 10, 19))
    assert "the nearest day with any is 21 Oct 2026" in notices_of(world(*gap, period=week))


def test_a_period_of_open_messages_alone_has_no_rate(world: World) -> None:
    """Where no fate is known, that is said, and no failure is claimed or denied."""
    report = world(*without("outcome <> 'open'"))
    assert "is still open: there is no rate" in notices_of(report)
    assert report.said("why") == [
        "The fate of every message is still open: none has failed so far."
    ]


def test_a_filter_that_matches_nothing_says_so(world: World) -> None:
    """A phone that nobody knows, and one without messages in the period, are told apart."""
    assert "no phone has the number 5" in notices_of(world(device=5))
    quiet = without("device_id = 11248")
    assert "The filter matches nothing: 1," in notices_of(world(*quiet, device=11248))


def test_no_failures_are_good_news(world: World) -> None:
    """A period without failures says so instead of drawing nothing."""
    report = world(*without("failure_code is not null"))
    assert report.said("why") == ["No message of this period failed or was undelivered."]


def test_where_nothing_stood_before_nothing_is_better_or_worse(world: World) -> None:
    """With an empty compared period all is called new, and no row has a change."""
    report = world(*without("day < '2026-10-06'"))
    assert "Everything is new: the compared period" in notices_of(report)
    assert {change.difference for change in report.column("by_device", "change")} == {None}
    assert {change.difference for change in report.column("codes", "change")} == {None}


def test_fewer_than_14_days_are_too_few(world: World) -> None:
    """A short history is said to be one, with its days."""
    said = notices_of(world(*without("day < '2026-10-24'")))
    assert "There are 10 days of history" in said
    assert "days of history" not in notices_of(world(*without("day < '2026-10-20'")))


def test_a_source_that_was_never_loaded_names_its_command(world: World) -> None:
    """Imports and phones that were never loaded say how to load them."""
    report = world("delete from device_health")
    (said,) = report.said("imports")
    assert said.endswith("To import one: sms24 contacts plan FILE --tag TAG")
    assert report.said("health") == ["The gateway has not told of any phone yet. Run: sms24 sync"]


def test_one_phone_alone_has_no_table_of_phones(world: World) -> None:
    """A dimension with one value is a sentence instead of a table."""
    report = world(*without("device_id <> 11248"))
    assert {"by_device", "by_sim", "by_carrier"} & report.tables.keys() == set()
    said = report.said("where")
    assert any(text.startswith("One phone only, Lille 2 (11248)") for text in said)
    assert any(text.startswith("One SIM only") for text in said)
    assert "Every sending SIM is of one carrier, Bouygues Telecom." in said
    narrowed = world(device=11248)
    assert "by_device" not in narrowed.tables


def test_a_report_over_a_hole_is_marked(world: World) -> None:
    """A stretch that is not proven is in the first lines, and in the table of holes."""
    hole = (
        "insert into coverage values (timestamptz '2026-10-10 00:00+00', "
        "timestamptz '2026-10-11 00:00+00', 'failed', false, false, 0)"
    )
    report = world(hole)
    assert notices_of(report).startswith("Not proven complete: the history has a hole")
    assert [row[2] for row in report.tables["holes"].rows] == ["could not be fetched"]
    assert report.said("quality")[0].startswith("Not proven complete")
    week = world(hole, period=Period(date(2026, 10, 13), date(2026, 10, 19)))
    assert "Not proven" not in notices_of(week)
    assert week.said("quality")[0].startswith("Proven complete up to 20 Oct 2026, 00:00")


def test_a_doubt_about_everything_is_told_with_its_reason(world: World) -> None:
    """Where nothing can be called proven the first lines say why."""
    said = notices_of(world("update runs set doubt = 'counts do not add up'"))
    assert "Nothing is called proven: counts do not add up" in said


def test_days_before_the_asked_history_are_told(world: World) -> None:
    """A period that begins before what was asked for says from when on it is known."""
    since = "update coverage set begin_at = '2026-09-19 22:00+00' where is_proven"
    september = Period(date(2026, 9, 1), date(2026, 9, 30))
    said = notices_of(world(since, period=september))
    assert "The history that was asked for begins on 20 Sep 2026" in said
    assert "The history that was asked for" not in notices_of(world(period=september))


def test_a_quiet_account_says_nothing_that_is_not_so(world: World) -> None:
    """With all history proven and unknown statuses away the page has no notice."""
    report = world(*without("outcome = 'unknown'"), "delete from warnings")
    assert report.report.notices == ()


@pytest.mark.parametrize("tables", [EVERYTHING, (*EVERYTHING, "devices", "device_health", "days")])
def test_every_kind_can_say_nothing(
    reported: Account, tmp_path: Path, tables: tuple[str, ...]
) -> None:
    """With empty tables each kind of report still is a page of sentences."""
    with changed(reported.settings.snapshot_path, tmp_path) as (path, connection):
        _empty(connection, tables)
    for kind in ("delivery", "devices", "incoming", "imports"):
        report = told(path, MONTH, kind=kind)
        assert all(section.blocks for section in report.report.sections)
        assert report.report.title in Page(render(report.report)).words


def _empty(connection: duckdb.DuckDBPyConnection, tables: tuple[str, ...]) -> None:
    for table in tables:
        connection.execute(f"delete from {table}")
