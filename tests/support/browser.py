"""A real headless Chromium, one for all tests of a run, that opens pages of reports from files."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

# Nothing of it may speak to the network by itself, and no test may meet another's profile.
_FLAGS = (
    *("--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync", "--no-sandbox"),
)
_NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Give a browser; a test that needs it is skipped where there is none (`make browser`)."""
    found = next(filter(None, map(shutil.which, _NAMES)), None)
    if found is None:
        pytest.skip("there is no Chromium here: make browser installs one")
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=found, args=list(_FLAGS))
        yield browser
        browser.close()


@contextmanager
def opened(
    chromium: Browser,
    path: Path,
    *,
    width: int = 1280,
    is_dark: bool = False,
    has_script: bool = True,
) -> Iterator[tuple[Page, list[str]]]:
    """Open a page of a file; gives it with a list of what it asked for or complained about."""
    context = chromium.new_context(
        viewport={"width": width, "height": 900},
        color_scheme="dark" if is_dark else "light",
        java_script_enabled=has_script,
    )
    context.set_default_timeout(20_000)
    page, noticed = context.new_page(), []
    page.on("request", lambda request: noticed.append(request.url))
    page.on("console", lambda message: noticed.append(message.text))
    page.on("pageerror", lambda error: noticed.append(str(error)))
    page.goto(path.as_uri())
    try:
        yield page, noticed
    finally:
        context.close()
