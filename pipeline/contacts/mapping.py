"""Decide which columns hold the number, the name and the consent; what is unclear is asked."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import count, takewhile

from pipeline.contacts.columns import Table
from pipeline.contacts.headers import (
    ASKED,
    NEVER,
    PhoneKind,
    Profile,
    label_kind,
    normalised,
    phone_kind,
    profiles,
    role_of,
)
from pipeline.contacts.reading.likeness import share_of_phones
from pipeline.contacts.reading.source import Record, SourceFacts
from pipeline.errors import UsageError

Choices = tuple[tuple[int, ...], ...]

_SURELY = 0.8  # of the cells of a column of numbers that no header names
_MOSTLY = 0.5
_WHOLE = ("full", "nickname", "company")
_NAMING = ("given", "middle", "family", "full", "bare")


@dataclass(frozen=True, slots=True)
class Given:
    """What a person says of the columns: each by its header, or by its position from 1.

    Attributes:
        phones: columns of numbers, best first; empty to find them.
        names: choices of columns that make a name together, best first; None to find them.
        template: a Jinja2 text that makes the name, in place of `names`.
    """

    phones: tuple[str, ...] = ()
    names: tuple[tuple[str, ...], ...] | None = None
    template: str | None = None
    consent_date: str | None = None
    consent_source: str | None = None


@dataclass(frozen=True, slots=True)
class Mapping:
    """Which columns are what; columns count from 0.

    Attributes:
        profile: the known export that the file is, such as `google-2024`; None for any other.
        phones: columns of numbers, best first.
        labels: for each of `phones` the column that says its kind, or None.
        names: choices of columns that make a name together, best first.
        template: a Jinja2 text that makes the name, in place of `names`.
        skipped: columns of numbers that are not used, and why: `never` (fax, pager), `asked`
            (assistant, company, callback: only where a person names them), or `other`.
    """

    profile: str | None
    phones: tuple[int, ...]
    labels: tuple[int | None, ...] = ()
    names: Choices = ()
    template: str | None = None
    consent_date: int | None = None
    consent_source: int | None = None
    skipped: tuple[tuple[int, str], ...] = ()

    def phones_of(self, cells: Sequence[str]) -> tuple[str, ...]:
        """Return a row's cells of numbers that hold anything, best first; never a fax."""
        labels = self.labels or (None,) * len(self.phones)
        found = [
            (label_kind(cells[label]) if label is not None else PhoneKind("", 0), cells[column])
            for column, label in zip(self.phones, labels, strict=True)
            if cells[column].strip()
        ]
        ranked = sorted(found, key=lambda item: item[0].rank)
        return tuple(cell for kind, cell in ranked if kind.name not in (NEVER, ASKED))

    def name_of(self, cells: Sequence[str]) -> str:
        """Return a row's name by `names`, its parts joined by a blank; empty if none is there."""
        for choice in self.names:
            name = " ".join(cells[column].strip() for column in choice if cells[column].strip())
            if name:
                return name
        return ""


def map_columns(
    facts: SourceFacts, sample: Sequence[Record], given: Given | None = None
) -> Mapping:
    """Return which columns are what: as given, by a known export, by headers, by content.

    Raises:
        UsageError: no column holds numbers; two columns fit alike or one has no header
            (E_HEADER_AMBIGUOUS); names and numbers are swapped (E_MAPPING_SWAPPED).
    """
    table = Table(facts.header, tuple(sample))
    given = given or Given()
    profile = next((p for p in profiles() if p.needs <= table.places.keys()), None)
    phones = _phones(table, given, profile)
    names: Choices = ()
    if given.names is not None:
        names = tuple(tuple(map(table.asked, choice)) for choice in given.names)
    elif not given.template:
        names = _names(table, profile, phones, has_header=facts.has_header)
    if not (given.phones and (given.names is not None or given.template)):
        table.refuse_blank_headers()
    mapping = Mapping(
        profile=profile.name if profile else None,
        phones=phones,
        labels=tuple(_label(table, column, profile) for column in phones),
        names=names,
        template=given.template,
        consent_date=_consent(table, "consent_date", given.consent_date),
        consent_source=_consent(table, "consent_source", given.consent_source),
        skipped=_skipped(table, phones),
    )
    _refuse_swapped(table, mapping)
    return mapping


def _phones(table: Table, given: Given, profile: Profile | None) -> tuple[int, ...]:
    if given.phones:
        return tuple(map(table.asked, given.phones))
    known = _phones_of_profile(table, profile) if profile else ()
    return known or _phones_by_header(table) or _phones_by_content(table)


def _phones_of_profile(table: Table, profile: Profile) -> tuple[int, ...]:
    numbered: Iterable[str] = ()
    if profile.numbered:
        numbers = (profile.numbered[0].replace("0", str(n)) for n in count(1))
        numbered = takewhile(lambda header: header in table.places, numbers)
    found = (table.place(header) for header in (*profile.phones, *numbered))
    return tuple(column for column in found if column is not None)


