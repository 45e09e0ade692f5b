"""Months of hourly runs with all that goes wrong in months: at the end every table is the world's.

Twenty-five runs by default; with `SMS24_CAMPAIGN=1` sixty days, which go on where they were stopped
(the folder is `build/campaign/soak`; what it came to is in `docs/operate.md`).
"""

import shutil
from pathlib import Path

import pendulum
import pytest

from support.campaign import FIGURES, IS_LONG, note
from support.soak import KEPT_DAYS, TROUBLES, Course, Soak, soak
from support.soak_truth import (
    assert_history,
    assert_made_anew,
    assert_messages,
    assert_runs,
    assert_upgraded,
    assert_world,
    orphans,
    sizes,
    spans,
    tables,
)

SHORT = Course(
    start=pendulum.datetime(2026, 10, 24, 9, 30),
    hours=25,
    every=4,
    process_every=24,
    upgrade=14,
    look_every=5,
)
LONG = Course(
    start=pendulum.datetime(2026, 10, 1, 9, 30),
    hours=60 * 24,
    every=7,
    process_every=50,
    upgrade=763,  # a run that is killed
    look_every=12,
)


KIB, MIB = 1 << 10, 1 << 20


def look(soaked: Soak) -> None:
    """Compare the messages with the world, and keep what the files take."""
    assert_messages(soaked)
    note("soak", len(soaked.ended), sizes(soaked.settings.data_dir))


def assert_bounded(soaked: Soak, grown: dict[str, int], anew: dict[str, int]) -> None:
    """Hold the files to what `docs/operate.md` says of them."""
    assert grown["warehouse.duckdb"] <= 12 * MIB + 12 * KIB * len(soaked.ended)
    assert grown["analytics.duckdb"] <= 3 * anew["analytics.duckdb"]
    assert len(list(soaked.settings.reports_path.glob("delivery_*.html"))) <= KEPT_DAYS


def test_weeks_of_trouble_leave_no_trace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """After faults, kills, a full disk, wrong clocks and an upgrade all is as in the world."""
    course, folder = (LONG, FIGURES / "soak") if IS_LONG else (SHORT, tmp_path)
    assert {course.trouble(number) for number in range(course.hours)} == {None, *TROUBLES}
    with soak(folder, course, messages=400 if IS_LONG else 120, days=10) as soaked:
        soaked.go_on(monkeypatch, look)
        found = tables(soaked)
        assert_world(soaked, found)
        assert_history(soaked, found)
        assert_runs(soaked, found)
        assert_upgraded(soaked)
        assert spans(found)
        assert orphans(soaked) == []
        grown = sizes(soaked.settings.data_dir)
        assert_made_anew(soaked, found)
        anew = sizes(soaked.settings.data_dir)
        note("soak", "end", grown, anew)
        assert_bounded(soaked, grown, anew)
    if IS_LONG:
        shutil.rmtree(folder)
