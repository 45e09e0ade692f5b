"""The delivery report: one HTML file about a period of local days."""

from datetime import date
from pathlib import Path

from pipeline.errors import UsageError
from pipeline.report.facts import Facts, Period, default_period, query_text, read_facts
from pipeline.report.formats import Formats
from pipeline.report.render import render_page, write_page
from pipeline.report.sections import (
    code_table,
    device_table,
    key_figures,
    notices,
    success_chart,
    volume_chart,
)
from pipeline.settings import Settings
from pipeline.warehouse.snapshot import open_snapshot

_LONGEST_PERIOD_DAYS = 3660


def period_of(first: str | None, last: str | None) -> Period:
    """Return the period that two texts name; raises UsageError where they name none."""
    if first is None or last is None:
        raise UsageError("A period needs both of its days.", advice="Give --from and --to.")
    try:
        period = Period(date.fromisoformat(first), date.fromisoformat(last))
    except ValueError:
        raise UsageError(
            f"{first!r} to {last!r} are no days.", advice="Write days like 2026-01-31."
        ) from None
    if not 1 <= period.days <= _LONGEST_PERIOD_DAYS:
        raise UsageError(
            f"The period {first} to {last} is empty or too long.",
            advice="Give the earlier day to --from, and at most ten years.",
        )
    return period


def render_delivery(
    settings: Settings, *, period: Period | None, language: str, output_dir: Path
) -> Path:
    """Write `delivery_FROM_TO_LANG.html` into a folder and return its path.

    Without a period it is the last 28 local days up to where the data reach.

    Raises:
        UsageError: there is no snapshot to report on.
    """
    with open_snapshot(settings.snapshot_path) as snapshot:
        snapshot.refuse_older()
        asked = period or default_period(snapshot)
        facts = read_facts(snapshot, asked)
    path = output_dir / f"delivery_{asked.first}_{asked.last}_{language}.html"
    write_page(path, delivery_page(facts, language))
    return path


def delivery_page(facts: Facts, language: str) -> str:
    """Return the page that says these facts."""
    formats = Formats(language)
    values = {
        "facts": facts,
        "notices": notices(facts, formats),
        "figures": key_figures(facts.total),
        "charts": [success_chart(facts, formats), volume_chart(facts, formats)],
        "codes": code_table(facts, formats),
        "devices": device_table(facts),
        "queries": {name: query_text(name) for name in ("days", "codes", "devices")},
    }
    return render_page("delivery.html", language, values)
