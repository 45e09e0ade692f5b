"""What became of contact imports, as the published tables tell."""

from datetime import date, datetime
from pathlib import Path

import pytest

from pipeline.report.asked import Period
from pipeline.report.import_codes import reason_words
from pipeline.report.making import render
from pipeline.report.voice import Voice
from support.account import Account
from support.pages import Page
from support.reported import reported
from support.wanted import Told, changed, told

__all__ = ["reported"]

MONTH = Period(date(2026, 10, 6), date(2026, 11, 2))


@pytest.fixture
def loaded(reported: Account, tmp_path: Path) -> Told:
    """Give a report over two imports of the period and one of before it."""
    with changed(reported.settings.snapshot_path, tmp_path) as (path, connection):
        connection.execute(
            """insert into contact_imports values
            ('a', '=cmd|x.csv', 'Clients', '2026-10-31 22:30+00', '2026-11-01 09:00+00',
             6, 6, 2, 1, 0, 2, 1),
            ('b', 'b.csv', null, '2026-10-20 10:00+00', null, 1, 1, 0, 1, 0, 0, 0),
            ('c', 'c.csv', 'Old', '2026-09-20 10:00+00', null, 9, 9, 9, 0, 0, 0, 0)"""
        )
        connection.execute(
            """insert into contact_import_rows values
            ('a', 2, 1, 'saved', null, '+336*****11', 'k'),
            ('a', 3, 1, 'saved', null, '+336*****12', 'k'),
            ('a', 4, 1, 'pending', null, '+336*****13', 'k'),
            ('a', 5, 1, 'rejected', 'E_PHONE_LETTERS', null, null),
            ('a', 6, 1, 'rejected', 'E_PHONE_LETTERS', '+336*****15', 'k'),
            ('a', 7, 1, 'dup_in_file', 'line 2', '+336*****11', 'k')"""
        )
    return told(path, MONTH, kind="imports")


def test_each_import_of_the_period_is_told_the_newest_first(loaded: Told) -> None:
    """File, tag, times of the reporting zone and what became of the contacts stand in its row."""
    at = datetime.fromisoformat
    assert list(loaded.tables["imports"].rows) == [
        (
            "=cmd|x.csv",
            "Clients",
            at("2026-10-31T23:30"),
            at("2026-11-01T10:00"),
            6,
            6,
            2,
            1,
            0,
            2,
            1,
        ),
        ("b.csv", "no tag", at("2026-10-20T12:00"), None, 1, 1, 0, 1, 0, 0, 0),
    ]
    assert loaded.columns("contacts_by_import", "saved", "rejected") == [(2, 2), (0, 0)]


def test_reasons_come_with_examples_as_they_are_masked(loaded: Told) -> None:
    """Each reason has its contacts and the first lines; a double names its state alone."""
    assert list(loaded.tables["import_reasons"].rows) == [
        (
            "=cmd|x.csv",
            "rejected",
            "There are letters in the number (E_PHONE_LETTERS)",
            2,
            "line 5; line 6 +336*****15",
        ),
        ("=cmd|x.csv", "the number stands further up in the file", None, 1, "line 7 +336*****11"),
    ]
    assert "Contact imports" in Page(render(loaded.report)).words


def test_a_code_of_an_import_is_told_in_words() -> None:
    """The reader's language says what a code means; a text that is none stays as it is."""
    french = reason_words("E_PHONE_INVALID", Voice("fr"))
    assert french.endswith(" (E_PHONE_INVALID)")
    assert french != reason_words("E_PHONE_INVALID", Voice("en"))
    assert reason_words("somebody's words", Voice("en")) == "somebody's words"


def test_a_period_without_imports_names_the_day_of_the_last(loaded: Told) -> None:
    """Where there are imports, but none of the period, the last one is told."""
    week = told(loaded.path, Period(date(2026, 10, 6), date(2026, 10, 12)), kind="imports")
    (said,) = week.said("imports")
    assert said.endswith("the last import was on 1 Nov 2026.")
