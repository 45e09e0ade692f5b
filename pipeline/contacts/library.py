"""The one door to libphonenumber, which sees an optional plus and ASCII digits, nothing else.

It makes valid numbers of strangers out of letters, separators and remarks. The fast library reads
where it is installed (the extra `fast`), else the usual one. Both give the same answers but for the
age of their data: whether a number is valid is a matter of date, and `METADATA` names it.
"""

from functools import cache
from typing import NamedTuple

import phonenumbers

try:
    import rphonenumbers as library
except ImportError:
    library = phonenumbers

REGIONS: frozenset[str] = frozenset(library.SUPPORTED_REGIONS)
CALLING_CODES = frozenset(map(str, library.COUNTRY_CODE_TO_REGION_CODE))
METADATA: str = getattr(library, "__phonenumbers_version__", phonenumbers.__version__)

# Without it the 512 patterns that `re` keeps are thrown out and compiled again with every number
# of a list with many countries: 230 us instead of 20 (measured on 9.0.43, the first that has it).
phonenumbers.enable_pattern_cache()

UNKNOWN = phonenumbers.PhoneNumberType.UNKNOWN
# A type of our own: a person vouches for the number.
FORCED = 100
MOBILE = frozenset(
    {
        phonenumbers.PhoneNumberType.MOBILE,
        phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE,
        FORCED,
    }
)
# A plus and the fifteen digits of E.164.
_LONGEST = 16
# By libphonenumber's numbers for what it cannot parse, and for what is not possible.
_NO_COUNTRY = "unknown country code"
_UNPARSED = {0: _NO_COUNTRY, 1: "TOO_SHORT", 2: "TOO_SHORT", 3: "TOO_SHORT", 4: "TOO_LONG"}
_IMPOSSIBLE = {
    0: "BAD_RANGE",
    1: _NO_COUNTRY,
    2: "TOO_SHORT",
    3: "TOO_LONG",
    4: "TOO_SHORT",  # enough for a call inside its town
    5: "BAD_LENGTH",  # between two lengths
}


class Reading(NamedTuple):
    """One way to read digits.

    Attributes:
        e164: the number, or an empty text where the digits are none at all.
        national: the number without its calling code.
        country: ISO 3166; None where the number belongs to no country.
        kind: libphonenumber's number for the type of line, or `FORCED`.
        reason: why it is not valid.
    """

    e164: str
    national: str
    calling_code: str
    country: str | None
    kind: int
    reason: str

    @property
    def is_valid(self) -> bool:
        """Whether such a number exists, or a person says so."""
        return self.kind != UNKNOWN

    @property
    def is_mobile(self) -> bool:
        """Whether it is, or may be, a mobile."""
        return self.kind in MOBILE

    def hinted(self) -> str:
        """Return what it would be without giving it away: `+212... (MA)`."""
        return f"+{self.calling_code}... ({self.country or 'no country'})"

    def spaced(self) -> str:
        """Return it with spaces, as spreadsheets leave it alone: `+33 6 12 34 56 78`."""
        parsed = library.parse(self.e164, None)
        style = library.PhoneNumberFormat.INTERNATIONAL
        return str(library.format_number(parsed, style)).replace("-", " ")


def read(text: str, region: str | None, forced: frozenset[str] = frozenset()) -> Reading:
    """Read a plus and digits; or, with a region (ISO 3166), digits as they are dialled there.

    `forced` are numbers in E.164 that are valid whatever the data say.
    """
    try:
        parsed = library.parse(text, region)
    except library.NumberParseException as error:
        return Reading("", "", "", None, UNKNOWN, _UNPARSED[error.error_type])
    e164 = library.format_number(parsed, library.PhoneNumberFormat.E164)
    kind = library.number_type(parsed)  # UNKNOWN where `is_valid_number` says no
    reason = ""
    if len(e164) > _LONGEST:
        kind, reason = UNKNOWN, "TOO_LONG"  # Germany's data know landlines of 17 digits
    elif kind == UNKNOWN:
        reason = _IMPOSSIBLE[library.is_possible_number_with_reason(parsed)]
    if e164 in forced:
        kind = FORCED
    code = str(parsed.country_code)
    country = library.region_code_for_number(parsed)
    if kind == FORCED:
        country = country or library.region_code_for_country_code(parsed.country_code)
    if country == "001":
        country = None
    return Reading(e164, e164[len(code) + 1 :], code, country, kind, reason)


@cache
def calling_codes(countries: frozenset[str]) -> tuple[str, ...]:
    """Return the codes that some countries (ISO 3166) are called by, without plus."""
    return tuple({str(library.country_code_for_region(country)) for country in countries})


@cache
def trunk_prefix(region: str) -> tuple[str, bool]:
    """Return what is dialled before a country's numbers at home, and whether people write it.

    The 0 of France is written; the 1 of North America is not.
    """
    prefix = library.ndd_prefix_for_region(region, True) or ""
    example = library.example_number_for_type(region, library.PhoneNumberType.MOBILE)
    if not (prefix and example):
        return prefix, False
    written = library.format_number(example, library.PhoneNumberFormat.NATIONAL)
    return prefix, "".join(filter(str.isdigit, written)).startswith(prefix)
