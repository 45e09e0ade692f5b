"""Make a plan of a file of contacts: read, judge, count, freeze. Nothing is sent."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

import msgspec

from pipeline.clock import Clock
from pipeline.contacts.collector import no_collector
from pipeline.contacts.columns import Column, columns_of
from pipeline.contacts.dispositions import Disposition, Judge, Outcome
from pipeline.contacts.frozen import Freezer, freezing, load_plan, new_plan_id, runs_folder
from pipeline.contacts.library import METADATA
from pipeline.contacts.mapping import Given, Mapping, map_columns
from pipeline.contacts.mapping_file import mapping_path, write_mapping
from pipeline.contacts.options import PlanOptions, checked_options, checked_title
from pipeline.contacts.people import Person, RowReader
from pipeline.contacts.phone import read_phones
from pipeline.contacts.reading.lines import rows_about
from pipeline.contacts.reading.source import (
    ReadingOptions,
    Record,
    Row,
    Source,
    open_source,
    sample_of,
)
from pipeline.contacts.rejects import delimiter_for
from pipeline.contacts.summary import Summary, Tally, uses_of
from pipeline.contacts.told import told
from pipeline.errors import UsageError
from pipeline.ledger.ledger import Ledger
from pipeline.progress import Progress
from pipeline.version import own_version

_BLOCK = 10_000
_STEP = 500  # rows between two words to the progress
_MOSTLY = 0.5
_MOST_MOJIBAKE = 0.2
# What is said of cells that are numbers, though none that may be sent to.
_NUMBERS = frozenset(
    {"E_PHONE_NO_REGION", "E_PHONE_NO_PLUS", "E_PHONE_REGION", "E_PHONE_LANDLINE"}
    | {"E_PHONE_TYPE", "E_PHONE_AMBIGUOUS", "E_PHONE_EXT", "E_PHONE_SCI"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What a person asks for.

    Attributes:
        tag: the title of the tag.
        given: which columns are what, as far as it is said.
    """

    file: Path
    tag: str
    given: Given = field(default_factory=Given)
    reading: ReadingOptions = field(default_factory=ReadingOptions)
    options: PlanOptions = field(default_factory=PlanOptions)


def make_plan(
    request: Request, data_dir: Path, ledger: Ledger, clock: Clock, progress: Progress
) -> Summary:
    """Freeze a plan of a file in the data folder, and return what there is to tell of it.

    The ledger is only looked into.

    Raises:
        UsageError: an option, the file, its columns or its encoding are wrong; no plan is left.
    """
    title, options = checked_title(request.tag), checked_options(request.options)
    opened = _open(request, options, data_dir)
    judge = Judge(ledger, title, retry_rejected=options.retry_rejected)
    tally = Tally(opened.reader)
    now = clock.now()
    plan_id = new_plan_id(now)
    facts = opened.source.facts
    delimiter = delimiter_for(facts, options.phones.region)
    with freezing(data_dir, plan_id, facts.header, delimiter) as freezer, no_collector():
        for outcomes in _outcomes(opened, judge, progress):
            tally.count(outcomes)
            freezer.write(outcomes)
            if request.reading.encoding is None:
                _refuse_mojibake(tally)
        tally.rows[Disposition.BLANK] += opened.source.blank
        _assert_sums(tally, freezer)
        kept = freezer.folder / mapping_path(request.file).name
        write_mapping(kept, opened.mapping, facts.header)
        summary = Summary(
            plan_id=plan_id,
            tag=title,
            folder=runs_folder(data_dir) / plan_id,
            facts=facts,
            profile=opened.mapping.profile,
            columns=opened.columns(),
            makes_tag=not judge.knows_tag,
            other_tags=judge.other_tags,
            in_doubt=ledger.contacts.in_doubt(),
            tally=tally,
        )
        freezer.finish(
            {
                "created_at": now.isoformat(),
                "options": msgspec.to_builtins(options, order="deterministic"),
                "delimiter": delimiter,
                **_made_of(opened, request),
                **_came_to(summary),
            }
        )
    return summary


@dataclass(frozen=True, slots=True)
class _Opened:
    """A file whose columns are known."""

    source: Source
    sample: Sequence[Record]
    mapping: Mapping
    reader: RowReader

    def columns(self) -> tuple[tuple[Column, str], ...]:
        facts = self.source.facts
        columns = columns_of(facts, self.sample)
        return tuple(zip(columns, uses_of(self.mapping, facts), strict=True))


