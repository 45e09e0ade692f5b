"""A page on paper: printed by a browser that is installed, or by the extra `pdf` (WeasyPrint)."""

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib.util import find_spec
from pathlib import Path

from pipeline.errors import UsageError

_BROWSERS = (
    *("chromium", "chromium-browser", "google-chrome", "google-chrome-stable"),
    *("chrome", "microsoft-edge", "microsoft-edge-stable", "msedge", "brave-browser"),
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
)
# Nothing of a page may be fetched, and nothing of the user's own profile is touched.
_OPTIONS = (
    *("--headless", "--disable-gpu", "--no-first-run", "--disable-extensions"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
    *("--disable-quic", "--host-resolver-rules=MAP * ~NOTFOUND", "--no-pdf-header-footer"),
)
_SECONDS = 120
_ADVICE = "Install Chromium or Chrome, or WeasyPrint: pip install 'sms24[pdf]'."
# A grid that must not break stops WeasyPrint 70 where it meets the end of a page.
_FOR_WEASYPRINT = ".findings li { break-inside: auto !important }"
_STAMP = re.compile(rb"/(CreationDate|ModDate) ?\(D:[^)]*\)")
_TAG = re.compile(rb"\(node(\d{8})\)")


@dataclass(frozen=True, slots=True)
class Paper:
    """A PDF and what made it, such as `Chromium 140.0`."""

    content: bytes
    engine: str


def find_browsers() -> tuple[Path, ...]:
    """Return the browsers of the Chromium family that are installed here, each once."""
    found = (shutil.which(name) for name in _BROWSERS)
    return tuple({Path(path).resolve(): Path(path) for path in found if path}.values())


def refuse_without_engine() -> None:
    """Raise UsageError if nothing here can print."""
    if not find_browsers() and not _has_weasyprint():
        raise UsageError("There is nothing here that prints a PDF.", advice=_ADVICE)


def pdf(page: str, made: datetime, *, browsers: Sequence[Path]) -> Paper:
    """Return a page as PDF; its dates say `made`, so that the same page is the same bytes.

    The first of the browsers that prints does it (one that is shut in may not see the page), and
    WeasyPrint where none does.

    Raises:
        UsageError: nothing here prints it.
    """
    failure = UsageError("There is nothing here that prints a PDF.", advice=_ADVICE)
    for browser in browsers:
        try:
            return _by_browser(page, made, browser)
        except UsageError as error:
            failure = error
    if not _has_weasyprint():
        raise failure
    return _by_weasyprint(page)


def _has_weasyprint() -> bool:
    return find_spec("weasyprint") is not None


def _by_browser(page: str, made: datetime, browser: Path) -> Paper:
    with tempfile.TemporaryDirectory(prefix="sms24-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        source, target = folder / "page.html", folder / "page.pdf"
        source.write_text(page, encoding="utf-8")
        _run([
            *(str(browser), *_OPTIONS, *_as_root(), f"--user-data-dir={folder / 'profile'}"),
            *(f"--print-to-pdf={target}", source.as_uri()),
        ])  # fmt: skip
        if not target.is_file() or not target.stat().st_size:
            raise UsageError(f"The browser {browser} printed nothing.", advice=_ADVICE)
        content = _stamped(target.read_bytes(), made)
    return Paper(content, _run([str(browser), "--version", *_as_root()]).strip() or browser.name)


def _run(command: Sequence[str]) -> str:
    try:
        ended = subprocess.run(  # noqa: S603 - a browser that is installed, our own options
            command, capture_output=True, timeout=_SECONDS, check=True, text=True
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise UsageError(
            f"The browser {command[0]} could not print ({type(error).__name__}).", advice=_ADVICE
        ) from None
    return ended.stdout


def _as_root() -> tuple[str, ...]:
    """Chromium refuses to start as root, as in a container, unless its sandbox is off."""
    return ("--no-sandbox",) if hasattr(os, "geteuid") and os.geteuid() == 0 else ()


def _stamped(content: bytes, made: datetime) -> bytes:
    """Put `made` in place of the dates of a PDF, in as many bytes, so that all offsets stay.

    The same for the names of its tags: the browser's counter begins now and then one later.
    """
    numbers = {found[1] for found in _TAG.finditer(content)}
    ranks = {number: rank for rank, number in enumerate(sorted(numbers), 1)}

    def stamp(found: re.Match[bytes]) -> bytes:
        text = b"/%s (D:%s" % (found[1], f"{made:%Y%m%d%H%M%S}".encode())
        return text + b")" + b" " * (len(found[0]) - len(text) - 1)

    numbered = _TAG.sub(lambda found: b"(node%08d)" % ranks[found[1]], content)
    return _STAMP.sub(stamp, numbered)


def _by_weasyprint(page: str) -> Paper:
    import weasyprint  # noqa: PLC0415 - an extra, and slow to import
    from weasyprint.urls import URLFetcher  # noqa: PLC0415

    nothing = URLFetcher(allowed_protocols=())  # a report fetches nothing
    html = weasyprint.HTML(string=page, url_fetcher=nothing)
    style = weasyprint.CSS(string=_FOR_WEASYPRINT, url_fetcher=nothing)
    content = html.write_pdf(pdf_identifier=b"sms24", pdf_tags=True, stylesheets=[style])
    return Paper(bytes(content), f"WeasyPrint {weasyprint.__version__}")
