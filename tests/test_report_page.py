"""How a page is laid out: its shapes, scales, order and policy, without a browser."""

import re
from base64 import b64encode
from datetime import date
from hashlib import sha256

import pytest

from pipeline.report.charts import spark_path
from pipeline.report.layout import (
    MOST_LABELS,
    labels,
    lean_sql,
    look,
    ranks,
    scales,
    sort_key,
    tenth,
    whisker_places,
)
from pipeline.report.making import render
from pipeline.report.stats import Rate, change_of
from pipeline.report.tables import Column, Table
from support.gallery import gallery
from support.pages import Page


def test_the_policy_allows_the_one_script_by_its_hash(page: str) -> None:
    """The page's only script is the one whose SHA-256 stands in its policy, and it has no words."""
    (script,) = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    digest = b64encode(sha256(script.encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}';" in page
    assert len(script) < 3000
    texts = {text for line in script.splitlines() for text in re.findall(r'"([^"]*)"', line)}
    assert {text for text in texts if " " in text} == {
        *("tbody tr", "thead th", "table.dimension tbody tr", " "),
    }


def test_hostile_names_are_text(page: str) -> None:
    """Whatever a name holds, the page has no tag and no handler from it."""
    tags = Page(page).tags
    assert "img" not in {tag for tag, _ in tags}
    assert [tag for tag, _ in tags].count("script") == 1
    assert not [name for _, attrs in tags for name in attrs if name.startswith("on")]


def test_every_shape_has_its_colour_of_paper_too(page: str) -> None:
    """Each role that a chart draws has a colour in an attribute, for those who read no style."""
    for role in ("delivered", "sent", "band", "series-1", "other"):
        assert re.search(rf'class="{role}" fill="#[0-9a-f]{{6}}"', page)
    for role in ("line", "dashed", "median", "ring"):
        assert re.search(rf'class="{role}" fill="none" stroke="#[0-9a-f]{{6}}"', page)
    drawn = set(re.findall(r'fill="url\(#([\w-]+)\)', page))
    assert drawn <= set(re.findall(r'<pattern id="([\w-]+)"', page))
    clips = set(re.findall(r'clip-path="url\(#([\w-]+)\)', page))
    assert clips == set(re.findall(r'<clipPath id="([\w-]+)"', page))


def test_series_that_stand_on_one_another_differ_without_colour(page: str) -> None:
    """Of the outcomes, and of the series, two are plain, light and dark; the rest have patterns."""
    plain = set(
        re.findall(r'<rect class="([\w-]+)" fill="[^"]+" width="100%" height="100%" cl', page)
    )
    assert plain == {"delivered", "sent", "series-1", "other"}
    patterns = re.findall(
        r'<pattern id="ink-([\w-]+)" (.*?)><rect.*?/><path class="over" (.*?)/>', page
    )
    for of_outcomes in (True, False):
        looks = [look for role, *look in patterns if role.startswith("series") is not of_outcomes]
        assert len({tuple(look) for look in looks}) == len(looks) >= 4


def test_ids_are_unique(page: str) -> None:
    """Each id stands once in the page, and each link within it leads somewhere."""
    tags = Page(page).tags
    ids = [attrs["id"] for _, attrs in tags if "id" in attrs]
    assert len(set(ids)) == len(ids)
    links = {str(attrs["href"])[1:] for tag, attrs in tags if tag == "a"}
    assert links <= set(ids)


@pytest.mark.parametrize(
    ("value", "key"),
    [
        (1490, 1490),
        (None, None),
        (Rate(1, 4), 0.25),
        (Rate(0, 0), None),
        (change_of(Rate(90, 100), Rate(80, 100)), 0.1),
        (date(2026, 11, 2), 202611020000),
    ],
)
def test_cells_are_sorted_by_their_value(value: object, key: object) -> None:
    """Figures are sorted by themselves, exactly, and times by the calendar."""
    assert sort_key(value) == key


def test_a_column_says_its_order_once() -> None:
    """Equal cells have one rank, a cell without a value has none, nor have words."""
    table = Table(
        "t", (Column("a", "number"), Column("b")), ((7, "x"), (None, "y"), (-1, ""), (7, ""))
    )
    assert [ranks(table, place) for place in (0, 1)] == ["1  0 1", None]
    assert ranks(Table("t", table.columns, ()), 0) == ""


@pytest.mark.parametrize(
    ("value", "kind", "name"),
    [
        (7, "number", ""),
        ("x", "text", "text"),
        (change_of(Rate(90, 100), Rate(20, 100)), "change", ""),
        (change_of(Rate(90, 100), Rate(89, 100)), "change", "flat"),
        (None, "change", ""),
    ],
)
def test_only_what_is_no_figure_has_a_class(value: object, kind: str, name: str) -> None:
    """A cell of figures needs no class; a change that is told to be none has one."""
    assert look(value, kind) == name


def test_titles_are_quoted_in_styles() -> None:
    """Whatever a title holds, it stays within its quotes; a column past the last has its own."""
    table = Table(
        "t", tuple(Column(title) for title in ("a", "Été 5 %", '"};x\\', "a\nb</style>")), ()
    )
    assert labels(table) == r'--c1:"Été 5 %";--c2:"\22 \7d \3b x\5c ";--c3:"a\a b\3c /style\3e "'
    wide = Table("t", (Column("n"),) * (MOST_LABELS + 3), ())
    assert labels(wide).count("--c") == MOST_LABELS


@pytest.mark.parametrize("text", ["select 'a\n    b'", "select\n    1"])
def test_a_query_keeps_its_meaning(text: str) -> None:
    """Half of the indent goes, unless a text goes over several lines."""
    assert lean_sql(text) == (text if "'" in text else "select\n  1")


def test_rows_of_a_column_share_one_scale() -> None:
    """Sparklines of a column have one scale, whiskers one from a tenth below the lowest to 1."""
    table = Table(
        "t",
        (Column("a", "spark"), Column("b", "whisker"), Column("c")),
        (((0.5, None, 0.9), Rate(85, 100), "x"), ((0.7, 0.8), Rate(95, 100), "y"), (None,) * 3),
    )
    assert scales(table) == [(0.5, 0.9), (0.7, 1.0), None]
    low, middle, high = whisker_places(Rate(85, 100), (0.7, 1.0))
    assert (low, middle, high) == (22, 50, 69)


def test_a_sparkline_has_gaps_and_ends_in_a_dot() -> None:
    """A missing value parts the line; the dot sits on the last value; one value is no line."""
    assert spark_path([1, 2, None, 3, 3]) == ("M1 48l2-24M7 0l2 0", "M9 0h0")
    assert spark_path([2, 2]) == ("M1 24l2 0", "M3 24h0")
    assert spark_path([1, 2, 3, 2]) == ("M1 48l2-24 2-24 2 24", "M7 24h0")
    assert spark_path([None, 2]) is None


def test_places_are_short() -> None:
    """A place in the box is percent with at most two decimals and no idle zero."""
    assert [tenth(place) for place in (0, 12.5, 1000, 333.333)] == ["0", "1.25", "100", "33.33"]


@pytest.fixture(scope="module")
def page() -> str:
    """Give the page that has every kind of block."""
    return render(gallery())
