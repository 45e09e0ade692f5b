"""What became of the lists of contacts that were imported."""

from datetime import date, datetime

import msgspec

from pipeline.report.axes import count_ticks
from pipeline.report.charts import Chart, Tick, centre, round_top, stacked_bars
from pipeline.report.formats import short_name
from pipeline.report.import_codes import reason_words
from pipeline.report.model import Block, Section, Text
from pipeline.report.source import Source
from pipeline.report.tables import Column, Table
from pipeline.report.terms import state_word
from pipeline.report.voice import Voice

_QUERIES = ("imports", "import_reasons")
_MOST_BARS = 8


class Import(msgspec.Struct, frozen=True, kw_only=True):
    """An import; its contacts are saved, pending, in doubt, rejected or skipped."""

    import_id: str
    file_name: str | None
    tag: str | None
    planned: datetime
    applied: datetime | None
    rows: int
    contacts: int
    saved: int
    pending: int
    in_doubt: int
    rejected: int
    skipped: int


class Example(msgspec.Struct, frozen=True):
    """A line of a file; its number as the snapshot shows it."""

    line: int
    recipient: str | None


class Reason(msgspec.Struct, frozen=True):
    """Why contacts of an import were not saved."""

    file_name: str | None
    state: str
    why: str | None
    contacts: int
    examples: list[Example]


class Known(msgspec.Struct, frozen=True):
    """How many imports there are at all, and the day of the last one."""

    imports: int
    last_day: date | None


def imports(source: Source, voice: Voice) -> Section:
    """Return each import of the period and why contacts of it were not saved."""
    title, found = voice.say("Contact imports"), source.read("imports", Import)
    if not found:
        said = _nothing(source.read("import_newest", Known)[0], voice)
        return Section("imports", title, (Text(said, "empty"),), ("imports", "import_newest"))
    blocks: list[Block] = [import_chart(found[:_MOST_BARS], voice), import_table(found, voice)]
    reasons = source.read("import_reasons", Reason)
    if reasons:
        blocks.append(reason_table(reasons, voice))
    return Section("imports", title, tuple(blocks), _QUERIES)


def states(voice: Voice) -> dict[str, str]:
    """Return the word for each count of an import, in the order of their stacks."""
    return {
        "saved": voice.say("saved"),
        "pending": voice.say("waiting"),
        "in_doubt": voice.say("in doubt"),
        "rejected": voice.say("rejected"),
        "skipped": voice.say("left out"),
    }


def import_chart(found: list[Import], voice: Voice) -> Chart:
    """Return a bar per import, the newest first, stacked by what became of its contacts."""
    words = {
        name: text for name, text in states(voice).items() if any(getattr(i, name) for i in found)
    }
    roles = {name: f"series-{place}" for place, name in enumerate(words, start=1)}
    top = round_top(max(one.contacts for one in found))
    title = voice.say("Contacts by import")
    return Chart(
        ident="imports-bars",
        title=title,
        finding=_finding(found, voice),
        description=voice.count(
            "One stacked bar on a scale from 0 to {top}.",
            "{number} stacked bars on a scale from 0 to {top}, the newest import first.",
            len(found),
            top=int(top),
        ),
        x_ticks=tuple(
            Tick(round(100 * centre(place, len(found)), 2), voice.short_day(one.planned.date()))
            for place, one in enumerate(found)
        ),
        y_ticks=count_ticks(top, voice),
        legend=tuple((roles[name], text) for name, text in words.items()),
        bars=stacked_bars(
            [[(roles[name], getattr(one, name)) for name in words] for one in found], top
        ),
        data=Table(
            title,
            (
                Column(voice.say("File"), key="file"),
                Column(voice.say("Planned"), "moment", "planned"),
                *(Column(text.capitalize(), "number", name) for name, text in words.items()),
            ),
            tuple(
                (_file(one.file_name, voice), one.planned, *(getattr(one, name) for name in words))
                for one in found
            ),
            ident="contacts_by_import",
        ),
    )


def import_table(found: list[Import], voice: Voice) -> Table:
    """Return a row per import: when, from which file, what became of its contacts."""
    return Table(
        voice.say("Contact imports, the newest first"),
        (
            Column(voice.say("File"), key="file"),
            Column(voice.say("Tag"), key="tag"),
            Column(voice.say("Planned"), "moment", "planned"),
            Column(voice.say("Applied"), "moment", "applied"),
            Column(voice.say("Rows"), "number", "rows"),
            Column(voice.say("Contacts"), "number", "contacts"),
            *(Column(text.capitalize(), "number", name) for name, text in states(voice).items()),
        ),
        tuple(
            (
                _file(one.file_name, voice),
                short_name(one.tag, voice.say("no tag")),
                one.planned,
                one.applied,
                one.rows,
                one.contacts,
                *(getattr(one, name) for name in states(voice)),
            )
            for one in found
        ),
        note=voice.say(
            "Rejected contacts can be mended: sms24 contacts rejects writes them to a file. Those "
            "in doubt need a decision: sms24 contacts resolve."
        ),
        ident="imports",
    )


def reason_table(reasons: list[Reason], voice: Voice) -> Table:
    """Return why contacts were not saved, the most frequent reason first."""
    return Table(
        voice.say("Why contacts were not saved"),
        (
            Column(voice.say("File"), key="file"),
            Column(voice.say("State"), key="state"),
            Column(voice.say("Reason"), key="reason"),
            Column(voice.say("Contacts"), "number", "contacts"),
            Column(voice.say("Examples"), key="examples"),
        ),
        tuple(
            (
                _file(reason.file_name, voice),
                state_word(reason.state, voice),
                None if reason.why is None else reason_words(reason.why, voice),
                reason.contacts,
                voice.listed(_example(example, voice) for example in reason.examples),
            )
            for reason in reasons
        ),
        note=voice.say("Numbers are shown as the snapshot holds them."),
        ident="import_reasons",
    )


def _file(name: str | None, voice: Voice) -> str:
    return short_name(name, voice.say("no name"))


def _example(example: Example, voice: Voice) -> str:
    line = voice.say("line {line}", line=example.line)
    return f"{line} {short_name(example.recipient, '')}".rstrip()


def _finding(found: list[Import], voice: Voice) -> str:
    return voice.count(
        "The one contact was handled: {saved} saved, {rejected} rejected, {in_doubt} in doubt.",
        "Of {number} contacts, {saved} are saved, {rejected} rejected, {in_doubt} in doubt.",
        sum(one.contacts for one in found),
        saved=sum(one.saved for one in found),
        rejected=sum(one.rejected for one in found),
        in_doubt=sum(one.in_doubt for one in found),
    )


def _nothing(known: Known, voice: Voice) -> str:
    if known.last_day is None:
        return voice.say(
            "No list of contacts has been imported yet. To import one: sms24 contacts plan FILE "
            "--tag TAG"
        )
    return voice.say(
        "No list of contacts was imported in this period; the last import was on {day}.",
        day=known.last_day,
    )
