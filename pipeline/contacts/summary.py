"""What a person is told of a plan: everything counted while its rows go by."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from pipeline.contacts.columns import Column
from pipeline.contacts.dispositions import Disposition, Outcome
from pipeline.contacts.mapping import Mapping as ColumnMapping
from pipeline.contacts.people import RowReader
from pipeline.contacts.reading.source import Record, SourceFacts
from pipeline.contacts.values import Problem
from pipeline.masks import masked, masked_digits

_EXAMPLES = 3
_LINES = 5
_MOST_DETAILS = 1000
_OF_NAMES = "W_NAME_"
_SKIPPED = {"never": "gets no SMS", "asked": "only by --map", "other": "others are better"}


@dataclass(frozen=True, slots=True)
class Example:
    """One repair: the line, what stood there and what becomes of it, numbers masked."""

    line: int
    before: str
    after: str


@dataclass(slots=True)
class Told:
    """How often a code was met, with the first lines or examples of it."""

    count: int = 0
    lines: list[int] = field(default_factory=list)
    details: Counter[str] = field(default_factory=Counter)
    examples: list[Example] = field(default_factory=list)


class Tally:
    """Counts rows as they go by; no number in it is whole.

    Attributes:
        rows: source rows by disposition; contacts: contacts, more than rows where
            `--several all` makes several of one.
        kinds: contacts to send by country and kind of line.
        other_names: rows that repeat a number under another name.
        origins: of an errors file that is fed again: rows `mended` and `still` wrong.
        seen: rows that were counted, blank ones not.
    """

    def __init__(self, reader: RowReader) -> None:
        self.rows: Counter[str] = Counter()
        self.contacts: Counter[str] = Counter()
        self.kinds: Counter[tuple[str, str]] = Counter()
        self.repairs: dict[str, Told] = {}
        self.problems: dict[str, Told] = {}
        self.origins: Counter[str] = Counter()
        self.other_names = 0
        self.names: list[str] = []  # beyond ASCII, the first ones
        self.odd_names: list[str] = []
        self.seen = self.beyond_ascii = self.mojibake = 0
        self._reader = reader

    @property
    def ready(self) -> int:
        """Contacts to send."""
        return self.contacts[Disposition.READY]

    def count(self, outcomes: Sequence[Outcome]) -> None:
        """Count some rows."""
        self.seen += len(outcomes)
        for outcome in outcomes:
            self.rows[outcome.disposition] += 1
            if outcome.problem:
                self._problem(outcome.problem, outcome.row.line)
            for contact, verdict in outcome.contacts:
                self.contacts[verdict.disposition] += 1
                self.other_names += verdict.detail.endswith("other name")
                if verdict.disposition is Disposition.READY:
                    self.kinds[contact.number.country or "-", contact.number.kind] += 1
                if not contact.name.isascii():
                    self._name(contact.name, outcome.person.warnings)
            if isinstance(outcome.row, Record):
                if outcome.person.warnings and outcome.disposition is Disposition.READY:
                    self._repairs(outcome, outcome.row)
                if outcome.row.origin:
                    self.origins["still" if outcome.problem else "mended"] += 1

    def _problem(self, problem: Problem, line: int) -> None:
        told = self.problems.setdefault(problem.code, Told())
        told.count += 1
        if len(told.details) < _MOST_DETAILS:
            told.details[problem.detail] += 1
        if len(told.lines) < _LINES:
            told.lines.append(line)

    def _name(self, name: str, warnings: Sequence[str]) -> None:
        self.beyond_ascii += 1
        is_odd = "W_NAME_MOJIBAKE" in warnings
        self.mojibake += is_odd
        examples = self.odd_names if is_odd else self.names
        if len(examples) < _EXAMPLES and name not in examples:
            examples.append(name)

    def _repairs(self, outcome: Outcome, row: Record) -> None:
        for code in outcome.person.warnings:
            told = self.repairs.setdefault(code, Told())
            told.count += 1
            if len(told.examples) < _EXAMPLES:
                told.examples.append(self._example(outcome, row, code))

    def _example(self, outcome: Outcome, row: Record, code: str) -> Example:
        cells, line = row.cells, row.line
        contact = outcome.contacts[0][0]
        if code.startswith(_OF_NAMES):
            before, after = self._reader.name_text(cells), contact.name
            return Example(line, masked_digits(before), masked_digits(after))
        sent = " and ".join(masked(c.number.e164) for c, _ in outcome.contacts)
        return Example(line, masked_digits(self._reader.phone_text(cells)), sent)


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """All that is told of one plan.

    Attributes:
        columns: the columns of the file, and what each is used for.
        other_tags: contacts to send that other tags have, by their titles.
        in_doubt: contacts of the whole account whose outcome nobody knows.
        makes_tag: the tag is not known yet, and will be made.
    """

    plan_id: str
    tag: str
    folder: Path
    facts: SourceFacts
    profile: str | None
    columns: tuple[tuple[Column, str], ...]
    makes_tag: bool
    other_tags: Mapping[str, int]
    in_doubt: int
    tally: Tally

    @property
    def records(self) -> int:
        """Rows of the file, blank ones too: the sum of all dispositions."""
        return self.tally.rows.total()

    @property
    def errors(self) -> int:
        """Rows of the errors file."""
        rows = self.tally.rows
        return rows[Disposition.REJECTED] + rows[Disposition.REJECTED_BEFORE]

    @property
    def calls(self) -> int:
        """Calls that write: one for each contact, one for a tag that is not there yet."""
        ready = self.tally.ready
        return ready + (self.makes_tag and ready > 0)

    @property
    def needs_a_person(self) -> bool:
        """Whether rows are rejected, or outcomes in doubt."""
        return bool(self.errors or self.tally.rows[Disposition.IN_DOUBT_BEFORE] or self.in_doubt)


def uses_of(mapping: ColumnMapping, facts: SourceFacts) -> tuple[str, ...]:
    """Return what each column is used for, in words; empty for one that is not."""
    uses = {at: f"not used ({_SKIPPED[why]})" for at, why in mapping.skipped}
    for role, at in (("consent", mapping.consent_date), ("consent", mapping.consent_source)):
        uses |= {} if at is None else {at: role}
    for rank, choice in reversed(list(enumerate(mapping.names, 1))):
        uses |= dict.fromkeys(choice, f"name {rank}" if len(mapping.names) > 1 else "name")
    for rank, at in enumerate(mapping.phones, 1):
        uses[at] = f"number {rank}" if len(mapping.phones) > 1 else "number"
    return tuple(uses.get(at, "") for at in range(len(facts.header)))


def most_common(told: Mapping[str, Told]) -> list[tuple[str, Told]]:
    """Return codes by how often they were met, the most frequent first."""
    return sorted(told.items(), key=lambda item: (-item[1].count, item[0]))


def first_details(told: Told) -> tuple[str, ...]:
    """Return the most frequent details of a problem."""
    return tuple(detail for detail, _ in islice(told.details.most_common(), _EXAMPLES) if detail)
