"""The rule for incidents: what it finds, and how often it is wrong."""

from collections.abc import Callable
from datetime import date
from math import sqrt
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.report.baseline import Usual, usual
from pipeline.report.cells import Cell
from pipeline.report.events import find_events
from pipeline.report.incidents import Dip, chance_of, find_dips, odd_days
from pipeline.report.series import Line, together
from pipeline.report.stats import wilson
from pipeline.report.traffic import Traffic
from support.campaign import IS_LONG, note, rounds

FIRST = date(2026, 1, 1)
DAYS = 62
RATE = 0.965
Rule = Callable[[int, int, Usual], bool]


def line(*days: tuple[int, int]) -> Line:
    """Return the line of (successes, messages) of each day."""
    return Line(FIRST, tuple(hits for hits, _ in days), tuple(of for _, of in days))


def dips(known: Line) -> list[Dip]:
    """Return the dips of a whole line."""
    return find_dips(known, 0, len(known.of))


STEADY = [(96 + day % 3, 100) for day in range(28)]


def test_a_clear_dip_is_found_with_its_cost() -> None:
    """Two bad neighbours are one dip, which cost what the median says less what came."""
    (dip,) = dips(line(*STEADY, (40, 100), (50, 100), *STEADY[:5]))
    assert (dip.first, dip.last) == (date(2026, 1, 29), date(2026, 1, 30))
    assert dip.lost == pytest.approx(2 * 97 - 90, abs=2)
    assert not dip.is_open


def test_a_dip_up_to_the_end_is_open() -> None:
    """A dip that reaches the last day judged has not ended, quiet days after it or not."""
    assert dips(line(*STEADY, (40, 100)))[0].is_open
    assert dips(line(*STEADY, (40, 100), (0, 0)))[0].is_open


def test_days_without_messages_do_not_part_a_dip() -> None:
    """A quiet Sunday inside of an incident is a part of it; a good day parts it."""
    assert len(dips(line(*STEADY, (40, 100), (0, 0), (50, 100), *STEADY[:3]))) == 1
    assert len(dips(line(*STEADY, (40, 100), (97, 100), (50, 100), *STEADY[:3]))) == 2


def test_without_14_days_before_nothing_is_judged() -> None:
    """The 14th busy day of history makes the difference, and quiet days are none."""
    assert usual(line(*STEADY[:13], (0, 100)), 13) is None
    assert dips(line(*STEADY[:13], (0, 100))) == []
    assert dips(line(*STEADY[:13], (0, 0), (0, 100))) == []
    assert len(dips(line(*STEADY[:14], (0, 100)))) == 1


def test_a_restless_line_is_judged_by_its_own_restlessness() -> None:
    """What is usual for a line that swings by itself is no incident: its MAD is wide."""
    swings = [(98, 100), (80, 100), (95, 100), (70, 100)] * 7
    assert find_dips(line(*swings, (66, 100)), 28, 29) == []
    assert len(find_dips(line(*STEADY, (66, 100)), 28, 29)) == 1


def test_one_failure_on_a_line_that_never_failed_is_no_incident() -> None:
    """Where the median of small days is 1, the rate of all of them together is what is usual."""
    days = [(9, 10) if day % 9 == 0 else (10, 10) for day in range(28)]
    assert dips(line(*days, (9, 10))) == []
    assert len(dips(line(*days, (1, 10)))) == 1


def test_a_line_without_any_failure_may_have_one() -> None:
    """Forty successes in a row are no proof that a message cannot fail; many failures are odd."""
    spotless = [(2, 2), (1, 1), (0, 0), (3, 3)] * 7
    assert dips(line(*spotless, (1, 2))) == []
    assert len(dips(line(*spotless, (0, 4)))) == 1
    assert dips(line(*[(100, 100)] * 28, (99, 100))) == []


def test_bad_days_weeks_apart_are_not_one_incident() -> None:
    """Days with few messages join what a week parts at the most, for they tell little, not none."""
    sparse = [(3, 3), (4, 4), (2, 3)] * 10
    assert len(dips(line(*sparse, (0, 6), *sparse[:6], (0, 6)))) == 1
    assert len(dips(line(*sparse, (0, 6), *sparse, (0, 6)))) == 2


def test_many_lines_side_by_side_need_more() -> None:
    """A day that is odd on one line is not on one of a thousand; an outage is on any."""
    known = line(*STEADY, (88, 100))
    assert odd_days(known, 0, 29)
    assert not odd_days(known, 0, 29, among=1000)
    assert odd_days(line(*STEADY, (30, 100)), 0, 29, among=1000)


@given(st.integers(0, 60), st.integers(1, 60), st.floats(0.01, 0.99))
def test_the_chance_is_that_of_the_binomial_distribution(hits: int, of: int, rate: float) -> None:
    """The chance of at most so many grows with them up to 1, and has the exact extremes."""
    hits = min(hits, of)
    assert chance_of(0, of, rate) == pytest.approx((1 - rate) ** of, rel=1e-6)
    assert chance_of(of, of, rate) == pytest.approx(1, abs=1e-6)
    assert chance_of(hits, of, rate) >= chance_of(hits - 1, of, rate) if hits else True


