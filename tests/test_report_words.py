"""What reports say, in every language that they speak."""

import re
from datetime import date, datetime

import pytest

from pipeline.report.formats import Formats
from pipeline.report.making import ask, make_report, render
from pipeline.report.stats import Rate, change_of
from pipeline.report.voice import Voice
from pipeline.report.words import languages, typeset
from pipeline.warehouse.snapshot import open_snapshot
from support.account import Account
from support.gallery import gallery
from support.pages import Page
from support.reported import reported
from support.words import (
    catalogue,
    catalogue_of,
    catalogue_path,
    faults,
    of_tables,
    placeholders,
    renewed,
    said,
    unwritten,
)

__all__ = ["reported"]
WIDE, NARROW = "\N{NO-BREAK SPACE}", "\N{NARROW NO-BREAK SPACE}"
OTHERS = [language for language in languages() if language != "en"]


def test_french_is_spoken() -> None:
    """Reports speak English and French."""
    assert languages()[:2] == ("en", "fr")


@pytest.mark.parametrize("language", OTHERS)
def test_everything_is_translated(language: str) -> None:
    """Every text of code, templates, tables and checks has its translation, with all its values."""
    assert faults(catalogue(language), said()) == []


@pytest.mark.parametrize("language", OTHERS)
def test_the_catalogue_is_as_make_words_leaves_it(language: str) -> None:
    """The catalogue is in order, without places and dates, and agrees with our tables."""
    assert catalogue_path(language).read_text("utf-8") == renewed(language)


@pytest.mark.parametrize(
    ("entry", "fault"),
    [
        ('msgid "{rate} of all"\nmsgstr ""', "not translated"),
        ('msgid "other"\nmsgstr "autre"', "not translated"),
        ('#, fuzzy\nmsgid "{rate} of all"\nmsgstr "{rate} du tout"', "fuzzy"),
        ('msgid "{rate} of all"\nmsgstr "{taux} du tout"', "other placeholders"),
    ],
)
def test_a_fault_of_a_catalogue_is_seen(entry: str, fault: str) -> None:
    """A text that is missing, in doubt, or without its values is told."""
    assert faults(catalogue_of(entry, "fr"), {"{rate} of all"})[0].startswith(fault)


def test_only_whole_literals_are_said() -> None:
    """A sentence that is said is written out where it is said, or no catalogue could have it."""
    assert unwritten() == []


def test_our_tables_speak_french_once() -> None:
    """A text of our tables has one French form, wherever it stands."""
    pairs = {pair for pair in of_tables() if pair[1]}
    assert len(pairs) > 30
    assert len({english for english, _ in pairs}) == len(pairs)


def test_a_french_page_has_no_english_sentence(reported: Account) -> None:
    """No sentence of the catalogue stands in English in a French page."""
    with open_snapshot(reported.settings.snapshot_path) as snapshot:
        page = render(make_report(snapshot, ask(snapshot, None, "fr"), "delivery"))
    words = " ".join(Page(re.sub(r"<pre.*?</pre>", "", page, flags=re.DOTALL)).words.split())
    assert '<html lang="fr">' in page
    voice = Voice("fr")
    english = [text for text in said() if isinstance(text, str) and not placeholders(text)]
    left = [
        text
        for text in english
        if len(text) > 12 and voice.term(text) != typeset(text) and typeset(text) in words
    ]
    assert left == []


def test_french_numbers_do_not_break() -> None:
    """Digits are parted by a narrow space, signs by a space, and neither ends a line."""
    formats = Formats("fr")
    assert formats.number(14217) == f"14{NARROW}217"
    assert formats.rate(Rate(934, 1000)) == f"93,4{WIDE}%"
    assert formats.interval(Rate(934, 1000)).endswith(f" à 94,8{WIDE}%")
    assert formats.seconds(3725) == f"1{WIDE}h 2{WIDE}min"
    assert (formats.seconds(259201), formats.seconds(0)) == (f"3{WIDE}j", f"0{WIDE}s")
    assert formats.day(date(2026, 11, 1)) == "1 nov. 2026"
    assert formats.moment(datetime.fromisoformat("2026-11-01 22:05")) == "1 nov. 2026, 22:05"


@pytest.mark.parametrize("language", languages())
def test_a_difference_is_told_in_points(language: str) -> None:
    """A difference of rates is in pt, never in percent."""
    told = Formats(language).change(change_of(Rate(934, 1000), Rate(990, 1000)))
    assert told.endswith(f"{WIDE}pt")
    assert "%" not in told


@pytest.mark.parametrize(
    ("text", "set_text"),
    [
        ("Quoi ? Rien ; fin !", f"Quoi{NARROW}? Rien{NARROW}; fin{NARROW}!"),
        ("Cause : 95 % de « tout »", f"Cause{WIDE}: 95{WIDE}% de «{WIDE}tout{WIDE}»"),
        ("de %(first)s a %(last)s", "de %(first)s a %(last)s"),
        ("95 %% sure", f"95{WIDE}%% sure"),
    ],
)
def test_no_line_begins_with_a_sign(text: str, set_text: str) -> None:
    """The space before a sign does not break; a place for a value stays as it is."""
    assert typeset(text) == set_text


def test_a_sentence_goes_with_its_number() -> None:
    """French says none and one alike, English none and many."""
    one, many = (
        "Nothing is sent yet: one contact waits.",
        "Nothing is sent yet: {number} contacts wait.",
    )
    english, french = Voice("en"), Voice("fr")
    assert [english.count(one, many, n) == one for n in (0, 1, 2)] == [False, True, False]
    forms = [french.count(one, many, n).replace(str(n), "n") for n in (0, 1, 2)]
    assert forms[0] == forms[1] != forms[2]


def test_pages_say_the_same_in_every_language() -> None:
    """The parts of a page, its tables and its charts do not depend on the language."""
    tags = [[tag for tag, _ in Page(render(gallery(language))).tags] for language in languages()]
    assert all(one == tags[0] for one in tags)
