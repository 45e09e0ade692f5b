"""What becomes of the numbers that messages were sent to."""

import phonenumbers
import pytest
from hypothesis import example, given, settings
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


@st.composite
def plain_numbers(draw: st.DrawFn) -> str:
    """Give digits after a plus: an example of a kind, changed or with a prefix before it."""
    code = draw(st.sampled_from(sorted(phonenumbers.COUNTRY_CODE_TO_REGION_CODE)))
    regions = phonenumbers.region_codes_for_country_code(code)
    kind = draw(st.sampled_from(phonenumbers.PhoneNumberType.values()))
    examples = [phonenumbers.example_number_for_type(region, kind) for region in regions]
    examples.append(phonenumbers.example_number_for_non_geo_entity(code))
    homes = [phonenumbers.national_significant_number(found) for found in examples if found]
    home = draw(st.sampled_from(homes or ["123456789"]))
    place = draw(st.integers(0, len(home) - 1))
    changed = home[:place] + draw(st.text("0123456789", max_size=2)) + home[place + 1 :]
    own = [phonenumbers.ndd_prefix_for_region(region, True) or "" for region in regions]
    prefix = draw(st.sampled_from(["", "0", "1", "8", "9", "15", "44", *own]))
    return f"+{code}{prefix}{draw(st.sampled_from([home, changed]))}"


@settings(max_examples=500, deadline=None)
@example("+789123456789")
@example("+112015550123")
@given(plain_numbers() | st.from_regex(r"\+[0-9]{3,17}", fullmatch=True))
def test_a_plain_number_is_read_as_libphonenumber_reads_it(text: str) -> None:
    """The short way for digits after a plus ends where the library's own way does."""
    try:
        number = phonenumbers.parse(text)
    except phonenumbers.NumberParseException:
        assert normalised(text, "") == (None, None)
        return
    country = phonenumbers.region_code_for_number(number)
    if country is None or not phonenumbers.is_valid_number_for_region(number, country):
        assert normalised(text, "FR") == (None, None)
        return
    e164 = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    assert normalised(text, "FR") == (e164, country if country.isalpha() else None)
