"""Rules 8 to 12 of a phone cell: digits become a number that may be sent to, or a problem."""

from typing import NamedTuple

from pipeline.contacts.library import Reading, calling_codes, read, trunk_prefix
from pipeline.contacts.suggesting import suggestion_for
from pipeline.contacts.values import Number, PhoneRules, Problem

# By libphonenumber's numbers for the types of lines; people cannot get an SMS on the others.
_KINDS = {0: "fixed", 1: "mobile", 2: "fixed_or_mobile", 6: "voip", 100: "forced"}
_OTHERS = {
    3: "TOLL_FREE",
    4: "PREMIUM_RATE",
    5: "SHARED_COST",
    7: "PERSONAL_NUMBER",
    8: "PAGER",
    9: "UAN",
    10: "VOICEMAIL",
}
# More than a plus and the fifteen digits of E.164 are rather two numbers.
_LONGEST = 16
GLUED = "two numbers glued together?"


class Verdict(NamedTuple):
    """What becomes of one number: taken, or refused with a problem and perhaps a suggestion."""

    number: Number | None = None
    problem: Problem | None = None
    warnings: tuple[str, ...] = ()
    suggestion: str | None = None


def refused(code: str, detail: str = "", suggestion: str | None = None) -> Verdict:
    """Return the verdict of a number that is not taken."""
    return Verdict(problem=Problem(code, detail), suggestion=suggestion)


def judge(compact: str, rules: PhoneRules) -> Verdict:
    """Judge ASCII digits that may have pluses before them."""
    digits = compact.lstrip("+")
    has_plus = digits != compact
    has_prefix = digits[:2] == "00" and digits[2:3] > "0"
    if not (has_plus or has_prefix):
        return _judge_national(digits, rules)
    reading = read("+" + (digits[2:] if has_prefix else digits), None, rules.forced)
    if not (reading.is_valid or has_plus) and rules.region:
        # Not every country dials 00 to call abroad: 0011 in Australia, 001 in Singapore.
        dialled = read(digits, rules.region, rules.forced)
        reading = dialled if dialled.is_valid else reading
    return _accept(reading, compact, rules)


def _judge_national(digits: str, rules: PhoneRules) -> Verdict:
    """Judge digits without a plus, which may be a number at home or one whose plus is lost."""
    region = rules.region
    if region is None:
        return refused("E_PHONE_NO_REGION")
    national = read(digits, region, rules.forced)
    expected = _expected(rules)
    is_plain = _is_wanted(national, expected) and not digits.startswith(expected)
    if is_plain or digits[0] == "0":
        return _accept(national, digits, rules)
    full = read("+" + digits, None, rules.forced)
    if not full.is_valid or full.e164 == national.e164:
        return _accept(national, digits, rules)
    if national.is_valid:
        return _judge_both(national, full, digits, rules)
    if full.calling_code not in expected:
        return refused("E_PHONE_NO_PLUS", f"would be {full.hinted()}", full.spaced())
    return _accept(full, digits, rules)


def _judge_both(national: Reading, full: Reading, digits: str, rules: PhoneRules) -> Verdict:
    """Decide between two valid numbers: the only mobile of an expected country, or neither.

    In Germany 4915112345678 is a landline of a village, too.
    """
    expected = _expected(rules)
    wanted = [reading for reading in (national, full) if _is_wanted(reading, expected)]
    if len(wanted) == 1:
        return _accept(wanted[0], digits, rules)
    return refused("E_PHONE_AMBIGUOUS", f"{national.hinted()} or {full.hinted()}")


def _expected(rules: PhoneRules) -> tuple[str, ...]:
    """Return the calling codes that numbers without a plus may have."""
    return calling_codes(rules.allowed | ({rules.region} if rules.region else set()))


def _is_wanted(reading: Reading, expected: tuple[str, ...]) -> bool:
    """Whether a reading is a mobile of a country that is expected in the file."""
    return reading.is_mobile and reading.calling_code in expected


def _accept(reading: Reading, compact: str, rules: PhoneRules) -> Verdict:
    """Hold a reading of the cell's digits against the rules."""
    if not reading.is_valid:
        return _invalid(reading, compact)
    country = reading.country
    if rules.allowed and country not in rules.allowed:
        return refused("E_PHONE_REGION", country or "no country")
    if reading.kind in _OTHERS:
        return refused("E_PHONE_TYPE", _OTHERS[reading.kind])
    kind = _KINDS[reading.kind]
    warnings = _guesses(reading, compact, rules.region)
    if kind == "fixed":
        if not rules.landlines:
            return refused("E_PHONE_LANDLINE", country or "no country")
        warnings = (*warnings, "W_LANDLINE")
    return Verdict(Number(reading.e164, country, kind), None, warnings)


def _guesses(reading: Reading, compact: str, region: str | None) -> tuple[str, ...]:
    """Return what was added to the cell's digits to make them the number."""
    if reading.national not in compact:
        return ("W_REWRITTEN",)  # as a country's plan says: Argentina's 15 becomes a 9 in front
    if region is None or compact[0] == "+":
        return ()
    prefix, is_written = trunk_prefix(region)
    if compact == reading.national:
        return ("W_TRUNK_GUESSED",) if is_written else ()
    if compact.startswith(reading.calling_code) and compact != prefix + reading.national:
        return ("W_PLUS_GUESSED",)
    return ()


def _invalid(reading: Reading, compact: str) -> Verdict:
    if len(compact) > _LONGEST:
        return refused("E_PHONE_INVALID", f"{reading.reason}: {GLUED}")
    meant = suggestion_for(reading)
    if meant is None:
        return refused("E_PHONE_INVALID", reading.reason)
    detail = f"{reading.reason}, would be {meant.hinted()}"
    return refused("E_PHONE_INVALID", detail, meant.spaced())
