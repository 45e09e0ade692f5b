"""What becomes of a phone cell: the table P01-P35, and any text at all."""

import re
import unicodedata

import phonenumbers
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.contacts import library
from pipeline.contacts.phone import read_by_every_rule, read_phones
from pipeline.contacts.values import Number, PhoneRules, Phones, Problem
from support.campaign import rounds
from support.phone_cases import CASES, HANS, JEAN, OTHER, Case, refused, taken

EXAMPLES = settings(max_examples=rounds(300, 30_000), deadline=None)
REGION = st.sampled_from([None, "FR", "DE", "US", "IT", "BR", "AR", "GB", "RU", "SG", "AG", "XX"])
RULES = st.builds(
    PhoneRules,
    region=REGION,
    allowed=st.sampled_from([frozenset(), frozenset({"FR", "MA"}), frozenset({"US"})]),
    landlines=st.booleans(),
    several=st.sampled_from(["first-mobile", "all", "first"]),
    forced=st.sampled_from([frozenset(), frozenset({"+33712345678"})]),
)
KNOWN = st.one_of(
    st.sampled_from(["0612345678", "+33612345678", "0033612345678", "612345678", "33612345678"]),
    st.sampled_from(["212612345678", "4915112345678", "4155552671", "0123456789", "+39331234567"]),
    st.sampled_from(["4.915112345678E+12", "3.36123E+10", "0", "00", "+", "011"]),
)
PLAIN = st.text("0123456789+ .-", max_size=20) | st.builds("{} {}".format, KNOWN, KNOWN)
PIECES = st.one_of(
    KNOWN,
    st.text(st.characters(categories=["Nd"]), max_size=6),
    st.sampled_from(
        ["+", "(0)", "(33)", ";", " / ", ", ", " ou ", "\n", "\t", " ::: ", "|", "E+12"]
    ),
    st.sampled_from(["Mobile: ", "tel", "fax:", "(maman)", " ext. 5", "x12", "#31#", "XX", "n/a"]),
    st.sampled_from(["\u202a", "\u202c", "\u200d", "\u200f", "\ufeff", "\u00a0", "\x00", "\ud800"]),
    st.characters(exclude_categories=[]),
)
WILD = st.lists(PIECES, max_size=9).map("".join) | st.text(st.characters(exclude_categories=[]))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_a_cell_of_the_table(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each cell of the table P01-P35 becomes what the table says, by the short cut and without."""
    monkeypatch.setattr(library, "library", phonenumbers)  # the fast one's data are older
    assert read_phones(case.cell, case.phone_rules) == case.expected
    assert read_by_every_rule(case.cell, case.phone_rules) == case.expected


def test_every_row_of_the_table_is_here() -> None:
    """No row of the table is left out."""
    assert {case.id[:3] for case in CASES} == {f"P{row:02}" for row in range(1, 36)}


@given(PLAIN | WILD, RULES)
@EXAMPLES
def test_the_short_cut_changes_nothing(cell: str, rules: PhoneRules) -> None:
    """A plain cell becomes by the short cut what it becomes by every rule."""
    assert read_phones(cell, rules) == read_by_every_rule(cell, rules)


@given(PLAIN | WILD, RULES)
@EXAMPLES
def test_any_text_is_a_number_of_its_own_digits_or_a_problem(cell: str, rules: PhoneRules) -> None:
    """Any text gives valid numbers whose digits stand in it together, or a problem."""
    phones = read_phones(cell, rules)
    assert bool(phones.numbers) != bool(phones.problem)
    for number in (*phones.numbers, *phones.others):
        assert re.fullmatch(r"\+[1-9][0-9]{4,14}", number.e164)
        parsed = library.library.parse(number.e164)
        assert number.kind == "forced" or library.library.is_valid_number(parsed)
        national = number.e164.removeprefix(f"+{parsed.country_code}")
        is_told = "W_REWRITTEN" in phones.warnings or number in phones.others
        assert national in _digits(cell) or is_told


def _digits(cell: str) -> str:
    """Return the digits of a text in any script, in order."""
    text = unicodedata.normalize("NFKC", cell)
    return "".join(str(unicodedata.decimal(c)) for c in text if c.isdecimal())


@given(PLAIN | WILD, st.sampled_from(["AR", "AG", "FR"]))
@EXAMPLES
def test_only_a_plan_rewrites_a_number(cell: str, region: str) -> None:
    """Digits are changed, and that is told, only where the country's plan has a rule for it."""
    phones = read_phones(cell, PhoneRules(region=region))
    if "W_REWRITTEN" in phones.warnings:
        plan = phonenumbers.PhoneMetadata.metadata_for_region(phones.numbers[0].country)
        assert plan.national_prefix_transform_rule


@given(st.lists(st.sampled_from(["+33612345678", "+33766666666", "0123456789", "?"]), max_size=5))
def test_all_takes_every_number_once(cells: list[str]) -> None:
    """With `all`, every mobile of a cell is taken once, in the order of the cell."""
    phones = read_phones(";".join(cells), PhoneRules(region="FR", several="all"))
    mobiles = [cell for cell in cells if cell.startswith("+")]
    assert [number.e164 for number in phones.numbers] == list(dict.fromkeys(mobiles))


@pytest.mark.parametrize(
    ("several", "expected"),
    [("first-mobile", ("+33612345678",)), ("first", ("+33123456789",))],
)
def test_a_mobile_goes_before_a_landline(several: str, expected: tuple[str, ...]) -> None:
    """Where landlines are taken, a mobile is still chosen first, but not if the first is asked."""
    rules = PhoneRules(region="FR", landlines=True, several=several)
    phones = read_phones("01 23 45 67 89; 06 12 34 56 78", rules)
    assert tuple(number.e164 for number in phones.numbers) == expected
    assert len(phones.others) == 1


ODD = [
    ("Tél. 06 12 34 56 78", "FR", taken(JEAN, "W_LABEL")),
    ("☎\ufe0f 06 12 34 56 78", "FR", taken(JEAN, "W_LABEL")),
    ("Mobile: ", "FR", refused("E_PHONE_EMPTY")),
    ("Fax: 06 12 34 56 78", "FR", refused("E_PHONE_TYPE", "FAX")),
    ("06 12 34 56 78 (télécopie)", "FR", refused("E_PHONE_TYPE", "FAX")),
    ("06 12 34 56 78 (XX)", "FR", refused("E_PHONE_LETTERS", 'the letter "X"')),
    ("(O)612345678", "FR", refused("E_PHONE_LETTERS", 'the letter "O"')),
    ("0612345678;n/a", "FR", taken(JEAN)),
    ("0612345678; 07XXXXXXXX", "FR", taken(JEAN, "W_MULTI")),
    ("0612345678,0766666666", "FR", taken(JEAN, "W_MULTI", others=(OTHER,))),
    ("0612345678, ext 5", "FR", refused("E_PHONE_EXT", "an extension")),
    ("#100#", "FR", refused("E_PHONE_CODE", "a code to dial")),
    ("€ 0612345678", "FR", refused("E_PHONE_SIGNS", 'the sign "€"')),
    ("0612345678\ud800", "FR", refused("E_PHONE_SIGNS", 'the sign "U+D800"')),
    ("0️⃣6️⃣12345678", "FR", taken(JEAN)),
    ("49 (0) 151 12345678", "DE", taken(HANS, "W_PLUS_GUESSED")),
    ("+49151\u30fc12345678", None, taken(HANS)),
    ("41791234567", "DE", refused("E_PHONE_AMBIGUOUS", "+49... (DE) or +41... (CH)")),
    ("0011 33 6 12 34 56 78", "AU", taken(JEAN)),
    ("+34 (0) 612 345 678", None, taken(Number("+34612345678", "ES", "mobile"))),
    ("+39 (0)331 234567", None, refused("E_PHONE_LANDLINE", "IT")),
    ("678 555 1234", "US", taken(Number("+16785551234", "US", "fixed_or_mobile"))),
    (
        "011 15 2345 6789",
        "AR",
        taken(Number("+5491123456789", "AR", "mobile"), "W_REWRITTEN"),
    ),
    (
        "+33612345678 +33766666666",
        None,
        refused("E_PHONE_INVALID", "a plus between digits: two numbers glued together?"),
    ),
    ("0612345678", "XX", refused("E_PHONE_INVALID", "unknown country code")),
    ("+883510000000094", None, taken(Number("+883510000000094", None, "voip"))),
    ("4.9151E+2", "FR", refused("E_PHONE_SCI", "a fraction")),
]


@pytest.mark.parametrize(("cell", "region", "expected"), ODD, ids=[repr(odd[0]) for odd in ODD])
def test_what_the_table_leaves_open(cell: str, region: str | None, expected: Phones) -> None:
    """What people type beside the table is read without a guess, or refused with its reason."""
    assert read_phones(cell, PhoneRules(region=region)) == expected


def test_a_long_cell_is_read_in_time() -> None:
    """A very long cell is refused in time that grows with its length alone."""
    for piece in (
        "0",
        "(",
        " ",
        "06 ",
        "a",
        "+",
        "1;",
        ", ",
        "(a)",
        "12345678/",
        "\u202a",
        "#31#",
        "\n",
        "x ",
    ):
        phones = read_phones(piece * 10_000, PhoneRules(region="FR"))
        assert isinstance(phones.problem, Problem)


def test_regions_are_countries() -> None:
    """The countries that can be asked for are known by their two letters."""
    assert {"FR", "RE", "US"} <= library.REGIONS
    assert all(re.fullmatch("[A-Z]{2}", region) for region in library.REGIONS)
