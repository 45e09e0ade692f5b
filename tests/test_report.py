"""The delivery report: what it says, that it says it safely, and what it says of nothing."""

import re
import shutil
from collections import Counter
from datetime import date
from pathlib import Path

import duckdb
import pytest

from pipeline.emulator.cast import HOSTILE
from pipeline.errors import UsageError
from pipeline.report.asked import Period, period_of
from pipeline.report.formats import Formats
from pipeline.report.making import ask, make_report, render
from pipeline.report.writing import write_report
from pipeline.warehouse.snapshot import open_snapshot
from support.account import Account, account
from support.pages import Page
from support.reported import reported

__all__ = ["reported"]


def test_the_page_says_what_the_snapshot_holds(reported: Account) -> None:
    """Each day's number and each phone's in the page are those of the tables."""
    period = Period(date(2026, 10, 6), date(2026, 11, 2))
    with open_snapshot(reported.settings.snapshot_path) as snapshot:
        said = make_report(snapshot, ask(snapshot, period, "en"))
    by_name = {table.ident: table for table in said.tables()}
    days = reported.rows(
        "select day, sum(outgoing)::bigint as n from delivery_daily"
        " where day between '2026-10-06' and '2026-11-02' group by day order by day"
    )
    shown = {row[0]: row[1] for row in by_name["messages_by_day"].rows}
    assert {row["day"]: row["n"] for row in days} == {day: n for day, n in shown.items() if n}
    assert len(shown) == period.days
    words = Page(render(said)).words
    assert Formats("en").number(sum(shown.values())) in words
    for text in HOSTILE[0], "right to left":
        assert text in words


def test_the_page_needs_nothing_and_may_do_nothing(page: str) -> None:
    """No address, no handler, no link out; a policy that forbids them all."""
    assert not re.search(r"(?:src|href|url\()\s*=?\s*[\"']?\s*(?:https?:)?//", page)
    tags = Page(page).tags
    assert not [name for _, attrs in tags for name in attrs if name.startswith("on")]
    policy = [a["content"] for t, a in tags if t == "meta" and "http-equiv" in a]
    assert policy
    assert str(policy[0]).startswith("default-src 'none'")


def test_ids_are_unique_and_charts_and_headers_are_named(page: str) -> None:
    """Each id stands once; each drawing has its name and description, each th its scope."""
    tags = Page(page).tags
    ids = Counter(attrs["id"] for _, attrs in tags if "id" in attrs)
    assert set(ids.values()) == {1}
    drawings = [attrs for tag, attrs in tags if tag == "svg" and attrs.get("role") == "img"]
    assert drawings
    for drawing in drawings:
        assert set(str(drawing["aria-labelledby"]).split()) <= set(ids)
    assert [a for tag, a in tags if tag == "th" and "scope" not in a] == []


def test_without_a_snapshot_there_is_no_report(tmp_path: Path) -> None:
    """Before the first run a report is a usage error that names the command to run."""
    with account(tmp_path) as known, pytest.raises(UsageError, match="no published snapshot"):
        write_report(known.settings)


@pytest.mark.parametrize("gone", ["table device_days", "column messages.stop_word"])
def test_a_snapshot_of_an_older_version_is_named_so(
    reported: Account, tmp_path: Path, gone: str
) -> None:
    """Where a table or a column of ours is not in it yet, a report names the command to run."""
    older = tmp_path / "older.duckdb"
    shutil.copy(reported.settings.snapshot_path, older)
    older.chmod(0o600)
    kind, _, name = gone.partition(" ")
    table, _, column = name.partition(".")
    with duckdb.connect(str(older)) as connection:
        drop = f"drop table {table}" if kind == "table" else f"alter table {table} drop {column}"
        connection.execute(drop)
    with open_snapshot(older) as snapshot, pytest.raises(UsageError, match="of an older sms24"):
        snapshot.refuse_older()


@pytest.mark.parametrize(
    ("first", "last"),
    [("2026-01-02", "2026-01-01"), ("2026-13-01", "2026-01-01"), ("x", "y"), (None, "2026-01-01")],
)
def test_a_period_that_is_none_is_refused(first: str | None, last: str) -> None:
    """Days in the wrong order, no days, or one day missing are usage errors."""
    with pytest.raises(UsageError):
        period_of(first, last)


@pytest.fixture(scope="module")
def page(reported: Account) -> str:
    """Give the page of the default period."""
    with open_snapshot(reported.settings.snapshot_path) as snapshot:
        return render(make_report(snapshot, ask(snapshot, None, "en")))
