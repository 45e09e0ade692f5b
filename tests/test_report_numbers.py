"""Statistics, formats and geometry of reports."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.report.charts import line_paths, lone_points, round_top, stacked_bars
from pipeline.report.formats import Formats, short_name
from pipeline.report.stats import Rate, growth, longer, newcombe, wilson


# R. G. Newcombe, Two-sided confidence intervals for the single proportion (1998), table I.
@pytest.mark.parametrize(
    ("hits", "of", "low", "high"),
    [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_wilson_is_the_textbook_interval(hits: int, of: int, low: float, high: float) -> None:
    """The interval has the published values."""
    assert wilson(hits, of) == pytest.approx((low, high), abs=5e-5)


@given(st.integers(0, 10**6), st.integers(1, 10**6))
def test_wilson_holds_its_share(hits: int, of: int) -> None:
    """The interval lies within 0 and 1 and holds the share that it is of."""
    hits = min(hits, of)
    low, high = wilson(hits, of) or (2, 2)
    assert 0 <= low <= hits / of <= high <= 1


@pytest.mark.parametrize(
    ("rate", "text"),
    [
        (Rate(0, 0), "\N{EN DASH}"),
        (Rate(3, 9), "3 of 9"),
        (Rate(9, 10), "90.0\N{NO-BREAK SPACE}%*"),
        (Rate(29, 30), "96.7\N{NO-BREAK SPACE}%"),
    ],
)
def test_a_rate_of_few_says_so(rate: Rate, text: str) -> None:
    """Nothing is a dash, under ten is `k of n`, under thirty has a star."""
    assert Formats("en").rate(rate) == text


def test_a_name_cannot_steer_the_line() -> None:
    """Turning marks, line breaks and control characters are taken out; long names are cut."""
    assert short_name("\u202eab\ncd\x1b[0m", "x") == "ab cd [0m"
    assert short_name(None, "phone") == "phone"
    assert len(short_name("x" * 1600, "phone")) == 60


def test_a_gap_in_the_values_is_a_gap_in_the_line() -> None:
    """A missing value parts the line; a value alone becomes a point."""
    values = [0.5, 1.0, None, 0.0]
    assert line_paths(values, 0, 1) == "M125 500L375 0M875 1000"
    assert lone_points(values, 0, 1) == ((87.5, 100.0),)


@given(st.lists(st.lists(st.integers(0, 10**6), min_size=3, max_size=3), min_size=1, max_size=60))
def test_bars_stand_on_each_other_within_the_box(stacks: list[list[int]]) -> None:
    """No bar leaves the box, and the bars of a day are as high as its sum."""
    top = round_top(max(sum(stack) for stack in stacks))
    named = [list(zip("abc", stack, strict=True)) for stack in stacks]
    for stack in named:
        bars = stacked_bars([stack], top)
        total = sum(size for _, size in stack)
        assert sum(bar.height for bar in bars) == pytest.approx(total / top * 1000, abs=0.1)
        assert all(-0.01 <= bar.y <= 1000 and bar.y + bar.height <= 1000.02 for bar in bars)


@given(st.integers(0, 10**12))
def test_the_top_of_an_axis_is_round_and_near(highest: int) -> None:
    """The top is 1, 2 or 5 with zeros, at or above the highest, and below five times it."""
    top = round_top(highest)
    assert max(highest, 1) <= top <= 2.5 * max(highest, 1)
    assert str(int(top)).rstrip("0") in {"1", "2", "5"}


# R. G. Newcombe, Interval estimation for the difference between independent proportions (1998),
# table II, method 10.
@pytest.mark.parametrize(
    ("after", "before", "low", "high"),
    [
        (Rate(56, 70), Rate(48, 80), 0.0524, 0.3339),
        (Rate(9, 10), Rate(3, 10), 0.1705, 0.8090),
        (Rate(10, 10), Rate(0, 20), 0.6791, 1.0),
    ],
)
def test_newcombe_is_the_textbook_interval(
    after: Rate, before: Rate, low: float, high: float
) -> None:
    """The interval of a difference has the published values."""
    assert newcombe(after, before) == pytest.approx((low, high), abs=5e-5)


def test_a_count_has_an_arrow_where_chance_does_not_explain_it() -> None:
    """Two counts differ by chance as Poisson counts do; a duration must move by a tenth."""
    told = [growth(161, 57), growth(9, 20), growth(13252, 14100), longer(60, 50)]
    chance = [growth(357, 353), growth(45, 43), growth(3, 3), growth(3, 0), longer(38, 36)]
    assert [change.is_told for change in told + chance] == [True] * 4 + [False] * 5
