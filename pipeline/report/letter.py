"""A report as a mail: its verdict, findings and key figures in few words; the rest is attached."""

import re
from pathlib import Path
from typing import Any

import msgspec

from pipeline.report.formats import NOTHING, short_name
from pipeline.report.model import Figure, Figures, Finding, Findings, Report
from pipeline.report.render import render_page
from pipeline.report.stats import Rate
from pipeline.report.voice import Voice

_BLOCKS = "\N{LOWER ONE EIGHTH BLOCK}\N{LOWER ONE QUARTER BLOCK}\N{LOWER THREE EIGHTHS BLOCK}\
\N{LOWER HALF BLOCK}\N{LOWER FIVE EIGHTHS BLOCK}\N{LOWER THREE QUARTERS BLOCK}\
\N{LOWER SEVEN EIGHTHS BLOCK}\N{FULL BLOCK}"
_FINDINGS, _NOTICES, _FIGURES = 5, 8, 12
# Mail programs cut what is longer than 102 KB: bounds of each text keep a letter far below.
_LONGEST = 600
_WRITTEN = frozenset({"number", "share", "points", "seconds", "day", "moment", "rate"})


class Line(msgspec.Struct, frozen=True):
    """A key figure, written out; `spark` are its last days as a word, `range` what it spans."""

    label: str
    value: str
    change: str
    meaning: str
    spark: str
    range: str


class Letter(msgspec.Struct, frozen=True):
    """What a mail says of a report.

    Attributes:
        subject: the verdict in a few words, on one line.
        text, page: the same twice, for programs that show no HTML and for those that do.
    """

    subject: str
    text: str
    page: str


def letter_of(report: Report, own: Path | None = None) -> Letter:
    """Return the mail of a report; `own` is a folder whose templates stand for ours."""
    voice = Voice(report.language)
    findings = next(_blocks(report, Findings), None)
    verdict = findings.verdict if findings else report.headline
    values = {
        "report": report,
        "verdict": _cut(verdict),
        "preheader": _cut(_preheader(report, verdict, findings)),
        "findings": [_short(item) for item in (findings.items if findings else ())[:_FINDINGS]],
        "calm": _cut(findings.calm) if findings else "",
        "lines": [_line(item, voice) for item in _figures(report)[:_FIGURES]],
        "notices": [_cut(notice) for notice in report.notices[:_NOTICES]],
    }
    return Letter(
        subject=_subject(report, voice),
        text=render_page("email/report.txt", report.language, values, own),
        page=render_page("email/report.html", report.language, values, own),
    )


def spark_word(values: tuple[float | None, ...]) -> str:
    """Return days as a word of blocks, from the least to the most; a blank for a day without."""
    known = [value for value in values if value is not None]
    if not known:
        return ""
    low, span = min(known), max(known) - min(known)
    top = len(_BLOCKS) - 1
    return "".join(
        " " if value is None else _BLOCKS[round(top * (value - low) / span) if span else top // 2]
        for value in values
    )


def _subject(report: Report, voice: Voice) -> str:
    period = report.asked.period
    days = voice.say("{first} to {last}", first=period.first, last=period.last)
    return " ".join(f"{report.headline} ({days})".split())


def _preheader(report: Report, verdict: str, findings: Findings | None) -> str:
    """Return what lists of mails show behind the subject: what is not in it yet."""
    if findings and findings.items:
        return f"{findings.items[0].what} {findings.items[0].action}"
    return verdict if verdict != report.headline else report.title


def _line(item: Figure, voice: Voice) -> Line:
    known = [value for value in item.spark if value is not None]
    kind = "share" if isinstance(item.value, Rate) else item.kind
    ends = (_value(min(known), kind, voice), _value(max(known), kind, voice)) if known else ()
    return Line(
        label=_cut(item.label),
        value=_value(item.value, item.kind, voice),
        change=voice.change(item.change) if item.change else "",
        meaning=_cut(item.meaning),
        spark=spark_word(item.spark),
        range=voice.say("from {low} to {high}", low=ends[0], high=ends[1]) if ends else "",
    )


def _value(value: Any, kind: str, voice: Voice) -> str:
    if value is None:
        return NOTHING
    return str(getattr(voice, kind)(value)) if kind in _WRITTEN else short_name(str(value), NOTHING)


def _short(item: Finding) -> dict[str, str]:
    return {name: _cut(getattr(item, name)) for name in ("what", "cause", "action")}


def _cut(text: str) -> str:
    # Nothing may steer what shows the text twin; blanks that do not break stay.
    calm = "".join(c for c in text if c.isprintable() or c in " \t\n\N{NO-BREAK SPACE}\u202f")
    line = re.sub("[ \t\n]+", " ", calm).strip()
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}\N{HORIZONTAL ELLIPSIS}"


def _blocks(report: Report, kind: type[Any]) -> Any:
    blocks = (block for section in report.sections for block in section.blocks)
    return (block for block in blocks if isinstance(block, kind))


def _figures(report: Report) -> list[Figure]:
    return [item for block in _blocks(report, Figures) for item in block.items]
