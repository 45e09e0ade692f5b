"""Make a report: from the snapshot to the model, from the model to a page."""

from pathlib import Path

from pipeline.report.asked import Asked, Period
from pipeline.report.counts import Day, total_of
from pipeline.report.model import Origin, Report
from pipeline.report.notes import Note, notes_of, notes_section
from pipeline.report.notices import notices
from pipeline.report.own import NOTHING, Own
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
    source, voice = Source(snapshot, asked, own.folder), Voice(asked.language)
    origin = source.read("origin", Origin)[0]
    told = notices(source, origin, voice)
    sections = [build(source, voice) for build in own.builds(kind)]
    if said := notes_of(notes, asked):
        places = [at for at, section in enumerate(sections, 1) if section.ident == "time"]
        sections.insert(places[0] if places else len(sections), notes_section(said, voice))
    total = total_of(source.read("days", Day))
    return Report(
        kind=kind,
        language=asked.language,
        title=own.title(kind, voice),
        headline=voice.say(
            "{rate} of {messages} messages succeeded", rate=total.success, messages=total.outgoing
        ),
        asked=asked,
        origin=origin,
        scope=_scope(asked, origin, voice),
        notices=tuple(told),
        sections=tuple(sections),
        queries=source.queries,
        parameters=asked.parameters(),
    )


def render(report: Report, own: Path | None = None) -> str:
    """Return the page that says a report; a template in the folder `own` stands for ours."""
    return render_page("report.html", report.language, {"report": report}, own)


def _scope(asked: Asked, origin: Origin, voice: Voice) -> tuple[tuple[str, str], ...]:
    until = voice.moment(origin.until_local)
    proven = voice.say("{proven} of {days} days", proven=origin.proven_days, days=asked.period.days)
    compared = voice.say("{first} to {last}", first=asked.before.first, last=asked.before.last)
    return (
        (voice.say("Compared with"), compared),
        (voice.say("Time zone"), asked.timezone),
        (voice.say("Data until"), until),
        (voice.say("Proven complete"), proven),
        (voice.say("Holes"), voice.number(origin.holes)),
        (voice.say("Run"), origin.run_id),
    )
