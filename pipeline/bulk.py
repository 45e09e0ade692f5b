"""Plan a bulk: a list is read as lists of contacts are; each row becomes messages, or a reason."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from pendulum import DateTime

from pipeline.clock import Clock
from pipeline.contacts.codes import explained
from pipeline.contacts.mapping import Given, map_columns
from pipeline.contacts.options import PlanOptions, checked_options
from pipeline.contacts.people import RowReader
from pipeline.contacts.reading.lines import rows_about
from pipeline.contacts.reading.source import ReadingOptions, Record, Row, open_source, sample_of
from pipeline.contacts.rejects import ErrorsWriter, delimiter_for
from pipeline.contacts.rows import cells_of
from pipeline.contacts.values import PhoneRules
from pipeline.ledger.ledger import Ledger
from pipeline.progress import Progress
from pipeline.send.bodies import MOST_SEGMENTS, Body, BodyTemplate
from pipeline.send.planned import Freezer, bulk_folder, freezing, new_key
from pipeline.version import own_version

_BLOCK = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkRequest:
    """What a person asks for.

    Attributes:
        template: the text, with the names of columns.
        phone: the column of numbers; None to find it.
        at: when to send (UTC); None is now.
        allows_empty: whether a cell that the text uses may be empty.
    """

    file: Path
    template: str = field(repr=False)
    device_id: int
    sim: int = 0
    at: DateTime | None = None
    is_urgent: bool = False
    phone: str | None = None
    phones: PhoneRules = field(default_factory=PhoneRules)
    reading: ReadingOptions = field(default_factory=ReadingOptions)
    most_segments: int = MOST_SEGMENTS
    allows_empty: bool = False


@dataclass(slots=True, kw_only=True)
class BulkSummary:
    """What there is to tell of a plan; `example` is the first text, for the screen alone.

    Attributes:
        rows: rows of the list by what becomes of them: `ready`, `rejected`, `suppressed`,
            `dup_in_file`, `blank`; their sum is the number of rows.
        problems: rejected rows by code, each with its words and its first lines.
        sizes: messages by encoding and SMS: `GSM-7`, 2.
        odd: the characters for whose sake a text is UCS-2, by how many texts have them.
        again: numbers that get another text a second time.
    """

    plan_id: str
    folder: Path
    sha256: str
    rows: Counter[str] = field(default_factory=Counter)
    problems: dict[str, tuple[str, list[int]]] = field(default_factory=dict)
    sizes: Counter[tuple[str, int]] = field(default_factory=Counter)
    odd: Counter[str] = field(default_factory=Counter)
    again: int = 0
    example: tuple[str, str] = field(default=("", ""), repr=False)

    @property
    def messages(self) -> int:
        """Messages to send."""
        return self.sizes.total()

    @property
    def sms(self) -> int:
        """SMS that they are."""
        return sum(count * parts for (_, parts), count in self.sizes.items())


def plan_bulk(
    request: BulkRequest, data_dir: Path, ledger: Ledger, clock: Clock, progress: Progress
) -> BulkSummary:
    """Freeze a plan of a list in the data folder, and return what there is to tell of it.

    The ledger is only looked into.

    Raises:
        UsageError: an option, the file, its columns or the template are wrong; no plan is left.
    """
    options = checked_options(PlanOptions(phones=request.phones))
    source = open_source(request.file, request.reading)
    facts = source.facts
    given = Given(phones=(request.phone,) if request.phone else (), names=())
    mapping = map_columns(facts, sample_of(source), given)
    reader = RowReader(facts.header, mapping, options)
    template = BodyTemplate(
        request.template,
        facts.header,
        request.most_segments,
        allows_empty=request.allows_empty,
    )
    now = clock.now()
    plan_id = new_key(now)
    summary = BulkSummary(
        plan_id=plan_id, folder=bulk_folder(data_dir) / plan_id, sha256=facts.sha256
    )
    delimiter = delimiter_for(facts, options.phones.region)
    with (
        freezing(data_dir, plan_id) as freezer,
        (freezer.folder / "errors.csv").open("w", encoding="utf-8-sig", newline="") as stream,
    ):
        errors = ErrorsWriter(stream, facts.header, delimiter, plan_id)
        judge = _Judge(request, reader, template, ledger, summary)
        progress.begin("Reading rows", rows_about(facts))
        for rows in source.blocks(_BLOCK):
            for row, reason in judge.judge(rows, freezer):
                code, words = reason
                errors.write_row(cells_of(row, len(facts.header)), row.line, code, words, "")
            progress.advance(len(rows))
        summary.rows["blank"] = source.blank
        stream.close()
        if not summary.rows["rejected"]:
            (freezer.folder / "errors.csv").unlink()
        freezer.finish(_said(request, summary, now, ledger, mapping.phones))
    return summary


class _Judge:
    """Decides about rows, a block at a time; what is ready goes to the plan."""

    def __init__(
        self,
        request: BulkRequest,
        reader: RowReader,
        template: BodyTemplate,
        ledger: Ledger,
        summary: BulkSummary,
    ) -> None:
        self._at = request.at.isoformat() if request.at else ""
        self._reader = reader
        self._template = template
        self._ledger = ledger
        self._summary = summary
        self._texts: dict[str, set[int]] = {}

    def judge(self, rows: list[Row], freezer: Freezer) -> Iterator[tuple[Row, tuple[str, str]]]:
        """Give the rejected rows among some, each with a code and its words."""
        read = [(row, *self._read(row)) for row in rows]
        numbers = [number for _, found, _, _ in read for number in found]
        stopped = self._ledger.suppression.of(numbers) if numbers else {}
        for row, found, body, reason in read:
            if reason is not None:
                self._note(row, reason)
                yield row, reason
                continue
            free = [number for number in found if number not in stopped]
            new = [number for number in free if self._is_new(number, body.text)]
            state = "ready" if new else "dup_in_file" if free else "suppressed"
            self._summary.rows[state] += 1
            for number in new:
                self._write(row.line, number, body, freezer)

    def _read(self, row: Row) -> tuple[list[str], Body, tuple[str, str] | None]:
        if not isinstance(row, Record):
            return [], Body(), (row.problem.code, explained(row.problem))
        phones = self._reader.phones(row.cells)
        if phones.problem:
            return [], Body(), (phones.problem.code, explained(phones.problem))
        body = self._template.render(row.cells)
        if body.problem:
            return [], body, (body.problem, body.words)
        return [number.e164 for number in phones.numbers], body, None

    def _is_new(self, number: str, text: str) -> bool:
        known = self._texts.setdefault(number, set())
        key = hash(text)
        if key in known:
            return False
        self._summary.again += bool(known)
        known.add(key)
        return True

    def _write(self, line: int, number: str, body: Body, freezer: Freezer) -> None:
        segments = body.segments
        assert segments is not None  # noqa: S101 - a text without a problem has them
        freezer.write(line, number, self._at, segments.count, body.text)
        summary = self._summary
        summary.sizes[segments.encoding, segments.count] += 1
        summary.odd.update(segments.odd)
        if not summary.example[0]:
            summary.example = (number, body.text)

    def _note(self, row: Row, reason: tuple[str, str]) -> None:
        code, words = reason
        self._summary.rows["rejected"] += 1
        self._summary.problems.setdefault(code, (words.partition(":")[0], []))[1].append(row.line)


def _said(
    request: BulkRequest,
    summary: BulkSummary,
    now: DateTime,
    ledger: Ledger,
    columns: tuple[int, ...],
) -> dict[str, object]:
    return {
        "plan": summary.plan_id,
        "created_at": now.isoformat(),
        "file": str(request.file.resolve()),
        "file_sha256": summary.sha256,
        "phone_columns": list(columns),
        "template": request.template,
        "device_id": request.device_id,
        "sim": request.sim,
        "is_urgent": request.is_urgent,
        "at": request.at.isoformat() if request.at else None,
        "rows": dict(summary.rows),
        "sms": summary.sms,
        "first_id": ledger.outbox.free_ids(max(summary.messages, 1)),
        "tool_version": own_version(),
    }
