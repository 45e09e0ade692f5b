"""The fast libphonenumber gives the answers of the usual one, but for the age of its data."""

import random
from types import ModuleType

import phonenumbers
import pytest

from pipeline.contacts import library
from pipeline.contacts.phone import read_phones
from support.campaign import note, rounds
from support.phone_cases import CASES

# The calling codes of the regions whose data differ between the two releases: by comparing
# phonenumbers/data/region_*.py of both wheels.
CHANGED = {
    ("9.0.41", "9.0.43"): frozenset(
        {7, 34, 40, 45, 49, 57, 61, 86, 91, 229, 233, 238, 251, 254, 263, 267, 290, 358, 506, 592}
        | {593, 595, 675, 856, 965, 995}
    )
}
REGIONS = sorted(phonenumbers.SUPPORTED_REGIONS)


@pytest.fixture
def fast() -> ModuleType:
    """Return the fast library, where it is installed."""
    return pytest.importorskip(
        "rphonenumbers", reason="the extra `fast` (rphonenumbers) is not installed"
    )


def changed_codes(fast: ModuleType) -> frozenset[int]:
    """Return the calling codes for which the answers may differ."""
    releases = (fast.__phonenumbers_version__, phonenumbers.__version__)
    if releases[0] != releases[1] and releases not in CHANGED:
        pytest.skip(f"what changed between the data of {' and '.join(releases)} is not listed")
    return CHANGED.get(releases, frozenset())


def test_the_table_by_the_fast_library(fast: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each cell of the table P01-P35 becomes the same by the fast library, but for one reason."""
    monkeypatch.setattr(library, "library", fast)
    older = {"P29-BJ"} if changed_codes(fast) else set()  # its reason was another
    found = {case.id: read_phones(case.cell, case.phone_rules) for case in CASES}
    assert {case.id for case in CASES if found[case.id] != case.expected} == older
    for case in CASES:
        assert found[case.id].numbers == case.expected.numbers
        assert found[case.id].suggestion == case.expected.suggestion


def mutated(seed: int, count: int) -> list[tuple[str, str | None]]:
    """Return numbers of every region and type, with one to three digits changed or none."""
    dice = random.Random(seed)
    bases = [
        (phonenumbers.format_number(example, style), region)
        for region in REGIONS
        for kind in range(11)
        if (example := phonenumbers.example_number_for_type(region, kind))
        for style in (phonenumbers.PhoneNumberFormat.E164, phonenumbers.PhoneNumberFormat.NATIONAL)
    ]
    return [_changed(dice, *dice.choice(bases)) for _ in range(count)]


def _changed(dice: random.Random, text: str, region: str) -> tuple[str, str | None]:
    """Return plus and digits of a number with some digits set, put in or taken out."""
    plus = text[: text.startswith("+")]
    digits = [sign for sign in text if sign.isdecimal()]
    for _ in range(dice.choice([0, 1, 1, 1, 2, 3])):
        place = dice.randrange(len(digits))
        new = dice.choice([[], [dice.choice("0123456789")] * 2, [dice.choice("0123456789")]])
        digits[place : place + 1] = new or digits[place : place + 1][: len(digits) == 1]
    home = dice.choice([region, region, dice.choice(REGIONS)])
    return plus + "".join(digits), None if plus else home


def answers(chosen: ModuleType, text: str, region: str | None) -> tuple[object, ...]:
    """Return all that the readings are made of."""
    try:
        number = chosen.parse(text, region)
    except chosen.NumberParseException as error:
        return (error.error_type,)
    return (
        number.country_code,
        chosen.format_number(number, chosen.PhoneNumberFormat.E164),
        chosen.format_number(number, chosen.PhoneNumberFormat.INTERNATIONAL),
        chosen.number_type(number),
        chosen.is_valid_number(number),
        chosen.is_possible_number_with_reason(number),
        chosen.region_code_for_number(number),
    )


def test_mutated_numbers_by_either_library(fast: ModuleType) -> None:
    """A hundred thousand changed numbers get the same answers, but where the data are newer."""
    changed = changed_codes(fast)
    differ: list[tuple[str, str | None]] = []
    numbers = mutated(20261122, rounds(4_000, 100_000))
    for text, region in numbers:
        usual, quick = answers(phonenumbers, text, region), answers(fast, text, region)
        if usual != quick:
            differ.append((text, region))
            codes = {answer[0] for answer in (usual, quick) if len(answer) > 1}
            assert codes & changed, (text, region, usual, quick)
    note("phone_libraries", len(numbers), len(differ), differ)
    assert len(differ) <= len(numbers) // 100


def test_a_number_is_valid_where_its_type_is_known() -> None:
    """One question answers two: a number has a type exactly if it is valid."""
    for text, region in mutated(7, rounds(2_000, 100_000)):
        found = library.read(text, region)
        if found.e164 and len(found.e164) <= 16:
            number = library.library.parse(text, region)
            assert found.is_valid == library.library.is_valid_number(number), (text, region)


def test_the_data_have_a_date() -> None:
    """The release of the data that decide about validity is known."""
    assert library.METADATA.startswith("9.")
