"""Reports of one's own: the example of the guide is built, and what is wrong is said."""

import re
from pathlib import Path

import msgspec
import pytest

from pipeline.errors import UsageError
from pipeline.report.kinds import KINDS
from pipeline.report.making import ask, make_report, render
from pipeline.report.model import Report, Text
from pipeline.report.notes import notes_of, read_notes
from pipeline.report.own import load_own
from pipeline.report.stats import Rate
from pipeline.report.tables import Table
from pipeline.report.writing import Wish, write_reports
from pipeline.warehouse.snapshot import open_snapshot
from support.account import Account
from support.pages import Page
from support.reported import reported
from support.shelves import beside
from support.told import told

__all__ = ["reported"]

GUIDE = Path(__file__).parent.parent / "docs" / "reports.md"
EXAMPLE = re.compile(r"`my-reports/([^`]+)`:\n\n```\w+\n(.*?)```", re.DOTALL)
TITLE = 'title="x"\nquery="hours"\n'
NOTES = re.compile(r"### Notes\n.*?```toml\n(.*?)```", re.DOTALL)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Give the folder of the guide's example."""
    found = EXAMPLE.findall(GUIDE.read_text("utf-8"))
    assert len(found) == 3
    for name, text in found:
        write(tmp_path / "own" / name, text)
    return tmp_path / "own"


def write(path: Path, text: str) -> None:
    """Write a file of a folder of one's own."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")


def made(reported: Account, folder: Path, kind: str = "delivery", language: str = "en") -> Report:
    """Return a report with what a folder adds."""
    with open_snapshot(reported.settings.snapshot_path) as snapshot:
        asked = ask(snapshot, None, "en")
        asked = msgspec.structs.replace(asked, language=language)
        return make_report(snapshot, asked, kind, load_own(folder))


def test_the_section_of_the_guide_stands_in_its_place(reported: Account, folder: Path) -> None:
    """Behind the section that it names; its numbers are the snapshot's, its SQL is shown."""
    report = made(reported, folder)
    idents = [section.ident for section in report.sections]
    assert idents[idents.index("why") + 1] == "hours"
    table = report.sections[idents.index("hours")].blocks[0]
    assert isinstance(table, Table)
    first, last = report.asked.period.first, report.asked.period.last
    rows = reported.rows(f"""
        select hour(due_local) as hour,
        count(*) filter (where outcome in ('delivered', 'sent')) as good,
        count(*) filter (where outcome in ('delivered', 'sent', 'undelivered', 'failed')) as ended
        from messages where direction = 'outgoing' and gone_at is null
        and day between '{first}' and '{last}' group by hour order by hour""")
    assert [row[:2] for row in table.rows] == [
        (row["hour"], Rate(row["good"], row["ended"])) for row in rows
    ]
    words = Page(render(report, folder)).words
    assert "Outgoing messages by the hour" in words
    assert "Reads: messages" in words


def test_sections_of_one_place_stand_in_the_order_of_their_names(
    reported: Account, folder: Path
) -> None:
    """Two behind the same section, by name; one without a place, at the end."""
    text = (folder / "sections/hours.toml").read_text("utf-8")
    write(folder / "sections/alone.toml", text.replace('after = "why"', ""))
    write(folder / "sections/before.toml", text)
    idents = [section.ident for section in made(reported, folder).sections]
    at = idents.index("why")
    assert idents[at : at + 3] == ["why", "before", "hours"]
    assert idents[-1] == "alone"


def test_the_guide_names_every_section() -> None:
    """Its list of our sections is that of the code."""
    guide = GUIDE.read_text("utf-8")
    listed = guide.partition("of ours are")[2].partition(".")[0]
    ours = {build.__name__ for builds in KINDS.values() for build in builds}
    assert set(re.findall(r"`(\w+)`", listed)) == ours
    assert set(KINDS) <= set(re.findall(r"^\| `(\w+)` \|", guide, re.MULTILINE))


def test_the_report_of_the_guide_has_its_sections(
    reported: Account, folder: Path, tmp_path: Path
) -> None:
    """A report of one's own is written in every format under its own name."""
    settings = beside(reported, tmp_path, reports_dir=folder)
    wish = Wish(kind="nights", formats=("html", "csv", "xlsx", "json", "parquet"))
    written = write_reports(settings, [wish], tmp_path / "out")[0]
    idents = [section.ident for section in written.report.sections]
    assert idents == ["figures", "hours", "why", "definitions"]
    assert written.report.title == "When messages fail"
    assert written.paths["html"].name == "nights_2026-10-06_2026-11-02_en.html"
    head = (written.paths["csv"] / "hours.csv").read_text("utf-8").splitlines()[0]
    assert head == (
        "hour,success_rate,success_rate_hits,success_rate_of,success_rate_low,success_rate_high,last_due"
    )


def test_a_title_is_in_the_language_of_the_report(folder: Path) -> None:
    """Texts that are given by language are taken by it; others are the same in all."""
    section = load_own(folder).sections["hours"]
    assert section.title == {"en": "Hours", "fr": "Heures"}
    assert section.columns[1].title == "Success rate"


def test_a_part_of_ones_own_stands_for_ours(reported: Account, folder: Path) -> None:
    """A template, a style and a query of the same path replace ours, and nothing else."""
    write(folder / "partials/header.html", "<header>Mine &amp; {{ report.headline }}</header>")
    write(folder / "assets/print.css", "/* mine */")
    page = render(made(reported, folder), folder)
    assert "<header>Mine &amp; " in page
    assert "/* mine */" in page
    assert 'class="facts"' not in page


