"""How the gateway reads bounds, told from who was in a window."""

import random

import pendulum
import pytest

from pipeline.gateway.traits import (
    Hypothesis,
    Sample,
    instant_that_parts,
    preferred,
    zones_that_fit,
)

START = 1_793_000_000
DAY = 86_400
SUMMER = int(pendulum.datetime(2026, 7, 15).timestamp())
WINTER = int(pendulum.datetime(2026, 1, 15).timestamp())


def sampled(truth: Hypothesis, count: int) -> Sample:
    """Return the messages that a gateway with this reading puts into a window of two days."""
    dice = random.Random(truth.offset + count)
    times: dict[int, dict[str, int | None]] = {}
    for number in range(count):
        created = START + dice.randrange(DAY)
        scheduled = created + dice.randrange(DAY // 2) if dice.random() < 0.3 else None
        sent = (scheduled or created) + 30
        due = scheduled or created
        row = {"created": created, "due": due, "planned": due, "scheduled": scheduled}
        times[number] = {**row, "sent": sent if dice.random() < 0.8 else None}
    begin, end = START - 2 * DAY, START + 4 * DAY
    inside = {
        number: row
        for number, row in times.items()
        if (at := row[truth.column]) is not None and begin <= at + truth.offset <= end
    }
    return Sample(begin, end, inside)


def answered(sample: Sample, truth: Hypothesis, cut: int) -> set[int]:
    """Return the messages that a gateway with this reading finds from a text on."""
    lower = truth.lower(cut)
    times = {number: row[truth.column] for number, row in sample.times.items()}
    return {n for n, at in times.items() if at is not None and at + truth.offset >= lower}


@pytest.mark.parametrize(("count", "grain"), [(1, 1), (40, 1), (40, 60), (300, 1)])
@pytest.mark.parametrize("offset", [-43_200, 0, 3600, 20_700, 50_400])
@pytest.mark.parametrize("column", ["created", "due", "sent"])
def test_a_few_windows_leave_one_offset(column: str, offset: int, grain: int, count: int) -> None:
    """Whatever the date, the zone and the grain are, the true reading survives, alone in offset."""
    truth = Hypothesis(column, offset, grain)
    sample = sampled(truth, count)
    if not sample.times:
        return
    known = sample.hypotheses()
    for _ in range(16):
        cut = sample.best_cut(known)
        if cut is None:
            break
        known = sample.surviving(known, cut, answered(sample, truth, cut))
    assert truth in known
    best = preferred(known)
    assert best is not None
    assert {k.offset for k in known if (k.column, k.grain) == (best.column, best.grain)} == {
        best.offset
    }
    for number, row in sample.times.items():
        told = (row[best.column] or 0) + best.offset
        assert abs(told - ((row[column] or 0) + offset)) < 60, number


def test_a_message_without_a_date_speaks_against_that_date() -> None:
    """A window that brings a message without a sent time is not read by sent time."""
    times = {1: {"created": START, "due": START, "planned": START, "scheduled": None, "sent": None}}
    found = Sample(START - DAY, START + DAY, times).hypotheses()
    assert {known.column for known in found} == {"created", "due", "planned"}


def test_nothing_known_tells_nothing() -> None:
    """Without messages there is no reading to judge."""
    sample = Sample(0, DAY, {})
    assert sample.hypotheses() == []
    assert sample.best_cut([]) is None
    assert preferred([]) is None


def test_offsets_of_two_seasons_tell_the_zone() -> None:
    """An hour more in summer fits Paris and not UTC; the likely zone comes first."""
    zones = zones_that_fit({WINTER: 3600, SUMMER: 7200}, ["Europe/Paris"])
    assert zones[0] == "Europe/Paris"
    assert "UTC" not in zones
    assert "Africa/Lagos" not in zones


def test_one_season_leaves_what_only_another_one_parts() -> None:
    """Offset 0 in winter fits UTC and London; a summer's day parts the two."""
    zones = zones_that_fit({WINTER: 0}, [])
    assert zones[0] == "UTC"
    assert "Europe/London" in zones
    parting = instant_that_parts(["UTC", "Europe/London"], [WINTER, SUMMER])
    assert parting == SUMMER
    assert instant_that_parts(["Europe/Paris", "Europe/Berlin"], [WINTER, SUMMER]) is None


def test_a_fixed_offset_is_a_zone_too() -> None:
    """Where no named zone is likelier, an offset that never changes goes by its own name."""
    assert zones_that_fit({WINTER: 20_700, SUMMER: 20_700}, [])[0] == "+05:45"
