"""Read the numbers that a person names: typed, or listed in a file."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path

from pipeline.contacts.codes import explained
from pipeline.contacts.headers import normalised
from pipeline.contacts.mapping import Given, map_columns
from pipeline.contacts.options import PlanOptions, checked_options
from pipeline.contacts.people import RowReader
from pipeline.contacts.phone import read_phones
from pipeline.contacts.reading.source import Record, Source, open_source, sample_of
from pipeline.contacts.values import PhoneRules, Problem
from pipeline.errors import UsageError
from pipeline.ledger.values import is_forgotten
from pipeline.masks import masked_digits

_E164 = re.compile(r"\+[1-9]\d{6,14}")
_IDS = ("contact id", "id contact", "contactid", "id")


@dataclass(frozen=True, slots=True)
class ListedNumber:
    """A number of a file; `contact_id` is the gateway's, where the file has it."""

    line: int
    e164: str
    contact_id: int | None = None


@dataclass(frozen=True, slots=True)
class Listed:
    """A file of numbers.

    Attributes:
        sha256: of the file, 64 hexadecimal digits.
        numbers: all numbers of all rows, in order, repeated ones too.
        problems: the rows without any, by line.
    """

    path: Path
    sha256: str
    numbers: tuple[ListedNumber, ...]
    problems: tuple[tuple[int, Problem], ...]


def read_number(text: str, region: str | None = None, *, takes_any: bool = False) -> str:
    """Return the one number of a text in E.164, or the `hmac:...` that it is.

    Args:
        text: as a person types it.
        region: the country of a number that has none.
        takes_any: whether a number in E.164 is taken that libphonenumber does not know.

    Raises:
        UsageError: it is no number, or several.
    """
    compact = "".join(text.split())
    if is_forgotten(compact):
        return compact
    rules = _rules(region)
    if takes_any and _E164.fullmatch(compact):
        rules = replace(rules, forced=frozenset({compact}))
    found = read_phones(text, rules)
    if len(found.numbers) != 1:
        why = explained(found.problem) if found.problem else "there are several numbers in it"
        raise UsageError(
            f"{masked_digits(text)[:50]!r} is no number: {why}",
            advice="Write it with its country, such as +33612345678, or say --region.",
        )
    return found.numbers[0].e164


def read_list(path: Path, region: str | None = None, column: str | None = None) -> Listed:
    """Return the numbers of a file, landlines too, whatever the plan of a load would choose.

    `column` names that of the numbers; without it the file's header or its cells tell.

    Raises:
        UsageError: the file cannot be read, or nobody can tell where its numbers are.
    """
    source = open_source(path)
    given = Given(phones=(column,) if column else (), names=())
    mapping = map_columns(source.facts, sample_of(source), given)
    reader = RowReader(source.facts.header, mapping, PlanOptions(phones=_rules(region)))
    ids = _id_column(source)
    numbers: list[ListedNumber] = []
    problems: list[tuple[int, Problem]] = []
    for row in chain.from_iterable(source.blocks()):
        if not isinstance(row, Record):
            problems.append((row.line, row.problem))
            continue
        found = reader.phones(row.cells)
        if found.problem:
            problems.append((row.line, found.problem))
        contact_id = _id_of(row.cells, ids)
        numbers += (ListedNumber(row.line, n.e164, contact_id) for n in found.numbers)
    return Listed(path, source.facts.sha256, tuple(numbers), tuple(problems))


def _rules(region: str | None) -> PhoneRules:
    rules = PhoneRules(region=region, landlines=True, several="all")
    return checked_options(PlanOptions(phones=rules)).phones


def _id_column(source: Source) -> int | None:
    places = {normalised(header): at for at, header in enumerate(source.facts.header)}
    return next((places[name] for name in _IDS if name in places), None)


def _id_of(cells: Sequence[str], column: int | None) -> int | None:
    text = "" if column is None else cells[column].strip()
    return int(text) if text.isascii() and text.isdecimal() and int(text) else None
