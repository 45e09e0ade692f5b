"""What becomes of a name cell: the table N01-N11, any text at all, and templates over a row."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.contacts.names import NameTemplate, read_name
from pipeline.contacts.values import Name, NameRules, Problem
from pipeline.errors import UsageError

PHONE = "+33612345678"
FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467"
FORMULA = "=cmd|'/c calc'!A0"
TEXT = st.text(st.characters(exclude_categories=[]), max_size=400)


def name(text: str, *warnings: str) -> Name:
    """Return a name that is sent, with what is told about it."""
    return Name(text=text, warnings=warnings)


def problem(code: str, detail: str = "") -> Name:
    """Return a name that is refused."""
    return Name(problem=Problem(code, detail))


CASES = [
    ("N01-blanks", "  Élodie   Dupont ", name("Élodie Dupont")),
    ("N01-decomposed", "E\u0301lodie", name("Élodie")),
    ("N02-bidi", "\u202eevil", name("evil")),
    ("N02-unseen", "Jean\u00a0Du\u200bpont", name("Jean Dupont")),
    ("N03-newline", "Jean\nDupont", name("Jean Dupont")),
    ("N03-tab", "Jean\tDupont", name("Jean Dupont")),
    ("N03-nul", "Jean\x00Dupont", name("Jean Dupont")),
    ("N04-family", FAMILY, name(FAMILY)),
    ("N04-arabic", "محمد علي", name("محمد علي")),
    ("N04-persian", "می\u200cنو", name("می\u200cنو")),
    ("N04-irish", "O\u2019Brien", name("O\u2019Brien")),
    ("N04-wolof", "N\u2019Diaye", name("N\u2019Diaye")),
    ("N05-command", FORMULA, problem("E_NAME_FORMULA", "begins with =")),
    ("N05-at", "@SUM(A1)", problem("E_NAME_FORMULA", "begins with @")),
    ("N05-quoted", f'"{FORMULA}"', problem("E_NAME_FORMULA", "begins with =")),
    ("N05-plus", "+SUM(A1)", problem("E_NAME_FORMULA", "begins with +")),
    ("N05-minus", "-1+1", problem("E_NAME_FORMULA", "begins with -")),
    ("N06-hyphen", "-Jean", name("-Jean", "W_NAME_ODD")),
    ("N06-phone", PHONE, name(PHONE, "W_NAME_ODD", "W_NAME_DIGITS")),
    ("N06-dash", "-", name("-", "W_NAME_ODD")),
    ("N07-long", "x" * 120, name("x" * 120, "W_NAME_LONG")),
    ("N07-too-long", "x" * 500, problem("E_NAME_TOO_LONG", "500 characters")),
    ("N08-cp1252", "Ã‰lodie", name("Ã‰lodie", "W_NAME_MOJIBAKE")),
    ("N08-latin-1", "Zo\u00c3\u00ab", name("Zo\u00c3\u00ab", "W_NAME_MOJIBAKE")),
    ("N08-quote", "Oâ€™Brien", name("Oâ€™Brien", "W_NAME_MOJIBAKE")),
    ("N08-lost", "Zo\ufffd", name("Zo\ufffd", "W_NAME_MOJIBAKE")),
    ("N08-right", "Weiß\u2013Müller «ÉTÉ»", name("Weiß\u2013Müller «ÉTÉ»")),
    ("N09-none", "None", name("None")),
    ("N09-null", "Anna NULL", name("Anna NULL")),
    ("N11", "{{ name }}", name("{{ name }}", "W_NAME_MARKUP")),
    ("N11-tag", "Jean <b>Dupont</b>", name("Jean <b>Dupont</b>", "W_NAME_MARKUP")),
    ("digits", "0612345678 Jean", name("0612345678 Jean", "W_NAME_DIGITS")),
    ("half", "Jean\ud800", name("Jean\ufffd", "W_NAME_MOJIBAKE")),
    ("empty", " \u200b ", name(PHONE, "W_NAME_EMPTY")),
]


@pytest.mark.parametrize(("text", "expected"), [c[1:] for c in CASES], ids=[c[0] for c in CASES])
def test_a_name_of_the_table(text: str, expected: Name) -> None:
    """Each name of the table N01-N11 becomes what the table says."""
    assert read_name(text, NameRules(), phone=PHONE) == expected


@pytest.mark.parametrize(
    ("empty", "expected"),
    [
        ("phone", name(PHONE, "W_NAME_EMPTY")),
        ("reject", problem("E_NAME_EMPTY")),
        ("Customer", name("Customer", "W_NAME_EMPTY")),
    ],
)
def test_an_empty_name_has_a_stand_in(empty: str, expected: Name) -> None:
    """An empty name becomes the number, a problem, or a text of one's own, as the rules say."""
    assert read_name("", NameRules(empty=empty), phone=PHONE) == expected