def test_own_words_are_escaped(reported: Account, folder: Path) -> None:
    """Markup in a cell of one's own query is text in the page."""
    write(folder / "queries/hours.sql", "select '<script>x</script>' as hour")
    write(
        folder / "sections/hours.toml",
        TITLE + 'kinds=["delivery"]\n[[columns]]\nkey="hour"\ntitle="<b>"',
    )
    page = render(made(reported, folder), folder)
    assert "&lt;script&gt;x" in page
    assert "<b>" not in page.replace("<b>9", "").split('id="hours"')[1].split("</section>")[0]


def test_a_section_without_rows_says_so(reported: Account, folder: Path) -> None:
    """No row is a sentence, not an empty table."""
    write(folder / "queries/hours.sql", "select 1 as hour where $first > $last")
    report = made(reported, folder)
    block = next(section for section in report.sections if section.ident == "hours").blocks[0]
    assert block == Text("Nothing was due.", "empty")


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("queries/hours.sql", "select 1 as one", "no column 'hour'"),
        ("queries/hours.sql", "select 'x' as hour", "is str"),
        ("queries/hours.sql", "select * from nowhere", "nowhere"),
        ("queries/hours.sql", "select $mine as hour", r"\$mine"),
        ("queries/hours.sql", "from read_csv('/etc/passwd')", "passwd|disabled|File"),
        ("sections/hours.toml", 'title = "x"', "hours.toml"),
        ("sections/hours.toml", "title = ", "hours.toml"),
        ("sections/hours.toml", TITLE + 'columns=[{key="a",title="A",kind="rate"}]',
         "hits"),
        ("sections/hours.toml", TITLE + 'columns=[{key="a",title="A",kind="z"}]',
         "kind 'z'"),
        ("sections/hours.toml", 'title="x"\nquery="no"\ncolumns=[]\nkinds=["delivery"]',
         "query no"),
        ("sections/hours.toml",
         TITLE + 'columns=[]\nkinds=["delivery"]\nafter="moon"', "moon"),
        ("sections/Bad Name.toml", TITLE + "columns=[]", "name"),
        ("reports/delivery.toml", 'title="x"\nsections=[]', "name"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said(
    reported: Account, folder: Path, name: str, text: str, said: str
) -> None:
    """A mistake in a file of one's own is a usage error that says where it is."""
    write(folder / name, text)
    with pytest.raises(UsageError, match=said):
        made(reported, folder)


def test_an_unknown_section_of_a_report_is_said(reported: Account, folder: Path) -> None:
    """The refusal lists the sections that there are, ours and one's own."""
    write(folder / "reports/nights.toml", 'title="x"\nsections=["moon"]')
    with pytest.raises(UsageError, match="moon") as refused:
        made(reported, folder, "nights")
    assert {"figures", "hours"} <= set(re.findall(r"\w+", refused.value.advice))


def test_notes_stand_in_the_reports_of_their_days(reported: Account, tmp_path: Path) -> None:
    """The guide's notes are read; a note of a phone is not in the report of another one."""
    found = NOTES.search(GUIDE.read_text("utf-8"))
    assert found
    write(tmp_path / "notes.toml", found[1])
    settings = beside(reported, tmp_path, report_notes=tmp_path / "notes.toml")
    phone = reported.world.phones[0].device_id
    wishes = [Wish(), Wish(device_id=phone), Wish(period="today")]
    written = write_reports(settings, wishes, tmp_path)
    texts = [
        [row[3] for table in made.report.tables() if table.ident == "notes" for row in table.rows]
        for made in written
    ]  # fmt: skip
    power, sale = "The phone of Lille stood without power", "Autumn sale"
    assert texts == [[power, sale], [sale], []]


@pytest.mark.parametrize(
    "text",
    [
        '[[note]]\ntext = "x"',
        '[[note]]\ntext = "x"\nfirst = 2026-01-02\nlast = 2026-01-01',
        '[[note]]\ntext = "x"\nday = 2026-01-02\nlast = 2026-01-05',
        '[[note]]\ntext = "x"\nday = "soon"',
        '[[note]]\ntext = "x"\nday = 2026-01-02\nphone = 5',
        "note",
    ],
)
def test_notes_that_are_none_are_refused(tmp_path: Path, text: str) -> None:
    """A note without its days, or a file that is no TOML, is a usage error that names the file."""
    write(tmp_path / "notes.toml", text)
    with pytest.raises(UsageError, match=r"notes\.toml"):
        read_notes(tmp_path / "notes.toml")


def test_notes_of_other_days_are_left_out(tmp_path: Path) -> None:
    """A note is told where one of its days is in the period."""
    write(
        tmp_path / "notes.toml",
        "".join(
            f'[[note]]\ntext = "{first}"\nfirst = {first}\nlast = {last}\n'
            for first, last in [
                ("2026-01-01", "2026-02-04"),
                ("2026-01-02", "2026-02-05"),
                ("2026-03-04", "2026-03-04"),
                ("2026-03-05", "2026-03-06"),
            ]
        ),
    )
    told_of = notes_of(read_notes(tmp_path / "notes.toml"), told().asked)
    assert [note.text for note in told_of] == ["2026-01-02", "2026-03-04"]
