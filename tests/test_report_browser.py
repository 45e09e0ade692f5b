"""Pages in a real Chromium: at two widths, in the dark, without script, and on paper."""

import json
from pathlib import Path
from typing import Any

import axe_playwright_python
import pytest
from playwright.sync_api import Browser, Page
from pypdf import PdfReader

from pipeline.report.making import ask, make_report, render
from pipeline.warehouse.snapshot import open_snapshot
from support.account import Account
from support.browser import chromium, opened
from support.gallery import gallery
from support.reported import reported

__all__ = ["chromium", "reported"]

AXE = Path(axe_playwright_python.__file__).parent / "axe.min.js"
# Text that is drawn, and in which size; what is out of sight has none.
SIZES = """() => {
  const sizes = new Map(), walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const box = walk.currentNode.parentElement, text = walk.currentNode.textContent.trim();
    if (text && box.checkVisibility() && !box.closest("script"))
      sizes.set(parseFloat(getComputedStyle(box).fontSize), text);
  }
  return [...sizes];
}"""
WIDER = """() => [...document.querySelectorAll("body *")].filter((box) =>
  !box.closest(".scroll, .contents, pre") && box.getClientRects().length &&
  box.getBoundingClientRect().right > innerWidth + 0.5).map((box) => box.outerHTML.slice(0, 120))"""
WORDS = """() => {
  document.querySelectorAll(".filter").forEach((box) => box.remove());
  document.querySelectorAll("details").forEach((box) => { box.open = true; });
  return document.body.innerText.split(/\\s+/).join(" ");
}"""


@pytest.mark.parametrize("width", [390, 1280])
def test_nothing_is_wider_than_the_screen(chromium: Browser, file: Path, width: int) -> None:
    """At 390 and at 1280 px the page scrolls down only, also with all details open."""
    with opened(chromium, file, width=width) as (page, _):
        _open_all(page)
        assert page.evaluate("document.documentElement.scrollWidth") == width
        assert page.evaluate(WIDER) == []


def test_no_text_is_too_small_to_read(chromium: Browser, file: Path) -> None:
    """No text is under 11 px, on a phone, on a desk or in print."""
    with opened(chromium, file) as (page, _):
        _open_all(page)
        found = {1280: page.evaluate(SIZES)}
        page.set_viewport_size({"width": 390, "height": 900})
        found[390] = page.evaluate(SIZES)
        page.emulate_media(media="print")
        found[0] = page.evaluate(SIZES)
    assert all(len(sizes) > 3 for sizes in found.values())
    assert [pair for sizes in found.values() for pair in sizes if pair[0] < 11] == []


def test_the_page_asks_for_nothing(chromium: Browser, file: Path) -> None:
    """The file itself is the only thing that is loaded, and nothing is complained about."""
    with opened(chromium, file) as (_, noticed):
        assert noticed == [file.as_uri()]


def test_the_policy_stops_what_was_slipped_in(chromium: Browser, file: Path) -> None:
    """Were an escape forgotten, no script, handler, image or style of a stranger would run."""
    slipped = (
        "<script>document.title='run'</script><img src=x onerror=\"document.title='run'\">"
        "<img src='https://example.com/seen.png'><iframe src='https://example.com/'></iframe>"
    )
    changed = file.with_name("slipped.html")
    changed.write_text(file.read_text("utf-8").replace("</main>", f"{slipped}</main>"), "utf-8")
    with opened(chromium, changed) as (page, noticed):
        assert page.title() != "run"
        assert page.locator("th button").count() > 5  # our own script ran
        refused = [text for text in noticed if "Content Security Policy" in text]
        assert len(refused) >= 4, noticed


def test_without_script_the_page_says_the_same(chromium: Browser, file: Path) -> None:
    """Only the filter box and the readout need the script: every word is there without."""
    with opened(chromium, file) as (page, _):
        scripted = page.evaluate(WORDS)
    plain = file.with_name("plain.html")
    text = file.read_text("utf-8")
    plain.write_text(text.replace("script-src 'sha256-", "script-src 'sha256-x"), "utf-8")
    with opened(chromium, plain) as (page, _):
        assert page.locator("th button").count() == 0
        assert page.evaluate(WORDS) == scripted
    with opened(chromium, file, has_script=False) as (page, _):
        assert page.locator(".filter").is_hidden()
        assert page.locator("svg.chart").first.is_visible()


