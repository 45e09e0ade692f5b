"""What libphonenumber makes of the numbers that messages were sent to."""

import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import phonenumbers

from pipeline.warehouse.retention import Person, Spelling
from pipeline.warehouse.store import Warehouse, statement

if TYPE_CHECKING:
    import polars as pl

# Without it numbers of many countries throw out one another's patterns: 209 us each instead of 27.
phonenumbers.enable_pattern_cache()

_PLAIN = re.compile(r"\+[1-9][0-9]{6,14}")
_FORGOTTEN = re.compile(r"(hmac:[0-9a-f]{32})(?: ([A-Z]{2}))?")
# The parts of the metadata of a country, that of all its numbers first.
_KINDS = (
    *("general_desc", "mobile", "fixed_line", "voip", "personal_number", "premium_rate"),
    *("toll_free", "shared_cost", "uan", "pager", "voicemail"),
)
# Digits that are nobody else's number by chance.
_TELLING = 8


def unknown_recipients(warehouse: Warehouse) -> "pl.DataFrame":
    """Return the spellings, with a default region, that no earlier build has looked up."""
    return warehouse.frame(statement("lookups/recipients_missing"))


def look_up(warehouse: Warehouse, missing: "pl.DataFrame", scratch: Path) -> None:
    """Keep what libphonenumber makes of the columns `sendto` and `region` of a frame.

    A file that DuckDB reads lies in the private folder `scratch` meanwhile.
    """
    import polars as pl  # noqa: PLC0415 - only a build pays for polars

    if missing.is_empty():
        return
    found = [normalised(sendto, region) for sendto, region in missing.iter_rows()]
    names = {"e164": pl.String, "country": pl.String}
    frame = missing.hstack(pl.DataFrame(found, schema=names, orient="row"))
    scratch.mkdir(mode=0o700, parents=True, exist_ok=True)
    warehouse.append_frame("lookup.recipients", frame, scratch)


def normalised(text: str, region: str) -> tuple[str | None, str | None]:
    """Return a number in E.164 and its country; (None, None) where it is none.

    Args:
        text: the number as the gateway holds it, or the hash of one that was forgotten with its
            country; names of senders and short codes are no numbers.
        region: the country to take where the number has none (ISO 3166), or an empty text.
    """
    if forgotten := _FORGOTTEN.fullmatch(text):
        return forgotten[1], forgotten[2]
    plain = _plain_number(text)
    number = plain or _number(text, region)
    country = phonenumbers.region_code_for_number(number) if number else None
    if not (number and country and _is_valid(number, country)):
        return None, None
    e164 = phonenumbers.PhoneNumberFormat.E164
    written = text if plain else phonenumbers.format_number(number, e164)
    return written, country if country.isalpha() else None


def _number(text: str, region: str) -> phonenumbers.PhoneNumber | None:
    if any(character.isalpha() or character in "*#" for character in text):
        return None  # libphonenumber reads letters as keys of a telephone
    try:
        return phonenumbers.parse(text, region or None)
    except phonenumbers.NumberParseException:
        return None


def _plain_number(text: str) -> phonenumbers.PhoneNumber | None:
    """Return what `phonenumbers.parse` gives for digits after a plus, in a third of its time.

    None where a country code is unknown, or a zero or another prefix may have to be left out.
    """
    if not _PLAIN.fullmatch(text):
        return None
    for end in (2, 3, 4):
        code, home = int(text[1:end]), text[end:]
        if code in phonenumbers.COUNTRY_CODE_TO_REGION_CODE:
            has_prefix = home.startswith("0") or _prefix(code).match(home)
            return None if has_prefix else phonenumbers.PhoneNumber(code, int(home))
    return None


@cache
def _prefix(country_code: int) -> re.Pattern[str]:
    """Return what matches where a number at home may begin with a prefix."""
    (region, *_) = phonenumbers.region_codes_for_country_code(country_code)
    metadata = phonenumbers.PhoneMetadata.metadata_for_region_or_calling_code(country_code, region)
    return _pattern(metadata.national_prefix_for_parsing if metadata else None)


def _is_valid(number: phonenumbers.PhoneNumber, country: str) -> bool:
    """Return what `is_valid_number_for_region` does for the country of a number, in half its time.

    That one looks for the kind of a number, and for the rare kinds first.
    """
    home = phonenumbers.national_significant_number(number)
    general, *kinds = _patterns(number.country_code or 0, country)
    return general.fits(home) and any(kind.fits(home) for kind in kinds)


class _Pattern(NamedTuple):
    """How numbers of a kind look; without lengths, any length will do."""

    lengths: frozenset[int]
    digits: re.Pattern[str]

    def fits(self, home: str) -> bool:
        is_long = not self.lengths or len(home) in self.lengths
        return is_long and self.digits.fullmatch(home) is not None


@cache
def _patterns(country_code: int, country: str) -> tuple[_Pattern, ...]:
    """Return the pattern of all numbers of a country, and of each kind, the commonest first."""
    metadata = phonenumbers.PhoneMetadata.metadata_for_region_or_calling_code(country_code, country)
    described = [getattr(metadata, name) for name in _KINDS]
    return tuple(
        _Pattern(frozenset(kind.possible_length), _pattern(kind.national_number_pattern))
        for kind in described
        if kind is not None
    )


def _pattern(text: str | None) -> re.Pattern[str]:
    """Return a pattern of the metadata; nothing fits one that is not there."""
    return re.compile(text or r"(?!)")


def person_of(e164: str, alias: str) -> Person:
    """Return a person with all ways in which phones here and abroad write the number.

    A number in E.164 that libphonenumber does not know is known by its digits alone.
    """
    digits = e164.removeprefix("+")
    try:
        number = phonenumbers.parse(e164)
    except phonenumbers.NumberParseException:
        return Person(alias, None, digits, (Spelling(digits),))
    code = number.country_code or 0
    home = phonenumbers.national_significant_number(number)
    dialled = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.NATIONAL)
    trunk = "".join(character for character in dialled if character.isdecimal())
    # `+33 (0)6 12 ...` is written so often that it is a spelling too.
    abroad = {digits, f"{code}{trunk}"}
    at_home = {home, trunk}
    regions = phonenumbers.region_codes_for_country_code(code)
    country = phonenumbers.region_code_for_number(number)
    return Person(
        alias,
        country if country and country.isalpha() else None,
        home if len(home) >= _TELLING else digits,
        (
            *(Spelling(text) for text in sorted(abroad)),
            *(Spelling(text, region) for text in sorted(at_home) for region in sorted(regions)),
        ),
    )
