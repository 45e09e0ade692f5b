"""A long list is planned in little memory, and says how far it is."""

import json
import time
from pathlib import Path

import pytest

from bench.contacts import write_list
from pipeline.cli.console import TimedProgress
from pipeline.clock import HeldClock
from pipeline.settings import Settings
from pipeline.values import Secret
from support.campaign import note, rounds
from support.command import completed, peak_memory
from support.contacts import NOW

ROWS = rounds(5_000, 1_000_000)


def test_r20_a_long_list_is_planned_in_little_memory(tmp_path: Path) -> None:
    """R20: a plan adds up whatever its length; the long form notes seconds and bytes."""
    write_list(tmp_path / "list.csv", ROWS)
    settings = Settings(token=Secret("x"), data_dir=tmp_path / "data")
    arguments = ("contacts", "plan", "list.csv", "--tag", "T", "--region", "FR")
    begun = time.perf_counter()
    peak = peak_memory(settings, *arguments, code=5)
    seconds = time.perf_counter() - begun
    assert peak < (1 << 30)
    code, said = completed(settings, *arguments, "--json")
    found = json.loads(said[said.index("{") :])
    assert code == 5
    assert found["records"] == sum(found["rows"].values()) == ROWS
    note("contacts", {"rows": ROWS, "seconds": seconds, "peak": peak})


def test_r20_a_line_is_told_each_second(capsys: pytest.CaptureFixture[str]) -> None:
    """R20: progress has a line each second, with rate and what is left, and no more."""
    clock = HeldClock(NOW)
    progress = TimedProgress(clock)
    progress.begin("Reading rows", 40_000)
    for _ in range(40):
        clock.sleep(0.25)
        progress.advance(1000)
    said = capsys.readouterr().err.splitlines()
    assert said[0] == "Reading rows (about 40,000) ..."
    assert said[1] == "  4,000, 4,000 a second, 9 s left"
    assert len(said) == 11
    assert said[-1] == "  40,000, 4,000 a second, 0 s left"


def test_a_long_load_tells_of_itself_less_and_less_often(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A load of two days writes each second at first, then at least every five minutes."""
    clock = HeldClock(NOW)
    progress = TimedProgress(clock, most_seconds=300.0)
    progress.begin("Sending contacts", 200_000)
    for _ in range(200_000):
        clock.sleep(1)
        progress.advance(1)
    said = capsys.readouterr().err.splitlines()
    assert said[:2] == [
        "Sending contacts (200,000) ...",
        "  1 of 200,000, 1.0 a second, 55.6 h left",
    ]
    assert len(said) < 800
    assert said[-1] == "  199,965 of 200,000, 1.0 a second, 35 s left"
