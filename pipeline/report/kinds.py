"""The kinds of reports, and the sections that each consists of."""

from collections.abc import Callable

from pipeline.report.model import Section
from pipeline.report.sections.definitions import definitions
from pipeline.report.sections.figures import figures
from pipeline.report.sections.moved import moved
from pipeline.report.sections.over_time import over_time
from pipeline.report.sections.short import short
from pipeline.report.sections.where import where
from pipeline.report.sections.why import why
from pipeline.report.source import Source
from pipeline.report.voice import Voice

Build = Callable[[Source, Voice], Section]

KINDS: dict[str, tuple[Build, ...]] = {
    "delivery": (short, figures, over_time, why, moved, where, definitions),
}


def title_of(kind: str, voice: Voice) -> str:
    """Return the title of a kind of report."""
    return {"delivery": voice.say("SMS delivery report")}[kind]
