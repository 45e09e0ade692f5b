"""What moved the rate: performance and mix, which sum up to the change."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.report.elapsed import elapsed, moved_parts
from pipeline.report.model import Text
from pipeline.report.sections.moved import moved
from pipeline.report.split import split
from pipeline.report.stats import Rate
from pipeline.report.tables import Table
from pipeline.report.voice import Voice
from support.calm import UNTIL, calm
from support.worlds import Row, made_snapshot, source_of, traffic_rows

__all__ = ["calm"]

RATES = st.dictionaries(
    st.integers(0, 6),
    st.tuples(st.integers(0, 500), st.integers(0, 500)).map(
        lambda pair: Rate(min(pair), max(pair))
    ),
    max_size=6,
)


@given(RATES, RATES)
def test_the_parts_sum_up_to_the_change(before: dict[int, Rate], after: dict[int, Rate]) -> None:
    """Performance and mix of all parts are the change of the rate of all, whatever the parts."""
    parts = split(before, after)
    old = Rate(sum(r.hits for r in before.values()), sum(r.of for r in before.values()))
    new = Rate(sum(r.hits for r in after.values()), sum(r.of for r in after.values()))
    if old.value is None or new.value is None:
        assert parts == []
        return
    together = sum(part.performance for part in parts) + sum(part.mix for part in parts)
    assert together == pytest.approx(new.value - old.value, abs=1e-9)
    assert {part.key for part in parts} == before.keys() | after.keys()
    assert [abs(part.effect) for part in parts] == sorted(
        (abs(part.effect) for part in parts), reverse=True
    )


def test_a_shift_to_a_weaker_route_is_mix() -> None:
    """Where no rate moved and traffic shifted, all of the change is mix."""
    parts = split(
        {"good": Rate(90, 100), "weak": Rate(50, 100)},
        {"good": Rate(45, 50), "weak": Rate(75, 150)},
    )
    assert all(part.performance == 0 for part in parts)
    assert sum(part.mix for part in parts) == pytest.approx(0.6 - 0.7)
    assert all(part.mix < 0 for part in parts)


def test_better_everywhere_and_worse_in_all_is_told_apart() -> None:
    """Simpson's case: each route did better, the total worse; performance is up, mix is down."""
    parts = split(
        {"good": Rate(900, 1000), "weak": Rate(50, 100)},
        {"good": Rate(92, 100), "weak": Rate(550, 1000)},
    )
    assert all(part.performance > 0 for part in parts)
    assert sum(part.effect for part in parts) < 0


def test_the_split_of_every_dimension_is_the_change_of_the_key_figure(calm: Path) -> None:
    """By phone, SIM, carrier, country and customer the parts sum up to the same change."""
    with source_of(calm, date(2026, 10, 4), date(2026, 10, 31)) as source:
        both, parts = source.once(elapsed), source.once(moved_parts)
        section = moved(source, Voice("en"))
    difference = (both.now.success.value or 0) - (both.before.success.value or 0)
    assert parts.keys() == {"device", "sim", "carrier", "country", "customer"}
    for found in parts.values():
        assert sum(part.effect for part in found) == pytest.approx(difference, abs=1e-9)
    (whole,) = [b for b in section.blocks if isinstance(b, Table) and b.ident == "moved"]
    assert [row[3] for row in whole.rows] == pytest.approx([difference] * 5)


def test_a_running_period_is_compared_with_the_same_part(calm: Path) -> None:
    """Of the compared period only what lies before the same time of the same weekday counts."""
    with source_of(calm, date(2026, 10, 26), date(2026, 11, 1)) as source:
        both = source.once(elapsed)
        parts = source.once(moved_parts)["device"]
    rows = list(traffic_rows())
    before = [r for r in rows if "2026-10-19" <= str(r.due) < "2026-10-24 09:00:00"]
    now = [r for r in rows if "2026-10-26" <= str(r.due) < "2026-10-31 09:00:00"]
    assert (both.now.outgoing, both.before.outgoing) == (len(now), len(before))
    assert sum(part.before.of for part in parts) == both.before.ended
    assert sum(part.after.of for part in parts) == both.now.ended


def test_without_a_compared_period_nothing_is_split(tmp_path: Path) -> None:
    """The first period of an account has nothing to compare with, and says so."""
    path = made_snapshot(tmp_path, traffic_rows(days=10), UNTIL)
    with source_of(path, date(2026, 9, 1), date(2026, 9, 10)) as source:
        (block,) = moved(source, Voice("en")).blocks
    assert isinstance(block, Text)
    assert block.role == "empty"


def test_a_dimension_of_one_cell_is_left_out(tmp_path: Path) -> None:
    """One phone with one SIM of one carrier cannot move anything against itself."""
    rows = [Row(row.due, row.status, customer=row.customer) for row in traffic_rows()]
    path = made_snapshot(tmp_path, rows, UNTIL)
    with source_of(path, date(2026, 10, 4), date(2026, 10, 30)) as source:
        assert source.once(moved_parts).keys() == {"customer"}


def test_many_customers_are_cut_and_nothing_is_lost(tmp_path: Path) -> None:
    """Beyond 200 customers the others are one part; the sum is still the change."""
    rows = [
        Row(row.due, row.status, customer=number % 300) for number, row in enumerate(traffic_rows())
    ]
    path = made_snapshot(tmp_path, rows, UNTIL)
    with source_of(path, date(2026, 10, 4), date(2026, 10, 30)) as source:
        both, found = source.once(elapsed), source.once(moved_parts)["customer"]
    assert len(found) == 201
    assert "others" in {part.key.name for part in found}
    assert sum(part.after.of for part in found) == both.now.ended
    assert sum(part.before.of for part in found) == both.before.ended
