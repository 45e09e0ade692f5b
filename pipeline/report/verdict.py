"""What a report comes to, as plain JSON for other programs: the alternative to a mail."""

from typing import Any

from pipeline.report.model import Figures, Findings, Report
from pipeline.report.stats import Rate


def verdict_of(report: Report) -> dict[str, Any]:
    """Return the verdict: what was asked, the sentence, the findings and the key figures."""
    asked, origin = report.asked, report.origin
    blocks = [block for section in report.sections for block in section.blocks]
    found = next((block for block in blocks if isinstance(block, Findings)), None)
    figures = [item for block in blocks if isinstance(block, Figures) for item in block.items]
    return {
        "kind": report.kind,
        "language": report.language,
        "title": report.title,
        "headline": report.headline,
        "verdict": found.verdict if found else report.headline,
        "first": asked.period.first,
        "last": asked.period.last,
        "compared_first": asked.before.first,
        "compared_last": asked.before.last,
        "device_id": asked.device_id,
        "timezone": asked.timezone,
        "data_until": asked.data_until,
        "run_id": origin.run_id,
        "proven_days": origin.proven_days,
        "holes": origin.holes,
        "notices": report.notices,
        "findings": found.items if found else (),
        "figures": {
            item.key: {"value": _plain(item.value), "change": item.change} for item in figures
        },
    }


def _plain(value: Any) -> Any:
    if isinstance(value, Rate):
        return {"rate": value.value, "hits": value.hits, "of": value.of, "interval": value.interval}
    return value
