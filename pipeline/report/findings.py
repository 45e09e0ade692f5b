"""What a person should act on: every finding of a period, the costliest first."""

from pipeline.report.event_words import finding_of
from pipeline.report.events import events
from pipeline.report.model import Finding
from pipeline.report.source import Source
from pipeline.report.troubles import (
    falls,
    holes,
    is_current,
    not_allowed,
    silent_phones,
    stuck_messages,
)
from pipeline.report.voice import Voice

# The queries that findings come from.
QUERIES = (
    *("history", "lines", "line_codes", "code_words", "phones_now"),
    *("waiting", "elapsed", "parts"),
)


def findings(source: Source, voice: Voice) -> list[Finding]:
    """Return all findings by messages lost, those that nothing explains last."""
    found = source.once(events).events
    current = is_current(source)
    told = [finding_of(event, source, voice, is_current=current) for event in found]
    told += silent_phones(source, voice)
    told += not_allowed(source, voice, found)
    told += stuck_messages(source, voice)
    told += falls(source, voice, found)
    told += holes(source, voice)
    return sorted(told, key=lambda one: (one.kind == "dip", -one.lost, one.kind, one.what))
