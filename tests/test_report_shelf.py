"""The folder of reports: what a run writes, the page that lists it, and what is removed."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from pipeline.errors import UsageError
from pipeline.report.shelf import Entry, read_shelf, shelve, wishes_of
from pipeline.report.writing import Wish
from pipeline.settings import Settings
from support.account import Account
from support.pages import Page
from support.reported import reported
from support.shelves import beside

__all__ = ["reported"]

LATEST = "delivery_2026-10-06_2026-11-02_en"


@pytest.fixture
def settings(reported: Account, tmp_path: Path) -> Settings:
    """Give a folder with a snapshot and no report yet."""
    return beside(reported, tmp_path)


def links_of(settings: Settings) -> list[str]:
    """Return where the page that lists the reports points to, in its order."""
    text = (settings.reports_path / "index.html").read_text("utf-8")
    return [str(a["href"]) for tag, a in Page(text).tags if tag == "a" and a["href"] != "#content"]


def aged(settings: Settings, stem: str, days: int) -> None:
    """Let a report be of a snapshot that was built so many days earlier."""
    index = settings.reports_path / "index.json"
    entries = [
        msgspec.structs.replace(entry, built_local=entry.built_local - timedelta(days=days))
        if entry.stem == stem
        else entry
        for entry in read_shelf(settings.reports_path)
    ]
    index.write_bytes(msgspec.json.encode(entries))


def test_a_run_writes_what_the_settings_ask_for(settings: Settings) -> None:
    """Each kind for each period in each format, and nothing where no period is named."""
    asked = replace(settings, report_periods=("daily", "weekly"), report_formats=("html", "json"))
    written = [
        path.name for made in shelve(asked, wishes_of(asked)) for path in made.paths.values()
    ]
    assert written == [
        "delivery_2026-11-01_2026-11-01_en.html",
        "delivery_2026-11-01_2026-11-01_en.json",
        "delivery_2026-10-26_2026-11-01_en.html",
        "delivery_2026-10-26_2026-11-01_en.json",
    ]
    assert wishes_of(settings) == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"report_periods": ("fortnight",)},
        {"report_kinds": ("nothing",)},
        {"report_formats": ("doc",)},
        {"report_language": "xx"},
        {"report_notes": Path("nowhere.toml")},
        {"reports_dir": Path("nowhere")},
    ],
)
def test_a_setting_that_is_wrong_is_refused_before_any_work(wrong: dict[str, object]) -> None:
    """Whatever nothing can fulfil is a usage error, without a look at the data."""
    asked = {"report_periods": ("daily",), **wrong}
    with pytest.raises(UsageError):
        wishes_of(Settings(**asked))  # type: ignore[arg-type]


def test_the_page_lists_every_report_with_all_its_files(settings: Settings) -> None:
    """The newest days first; a report that gets another format keeps those that it had."""
    shelve(settings, [Wish(), Wish(period="weekly")])
    shelve(settings, [Wish(formats=("csv",))])
    assert links_of(settings) == [
        f"{LATEST}.csv",
        f"{LATEST}.html",
        "delivery_2026-10-26_2026-11-01_en.html",
    ]
    for link in links_of(settings):
        assert (settings.reports_path / link).exists()


def test_each_kind_of_report_says_a_result_in_a_few_words(settings: Settings) -> None:
    """Lists and subjects of mails say what a report found, not its title once more."""
    made = shelve(settings, [Wish(kind=kind) for kind in ("devices", "incoming", "imports")])
    said = {written.report.kind: written.report.headline for written in made}
    assert said["devices"].startswith("1 phone of 8 needs a look")
    assert "messages came in" in said["incoming"]
    assert said["imports"].startswith("No list of contacts")


def test_the_same_wishes_leave_the_same_bytes(settings: Settings) -> None:
    """Twice is once, for every format and for the list."""
    wish = Wish(formats=("html", "csv", "excel-csv", "xlsx", "parquet", "json"))

    def contents() -> dict[str, bytes]:
        shelve(settings, [wish])
        files = sorted(path for path in settings.reports_path.rglob("*") if path.is_file())
        return {str(path): path.read_bytes() for path in files}

    first = contents()
    assert len(first) > 10
    assert contents() == first


def test_what_is_too_old_goes_and_only_that(settings: Settings) -> None:
    """Old files that we wrote are removed, with their folder; everything else stays."""
    keeping = replace(settings, report_keep_days=30)
    old = Wish(period="weekly", formats=("html", "csv"))
    shelve(keeping, [Wish(), old])
    (keeping.reports_path / "mine.html").write_text("mine")
    aged(keeping, "delivery_2026-10-26_2026-11-01_en", 31)
    shelve(keeping, [Wish()])
    left = {path.name for path in keeping.reports_path.iterdir()}
    assert left == {".lock", "index.html", "index.json", "mine.html", f"{LATEST}.html"}
    assert [entry.stem for entry in read_shelf(keeping.reports_path)] == [LATEST]


def test_a_file_that_somebody_has_changed_stays(settings: Settings) -> None:
    """An old report with a person's words in it is not ours any more."""
    keeping = replace(settings, report_keep_days=30)
    path = shelve(keeping, [Wish(period="weekly")])[0].paths["html"]
    path.write_text("with a remark")
    aged(keeping, path.stem, 31)
    shelve(keeping, [Wish()])
    assert path.read_text() == "with a remark"


def test_no_list_can_have_files_removed_elsewhere(settings: Settings, tmp_path: Path) -> None:
    """An entry that points out of the folder removes nothing."""
    keeping = replace(settings, report_keep_days=30)
    shelve(keeping, [Wish(period="weekly")])
    victim = tmp_path / "victim"
    victim.write_bytes(b"")
    empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    entry = read_shelf(keeping.reports_path)[0]
    bad = msgspec.structs.replace(
        entry,
        files={f"{entry.stem}./../../../victim": empty, str(victim): empty},
        formats={"html": "../../victim"},
    )
    (keeping.reports_path / "index.json").write_bytes(msgspec.json.encode([bad]))
    aged(keeping, entry.stem, 31)
    shelve(keeping, [Wish()])
    assert victim.exists()


def test_words_of_others_stay_words(settings: Settings) -> None:
    """A headline with markup in it is text in the page that lists the reports."""
    shelve(settings, [Wish()])
    entries = [
        msgspec.structs.replace(entry, headline="<script>x</script>", kind='"><b>')
        for entry in read_shelf(settings.reports_path)
    ]
    (settings.reports_path / "index.json").write_bytes(msgspec.json.encode(entries))
    shelve(settings, [Wish(period="weekly")])
    text = (settings.reports_path / "index.html").read_text("utf-8")
    assert "&lt;script&gt;x" in text
    assert "<script>x" not in text


def test_zero_days_keep_everything(settings: Settings) -> None:
    """Without a limit nothing is ever removed."""
    keeping = replace(settings, report_keep_days=0)
    path = shelve(keeping, [Wish(period="weekly")])[0].paths["html"]
    aged(keeping, path.stem, 5000)
    shelve(keeping, [Wish()])
    assert path.exists()


@pytest.mark.parametrize("text", ["", "{", "[1]", '[{"stem": "x"}]'])
def test_a_damaged_list_is_begun_anew(settings: Settings, text: str) -> None:
    """What cannot be read stops no report."""
    settings.reports_path.mkdir()
    (settings.reports_path / "index.json").write_text(text)
    shelve(settings, [Wish()])
    found: list[Entry] = read_shelf(settings.reports_path)
    assert [entry.stem for entry in found] == [LATEST]
