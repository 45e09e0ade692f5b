"""How a person sees a plan of contacts, as wide as the screen allows."""

from collections.abc import Iterator

import click
from rich.cells import cell_len

from pipeline.cli.console import duration
from pipeline.cli.lines import cell, cut, fitted, said, screen_width
from pipeline.contacts.codes import in_words, sentences
from pipeline.contacts.dispositions import Disposition
from pipeline.contacts.summary import Summary, Told, first_details, most_common
from pipeline.masks import masked_digits

_MOST_CODES = 12
_MOST_TAGS = 5
_KILO = 1024
_DELIMITERS = {"": "one column", "\t": "tab", ",": "comma", ";": "semicolon"}
WORDS = {
    Disposition.READY: "to send",
    Disposition.REJECTED: "something is wrong with the row",
    Disposition.NOT_ALLOWED: "the country is not among those allowed",
    Disposition.DUP_IN_FILE: "the number stands further up in the file",
    Disposition.SUPPRESSED: "must not be written to",
    Disposition.ALREADY_SAVED: "in this tag already",
    Disposition.NAME_CHANGED: "in this tag with another name, which stays",
    Disposition.IN_DOUBT_BEFORE: "may be in this tag: nobody knows yet",
    Disposition.REJECTED_BEFORE: "the gateway rejected it before",
    Disposition.DROPPED: "a person left it out while it was in doubt, or had it forgotten",
    Disposition.BLANK: "nothing in the row",
}


def show(summary: Summary, rate: float) -> None:
    """Print the plan; `rate` is in calls a second."""
    width = screen_width()
    for line in (*_file(summary, width), *_columns(summary, width), *_rows(summary, width)):
        click.echo(line)
    for line in (*_kinds(summary), *_repairs(summary, width), *_problems(summary, width)):
        click.echo(line)
    for line in _end(summary, rate, width):
        click.echo(line)


def _file(summary: Summary, width: int) -> Iterator[str]:
    facts, tally = summary.facts, summary.tally
    yield from said("File", f"{facts.path}, {_size(facts.size)}", width)
    guessed = " (guessed)" if facts.is_encoding_guessed else ""
    parts = [
        f"sheet {facts.sheet}" if facts.sheet else "",
        f"{facts.encoding}{guessed}" if facts.encoding else "",
        _DELIMITERS.get(facts.delimiter, facts.delimiter) if facts.kind == "csv" else "",
        facts.line_end,
        f"SHA-256 {facts.sha256[:12]}",
    ]
    yield from said("", ", ".join(filter(None, parts)), width)
    for code in facts.warnings:
        if code != "W_ENCODING_GUESSED":
            yield from said("", f"{sentences()[code]}.", width)
    if facts.is_encoding_guessed and tally.names:
        names = ", ".join(tally.names)
        yield from said("", f"If these look wrong, say --encoding: {names}", width)
    if tally.origins:
        mended = f"{tally.origins['mended']:,} mended, {tally.origins['still']:,} still wrong"
        yield from said("", f"Rejected rows of an earlier plan: {mended}.", width)


