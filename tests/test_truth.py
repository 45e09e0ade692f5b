"""Every number of every published table is that of the emulator's own world, counted without SQL.

Ten random worlds, each with a gateway of other habits and a report in another zone. A campaign
takes ten times as many.
"""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from itertools import pairwise

import polars as pl
import pytest

from pipeline.emulator.habits import Habits
from support import truth_devices as of_devices
from support import truth_life as of_life
from support import truth_messages as of_messages
from support import truth_tables as of_tables
from support.campaign import rounds
from support.lived import Life, life

# Zone of the report, type of the gateway's dates, the account's zone, what it does with `timezone`.
WORLDS = {
    "paris": ("Europe/Paris", Habits(date_type=3)),
    "offsets": ("Europe/Paris", Habits(date_type=1, obeys_zone=False)),
    "abbreviations": ("Europe/Paris", Habits(date_type=2, obeys_zone=False)),
    "own-zone": ("UTC", Habits(date_type=3, obeys_zone=False)),
    "lord-howe": ("Australia/Lord_Howe", Habits(date_type=3)),
    "sydney-abbreviated": (
        "Australia/Sydney",
        Habits(date_type=2, obeys_zone=False, account_zone="Australia/Sydney"),
    ),
    "sydney-filters-own-zone": (
        "Australia/Sydney",
        Habits(
            date_type=1, obeys_zone=False, filters_in_zone=False, account_zone="Australia/Sydney"
        ),
    ),
    "kathmandu-texts-and-bare": (
        "Asia/Kathmandu",
        Habits(
            numbers_as_text=True,
            empty_object=True,
            unscheduled_is_created=True,
            begin_inside=False,
            end_inside=False,
        ),
    ),
    "by-due-time": ("America/New_York", Habits(filter_column="due")),
    "new-york-west": (
        "America/New_York",
        Habits(obeys_zone=False, filters_in_zone=False, account_zone="America/New_York"),
    ),
}
CASES = [(name, seed) for name in WORLDS for seed in range(rounds(1, 10))]


@dataclass
class Case:
    """A world that was lived through, and what is to be known of its messages."""

    lived: Life

    @cached_property
    def known(self) -> pl.DataFrame:
        """What is to be known of each message, from the world."""
        return of_messages.known_messages(self.lived)


@pytest.fixture(scope="module", params=CASES, ids=[f"{name}-{seed}" for name, seed in CASES])
def case(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Case]:
    """Live through one world."""
    name, seed = request.param
    zone, habits = WORLDS[name]
    number = 25 + list(WORLDS).index(name) + 100 * seed
    with life(tmp_path_factory.mktemp("truth"), seed=number, zone=zone, habits=habits) as lived:
        yield Case(lived)


Table = Callable[[Case], pl.DataFrame]
TABLES: dict[str, tuple[Table, tuple[str, ...]]] = {
    "messages": (lambda c: of_messages.messages(c.lived, c.known), ("message_id",)),
    "delivery_daily": (
        lambda c: of_tables.delivery(c.known, "device_id", "sim"),
        ("day", "device_id", "sim"),
    ),
    "failures_daily": (
        lambda c: of_tables.failures_daily(c.known),
        ("day", "device_id", "sim", "code"),
    ),
    "failure_codes": (lambda c: of_tables.failure_codes(c.known), ("code",)),
    "incoming_daily": (
        lambda c: of_tables.incoming_daily(c.known),
        ("day", "device_id", "sim"),
    ),
    "latency_daily": (lambda c: of_tables.latency_daily(c.known), ("day", "device_id")),
    "days": (lambda c: of_tables.days(c.lived, c.known), ("day",)),
    "devices": (lambda c: of_devices.devices(c.lived, c.known), ("device_id",)),
    "device_history": (lambda c: of_devices.device_history(c.lived), ("device_id", "valid_from")),
    "device_days": (lambda c: of_devices.device_days(c.lived), ("day", "device_id")),
    "device_sims": (lambda c: of_devices.device_sims(c.lived), ("device_id", "sim", "valid_from")),
    "device_health": (lambda c: of_devices.device_health(c.lived, c.known), ("device_id",)),
    "status_changes": (lambda c: of_life.status_changes(c.lived), ("message_id", "not_after")),
    "status_codes": (lambda c: of_life.status_codes(c.lived), ("code",)),
    "snapshot_info": (lambda c: of_life.snapshot_info(c.lived), ("run_id",)),
}
DIMENSIONS = {
    "country": "recipient_country",
    "carrier": "sim_carrier",
    "customer": "customer_id",
    "newsletter": "newsletter_id",
}
TABLES |= {
    f"delivery_by_{name}": (
        lambda c, column=column: of_tables.delivery(c.known, column),
        ("day", column),
    )
    for name, column in DIMENSIONS.items()
}
# These have a test of their own, or nothing to hold yet.
OTHERS = {"coverage", "runs", "warnings", "contact_imports", "contact_import_rows"}


def assert_same(found: pl.DataFrame, expected: pl.DataFrame, key: tuple[str, ...]) -> None:
    """Compare two frames row by row and column by column, in whatever order they come."""
    assert sorted(found.columns) == sorted(expected.columns)
    expected = expected.select(found.columns).cast(dict(found.schema))
    rows, truth = (
        {tuple(row[name] for name in key): row for row in frame.iter_rows(named=True)}
        for frame in (found, expected)
    )
    assert rows.keys() == truth.keys() != set()
    assert len(rows) == found.height == expected.height
    wrong = [
        (place, name, row[name], truth[place][name])
        for place, row in rows.items()
        for name in found.columns
        if not is_same(row[name], truth[place][name])
    ]
    assert wrong == []


