"""Write reports: a page and its other forms, under names that tell what is in them."""

from pathlib import Path

import msgspec

from pipeline.errors import UsageError
from pipeline.report.asked import Asked, Period
from pipeline.report.making import ask, make_report, render
from pipeline.report.model import Report
from pipeline.report.notes import Note, read_notes
from pipeline.report.own import Own, load_own
from pipeline.report.periods import PERIODS, named_period
from pipeline.report.putting import put_file, put_folder
from pipeline.report.words import languages
from pipeline.settings import Settings
from pipeline.warehouse.snapshot import Snapshot, open_snapshot

FORMATS = ("html", "csv", "excel-csv", "xlsx", "parquet", "json", "pdf")
# These have a file per table, in a folder.
FOLDERS = frozenset({"csv", "excel-csv", "parquet"})


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """A report that somebody wants.

    Attributes:
        period: local days, or the name of a period; None for the last 28 days up to the data.
        device_id: the one phone that it is narrowed to; None for all.
    """

    kind: str = "delivery"
    period: Period | str | None = None
    language: str = "en"
    device_id: int | None = None
    formats: tuple[str, ...] = ("html",)


class Written(msgspec.Struct, frozen=True):
    """A report and where it is.

    Attributes:
        page: the HTML of the report, whether or not it was written.
        paths: the file or folder of each format, in the order of asking.
        engine: what printed the PDF; empty if there is none.
    """

    report: Report
    page: str
    paths: dict[str, Path]
    engine: str = ""


class Given(msgspec.Struct, frozen=True):
    """What people add to the reports: templates and sections of their own, and notes."""

    own: Own
    notes: tuple[Note, ...]


def check_wishes(wishes: list[Wish], settings: Settings) -> Given:
    """Return what people add; UsageError for a wish that nothing can fulfil, before any work."""
    given = Given(load_own(settings.reports_dir), read_notes(settings.report_notes))
    for wish in wishes:
        given.own.builds(wish.kind)
        if isinstance(wish.period, str):
            _one_of("period", wish.period, PERIODS)
        _one_of("language", wish.language, languages())
        for name in wish.formats:
            _one_of("format", name, FORMATS)
    if any("pdf" in wish.formats for wish in wishes):
        from pipeline.report.export.pdf import refuse_without_engine  # noqa: PLC0415 - rarely

        refuse_without_engine()
    return given


def write_report(settings: Settings, wish: Wish | None = None, folder: Path | None = None) -> Path:
    """Write the page of a report and return its path; see `write_reports`."""
    made = write_reports(settings, [wish or Wish()], folder or settings.reports_path)
    return made[0].paths["html"]


def write_reports(settings: Settings, wishes: list[Wish], folder: Path) -> list[Written]:
    """Write reports on the snapshot into a folder: `KIND_FROM_TO_LANG.EXTENSION` each.

    Raises:
        UsageError: there is no snapshot, or a wish that cannot be fulfilled.
    """
    given = check_wishes(wishes, settings)
    with open_snapshot(settings.snapshot_path) as snapshot:
        snapshot.refuse_older()
        reports = [_made(snapshot, wish, given) for wish in wishes]
    return [
        _written(report, wish.formats, given.own, folder)
        for report, wish in zip(reports, wishes, strict=True)
    ]


def stem_of(report: Report) -> str:
    """Return the name of a report's files, without what follows the point."""
    asked = report.asked
    narrowed = "" if asked.device_id is None else f"device-{asked.device_id}_"
    period = f"{asked.period.first}_{asked.period.last}"
    return f"{report.kind}_{narrowed}{period}_{report.language}"


def _made(snapshot: Snapshot, wish: Wish, given: Given) -> Report:
    asked = _asked(snapshot, wish)
    return make_report(snapshot, asked, wish.kind, given.own, given.notes)


def _asked(snapshot: Snapshot, wish: Wish) -> Asked:
    period = wish.period
    if isinstance(period, str):
        newest = ask(snapshot, None, wish.language).period.last
        period = named_period(period, newest)
    return ask(snapshot, period, wish.language, device_id=wish.device_id)


def _written(report: Report, formats: tuple[str, ...], own: Own, folder: Path) -> Written:
    page = render(report, own.folder)
    paths: dict[str, Path] = {}
    engine = ""
    for name in dict.fromkeys(formats):
        path = folder / f"{stem_of(report)}.{name}"
        if name in FOLDERS:
            put_folder(path, _tables(report, name))
        elif name == "pdf":
            from pipeline.report.export.pdf import find_browsers, pdf  # noqa: PLC0415 - rarely

            paper = pdf(page, report.origin.built_local, browsers=find_browsers())
            put_file(path, paper.content)
            engine = paper.engine
        else:
            put_file(path, _file(report, page, name))
        paths[name] = path
    return Written(report, page, paths, engine)


def _file(report: Report, page: str, name: str) -> bytes:
    if name == "html":
        return page.encode()
    if name == "json":
        from pipeline.report.export.json_text import json_text  # noqa: PLC0415 - who asks pays

        return json_text(report)
    from pipeline.report.export.workbook import workbook  # noqa: PLC0415

    return workbook(report)


def _tables(report: Report, name: str) -> dict[str, bytes]:
    from pipeline.report.export.csv_files import excel_csv, raw_csv  # noqa: PLC0415
    from pipeline.report.export.parquet_files import parquet  # noqa: PLC0415
    from pipeline.report.export.sheets import sheets  # noqa: PLC0415

    if name == "parquet":
        return {f"{sheet.name}.parquet": parquet(sheet) for sheet in sheets(report)}
    if name == "csv":
        return {f"{sheet.name}.csv": raw_csv(sheet) for sheet in sheets(report)}
    return {f"{sheet.name}.csv": excel_csv(sheet, report.language) for sheet in sheets(report)}


def _one_of(what: str, wanted: str, known: tuple[str, ...]) -> None:
    if wanted not in known:
        raise UsageError(
            f"There is no {what} {wanted!r} of reports.", advice=f"Take one of: {', '.join(known)}."
        )