def _columns(summary: Summary, width: int) -> Iterator[str]:
    known = f" (as {summary.profile} has them)" if summary.profile else ""
    yield f"\nColumns{known}"
    shown = [(c, use) for c, use in summary.columns if use or len(summary.columns) <= _MOST_CODES]
    if summary.profile:
        shown = [(c, use) for c, use in shown if c.filled] or shown
    heads = max(min(cell_len(c.header), width // 4) for c, _ in shown)
    uses = max(len(use or "not used") for _, use in shown)
    for column, use in shown:
        header = cell(column.header, heads)
        room = width - heads - uses - 19
        example = cell(masked_digits(column.example), room).rstrip()
        yield (
            f"  {column.position:>3}  {header}  {use or 'not used':<{uses}}"
            f"  {column.filled:>4.0%}  {example}"
        ).rstrip()
    if len(shown) < len(summary.columns):
        yield f"       and {len(summary.columns) - len(shown):,} more, empty or not used"


def _rows(summary: Summary, width: int) -> Iterator[str]:
    tally = summary.tally
    yield "\nRows"
    for disposition, words in WORDS.items():
        count = tally.rows[disposition]
        if count or disposition is Disposition.READY:
            yield cut(f"  {count:>9,}  {disposition.value:<16} {words}", width)
    yield f"  {summary.records:>9,}  in all"
    if tally.contacts.total() > sum(tally.rows[d] for d in tally.contacts):
        yield from said("", f"Contacts: {tally.ready:,} to send, as rows have several.", width)
    if tally.other_names:
        words = f"{tally.other_names:,} of the repeated numbers have another name: the first stays."
        yield from said("", words, width)


def _kinds(summary: Summary) -> Iterator[str]:
    if not summary.tally.kinds:
        return
    yield "\nTo send"
    found = summary.tally.kinds.most_common()
    for (country, kind), count in found[:_MOST_CODES]:
        yield f"  {count:>9,}  {country:<3} {kind.replace('_', ' ')}"
    if len(found) > _MOST_CODES:
        rest = sum(count for _, count in found[_MOST_CODES:])
        yield f"  {rest:>9,}  {len(found) - _MOST_CODES} kinds more (--json has all)"


def _repairs(summary: Summary, width: int) -> Iterator[str]:
    if summary.tally.repairs:
        yield "\nRepaired, guessed or odd"
    for code, told in most_common(summary.tally.repairs):
        yield cut(f"  {told.count:>9,}  {code:<18} {sentences()[code]}", width)
        for example in told.examples:
            room = (width - 30) // 2
            before, after = fitted(example.before, room), fitted(example.after, room)
            yield f"             line {example.line}: {before} -> {after}"


def _problems(summary: Summary, width: int) -> Iterator[str]:
    found = most_common(summary.tally.problems)
    if found:
        yield "\nProblems"
    for code, told in found[:_MOST_CODES]:
        yield cut(f"  {told.count:>9,}  {code:<18} {sentences()[code]}", width)
        yield cut(f"             {_places(told)}", width)
    if len(found) > _MOST_CODES:
        rest = sum(told.count for _, told in found[_MOST_CODES:])
        yield f"  {rest:>9,}  with other codes (--json has all)"


def _places(told: Told) -> str:
    more = ", ..." if told.count > len(told.lines) else ""
    lines = ", ".join(map(str, told.lines))
    details = "; ".join(map(in_words, first_details(told)))
    word = "line" if told.count == 1 else "lines"
    return f"{word} {lines}{more}" + (f": {details}" if details else "")


def _end(summary: Summary, rate: float, width: int) -> Iterator[str]:
    yield ""
    tags = sorted(summary.other_tags.items(), key=lambda item: -item[1])
    for title, count in tags[:_MOST_TAGS]:
        words = f"{count:,} also in {title}: a newsletter to both tags reaches them twice."
        yield from said("Overlap", words, width)
    doubts = summary.tally.rows[Disposition.IN_DOUBT_BEFORE]
    if doubts or summary.in_doubt:
        words = f"{doubts:,} of this file, {summary.in_doubt:,} in all"
        yield from said("In doubt", f"{words} (sms24 contacts resolve)", width)
    calls = f"{summary.tally.ready:,} for contacts"
    if summary.calls > summary.tally.ready:
        calls += ", 1 for the tag"
    if summary.calls:
        calls += f"; none made yet: {duration(max(summary.calls / rate, 1))} at {rate:g} a second"
    yield from said("Calls", calls, width)
    if summary.calls:
        yield from said("", "What is sent cannot be undone by the API.", width)
    yield from said("Plan", f"{summary.plan_id} for the tag {summary.tag}", width)
    if summary.errors:
        words = f"{summary.errors:,} to mend: sms24 contacts rejects {summary.plan_id}"
        yield from said("Rejects", words, width)
    if summary.calls:
        yield from said("Next", f"sms24 contacts apply {summary.plan_id}", width)


def _size(count: int) -> str:
    if count < _KILO:
        return f"{count:,} bytes"
    return f"{count / _KILO:,.1f} KB" if count < _KILO**2 else f"{count / _KILO**2:,.1f} MB"
