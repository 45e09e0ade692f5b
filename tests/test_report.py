"""The delivery report: what it says, that it says it safely, and what it says of nothing."""

import re
from collections import Counter
from datetime import date, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.emulator.cast import HOSTILE
from pipeline.errors import UsageError
from pipeline.report.charts import line_paths, lone_points, round_top, stacked_bars
from pipeline.report.delivery import delivery_page, period_of, render_delivery
from pipeline.report.facts import (
    Code,
    Counts,
    Day,
    Device,
    Facts,
    Header,
    Period,
    Warned,
    read_facts,
)
from pipeline.report.formats import Formats, short_name
from pipeline.report.stats import Rate, wilson
from pipeline.warehouse.snapshot import open_snapshot
from support.account import account
from support.pages import Page

FIRST = date(2026, 10, 1)
HEADER = Header(
    timezone="Europe/Paris",
    version="1",
    run_id="r1",
    built_local=datetime.fromisoformat("2026-10-30T08:00"),
    until_local=datetime.fromisoformat("2026-10-30T07:55"),
    proven_days=27,
    holes=0,
    first_busy_day=FIRST,
    last_busy_day=FIRST,
)


def facts(days: list[Counts], **changes: object) -> Facts:
    """Return the facts of a phone that had these days."""
    listed = [
        Day(day=FIRST + timedelta(place), is_proven=True, **_fields(counts))
        for place, counts in enumerate(days)
    ]
    given: dict[str, object] = {
        "period": Period(FIRST, listed[-1].day),
        "header": HEADER,
        "days": listed,
        "codes": [],
        "devices": [],
        "warnings": [],
    }
    return Facts(**{**given, **changes})


def _fields(counts: Counts) -> dict[str, int]:
    return {name: getattr(counts, name) for name in Counts.__struct_fields__}


def words_of(said: Facts) -> str:
    """Return the text of a page about these facts."""
    return Page(delivery_page(said, "en")).words


GOOD = Counts(outgoing=100, delivered=90, sent=6, failed=4)


def test_the_page_says_what_the_snapshot_holds(tmp_path: Path) -> None:
    """Each day's number and each phone's in the page are those of the tables."""
    with account(tmp_path) as known:
        path = known.run().report
        assert path is not None
        assert path.name == "delivery_2026-10-06_2026-11-02_en.html"
        with open_snapshot(known.settings.snapshot_path) as snapshot:
            said = read_facts(snapshot, Period(date(2026, 10, 6), date(2026, 11, 2)))
        rows = known.rows(
            "select day, sum(outgoing)::bigint as n from delivery_daily"
            " where day between '2026-10-06' and '2026-11-02' group by day order by day"
        )
        assert {row["day"]: row["n"] for row in rows} == {
            day.day: day.outgoing for day in said.days if day.outgoing
        }
        assert len(said.days) == 28
        phones = known.rows(
            "select device_id, sum(undelivered + failed)::bigint as n from delivery_daily"
            " where day between '2026-10-06' and '2026-11-02' group by device_id"
        )
        assert {row["device_id"]: row["n"] for row in phones} == {
            device.device_id: device.undelivered + device.failed for device in said.devices
        }
        failed = sum(code.messages for code in said.codes)
        assert failed == said.total.undelivered + said.total.failed > 0
        words = Page(path.read_text("utf-8")).words
        assert Formats("en").number(said.total.outgoing) in words
        for text in HOSTILE[0], "right to left":
            assert text in words


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_titles_are_text(text: str) -> None:
    """Whatever a phone or a code is called, the page has no tag, no attribute more for it."""
    device = Device(device_id=7, title=text, main_failure=text, **_fields(GOOD))
    code = Code(9, text, text, text, text, 4, 1.0, 7, text, 40, 30.0)
    plain = Device(device_id=7, title="x", main_failure="x", **_fields(GOOD))
    plain_code = Code(9, "x", "x", "x", "x", 4, 1.0, 7, "x", 40, 30.0)
    page = Page(delivery_page(facts([GOOD], devices=[device], codes=[code]), "en"))
    same = Page(delivery_page(facts([GOOD], devices=[plain], codes=[plain_code]), "en"))
    assert page.tags == same.tags


