"""The zone of the gateway's bounds, told from counts around known messages."""

import random

import pytest

from pipeline.gateway.traits import KnownTimes, Probe, Reading

START = 1_793_000_000


def known(seed: int) -> KnownTimes:
    """Return the times of some hundred messages over two weeks."""
    dice = random.Random(seed)
    created = [START + dice.randrange(14 * 86_400) for _ in range(400)]
    due = [time + (dice.randrange(86_400) if dice.random() < 0.2 else 0) for time in created]
    return KnownTimes({"created": created, "due": due})


@pytest.mark.parametrize("offset", [-43_200, -18_000, 0, 3600, 19_800, 20_700, 39_600, 50_400])
@pytest.mark.parametrize("column", ["created", "due"])
def test_a_dozen_counts_leave_one_offset(offset: int, column: str) -> None:
    """Whatever the zone and the column are, the true reading survives, and no other offset does."""
    times, truth = known(offset), Reading(column, offset)
    readings = times.readings()
    for _ in range(12):
        probe = times.best_probe(sorted(readings, key=lambda r: (r.column, r.offset)))
        if probe is None:
            break
        least, most = times.predicted(truth, probe)
        readings = times.surviving(readings, probe, random.Random(offset).randint(least, most))
    assert truth in readings
    assert {reading.offset for reading in readings} == {offset}


def test_ends_inside_or_not_contradict_nothing() -> None:
    """A message on the very bound of a probe may be counted or not."""
    times = KnownTimes({"created": [1000, 2000]})
    assert times.predicted(Reading("created", 0), Probe(1000, 2000)) == (0, 2)


def test_nothing_known_tells_nothing() -> None:
    """Without messages there is no reading to judge, and no probe."""
    times = KnownTimes({"created": []})
    assert times.readings() == set()
    assert times.best_probe([]) is None
