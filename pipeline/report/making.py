"""Make a report: from the snapshot to the model, from the model to a page."""

from pathlib import Path

import msgspec

from pipeline.report.asked import Asked, Period
from pipeline.report.cells import Cell
from pipeline.report.charts import Chart
from pipeline.report.counts import Day, total_of
from pipeline.report.links import with_live_links
from pipeline.report.model import Block, Findings, Origin, Report, Section, Text
from pipeline.report.notes import Note, notes_of
from pipeline.report.notices import notices
from pipeline.report.own import NOTHING, Own
from pipeline.report.places import where_of
from pipeline.report.render import render_page
from pipeline.report.source import Source, query_text
from pipeline.report.voice import Voice
from pipeline.warehouse.snapshot import Snapshot


def ask(
    snapshot: Snapshot, period: Period | None, language: str, *, device_id: int | None = None
) -> Asked:
    """Return what is asked for; without a period it is the last 28 days up to where data reach."""
    newest = snapshot.rows(query_text("newest"))[0]
    wanted = period or Period(newest["first_day"], newest["last_day"])
    return Asked(
        period=wanted,
        before=wanted.before(),
        timezone=newest["timezone"],
        language=language,
        data_until=newest["until_local"],
        device_id=device_id,
    )


def make_report(
    snapshot: Snapshot,
    asked: Asked,
    kind: str = "delivery",
    own: Own = NOTHING,
    notes: tuple[Note, ...] = (),
) -> Report:
    """Return everything that a report of a kind says; `own` and `notes` are what people add."""
    source = Source(snapshot, asked, own.folder, notes_of(notes, asked))
    voice = Voice(asked.language)
    origin = source.read("origin", Origin)[0]
    told = notices(source, origin, voice)
    sections = tuple(build(source, voice) for build in own.builds(kind))
    title = own.title(kind, voice)
    return Report(
        kind=kind,
        language=asked.language,
        title=title,
        headline=_headline(sections) or title,
        asked=asked,
        origin=origin,
        scope=_scope(source, origin, voice),
        notices=tuple(told),
        sections=tuple(_asked_only(section, source) for section in with_live_links(sections)),
        queries=source.queries,
        parameters=asked.parameters(),
    )


def render(report: Report, own: Path | None = None) -> str:
    """Return the page that says a report; a template in the folder `own` stands for ours."""
    return render_page("report.html", report.language, {"report": report}, own)


def _asked_only(section: Section, source: Source) -> Section:
    """Return a section with the queries that were asked: some are only where there is a need."""
    queries = tuple(name for name in section.queries if name in source.queries)
    return msgspec.structs.replace(section, queries=queries)


def _headline(sections: tuple[Section, ...]) -> str:
    """Return the verdict in a few words; without one, the first sentence that says a result."""
    blocks = [block for section in sections for block in section.blocks]
    briefs = (block.brief for block in blocks if isinstance(block, Findings))
    return next(briefs, next(filter(None, map(_sentence, blocks)), ""))


def _sentence(block: Block) -> str:
    if isinstance(block, Chart):
        return block.finding
    return block.words if isinstance(block, Text) and block.role in {"plain", "empty"} else ""


def _scope(source: Source, origin: Origin, voice: Voice) -> tuple[tuple[str, str], ...]:
    asked = source.asked
    narrowed: tuple[tuple[str, str], ...] = ()
    if asked.device_id is not None:
        name = where_of(Cell("device", asked.device_id), source, voice)
        narrowed = ((voice.say("Only"), name),)
    total = total_of(source.read("days", Day))
    until = voice.moment(origin.until_local)
    proven = voice.count(
        "{proven} of one day",
        "{proven} of {number} days",
        asked.period.days,
        proven=origin.proven_days,
    )
    compared = voice.say("{first} to {last}", first=asked.before.first, last=asked.before.last)
    return (
        *narrowed,
        (voice.say("Compared with"), compared),
        (voice.say("Time zone"), asked.timezone),
        (voice.say("Data until"), until),
        (voice.say("Proven complete"), proven),
        (voice.say("Holes"), voice.number(origin.holes)),
        (voice.say("Share still open"), voice.rate(total.unsettled)),
        (voice.say("Run"), origin.run_id),
    )
