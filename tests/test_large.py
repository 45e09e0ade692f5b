"""Large answers and long histories take bounded memory: bodies lie on disk, never all in memory.

An answer of thirty megabytes by default; with `SMS24_CAMPAIGN=1` one of a hundred, and a million
messages from nothing to published tables.
"""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from bench.wire import serving
from bench.world import make_world
from pipeline.emulator.habits import TOKEN
from pipeline.settings import Settings
from pipeline.values import Secret
from pipeline.warehouse.snapshot import open_snapshot
from pipeline.warehouse.store import open_warehouse
from support.account import account
from support.campaign import IS_LONG, note
from support.command import ROOT, peak_memory

GIGABYTE = 1_000_000_000
MESSAGES = 2000
TEXT = "all work and no play " * 750  # 15 KB, thirty megabytes in all


@contextmanager
def emulator(*arguments: str) -> Iterator[str]:
    """Serve an account from a process of its own; gives the base address."""
    command = [sys.executable, "-m", "pipeline", "emulator", "--held-at", "2026-11-02T09:30:00Z"]
    with subprocess.Popen(
        [*command, *arguments], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout is not None
            yield process.stdout.readline().split()[-1]
        finally:
            process.kill()


def sizes(settings: Settings) -> dict[str, int]:
    """Return how large each file of the data folder is."""
    files = (path for path in settings.data_dir.rglob("*") if path.is_file())
    return {str(path.relative_to(settings.data_dir)): path.stat().st_size for path in files}


def largest_answer(settings: Settings) -> int:
    """Return the bytes of the largest answer that was landed, by the report of the run."""
    with open_warehouse(settings.warehouse_path) as warehouse:
        return int(warehouse.scalar("select max(bytes) from raw.calls"))


def messages_in(settings: Settings) -> int:
    """Return how many messages are published."""
    with open_snapshot(settings.snapshot_path) as snapshot:
        return int(snapshot.rows("select count(*) as n from messages")[0]["n"])


def test_an_answer_of_thirty_megabytes_is_no_matter(tmp_path: Path) -> None:
    """A single answer of 30 MB lands whole, for a few times its size in memory."""
    peaks: list[int] = []
    for text in ("", TEXT):
        with account(tmp_path / str(len(text)), messages=MESSAGES) as known:
            known.settings.data_dir.mkdir(parents=True)
            if text:
                for message in known.world.messages:
                    message.body = text
            peaks.append(peak_memory(known.settings, "run"))
            assert messages_in(known.settings) == MESSAGES
            answer = largest_answer(known.settings)
    note("large", "30 MB", answer, peaks)
    assert answer > 30_000_000
    assert peaks[1] - peaks[0] < 12 * answer


@pytest.mark.skipif(not IS_LONG, reason="takes minutes: make campaign-large")
@pytest.mark.parametrize(
    ("messages", "days", "window_rows"),
    [(1_000_000, 365, 5000), (240_000, 30, 500_000)],
    ids=["a million messages", "an answer of 100 MB"],
)
def test_memory_stays_under_a_gigabyte(
    tmp_path: Path, messages: int, days: int, window_rows: int
) -> None:
    """A million messages cold, or a hundred megabytes in one answer: under 1 GB of memory."""
    with emulator("--messages", str(messages), "--days", str(days)) as address:
        given = Settings(base_url=address, token=Secret(TOKEN), rate=1000, timezone="Europe/Paris")
        settings = replace(given, data_dir=tmp_path / "data", window_rows=window_rows)
        peak = peak_memory(settings, "run")
    note("large", messages, window_rows, peak, largest_answer(settings), sizes(settings))
    assert messages_in(settings) == messages
    assert window_rows == 5000 or largest_answer(settings) > 100_000_000
    assert peak < GIGABYTE


@pytest.mark.skipif(not IS_LONG, reason="takes minutes: make campaign-large")
def test_a_million_long_texts_are_built(tmp_path: Path) -> None:
    """A million messages, of which half fill an SMS, come to published tables in under 1 GB."""
    world = make_world(tmp_path / "world", 1_000_000)
    with serving(world.folder) as address:
        given = Settings(base_url=address, token=Secret(TOKEN), rate=1000, timezone="Europe/Paris")
        settings = replace(given, data_dir=tmp_path / "data")
        peak = peak_memory(settings, "run")
    note("large", "long texts", peak, sizes(settings))
    assert messages_in(settings) == 1_000_000
    assert peak < GIGABYTE
