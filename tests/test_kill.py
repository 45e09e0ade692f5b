"""kill -9 at any moment of a first load: one run completes it, and asks for nothing twice.

Seven moments by default, a hundred with `SMS24_CAMPAIGN=1`.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from typing import Any

import pytest

from pipeline.clock import SystemClock
from pipeline.emulator.faults import Faults
from pipeline.settings import Settings
from pipeline.transform.models import find_models
from pipeline.warehouse.snapshot import open_snapshot
from support.account import Account, account
from support.campaign import note, rounds
from support.command import completed, started
from support.kill import (
    MOMENTS,
    Measure,
    Victim,
    again,
    landed,
    own_folder,
    raw_messages,
    rows_asked,
)

# These tell of runs and calls, or when something was first seen.
ABOUT_RUNS = {"runs", "snapshot_info"}
TIMES = {
    "first_seen_at", "settled_at", "not_before", "not_after", "answered_at", "silent_for",
    "valid_from", "valid_to", "state", "likely_cause", "first_action",
    "delivered_timed", "delivered_p50_low", "delivered_p50_high", "delivered_p95_low",
    "delivered_p95_high", "poll_spacing_p50",
}  # fmt: skip
# The windows of a load that was interrupted are cut at other bounds.
BY_WINDOWS = {"coverage"}
# The survey may look at so many small windows that it does not keep.
MOST_LOOKS = 12


@dataclass
class Undisturbed:
    """An account, and what its first load came to when nobody disturbed it."""

    known: Account
    victims: list[Victim]
    measure: Measure
    raw: Counter[tuple[Any, ...]]
    tables: dict[str, list[Any]]
    proven: list[dict[str, Any]]


def tables_of(settings: Settings) -> dict[str, list[Any]]:
    """Return the rows of each published table, without times of runs."""
    names = {m.name for m in find_models() if m.schema == "marts"} - ABOUT_RUNS - BY_WINDOWS
    with open_snapshot(settings.snapshot_path) as snapshot:
        found = {name: snapshot.rows(f"from {name} order by all") for name in sorted(names)}
    return {
        name: [{k: v for k, v in row.items() if k not in TIMES} for row in rows]
        for name, rows in found.items()
    }


def proven_of(settings: Settings) -> list[dict[str, Any]]:
    """Return from when to when history is published as proven, and how many messages it has."""
    sql = """
        select
            min(begin_at) as begin_at,
            max(end_at) as end_at,
            sum(messages) as messages,
            is_proven
        from coverage
        group by is_proven
        order by is_proven
    """
    with open_snapshot(settings.snapshot_path) as snapshot:
        return snapshot.rows(sql)


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Undisturbed]:
    """Serve an account and load it once without any kill."""
    victims: list[Victim] = []

    def rule(endpoint: str, fields: dict[str, str]) -> None:
        for victim in victims:
            victim.rule(endpoint, fields)

    folder = tmp_path_factory.mktemp("undisturbed")
    faults = Faults(rule=rule)
    with account(folder, messages=400, days=30, window_rows=40, faults=faults) as known:
        clock = SystemClock()
        begun = clock.monotonic()
        assert completed(known.settings, "run")[0] == 0
        seconds = clock.monotonic() - begun
        windows = sum("onlycount" not in call for call in known.calls())
        measure = Measure(seconds, known.log.total, windows, 380_000)
        yield Undisturbed(
            known,
            victims,
            measure,
            raw_messages(known.settings),
            tables_of(known.settings),
            proven_of(known.settings),
        )


@pytest.mark.parametrize("number", range(rounds(len(MOMENTS), 100)))
def test_a_kill_costs_only_what_was_in_flight(
    undisturbed: Undisturbed, tmp_path: Path, number: int
) -> None:
    """One run after kill -9 completes the load, asks for nothing landed, and equals no kill."""
    known = undisturbed.known
    settings = own_folder(known, tmp_path)
    kind = MOMENTS[number % len(MOMENTS)]
    victim = Victim(kind, Random(number), undisturbed.measure, settings.data_dir)
    undisturbed.victims[:] = [victim]
    begun = known.log.total
    with started(settings, "run") as victim.process:
        was_alive = victim.await_end()
    undisturbed.victims.clear()
    proven = landed(settings, tmp_path / "copy")
    before = known.log.total
    spent = before - begun
    code, said = completed(settings, "run")
    assert code == 0, said
    asked = rows_asked(known, settings, known.calls()[before:])
    note("kill", kind, was_alive, len(proven), spent, known.log.total - before, asked.dropped)
    assert again(asked, proven) == []
    assert asked.dropped <= MOST_LOOKS
    assert raw_messages(settings) == undisturbed.raw
    assert tables_of(settings) == undisturbed.tables
    assert proven_of(settings) == undisturbed.proven


def test_the_moments_are_real(undisturbed: Undisturbed, tmp_path: Path) -> None:
    """A kill within the calls leaves some history landed and nothing published: no empty case."""
    known = undisturbed.known
    settings = own_folder(known, tmp_path)
    victim = Victim("call", Random(1), undisturbed.measure, settings.data_dir)
    victim._last_call = undisturbed.measure.calls - 8
    undisturbed.victims[:] = [victim]
    with started(settings, "run") as victim.process:
        assert victim.await_end()
    undisturbed.victims.clear()
    assert landed(settings, tmp_path / "copy") != []
    assert not replace(settings).snapshot_path.exists()
