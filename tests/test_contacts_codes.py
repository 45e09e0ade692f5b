"""Every code has a sentence, and no number is shown whole."""

import re

from hypothesis import given
from hypothesis import strategies as st

from pipeline.contacts.codes import explained, sentences
from pipeline.contacts.values import Problem
from pipeline.masks import masked, masked_digits
from support.command import ROOT

STOPS = {"E_HEADER_AMBIGUOUS", "E_MAPPING_SWAPPED"}  # these stop a plan, and say it themselves


def test_every_code_of_the_room_has_a_sentence() -> None:
    """A code that some row may get is explained, and no other code is."""
    sources = (ROOT / "pipeline" / "contacts").rglob("*.py")
    text = "".join(path.read_text("utf-8") for path in sources)
    used = set(re.findall(r'"([EW]_[A-Z]+(?:_[A-Z]+)*)"', text)) - STOPS
    assert used == set(sentences())


def test_a_problem_is_explained_with_its_detail() -> None:
    """The sentence of the code comes first, then what is wrong with this row."""
    assert explained(Problem("E_PHONE_EMPTY")) == "There is no number"
    found = explained(Problem("E_PHONE_SCI", "7 digits lost"))
    assert found == "A spreadsheet has cut digits of the number: 7 digits lost"
    found = explained(Problem("E_PHONE_INVALID", "TOO_SHORT, would be +262... (RE)"))
    assert found == "There is no such number: too short, would be +262... (RE)"


def test_numbers_are_masked() -> None:
    """A number keeps its first and last digits; a cell keeps what stands between its digits."""
    assert masked("+33612345678") == "+336****5678"
    assert masked_digits("06 12 34 56 78") == "06 1* ** 56 78"
    assert masked_digits("rue 12, 7501") == "rue 12, 7501"


@given(st.text(alphabet="0123456789 +٣x", min_size=7))
def test_a_masked_text_keeps_its_length_and_at_most_seven_digits(text: str) -> None:
    """Of seven digits or more no more than three and four are shown."""
    found = masked_digits(text)
    assert len(found) == len(text)
    digits = sum(map(str.isdecimal, found))
    assert digits == min(sum(map(str.isdecimal, text)), 7)
