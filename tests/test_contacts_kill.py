"""kill -9 at random moments of a load: nobody is saved twice, and a last run leaves nobody out.

Three kills on 300 people by default, twenty on 2,000 with `SMS24_CAMPAIGN=1`.
"""

import json
import signal
from collections import Counter
from pathlib import Path
from random import Random

import pytest

from pipeline.clock import SystemClock
from pipeline.emulator.faults import FaultKind, Faults
from support.account import account
from support.campaign import note, rounds
from support.killer import Killer
from support.loads import Listed, LoadBench, numbered, started_load

# What leaves a doubt: in the last two the contact was saved.
UNKNOWN: tuple[FaultKind, ...] = (
    "500", "503-retry", "html", "empty", "garbage", "truncated", "reset",
)  # fmt: skip
WORKERS = 4
LONGEST_DELAY = 0.004


@pytest.mark.parametrize("rate", [0.0, 0.05, 0.15])
def test_w01_kills_send_nobody_twice(tmp_path: Path, rate: float) -> None:
    """W01: no duplicate, doubts only of what was in flight, every id as the gateway gave it."""
    people, kills = rounds(300, 2000), rounds(3, 20)
    killer = Killer(
        random=Random(round(rate * 100) + people),
        rate=rate,
        endpoint="savecontact",
        doubtful=UNKNOWN,
        harmless=("429-retry",),
        longest_delay=LONGEST_DELAY,
    )
    plan = Listed(numbered(people))
    with account(tmp_path / "a", messages=20, days=2, faults=Faults(rule=killer.rule)) as known:
        address = known.settings.base_url
        killed = 0
        for _ in range(kills):
            killer.calls, killer.at = 0, killer.random.randint(1, people // kills)
            with started_load(tmp_path, address, people, people) as killer.process:
                killer.process.wait(timeout=300)
            killed += killer.process.returncode == -signal.SIGKILL
        killer.at = 0
        with started_load(tmp_path, address, people, people) as last:
            said, _ = last.communicate(timeout=300)
        saved = known.written.saved
    counts, states = json.loads(said), LoadBench(tmp_path, clock=SystemClock()).states(plan)
    doubts = states["in_doubt"]
    there = Counter(phone for _, phone, _ in saved.values())
    note("contacts-kill", rate, killed, killer.unknown, dict(states), there.total())
    assert killed >= kills - 1
    assert max(there.values()) == 1
    assert doubts <= killed * WORKERS + killer.unknown
    assert states == {"saved": people - doubts, **({"in_doubt": doubts} if doubts else {})}
    assert (counts["unsent"], counts["stop"]) == (0, None)
    for e164, contact in LoadBench(tmp_path, clock=SystemClock()).known(plan).items():
        if contact.state == "saved":
            assert saved[contact.contact_id or 0][1:] == (e164, contact.name)