def test_rows_are_sorted_by_a_button(chromium: Browser, file: Path) -> None:
    """A column sorts by value, down and up, says so, and cells without a value stay last."""
    with opened(chromium, file) as (page, _):
        head = page.locator("#table-phones th", has_text="Success rate")
        rates: list[list[str]] = []
        for _ in range(2):
            head.locator("button").click()
            said = head.get_attribute("aria-sort")
            cells = page.locator("#table-phones td:nth-of-type(3)")
            rates.append([str(said), *cells.all_inner_texts()])
    assert [said for said, *_ in rates] == ["descending", "ascending"]
    down, up = (texts for _, *texts in rates)
    assert down[-1] == up[-1] == "\N{EN DASH}"
    assert down[:-1] == up[:-1][::-1]
    assert down[0] == "3 of 3"


def test_on_a_phone_each_cell_has_the_title_of_its_column(chromium: Browser, file: Path) -> None:
    """As a card, a row says the title of each column before its cell, whatever the title holds."""
    with opened(chromium, file, width=390, has_script=False) as (page, _):
        said = page.locator("#table-phones tbody tr:first-child td").evaluate_all(
            "cells => cells.map(cell => getComputedStyle(cell, '::before').content)"
        )
    wanted = next(table for table in gallery().tables() if table.ident == "phones")
    assert [json.loads(text) for text in said] == [column.title for column in wanted.columns[1:]]


def test_the_filter_leaves_rows_by_name(chromium: Browser, file: Path) -> None:
    """What is typed leaves the rows whose name has it, whatever the case."""
    with opened(chromium, file) as (page, _):
        page.locator(".filter input").fill("berLIN")
        shown = page.locator("#table-phones tbody tr:visible th").all_inner_texts()
    assert shown == ["Pixel Berlin (3)"]


def test_the_pointer_reads_the_numbers_of_its_slot(chromium: Browser, file: Path) -> None:
    """Over a chart, the readout shows the row of the data table that belongs to the slot."""
    with opened(chromium, file) as (page, _):
        chart = page.locator("#chart-success svg.chart")
        box = chart.bounding_box()
        assert box
        chart.hover(position={"x": box["width"] - 14, "y": 90})
        readout = page.locator("#chart-success .readout")
        assert "1 Nov 2026" in readout.inner_text()
        page.mouse.move(0, 0)
        assert readout.is_hidden()


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
def test_axe_finds_no_fault(chromium: Browser, file: Path, width: int, scheme: str) -> None:
    """axe-core finds no violation, light on a desk and dark on a phone, with all details open."""
    with opened(chromium, file, width=width, is_dark=scheme == "dark") as (page, _):
        _open_all(page)
        assert _faults(page) == []


def test_on_paper_no_heading_is_left_behind(chromium: Browser, file: Path) -> None:
    """In the PDF, no page ends in a heading, a caption or a row of heads, and all sections are."""
    with opened(chromium, file) as (page, _):
        paper = file.with_name("page.pdf")
        page.pdf(path=paper, prefer_css_page_size=True)
        heads = page.locator("h2, h3, caption, thead").evaluate_all(
            "heads => heads.filter(head => head.checkVisibility()).map(head => head.innerText)"
        )
    sheets = [" ".join(sheet.extract_text().split()) for sheet in PdfReader(paper).pages]
    assert 3 <= len(sheets) <= 8
    assert all(title in " ".join(sheets) for title in ("In short", "Where", "Definitions"))
    for sheet in sheets:
        assert not [head for head in heads if sheet.endswith(" ".join(head.split()))]
    assert paper.stat().st_size < 600_000


def test_a_whole_report_holds_on_a_phone(
    chromium: Browser, reported: Account, tmp_path: Path
) -> None:
    """What the sections really say, in French, fits a dark phone and has no fault for axe-core."""
    with open_snapshot(reported.settings.snapshot_path) as snapshot:
        text = render(make_report(snapshot, ask(snapshot, None, "fr")))
    path = tmp_path / "whole.html"
    path.write_text(text, encoding="utf-8")
    with opened(chromium, path, width=390, is_dark=True) as (page, noticed):
        _open_all(page)
        assert page.evaluate(WIDER) == []
        assert [pair for pair in page.evaluate(SIZES) if pair[0] < 11] == []
        assert _faults(page) == []
    assert noticed == [path.as_uri()]


def _faults(page: Page) -> list[tuple[str, list[str]]]:
    page.evaluate(AXE.read_text("utf-8"))
    found: dict[str, Any] = page.evaluate("axe.run({resultTypes: ['violations']})")
    return [(v["id"], [node["html"][:200] for node in v["nodes"]]) for v in found["violations"]]


def _open_all(page: Page) -> None:
    page.evaluate("document.querySelectorAll('details').forEach((box) => { box.open = true; })")


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the file of the page that has every kind of block."""
    path = tmp_path_factory.mktemp("pages") / "gallery.html"
    path.write_text(render(gallery()), encoding="utf-8")
    return path