def is_same(found: object, expected: object) -> bool:
    """Whether two values are the same; bounds in seconds may differ by what a run's calls take."""
    if isinstance(found, float) and isinstance(expected, float):
        return math.isclose(found, expected, rel_tol=1e-9, abs_tol=0.01 if found > 1 else 1e-9)
    return found == expected


@pytest.mark.parametrize("table", TABLES)
def test_a_table_is_the_truth(case: Case, table: str) -> None:
    """Each row and each column is what the world itself comes to."""
    compute, key = TABLES[table]
    assert_same(case.lived.published(table), compute(case), key)


def test_no_published_table_is_left_out(case: Case) -> None:
    """Whatever is published is compared here: a new table asks for its own truth."""
    names = case.lived.account.rows("select table_name from duckdb_tables()")
    assert {row["table_name"] for row in names} == {*TABLES, *OTHERS}


def test_every_message_was_told_as_it_is(case: Case) -> None:
    """What the gateway last showed of each message is what is so now: no change was missed."""
    assert of_life.untold(case.lived) == []


def test_what_has_nothing_to_hold_is_empty(case: Case) -> None:
    """No contacts were imported."""
    for table in ("contact_imports", "contact_import_rows"):
        assert case.lived.published(table).is_empty(), table


def test_warnings_tell_what_the_tables_hold(case: Case) -> None:
    """Unknown statuses, changes by hand and unclear times of the last month, and nothing else."""
    month = case.lived.published("snapshot_info")["built_at"][0] - timedelta(days=30)
    messages = case.lived.published("messages")
    changes = case.lived.published("status_changes")
    odd = {
        "messages__unknown_status": messages.filter(
            pl.col("outcome") == "unknown", pl.col("gone_at").is_null()
        ),
        "status_changes__impossible": changes.filter(
            ~pl.col("is_possible"), pl.col("not_after") > month
        ),
        "messages__ambiguous_time": messages.filter(
            "is_time_ambiguous", pl.col("day") >= month.date()
        ),
    }
    found = case.lived.published("warnings").select("name", "rows").rows()
    assert dict(found) == {name: rows.height for name, rows in odd.items() if rows.height}


def test_runs_are_what_the_gateway_saw(case: Case) -> None:
    """Each run has its calls, news and losses; the first made no calls for late changes."""
    found = case.lived.published("runs").sort("started_at")
    assert_same(found.drop("late_calls"), of_life.runs(case.lived), ("run_id",))
    first, *later = found.select("late_calls", "calls").rows()
    assert first[0] == 0
    assert all(0 < late < calls for late, calls in later)


def test_coverage_counts_what_was_created(case: Case) -> None:
    """All is proven from the floor to five minutes before the last run; nothing lies between."""
    lived = case.lived
    rows = lived.published("coverage").sort("begin_at").to_dicts()
    created = case.known.filter(of_tables.LIVE)["created_at"]
    asked_by = case.known["due_at" if lived.habits.filter_column == "due" else "created_at"]
    end = of_messages.instant(lived.until)
    floor = of_messages.instant(lived.since)
    assert rows[0]["begin_at"] == floor or (floor is None and rows[0]["begin_at"] <= created.min())
    assert rows[-1]["end_at"] >= of_messages.instant(lived.instants[-1])
    for row, following in pairwise(rows):
        assert row["end_at"] == following["begin_at"]
    for row in rows:
        stretch = row["begin_at"], row["end_at"]
        is_tail = row["begin_at"] >= end
        assert row["messages"] == created.is_between(*stretch, closed="left").sum()
        assert (row["is_tail"], row["is_proven"]) == (is_tail, not is_tail)
        assert row["state"] in ({"unverified"} if is_tail else {"verified", "empty"})
        assert row["state"] != "empty" or not asked_by.is_between(*stretch, closed="left").any()
    assert sum(row["messages"] for row in rows) == len(created)
    assert end in {row["begin_at"] for row in rows}


@pytest.mark.parametrize("percentile", [50, 95])
def test_the_true_latency_lies_within_its_bounds(case: Case, percentile: int) -> None:
    """The percentile of the world's own seconds from due to delivered is between low and high."""
    low, high = (f"delivered_p{percentile}_{end}" for end in ("low", "high"))
    true = (
        of_tables.timed(case.known)
        .filter("is_timed")
        .group_by("day", "device_id")
        .agg(true=pl.col("true").quantile(percentile / 100, "linear"))
    )
    found = case.lived.published("latency_daily").filter(pl.col("delivered_timed") > 0)
    joined = found.join(true, on=("day", "device_id"))
    assert joined.height == found.height == true.height > 0
    apart = 0.01
    is_inside = pl.col("true").is_between(pl.col(low) - apart, pl.col(high) + apart)
    assert joined.filter(~is_inside).rows(named=True) == []
    assert joined.filter(pl.col(low) < pl.col(high)).height > 0


@pytest.mark.parametrize("table", [name for name in TABLES if name.startswith("delivery_")])
def test_the_sums_of_deliveries_hold(case: Case, table: str) -> None:
    """Outgoing messages that are not gone are the sum of each table of deliveries."""
    messages = case.lived.published("messages")
    live = messages.filter(of_tables.LIVE, direction="outgoing")
    assert case.lived.published(table)["outgoing"].sum() == live.height > 0


def test_the_sums_of_other_tables_hold(case: Case) -> None:
    """Incoming messages are those of incoming_daily; undelivered and failed of failures_daily."""
    live = case.lived.published("messages").filter(of_tables.LIVE)
    incoming = case.lived.published("incoming_daily")["messages"].sum()
    assert incoming == live.filter(direction="incoming").height > 0
    failed = live.filter(pl.col("outcome").is_in(["undelivered", "failed"]))
    assert case.lived.published("failures_daily")["messages"].sum() == failed.height > 0
