"""How a page is laid out: its shapes, scales, order and policy, without a browser."""

import re
from base64 import b64encode
from hashlib import sha256

import pytest

from pipeline.report.charts import spark_path
from pipeline.report.layout import scales, sort_key, tenth, whisker_places
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
        *("tbody tr", "thead th", "table.dimension tbody tr"),
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
    ("value", "kind", "key"),
    [
        (1490, "number", 1490),
        (None, "number", ""),
        (Rate(1, 4), "rate", 0.25),
        (Rate(0, 0), "whisker", ""),
        (change_of(Rate(90, 100), Rate(80, 100)), "change", 0.1),
        ("10 SIMs", "text", None),
    ],
)
def test_cells_are_sorted_by_their_value(value: object, kind: str, key: object) -> None:
    """A number is sorted by itself, a cell without one comes last, a text goes by its letters."""
    assert sort_key(value, kind) == key


def test_rows_of_a_column_share_one_scale() -> None:
    """Sparklines of a column have one scale, whiskers one from a tenth below the lowest to 1."""
    table = Table(
        "t",
        (Column("a", "spark"), Column("b", "whisker"), Column("c")),
        (((0.5, None, 0.9), Rate(85, 100), "x"), ((0.7, 0.8), Rate(95, 100), "y"), (None,) * 3),
    )
    assert scales(table) == [(0.5, 0.9), (0.7, 1.0), None]
    low, middle, high = whisker_places(Rate(85, 100), (0.7, 1.0))
    assert (low, middle, high) == (22.4, 50.0, 69.0)


def test_a_sparkline_has_gaps_and_ends_in_a_dot() -> None:
    """A missing value parts the line; the dot sits on the last value; one value is no line."""
    assert spark_path([1, 2, None, 3, 3]) == ("M10 100L30 50M70 0L90 0", "M90 0h0")
    assert spark_path([2, 2]) == ("M25 50L75 50", "M75 50h0")
    assert spark_path([None, 2]) is None


def test_places_are_short() -> None:
    """A place in the box is percent with at most two decimals and no idle zero."""
    assert [tenth(place) for place in (0, 12.5, 1000, 333.333)] == ["0", "1.25", "100", "33.33"]


@pytest.fixture(scope="module")
def page() -> str:
    """Give the page that has every kind of block."""
    return render(gallery())