def test_null_words_are_empty_only_where_asked_for() -> None:
    """N09: a word counts as an empty name where it is listed, in any case, if it is all."""
    rules = NameRules(null_words=frozenset({"NULL", "none"}))
    assert read_name("null", rules, phone=PHONE) == name(PHONE, "W_NAME_EMPTY")
    assert read_name("None", rules, phone=PHONE) == name(PHONE, "W_NAME_EMPTY")
    assert read_name("Anna Null", rules, phone=PHONE) == name("Anna Null")


@pytest.mark.parametrize(
    ("formula", "text", "expected"),
    [
        ("keep", FORMULA, name(FORMULA, "W_NAME_FORMULA")),
        ("strip", FORMULA, name(FORMULA[1:], "W_NAME_FORMULA")),
        ("strip", '"=+@Jean', name("Jean", "W_NAME_FORMULA")),
        ("strip", "==", name(PHONE, "W_NAME_EMPTY")),
        ("strip", "-Jean", name("-Jean", "W_NAME_ODD")),
    ],
)
def test_a_formula_is_kept_or_stripped_where_asked_for(
    formula: str, text: str, expected: Name
) -> None:
    """A name that a spreadsheet would run is sent as it is, or without its signs, if asked for."""
    assert read_name(text, NameRules(formula=formula), phone=PHONE) == expected


@given(TEXT, st.sampled_from(["reject", "keep", "strip"]))
def test_any_text_is_a_name_that_can_be_sent_or_a_problem(text: str, formula: str) -> None:
    """Any text gives one line of UTF-8 without double blanks, at most 255 long, or a problem."""
    found = read_name(text, NameRules(formula=formula), phone=PHONE)
    assert (found.text is None) == (found.problem is not None)
    sent = found.text or PHONE
    assert sent == " ".join(sent.split(" ")).strip()
    assert "  " not in sent
    assert sent.encode().decode() == unicodedata.normalize("NFC", sent)
    assert 0 < len(sent) <= 255
    assert not any(unicodedata.category(character) == "Cc" for character in sent)


@given(TEXT)
def test_a_name_read_twice_is_read_once(text: str) -> None:
    """What was made of a name stays as it is when it is read again."""
    found = read_name(text, NameRules(), phone=PHONE).text
    assert found is None or read_name(found, NameRules(), phone=PHONE).text == found


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [("Anna", "Null", "Anna Null"), ("", "Dupont", "Dupont"), ("Anna", " ", "Anna")],
)
def test_a_blank_part_leaves_no_double_blank(first: str, last: str, expected: str) -> None:
    """N10: a name of two columns of which one is blank has no blanks to spare."""
    template = NameTemplate.compile("{{ first }} {{ last }}")
    text = template.render({"first": first, "last": last})
    assert read_name(text, NameRules(), phone=PHONE) == name(expected)


def test_a_template_names_its_columns() -> None:
    """A template tells which columns it asks for, and reaches any column by its name."""
    template = NameTemplate.compile("{{ first }} {{ row['Last Name'] }}")
    assert template.columns == {"first"}
    assert template.render({"first": "Anna", "Last Name": "Null"}) == "Anna Null"


def test_a_cell_is_never_a_template() -> None:
    """N11: a cell that holds a template is put in as it is, escaped by nobody."""
    template = NameTemplate.compile("{{ first }}")
    assert template.render({"first": "{{ 7 * 7 }} <b> & co"}) == "{{ 7 * 7 }} <b> & co"


@pytest.mark.parametrize(
    "text", ["{{ first", "{% if %}", "{{ first | nothing }}", "{% include 'x' %}{{ (}}"]
)
def test_a_broken_template_is_told_at_once(text: str) -> None:
    """A template that cannot be understood is a usage error before any row is read."""
    with pytest.raises(UsageError, match="the template of the name does not work"):
        NameTemplate.compile(text)


@pytest.mark.parametrize(
    "text",
    [
        "{{ nobody }}",
        "{{ row['nobody'] }}",
        "{{ first() }}",
        "{{ first + 1 }}",
        "{{ 1 / 0 }}",
        "{{ first.__class__.__mro__ }}",
        "{% include 'x' %}",
    ],
)
def test_a_template_that_fails_is_a_usage_error(text: str) -> None:
    """A missing column, a wrong sum, a way out of the sandbox or to a file is a usage error."""
    template = NameTemplate.compile(text)
    with pytest.raises(UsageError, match="the template of the name does not work"):
        template.render({"first": "Anna"})
