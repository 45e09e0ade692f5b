"""The mail of a report: the verdict first, small, readable anywhere, and nothing in it runs."""

import re
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from pipeline.errors import UsageError
from pipeline.report.letter import letter_of, spark_word
from pipeline.report.model import Finding, Findings, Section
from pipeline.report.verdict import verdict_of
from pipeline.report.writing import Written
from pipeline.settings import Settings
from pipeline.telling import write_mail
from support.pages import Page
from support.told import HOSTILE, told

SETTINGS = Settings(mail_from="sms24@example.com", mail_to=("a@example.com",))


def test_the_subject_is_the_verdict() -> None:
    """What a list of mails shows is the headline and the days."""
    assert letter_of(told()).subject == "96.0 % succeeded (5 Feb 2026 to 4 Mar 2026)"


def test_page_and_text_say_the_same() -> None:
    """Verdict, findings with what to do, figures with change, and notices stand in both."""
    letter = letter_of(told())
    words = " ".join(Page(letter.page).words.split())
    text = " ".join(letter.text.split())
    for said in (
        *("96 of 100 got through.", "Visit it", "Radio off", f"Lobby {HOSTILE} lost 70"),
        *("96.0\u00a0%", "▲\u00a0+2.0\u00a0pt", "1,000", "The history has a hole."),
        *("from 90.0\u00a0% to 100.0\u00a0%", "▁ █"),
    ):
        assert " ".join(said.split()) in words, said
        assert " ".join(said.split()) in text, said


def test_the_page_is_what_mail_programs_can_show() -> None:
    """Tables and inline styles alone: no style sheet, script, picture, drawing or address."""
    page = letter_of(told()).page
    tags = Page(page).tags
    assert not {"style", "script", "img", "svg", "link"} & {tag for tag, _ in tags}
    assert not re.search(r"https?://|url\(|data:", page.replace(HOSTILE, "").replace("&#34;", '"')
                         .replace(HOSTILE, ""))  # fmt: skip
    assert [a for tag, a in tags if tag == "table"][1]["width"] == "600"
    assert all("aria-hidden" in a for tag, a in tags if tag == "span" and "pre" in str(a["style"]))


def test_hostile_words_stay_words() -> None:
    """Markup in a title is text in the page; the text twin shows it as it is."""
    bad = "<img src=x onerror=alert(1)> & co"
    finding = Finding("dip", bad, "", bad, 1.0)
    report = told(sections=(Section("s", "s", (Findings(bad, (finding,), ""),)),), headline=bad)
    letter = letter_of(report)
    assert "<img" not in letter.page
    assert bad in letter.text


def test_no_word_steers_what_shows_the_text() -> None:
    """Escapes and turned directions are taken out of the text twin; words stay on their line."""
    bad = "a\x1b[2Jb\u202ec\nd"
    report = told(sections=(Section("s", "s", (Findings(bad, (), ""),)),))
    assert "a[2Jbc d" in letter_of(report).text


def test_a_letter_stays_under_90_kb_whatever_it_is_told() -> None:
    """Hostile texts of any length and number are cut: mail programs cut at 102 KB."""
    long = "<&>'\"" * 5000
    items = tuple(Finding("dip", long, long, long, 1.0) for _ in range(40))
    report = told(
        sections=(Section("s", "s", (Findings(long, items, long),)),), notices=(long,) * 40
    )
    assert len(letter_of(report).page.encode()) < 90_000


@pytest.mark.parametrize(
    ("values", "word"),
    [((), ""), ((None,), ""), ((0.5,), "▄"), ((0.0, 0.5, 1.0), "▁▅█"), ((1.0, None, 0.0), "█ ▁")],
)
def test_a_spark_is_a_word(values: tuple[float | None, ...], word: str) -> None:
    """The least day is the lowest block, the most the highest; a day without is a blank."""
    assert spark_word(values) == word


def test_a_mail_file_is_the_same_twice_and_holds_the_report(tmp_path: Path) -> None:
    """The same report is the same bytes; its page is attached under the name of its file."""
    written = Written(told(), "<h1>whole</h1>", {})
    one = write_mail(SETTINGS, written, tmp_path)
    first = one.read_bytes()
    assert write_mail(SETTINGS, written, tmp_path).read_bytes() == first
    assert one.name == "delivery_2026-02-05_2026-03-04_en.eml"
    assert b'filename="delivery_2026-02-05_2026-03-04_en.html"' in first
    assert b"Date: Wed, 04 Mar 2026 11:30:00 +0000" in first


def test_a_template_of_ones_own_stands_for_ours(tmp_path: Path) -> None:
    """A mail is laid out by the file of one's own folder where there is one."""
    (tmp_path / "email").mkdir()
    (tmp_path / "email" / "report.txt").write_text("Mine: {{ verdict }}\n")
    assert letter_of(told(), tmp_path).text == "Mine: 96 of 100 got through."
    assert "96 of 100" in letter_of(told(), tmp_path).page


def test_the_verdict_is_plain_json() -> None:
    """A program finds the findings' facts and the figures by name."""
    found = msgspec.json.decode(msgspec.json.encode(verdict_of(told())))
    assert found["verdict"] == "96 of 100 got through."
    assert found["findings"][0]["facts"] == {"device_id": 5}
    assert found["figures"]["success_rate"]["value"]["hits"] == 960
    assert found["figures"]["success_rate"]["change"]["difference"] == 0.02
    assert (found["first"], found["holes"]) == ("2026-02-05", 1)


def test_settings_without_people_write_no_mail(tmp_path: Path) -> None:
    """A mail needs a sender and somebody to send to, also as a file."""
    with pytest.raises(UsageError, match="who sends"):
        write_mail(replace(SETTINGS, mail_to=()), Written(told(), "", {}), tmp_path)
