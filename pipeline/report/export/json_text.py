"""A report as JSON: the model itself, for tests, diffs between runs, and other programs."""

import msgspec

from pipeline.report.model import Report


def json_text(report: Report) -> bytes:
    """Return the model; days and moments are ISO, a rate is its `hits` and `of`."""
    return msgspec.json.format(msgspec.json.encode(report), indent=2) + b"\n"
