"""One report across accounts: a row for each, with what leads to its own report."""

import os
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import msgspec

from pipeline.accounts import Member
from pipeline.errors import Sms24Error, UsageError
from pipeline.report.error_words import reason_of
from pipeline.report.model import Figure, Figures, Report
from pipeline.report.putting import put_file
from pipeline.report.render import render_page
from pipeline.report.shelf import shelve
from pipeline.report.stats import Change, Rate
from pipeline.report.voice import Voice
from pipeline.report.words import SOURCE, languages
from pipeline.report.writing import Wish, Written
from pipeline.settings import Settings


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """An account in the report across accounts.

    Attributes:
        messages: outgoing messages due in the period.
        success: `success_rate`; None where there is no report.
        change: of the success rate, against the compared period.
        data_until: until when its data are proven, on the wall clock of its zone.
        holes: stretches of the period that nothing proves.
        report: its own report, relative to the page.
        error: why there is none, in English; empty if there is.
        reason: the same in the language of the page.
        exit_code: of what happened to it.
    """

    name: str
    first: date | None = None
    last: date | None = None
    timezone: str = ""
    messages: int | None = None
    success: Rate | None = None
    change: Change | None = None
    headline: str = ""
    data_until: datetime | None = None
    holes: int | None = None
    report: str = ""
    error: str = ""
    reason: str = ""
    exit_code: int = 0


class Overview(msgspec.Struct, frozen=True):
    """What was written: the rows, and the page and JSON of them."""

    rows: tuple[Row, ...]
    paths: tuple[Path, ...]


def write_overview(members: Sequence[Member], wish: Wish, folder: Path) -> Overview:
    """Write a report of each account onto its shelf, and the page and JSON across them.

    Without a language in the wish it is that of the first account. An account that cannot be
    reported has a row that says why. The same snapshots give the same bytes. UsageError for a
    language that reports do not speak.
    """
    language = wish.language or _language(members)
    wish = msgspec.structs.replace(wish, language=language)
    if language not in languages():
        raise UsageError(
            f"There is no language {language!r} of reports.",
            advice=f"Take one of: {', '.join(languages())}.",
        )
    rows = tuple(_row(member, wish, folder) for member in members)
    stem = _stem(rows, language)
    values = {"rows": rows}
    page, data = folder / f"{stem}.html", folder / f"{stem}.json"
    put_file(page, render_page("accounts.html", language, values).encode())
    found = {"language": language, "accounts": [_plain(row) for row in rows]}
    put_file(data, msgspec.json.format(msgspec.json.encode(found), indent=2) + b"\n")
    return Overview(rows, (page, data))


def _language(members: Sequence[Member]) -> str:
    return next((one.settings.report_language for one in members if one.settings), SOURCE)


def _row(member: Member, wish: Wish, folder: Path) -> Row:
    try:
        if member.settings is None:
            raise member.error or UsageError("The settings are wrong.")
        return _told(member.name, _written(member.settings, wish), folder)
    except Sms24Error as error:
        reason = reason_of(error, Voice(wish.language or SOURCE))
        return Row(name=member.name, error=str(error), reason=reason, exit_code=error.exit_code)


def _written(settings: Settings, wish: Wish) -> Written:
    formats = tuple(dict.fromkeys(("html", *wish.formats)))
    return shelve(settings, [msgspec.structs.replace(wish, formats=formats)])[0]


def _told(name: str, written: Written, folder: Path) -> Row:
    report, figures = written.report, _figures(written.report)
    success = figures["success_rate"]
    return Row(
        name=name,
        first=report.asked.period.first,
        last=report.asked.period.last,
        timezone=report.asked.timezone,
        messages=figures["outgoing"].value,
        success=success.value,
        change=success.change,
        headline=report.headline,
        data_until=report.origin.until_local,
        holes=report.origin.holes,
        report=Path(os.path.relpath(written.paths["html"], folder)).as_posix(),
    )


def _figures(report: Report) -> dict[str, Figure]:
    blocks = [block for section in report.sections for block in section.blocks]
    return {
        item.key: item for block in blocks if isinstance(block, Figures) for item in block.items
    }


def _stem(rows: tuple[Row, ...], language: str) -> str:
    firsts = [row.first for row in rows if row.first]
    lasts = [row.last for row in rows if row.last]
    days = f"{min(firsts)}_{max(lasts)}_" if firsts else ""
    return f"accounts_{days}{language}"


def _plain(row: Row) -> dict[str, Any]:
    found: dict[str, Any] = msgspec.structs.asdict(row)
    rate = row.success
    if rate is not None:
        found["success"] = {
            "rate": rate.value,
            "hits": rate.hits,
            "of": rate.of,
            "interval": rate.interval,
        }
    return found
