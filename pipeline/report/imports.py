"""The report of a contact import: one HTML file, made of what its `report.json` says."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from pipeline.report.import_facts import Import
from pipeline.report.import_tables import bar_of, tables_of
from pipeline.report.import_words import changes_told, doubts_told, list_told, verdict
from pipeline.report.render import render_page
from pipeline.report.voice import Voice
from pipeline.report.words import SOURCE, languages


def import_page(said: Mapping[str, Any], language: str, timezone: str) -> str:
    """Return the page that tells what `report.json` says; times are in the named zone.

    A language that reports do not speak leaves no list without its page: it is English then.
    """
    found = msgspec.convert(said, Import)
    language = language if language in languages() else SOURCE
    zone, voice = ZoneInfo(timezone), Voice(language)

    def local(moment: datetime | None) -> datetime | None:
        return moment.astimezone(zone).replace(tzinfo=None) if moment else None

    values = {
        "found": found,
        "timezone": timezone,
        "local": local,
        "bar": bar_of(found, voice),
        "tables": tables_of(found, local, voice),
        "verdict": verdict(found, voice),
        "doubts_told": doubts_told(found, voice),
        "changes_told": changes_told(found, voice),
        "list_told": list_told(found, voice),
    }
    return render_page("contacts.html", language, values)
