"""The kinds of reports, and the sections that each consists of."""

from collections.abc import Callable

from pipeline.report.model import Section
from pipeline.report.sections.definitions import definitions
from pipeline.report.sections.figures import figures
from pipeline.report.sections.health import health
from pipeline.report.sections.imports import imports
from pipeline.report.sections.incoming import incoming
from pipeline.report.sections.moved import moved
from pipeline.report.sections.over_time import over_time
from pipeline.report.sections.quality import quality
from pipeline.report.sections.short import short
from pipeline.report.sections.when import when
from pipeline.report.sections.where import where
from pipeline.report.sections.why import why
from pipeline.report.source import Source
from pipeline.report.voice import Voice

Build = Callable[[Source, Voice], Section]

KINDS: dict[str, tuple[Build, ...]] = {
    "delivery": (
        short,
        figures,
        over_time,
        why,
        moved,
        where,
        when,
        health,
        incoming,
        imports,
        quality,
        definitions,
    ),
    "devices": (health, where, why, quality, definitions),
    "incoming": (incoming, quality, definitions),
    "imports": (imports, definitions),
}


def title_of(kind: str, voice: Voice) -> str:
    """Return the title of a kind of report."""
    return {
        "delivery": voice.say("SMS delivery report"),
        "devices": voice.say("Phones and SIMs"),
        "incoming": voice.say("Incoming messages"),
        "imports": voice.say("Contact imports"),
    }[kind]