# How often each rule errs, and finds: the table of docs/statistics.md.
RULES: dict[str, Rule] = {
    "95 % interval misses the median": lambda hits, of, known: (
        (wilson(hits, of) or (0, 1))[1] < known.median
    ),
    "3 sigma of the binomial (p chart)": lambda hits, of, known: (
        hits / of < known.median - 3 * sqrt(known.median * (1 - known.median) / of)
    ),
    "Wilson z = 3.29": lambda hits, of, known: (wilson(hits, of, 3.29) or (0, 1))[1] < known.median,
    "Wilson z = 3.29 and > 3.5 MAD": lambda hits, of, known: (
        (wilson(hits, of, 3.29) or (0, 1))[1] < known.median
        and known.median - hits / of > 3.5 * known.spread
    ),
}


@pytest.mark.parametrize(
    ("per_day", "spread", "most_false", "fewest_found"),
    [(560, 0.0, 0.15, 0.98), (560, 0.02, 0.6, 0.93), (60, 0.0, 0.15, 0.6)],
)
def test_the_rule_errs_as_seldom_as_the_page_says(
    per_day: int, spread: float, most_false: float, fewest_found: float
) -> None:
    """In 62 days few false alarms; of incidents of 4 days on a phone with 14 % nearly all found.

    In the total a small one may hide, on the line of the phone itself, one of eight, it cannot.
    """
    random = Random(11)
    worlds = rounds(60, 1000)
    wrong, found, on_phone = 0, 0, 0
    others = {name: [0, 0] for name in RULES}
    for _ in range(worlds):
        quiet, _, _ = _world(random, per_day, spread)
        wrong += len(odd_days(quiet, 0, DAYS))
        troubled, phone, start = _world(random, per_day, spread, has_incident=True)
        bad = set(range(start, start + 4))
        found += bool(bad & odd_days(troubled, 0, DAYS))
        on_phone += bool(bad & odd_days(phone, 0, DAYS, among=8))
        if IS_LONG:
            for name, rule in RULES.items():
                others[name][0] += len(_by(rule, quiet))
                others[name][1] += bool(bad & _by(rule, troubled))
    for name, (errors, hits) in {**others, "the rule": (wrong, found)}.items():
        note("alarms", per_day, spread, name, round(errors / worlds, 3), round(hits / worlds, 3))
    note("alarms", per_day, spread, "the rule, on the phone's line", None, on_phone / worlds)
    assert wrong / worlds <= most_false
    assert found / worlds >= fewest_found
    assert on_phone / worlds >= 0.95


def test_quiet_worlds_raise_no_more_alarms_than_the_simulation_says() -> None:
    """On worlds of 8 phones and 12 SIMs without an incident, total, phones and SIMs together."""
    random = Random(23)
    worlds = rounds(20, 200)
    found = [event for _ in range(worlds) for event in find_events(_quiet(random)).events]
    note("quiet", worlds, len(found), [(event.kind, event.cell) for event in found])
    assert len(found) <= max(2, 0.05 * worlds)


def _world(
    random: Random, per_day: int, spread: float, *, has_incident: bool = False
) -> tuple[Line, Line, int]:
    """Return 62 days of all traffic, of one phone, and the first day of its incident, if any."""
    start = random.randrange(34, DAYS - 5)
    on_phone = round(0.14 * per_day)
    total, phone = [], []
    for day in range(DAYS):
        rate = min(1.0, max(0.0, random.gauss(RATE, spread)))
        its = 0.15 if has_incident and start <= day < start + 4 else rate
        hits = sum(random.random() < its for _ in range(on_phone))
        others = sum(random.random() < rate for _ in range(per_day - on_phone))
        phone.append((hits, on_phone))
        total.append((hits + others, per_day))
    return line(*total), line(*phone), start


def _by(rule: Rule, known: Line) -> set[int]:
    return {
        day
        for day in range(DAYS)
        if (before := usual(known, day)) and rule(known.hits[day], known.of[day], before)
    }


def _quiet(random: Random) -> Traffic:
    """Return the traffic of eight phones, four of them with two SIMs, and nothing amiss."""
    sims: dict[int | None, dict[Cell, Line]] = {}
    for phone, weight in enumerate((9, 7, 6, 6, 4, 4, 2, 1), start=1):
        for slot in range(2 if phone % 2 else 1):
            mean = 300 * weight / 39 * ((0.7, 0.3)[slot] if phone % 2 else 1)
            counts = [round(random.gauss(mean, sqrt(mean))) for _ in range(56)]
            days = [
                (sum(random.random() < RATE for _ in range(max(of, 0))), max(of, 0))
                for of in counts
            ]
            sims.setdefault(phone, {})[Cell("sim", phone, slot)] = line(*days)
    phones = {Cell("device", phone): together(list(its.values())) for phone, its in sims.items()}
    cells = phones | {cell: known for its in sims.values() for cell, known in its.items()}
    return Traffic((), together(list(phones.values())), cells, sims, (), 28, 56)