def test_the_page_needs_nothing_and_may_do_nothing() -> None:
    """No address, no script, no handler, no link out; a policy that forbids them all."""
    text = delivery_page(facts([GOOD, Counts(), GOOD]), "en")
    page = Page(text)
    assert not re.search(r"(?:src|href|url\()\s*=?\s*[\"']?\s*(?:https?:)?//", text)
    assert "script" not in {tag for tag, _ in page.tags}
    assert not [name for _, attrs in page.tags for name in attrs if name.startswith("on")]
    policy = [a["content"] for t, a in page.tags if t == "meta" and "http-equiv" in a]
    assert policy
    assert str(policy[0]).startswith("default-src 'none'")


def test_ids_are_unique_and_charts_and_headers_are_named() -> None:
    """Each id stands once; each drawing has its name and description, each th its scope."""
    tags = Page(delivery_page(facts([GOOD, GOOD]), "en")).tags
    ids = Counter(attrs["id"] for _, attrs in tags if "id" in attrs)
    assert set(ids.values()) == {1}
    drawings = [attrs for tag, attrs in tags if tag == "svg" and attrs.get("role") == "img"]
    assert len(drawings) == 2
    for drawing in drawings:
        assert set(str(drawing["aria-labelledby"]).split()) <= set(ids)
    assert [a for tag, a in tags if tag == "th" and "scope" not in a] == []


EMPTY_STATES = {
    "no data": (
        facts([Counts()]),
        "No outgoing message was due",
    ),
    "only open": (facts([Counts(outgoing=5, open=5)]), "The fate of every message"),
    "no failure": (facts([Counts(outgoing=9, delivered=9)]), "No message of this period failed"),
    "unknown": (facts([Counts(outgoing=9, unknown=9)]), "a status that nobody has documented"),
}


@pytest.mark.parametrize(("said", "words"), EMPTY_STATES.values(), ids=EMPTY_STATES)
def test_an_empty_state_has_its_own_sentence(said: Facts, words: str) -> None:
    """Nothing due, nothing ended, nothing failed, nothing known: each is said in words."""
    assert words in words_of(said)


def test_holes_are_told_before_the_numbers() -> None:
    """A page over history with holes says so at its top."""
    header = msgspec.structs.replace(HEADER, holes=2)
    words = words_of(facts([GOOD], header=header))
    assert words.index("The history has 2 holes") < words.index("Key figures")


def test_warnings_are_told_before_the_numbers() -> None:
    """What a check found odd stands at the top of the page, with how often."""
    words = words_of(facts([GOOD], warnings=[Warned("A status changed by hand.", 3)]))
    assert words.index("A status changed by hand. (3)") < words.index("Key figures")


def test_without_a_snapshot_there_is_no_report(tmp_path: Path) -> None:
    """Before the first run a report is a usage error that names the command to run."""
    with account(tmp_path) as known, pytest.raises(UsageError, match="no published snapshot"):
        render_delivery(known.settings, period=None, language="en", output_dir=tmp_path)


@pytest.mark.parametrize(
    ("first", "last"),
    [("2026-01-02", "2026-01-01"), ("2026-13-01", "2026-01-01"), ("x", "y"), (None, "2026-01-01")],
)
def test_a_period_that_is_none_is_refused(first: str | None, last: str) -> None:
    """Days in the wrong order, no days, or one day missing are usage errors."""
    with pytest.raises(UsageError):
        period_of(first, last)


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
    assert line_paths(values, 0, 1) == "M125.0 500.0L375.0 0.0M875.0 1000.0"
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