def _open(request: Request, options: PlanOptions, data_dir: Path) -> _Opened:
    source = open_source(request.file, request.reading)
    sample = sample_of(source)
    mapping = _mapping(source, sample, request.given, data_dir)
    reader = RowReader(source.facts.header, mapping, options)
    _refuse_swapped(sample, reader, options)
    return _Opened(source, sample, mapping, reader)


def _made_of(opened: _Opened, request: Request) -> dict[str, object]:
    source = opened.source
    return {
        "mapping": asdict(opened.mapping),
        "file": str(request.file.resolve()),
        "file_sha256": source.facts.sha256,
        "header": source.facts.header,
        "reading": asdict(request.reading),
        "tool_version": own_version(),
        "numbers_version": METADATA,
    }


def _came_to(summary: Summary) -> dict[str, object]:
    return {
        "plan": summary.plan_id,
        "tag": summary.tag,
        "counts": dict(summary.tally.rows),
        "told": told(summary),
    }


def _mapping(source: Source, sample: Sequence[Record], given: Given, data_dir: Path) -> Mapping:
    """Return which columns are what; in an errors file as in the plan that it comes from."""
    origins = {record.origin[4] for record in sample if record.origin}
    if given == Given() and len(origins) == 1:
        try:
            before = load_plan(data_dir, origins.pop())
        except UsageError:
            pass  # it was made elsewhere
        else:
            if before.header == source.facts.header:
                return msgspec.convert(before.mapping, Mapping)
    return map_columns(source.facts, sample, given)


def _refuse_swapped(sample: Sequence[Record], reader: RowReader, options: PlanOptions) -> None:
    """Refuse where most names are numbers and most numbers are not, by the rules of numbers."""
    names = [reader.name_text(record.cells) for record in sample]
    filled = [name for name in names if name.strip()]
    numbers = sum(_is_number(name, options) for name in filled)
    if not filled or numbers <= len(filled) * _MOSTLY:
        return
    cells = [reader.phone_text(record.cells) for record in sample]
    if sum(_is_number(cell, options) for cell in cells) < len(cells) * _MOSTLY:
        raise UsageError(
            "E_MAPPING_SWAPPED: most names are telephone numbers, and most numbers are not",
            advice="Say which column is which: --map phone=HEADER --map name=HEADER.",
        )


def _is_number(cell: str, options: PlanOptions) -> bool:
    found = read_phones(cell, options.phones)
    return found.problem is None or found.problem.code in _NUMBERS


def _outcomes(opened: _Opened, judge: Judge, progress: Progress) -> Iterator[list[Outcome]]:
    reader = opened.reader
    progress.begin("Reading rows", rows_about(opened.source.facts))
    for rows in opened.source.blocks(_BLOCK):
        read: list[tuple[Row, Person]] = []
        for begin in range(0, len(rows), _STEP):
            step = rows[begin : begin + _STEP]
            read += [(row, _person(row, reader)) for row in step]
            progress.advance(len(step))
        yield judge.judge(read)


def _person(row: Row, reader: RowReader) -> Person:
    return reader.read(row) if isinstance(row, Record) else Person(problem=row.problem)


def _refuse_mojibake(tally: Tally) -> None:
    """Refuse a file that is read in a wrong encoding; one odd name is only told."""
    if tally.mojibake > max(1, tally.beyond_ascii * _MOST_MOJIBAKE):
        raise UsageError(
            f"{tally.mojibake:,} of {tally.beyond_ascii:,} names with accents look wrongly "
            f"encoded, such as {next(iter(tally.odd_names))!r}",
            advice="Name the file's encoding with --encoding; --encoding utf-8 takes them as "
            "they are.",
        )


def _assert_sums(tally: Tally, freezer: Freezer) -> None:
    """Stop as a bug where a row is lost or counted twice between reading and freezing."""
    counted = (tally.rows.total() - tally.rows[Disposition.BLANK], tally.ready)
    if counted != (freezer.rows, freezer.ready) or counted[0] != tally.seen:
        raise AssertionError(f"rows do not add up: {counted}, {tally.seen}, {freezer.rows}")
