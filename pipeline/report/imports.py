"""The report of a contact import: one HTML file, made of what its `report.json` says."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from pipeline.report.import_facts import Import
from pipeline.report.import_tables import bar_of, tables_of
from pipeline.report.render import render_page


def import_page(said: Mapping[str, Any], language: str, timezone: str) -> str:
    """Return the page that tells what `report.json` says; times are in the named zone."""
    found = msgspec.convert(said, Import)
    zone = ZoneInfo(timezone)

    def local(moment: datetime | None) -> datetime | None:
        return moment.astimezone(zone).replace(tzinfo=None) if moment else None

    values = {
        "found": found,
        "timezone": timezone,
        "local": local,
        "bar": bar_of(found),
        "tables": tables_of(found, local),
    }
    return render_page("contacts.html", language, values)
