"""What becomes of the numbers that messages were sent to."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.transform.phones import normalised


@pytest.mark.parametrize(
    ("text", "region", "expected"),
    [
        ("+33612345678", "DE", ("+33612345678", "FR")),
        ("0612345678", "FR", ("+33612345678", "FR")),
        ("06 12 34 56 78", "FR", ("+33612345678", "FR")),
        ("0612345678", "", (None, None)),
        ("INFO", "FR", (None, None)),
        ("38600", "FR", (None, None)),
        ("", "FR", (None, None)),
        ("1-800-FLOWERS", "US", (None, None)),
        ("+33 6 XX XX XX XX", "FR", (None, None)),
        ("0412 345 678", "AU", ("+61412345678", "AU")),
    ],
)
def test_a_number_gets_its_international_form(
    text: str, region: str, expected: tuple[str | None, str | None]
) -> None:
    """A number with a country, its own or the phone's, becomes E.164; anything else nothing."""
    assert normalised(text, region) == expected


@given(st.text(max_size=40), st.sampled_from(["", "FR", "US", "AU", "XX"]))
def test_wild_text_is_a_number_or_nothing(text: str, region: str) -> None:
    """Any text gives E.164 with a country, or nothing; never an error."""
    e164, country = normalised(text, region)
    assert e164 is None or (e164.startswith("+") and e164[1:].isascii() and e164[1:].isdecimal())
    assert country is None or (len(country) == 2 and e164 is not None)
