"""A row becomes the contacts that it asks for, or a problem."""

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.contacts.mapping import Mapping
from pipeline.contacts.names import NameTemplate, read_name
from pipeline.contacts.options import PlanOptions
from pipeline.contacts.phone import read_phones
from pipeline.contacts.reading.source import Record
from pipeline.contacts.values import Number, Phones, Problem
from pipeline.errors import UsageError

_MOBILE = frozenset({"mobile", "fixed_or_mobile", "forced"})
# Codes of rows that could not be cut into cells; the errors file has them whole in their first.
_UNCUT = ("E_CSV_", "E_ENCODING", "E_CELL_TOO_LONG", "E_VCARD")


@dataclass(frozen=True, slots=True)
class Contact:
    """One contact that a row asks for; `name` is what will be sent."""

    number: Number
    name: str


@dataclass(frozen=True, slots=True)
class Person:
    """What a row says.

    Attributes:
        contacts: one, or with `--several all` one for each number; empty where there is a problem.
        warnings: what was repaired or guessed, or looks odd.
        suggestion: a number to try instead; never applied.
        consent: when and how it was given, as the file says.
    """

    contacts: tuple[Contact, ...] = ()
    problem: Problem | None = None
    warnings: tuple[str, ...] = ()
    suggestion: str | None = None
    consent: tuple[str, str] = ("", "")


class RowReader:
    """Reads the rows of one file by its mapping and the options."""

    def __init__(self, header: Sequence[str], mapping: Mapping, options: PlanOptions) -> None:
        self._header = tuple(header)
        self._mapping = mapping
        self._options = options
        self._template = NameTemplate.compile(mapping.template) if mapping.template else None
        self._consent = (mapping.consent_date, mapping.consent_source)
        if options.require_consent and self._consent == (None, None):
            raise UsageError(
                "no column holds the consent that --require-consent asks for",
                advice="Say which one does: --map consent_date=HEADER.",
            )

    def read(self, record: Record) -> Person:
        """Return what a row says; a UsageError only where the template of the name is wrong."""
        if record.origin:
            problem = _still_uncut(record)
            if problem:
                return Person(problem=problem)
        phones = self.phones(record.cells)
        if phones.problem:
            return Person(problem=phones.problem, suggestion=phones.suggestion)
        text = self.name_text(record.cells)
        warnings = phones.warnings
        contacts = []
        for number in phones.numbers:
            name = read_name(text, self._options.names, phone=number.e164)
            if name.text is None:
                return Person(problem=name.problem)
            contacts.append(Contact(number, name.text))
            if name.warnings:
                warnings = tuple(dict.fromkeys((*warnings, *name.warnings)))
        consent = self._consent_of(record.cells)
        if self._options.require_consent and not any(consent):
            return Person(problem=Problem("E_CONSENT"))
        return Person(tuple(contacts), None, warnings, None, consent)

    def phones(self, cells: Sequence[str]) -> Phones:
        """Return the numbers of a row's columns of numbers, chosen among all of them."""
        filled = self._mapping.phones_of(cells)
        if len(filled) < 2:  # noqa: PLR2004 - there is nothing to choose between
            return read_phones(filled[0] if filled else "", self._options.phones)
        return _joined([read_phones(cell, self._options.phones) for cell in filled], self._several)

    def phone_text(self, cells: Sequence[str]) -> str:
        """Return a row's cells of numbers as they stand."""
        return " | ".join(self._mapping.phones_of(cells))

    def name_text(self, cells: Sequence[str]) -> str:
        """Return a row's name as the file has it."""
        if self._template:
            return self._template.render(dict(zip(self._header, cells, strict=True)))
        return self._mapping.name_of(cells)

    @property
    def _several(self) -> str:
        return self._options.phones.several

    def _consent_of(self, cells: Sequence[str]) -> tuple[str, str]:
        date, source = ("" if at is None else cells[at].strip() for at in self._consent)
        return date, source


def _joined(found: Sequence[Phones], several: str) -> Phones:
    """Choose among the numbers of several cells as among those of one."""
    valid: dict[str, Number] = {}
    for phones in found:
        for number in (*phones.numbers, *phones.others):
            valid.setdefault(number.e164, number)
    if not valid:
        return next((p for p in found if p.problem and p.problem.code != "E_PHONE_EMPTY"), found[0])
    numbers = list(valid.values())
    first = numbers[0]
    if several == "first-mobile":
        first = next((number for number in numbers if number.kind in _MOBILE), first)
    chosen = numbers if several == "all" else [first]
    warnings = [w for phones in found if set(chosen) & set(phones.numbers) for w in phones.warnings]
    if len(numbers) > 1:
        warnings.append("W_MULTI")
    return Phones(
        numbers=tuple(chosen),
        others=tuple(number for number in numbers if number not in chosen),
        warnings=tuple(dict.fromkeys(warnings)),
    )


def _still_uncut(record: Record) -> Problem | None:
    """Return the problem of a row of an errors file that nobody has cut into cells yet."""
    code = record.origin[1]
    is_whole = len(record.cells) > 1 and not any(map(str.strip, record.cells[1:]))
    return Problem(code, "still whole in its first cell") if is_whole and _is_uncut(code) else None


def _is_uncut(code: str) -> bool:
    return code.startswith(_UNCUT)
