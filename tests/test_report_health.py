"""How the phones do: states with their signs, days on which they were seen, what is cut."""

from pathlib import Path

import pytest

from pipeline.report.making import render
from support.account import Account
from support.asked import changed, told
from support.pages import Page
from support.reported import reported

__all__ = ["reported"]


def test_a_phone_that_needs_a_look_comes_first_with_what_to_do(reported: Account) -> None:
    """The silent phone of the world is the first row: state, cause and action; others are well."""
    report = told(reported.settings.snapshot_path)
    first, *others = report.columns("health", "device", "state", "first_action")
    assert (first[1].role, first[1].word) == ("bad", "silent")
    assert first[2].startswith("Look at the phone")
    assert {state.role for _, state, _ in others} == {"good"}
    assert report.said("health")[0] == f"1 phone of 8 needs a look: {first[0]}."


@pytest.mark.parametrize(
    ("state", "role"),
    [
        ("working", "good"),
        ("idle", "calm"),
        ("one SIM failing", "look"),
        ("operator failing", "bad"),
        ("not sending", "bad"),
        ("not allowed to send", "bad"),
        ("a state of tomorrow", "look"),
    ],
)
def test_each_state_has_its_sign(reported: Account, tmp_path: Path, state: str, role: str) -> None:
    """A state is a word and a role, so that no colour stands alone; unknown ones want a look."""
    with changed(reported.settings.snapshot_path, tmp_path) as (path, connection):
        connection.execute("update device_health set state = $state", {"state": state})
    states = told(path, kind="devices").column("health", "state")
    assert {(found.role, found.word) for found in states} == {
        (role, state.replace("idle", "nothing to send"))
    }


def test_a_strip_tells_seen_silent_and_not_looked_at(reported: Account, tmp_path: Path) -> None:
    """Each of the last 28 days is seen, silent or unknown, by our own askings."""
    with changed(reported.settings.snapshot_path, tmp_path) as (path, connection):
        connection.execute("delete from device_days")
        connection.execute(
            "insert into device_days values (date '2026-10-31', 11231, 3, 2, null),"
            " (date '2026-11-01', 11231, 3, 0, null), (date '2026-09-01', 11231, 3, 3, null)"
        )
    strips = dict(told(path).columns("health", "device", "seen_by_day"))
    assert strips["Lille 1 (11231)"] == (*[None] * 25, 1.0, 0.0, None)
    assert strips["Lille 2 (11248)"] == (None,) * 28


def test_of_many_phones_the_worst_are_shown_and_the_rest_told(
    reported: Account, tmp_path: Path
) -> None:
    """Fifty phones are shown, the worst among them; a sentence counts the others."""
    with changed(reported.settings.snapshot_path, tmp_path) as (path, connection):
        for table in ("devices", "device_health"):
            connection.execute(
                f"insert into {table} by name select one.* replace (i as device_id)"
                f" from (from {table} where device_id = 11231) as one, range(1, 61) as numbers(i)"
            )
        connection.execute("update device_health set state = 'silent' where device_id = 7")
    report = told(path)
    assert len(report.tables["health"].rows) == 50
    assert {"health-7", "health-11350"} <= set(report.tables["health"].links)
    assert any(text.startswith("18 more phones are not shown") for text in report.said("health"))


def test_a_phone_that_is_gone_and_unused_is_left_out(reported: Account, tmp_path: Path) -> None:
    """A phone never listed is shown only while it has messages of late."""
    with changed(reported.settings.snapshot_path, tmp_path) as (path, connection):
        for table in ("devices", "device_health"):
            connection.execute(
                f"insert into {table} by name select * replace (99 as device_id)"
                f" from {table} where device_id = 11231"
            )
        connection.execute(
            "update device_health set state = 'never listed' where device_id in (99, 11248)"
        )
    links = told(path).tables["health"].links
    assert "health-99" not in links
    assert "health-11248" in links


def test_the_page_of_phones_has_their_tables(reported: Account) -> None:
    """The report of phones says how they do, where messages were lost and why."""
    report = told(reported.settings.snapshot_path, kind="devices")
    assert {"health", "sims", "by_device", "by_sim", "codes"} <= report.tables.keys()
    assert "Phones and SIMs" in Page(render(report.report)).words