def _phones_by_header(table: Table) -> tuple[int, ...]:
    kinds = {at: kind for at, kind in _kinds(table) if kind.name not in (NEVER, ASKED)}
    meanings = {at: (kind.name, kind.order) for at, kind in kinds.items()}
    table.refuse_alike(meanings, "may each hold the number")
    return tuple(sorted(kinds, key=lambda at: (kinds[at].rank, kinds[at].order)))


def _phones_by_content(table: Table) -> tuple[int, ...]:
    """Return the one column that holds numbers, and whose header does not say otherwise."""
    skipped = {at for at, _ in _kinds(table)}
    columns = (at for at in range(len(table.header)) if at not in skipped)
    found = [at for at in columns if share_of_phones(table.cells(at)) >= _SURELY]
    if len(found) > 1:
        raise table.ambiguous(found, "may each hold the number")
    if not found:
        raise UsageError(
            "no column holds telephone numbers, by its header or its cells",
            advice="Say which one does: --map phone=HEADER or --map phone=POSITION.",
        )
    return tuple(found)


def _kinds(table: Table) -> list[tuple[int, PhoneKind]]:
    found = ((at, phone_kind(header)) for at, header in enumerate(table.header))
    return [(at, kind) for at, kind in found if kind is not None]


def _label(table: Table, column: int, profile: Profile | None) -> int | None:
    """Return the column that says the kind of the numbers of a column, in exports with one."""
    if not (profile and profile.numbered):
        return None
    value, label = profile.numbered
    digits = "".join(filter(str.isdigit, table.header[column]))
    is_numbered = normalised(table.header[column]) == value.replace("0", digits)
    return table.place(label.replace("0", digits)) if is_numbered else None


def _names(
    table: Table, profile: Profile | None, phones: tuple[int, ...], *, has_header: bool
) -> Choices:
    if profile:
        found = (tuple(map(table.place, choice)) for choice in profile.names)
        choices = (tuple(at for at in choice if at is not None) for choice in found)
        return tuple(choice for choice in choices if choice)
    return _names_by_header(table, phones) if has_header else _names_by_content(table, phones)


def _names_by_header(table: Table, phones: tuple[int, ...]) -> Choices:
    roles = {at: role_of(header) for at, header in enumerate(table.header) if at not in phones}
    telling = {at: role for at, role in roles.items() if role in _NAMING}
    table.refuse_alike(telling, "may each hold the name")
    place = {role: at for at, role in reversed(roles.items()) if role is not None}
    if "bare" in place:
        place.setdefault(_role_of_bare(table, place), place["bare"])
    parts = tuple(place[role] for role in ("given", "middle", "family") if role in place)
    whole, *others = ((place[role],) if role in place else () for role in _WHOLE)
    return tuple(choice for choice in (whole, parts, *others) if choice)


def _role_of_bare(table: Table, place: dict[str, int]) -> str:
    """Return what a column `name` holds: the part that no other column does, or the whole."""
    known = [role for role in ("given", "family") if role in place]
    if len(known) != 1:
        return "full"
    bare, part = place["bare"], place[known[0]]
    rows = [row.cells for row in table.sample if row.cells[part].strip()]
    within = sum(cells[part].strip() in cells[bare] for cells in rows)
    if within > len(rows) * _MOSTLY:
        return "full"
    return "family" if known == ["given"] else "given"


def _names_by_content(table: Table, phones: tuple[int, ...]) -> Choices:
    """Return the one column of words beside the numbers; none if there is none."""
    columns = (at for at in range(len(table.header)) if at not in phones)
    found = [at for at in columns if _share_of_words(table.cells(at)) > _MOSTLY]
    if len(found) > 1:
        raise table.ambiguous(found, "may each hold the name")
    return tuple((at,) for at in found)


def _share_of_words(cells: Sequence[str]) -> float:
    worded = sum(any(map(str.isalpha, cell)) for cell in cells)
    return worded / len(cells) if cells else 0.0


def _consent(table: Table, role: str, given: str | None) -> int | None:
    if given is not None:
        return table.asked(given)
    found = [at for at, header in enumerate(table.header) if role_of(header) == role]
    if len(found) > 1:
        raise table.ambiguous(found, "may each hold the consent")
    return found[0] if found else None


def _skipped(table: Table, phones: tuple[int, ...]) -> tuple[tuple[int, str], ...]:
    unused = ((at, kind.name) for at, kind in _kinds(table) if at not in phones)
    return tuple((at, why if why in (NEVER, ASKED) else "other") for at, why in unused)


def _refuse_swapped(table: Table, mapping: Mapping) -> None:
    """Refuse where most names look like numbers and most numbers do not."""
    rows = [row.cells for row in table.sample]
    names = share_of_phones(map(mapping.name_of, rows))
    numbers = share_of_phones(cell for cells in rows for cell in mapping.phones_of(cells))
    if names > _MOSTLY and numbers < _MOSTLY:
        raise UsageError(
            "E_MAPPING_SWAPPED: most names look like telephone numbers, and most numbers do not",
            advice="Say which column is which: --map phone=HEADER --map name=HEADER.",
        )
