"""The published numbers are those of the emulator's own world, counted without any SQL."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from pipeline.emulator.habits import Habits
from pipeline.emulator.world import Truth
from support.account import NOW, Account, account

OUTCOMES = {
    7: "delivered",
    6: "sent",
    8: "undelivered",
    1: "open",
    2: "open",
    3: "open",
    4: "unknown",
}
OUTCOMES |= dict.fromkeys((9, 10, 11, 12, 100, 101), "failed")
FAILURES = (8, 9, 10, 11, 12, 100, 101)
Place = tuple[date, int, int]

# Zone of the report, type of the gateway's dates, the account's zone, what it does with `timezone`.
CASES = {
    "paris": ("Europe/Paris", Habits(date_type=3)),
    "paris-offsets": ("Europe/Paris", Habits(date_type=1, obeys_zone=False)),
    "paris-abbreviated": ("Europe/Paris", Habits(date_type=2, obeys_zone=False)),
    "paris-own-zone": ("Europe/Paris", Habits(date_type=3, obeys_zone=False)),
    "sydney": ("Australia/Sydney", Habits(date_type=3)),
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
    "texts-and-bare": (
        "Europe/Paris",
        Habits(numbers_as_text=True, empty_object=True, unscheduled_is_created=True),
    ),
    "exclusive-ends": ("Europe/Paris", Habits(begin_inside=False, end_inside=False)),
    "by-due-time": ("Europe/Paris", Habits(filter_column="due")),
    "new-york-west": (
        "America/New_York",
        Habits(obeys_zone=False, filters_in_zone=False, account_zone="America/New_York"),
    ),
}


@dataclass
class Case:
    """A world that was fetched, and its truth."""

    account: Account
    zone: ZoneInfo
    truth: list[Truth]

    def place(self, truth: Truth) -> Place:
        """Return the local day, phone and SIM of a message."""
        return truth.due_at.astimezone(self.zone).date(), truth.device_id, truth.sim


@pytest.fixture(scope="module", params=CASES.values(), ids=CASES)
def case(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Case]:
    """Fetch and build one world."""
    zone, habits = request.param
    folder: Path = tmp_path_factory.mktemp("truth")
    with account(folder, habits=habits, timezone=zone, window_rows=500) as known:
        known.run()
        yield Case(known, ZoneInfo(zone), list(known.world.messages_at(NOW)))


def test_delivery_daily_is_the_truth(case: Case) -> None:
    """Each local day, phone and SIM has the world's own count of every outcome."""
    expected: dict[Place, Counter[str]] = defaultdict(Counter)
    people: dict[Place, set[str]] = defaultdict(set)
    for message in case.truth:
        if message.status != 5:
            expected[case.place(message)][OUTCOMES[message.status]] += 1
            people[case.place(message)].add(message.recipient)
    found = {
        (row["day"], row["device_id"], row["sim"]): row
        for row in case.account.rows("select * from delivery_daily")
    }
    assert found.keys() == expected.keys()
    names = ("delivered", "sent", "undelivered", "failed", "open", "unknown")
    for place, row in found.items():
        assert {name: row[name] for name in names} == {n: expected[place][n] for n in names}, place
        assert row["outgoing"] == expected[place].total()
        assert row["recipients"] == len(people[place])


def test_failures_daily_is_the_truth(case: Case) -> None:
    """Each local day, phone, SIM and code has the world's own count of failures."""
    expected = Counter(
        (*case.place(message), message.status)
        for message in case.truth
        if message.status in FAILURES
    )
    rows = case.account.rows("select * from failures_daily")
    found = {(r["day"], r["device_id"], r["sim"], r["code"]): r["messages"] for r in rows}
    assert found == expected


def test_failure_codes_is_the_truth(case: Case) -> None:
    """Each of the seven codes has the world's own count, and 0 where it never came."""
    expected = Counter(message.status for message in case.truth)
    rows = case.account.rows("select code, messages, recipients from failure_codes order by code")
    assert [(row["code"], row["messages"]) for row in rows] == [(c, expected[c]) for c in FAILURES]
    for row in rows:
        people = {m.recipient for m in case.truth if m.status == row["code"]}
        assert row["recipients"] == len(people)


def test_messages_is_the_truth(case: Case) -> None:
    """Each message has its status, times, phone, customer and newsletter; none is missing."""
    rows = case.account.rows(
        """select message_id, status, device_id, sim, customer_id, newsletter_id, created_at,
        due_at, sent_at from messages where not is_time_ambiguous order by message_id"""
    )
    expected = {
        m.message_id: (
            m.status, m.device_id, m.sim, m.customer_id, m.newsletter_id, m.created_at, m.due_at,
            m.sent_at,
        )
        for m in case.truth
    }  # fmt: skip
    assert [tuple(row.values())[1:] for row in rows] == [expected[r["message_id"]] for r in rows]
    total = case.account.rows(
        "select count(*) as n, count(distinct message_id) as ids from messages"
    )
    assert total == [{"n": len(expected), "ids": len(expected)}]
    assert len(rows) >= len(expected) - 20
