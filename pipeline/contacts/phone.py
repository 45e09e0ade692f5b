"""Turn a phone cell into numbers in E.164, or say what is wrong with it.

Rule zero: libphonenumber never sees a raw cell. The cell is cleaned, unwrapped, split and stripped
of words; what then has a letter or a mask is refused; the rest is digits and is judged.
"""

import re
from collections.abc import Iterable

from pipeline.contacts.cleaning import cleaned, unwrapped, without_decimals, without_exponent
from pipeline.contacts.library import CALLING_CODES
from pipeline.contacts.numbering import GLUED, Verdict, judge, refused
from pipeline.contacts.splitting import is_empty, refusal, split, without_words
from pipeline.contacts.values import Number, PhoneRules, Phones

_PLAIN = re.compile(r" *\+?[0-9][0-9 .-]*")
_PUNCTUATION = str.maketrans("", "", " ()-./")
_DIGITS = re.compile(r"\+*[0-9]+")
_NATIONAL_ZERO = re.compile(r"[+0 (]*([1-9]\d{0,2})[) .-]*\( *0 *\)")
_ABROAD = ("+", "00")
_FIRST_CHOICE = frozenset({"mobile", "fixed_or_mobile", "forced"})
_EMPTY = "E_PHONE_EMPTY"


def read_phones(cell: str, rules: PhoneRules) -> Phones:
    """Return the numbers of a cell that may be sent to, or the problem; never an error.

    A number's digits are those of the cell, but for the country of `rules.region` and what a
    numbering plan rewrites (`W_REWRITTEN`).
    """
    if _PLAIN.fullmatch(cell) and not cell.rstrip(" ").endswith((".0", ".00")):
        compact = cell.translate(_PUNCTUATION)
        if compact.strip("+0"):
            return _chosen([judge(compact, rules)], (), rules)
    return read_by_every_rule(cell, rules)


def read_by_every_rule(cell: str, rules: PhoneRules) -> Phones:
    """Return what `read_phones` returns, without its short cut for plain cells."""
    text, is_marked = unwrapped(cleaned(cell))
    verdicts = [_judge_part(part, rules) for part in split(text)]
    return _chosen(verdicts, ("W_EXCEL_WRAP",) if is_marked else (), rules)


def _judge_part(part: str, rules: PhoneRules) -> Verdict:
    """Judge one number with what stands around it."""
    warnings: list[str] = []
    restored = without_exponent(part)
    if restored:
        part, problem = restored
        if problem:
            return Verdict(problem=problem)
        warnings.append("W_SCI_RESTORED")
    whole = without_decimals(part)
    if whole:
        part = whole
        warnings.append("W_FLOAT")
    part, removed, problem = without_words(part)
    if is_empty(part):
        return refused(_EMPTY)
    problem = problem or refusal(part)
    if problem:
        return Verdict(problem=problem)
    verdict = _judge_digits(part, rules)
    return verdict._replace(warnings=(*warnings, *removed, *verdict.warnings))


def _judge_digits(part: str, rules: PhoneRules) -> Verdict:
    """Judge digits with punctuation between them."""
    compact = part.translate(_PUNCTUATION)
    if not _DIGITS.fullmatch(compact):
        return refused("E_PHONE_INVALID", f"a plus between digits: {GLUED}")
    verdict = judge(compact, rules)
    zero = _NATIONAL_ZERO.match(part)
    is_invalid = verdict.problem is not None and verdict.problem.code == "E_PHONE_INVALID"
    if not (is_invalid and zero and zero[1] in CALLING_CODES and compact.startswith(_ABROAD)):
        return verdict
    # Where the plan has a 0, libphonenumber drops it; people write (0) for countries without, too.
    # Only after that: +39 (0)331 is a town, +39 331 a mobile.
    again = judge("+" + zero[1] + part[zero.end() :].translate(_PUNCTUATION), rules)
    return again if again.number else verdict


def _chosen(verdicts: list[Verdict], warned: tuple[str, ...], rules: PhoneRules) -> Phones:
    """Choose among the numbers of a cell as the rules say."""
    told = [v for v in verdicts if v.problem is None or v.problem.code != _EMPTY]
    valid: dict[str, Verdict] = {}
    for verdict in told:
        if verdict.number:
            valid.setdefault(verdict.number.e164, verdict)
    if not valid:
        first = told[0] if told else refused(_EMPTY)
        return Phones(problem=first.problem, suggestion=first.suggestion)
    found = list(valid.values())
    taken = found if rules.several == "all" else [_first(found, rules.several)]
    warnings = [*warned, *(warning for verdict in taken for warning in verdict.warnings)]
    if len(found) > 1 or any(verdict.problem for verdict in told):
        warnings.append("W_MULTI")
    return Phones(
        numbers=_numbers(taken),
        others=_numbers(v for v in found if v not in taken),
        warnings=tuple(dict.fromkeys(warnings)),
    )


def _first(valid: list[Verdict], several: str) -> Verdict:
    """Return the first mobile, or the first if there is none or the first is asked for."""
    mobiles = [v for v in valid if v.number and v.number.kind in _FIRST_CHOICE]
    return mobiles[0] if mobiles and several == "first-mobile" else valid[0]


def _numbers(verdicts: Iterable[Verdict]) -> tuple[Number, ...]:
    return tuple(verdict.number for verdict in verdicts if verdict.number)
