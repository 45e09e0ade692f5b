"""The folder of reports: what was written there, a page that lists it, and what is too old.

`index.json` remembers each file that we wrote with its hash, so that nothing else is ever removed:
no file of somebody else's, and none that somebody has changed.
"""

import fcntl
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import date, datetime, timedelta
from pathlib import Path

import msgspec

from pipeline.report.own import load_own
from pipeline.report.putting import open_folder, put_file
from pipeline.report.render import render_page
from pipeline.report.writing import (
    Wish,
    Written,
    check_wishes,
    stem_of,
    write_reports,
)
from pipeline.settings import Settings

_INDEX = "index.json"


class Entry(msgspec.Struct, frozen=True):
    """A report on the shelf.

    Attributes:
        built_local: when the snapshot was built, on the wall clock of `timezone`.
        formats: the file or folder of each format, relative to the shelf.
        files: the SHA-256 of each file, relative to the shelf.
    """

    stem: str
    kind: str
    language: str
    title: str
    headline: str
    first: date
    last: date
    device_id: int | None
    timezone: str
    built_local: datetime
    formats: dict[str, str]
    files: dict[str, str]


def wishes_of(settings: Settings) -> list[Wish]:
    """Return the reports that `sms24 run` writes; UsageError for one that nothing can fulfil."""
    wishes = [
        Wish(
            kind=kind,
            period=period,
            language=settings.report_language,
            formats=settings.report_formats,
        )
        for kind in settings.report_kinds
        for period in settings.report_periods
    ]
    check_wishes(wishes, settings)
    return wishes


def shelve(settings: Settings, wishes: list[Wish]) -> list[Written]:
    """Write reports into the account's own folder, list them, and remove those that are too old."""
    folder = settings.reports_path
    with _held(folder):
        written = write_reports(settings, wishes, folder)
        _enlist(settings, written)
    return written


def enlist(settings: Settings, written: Written) -> None:
    """List more files of a report that lie in the account's own folder, such as its mail."""
    with _held(settings.reports_path):
        _enlist(settings, [written])


def tidy(settings: Settings, *, only_count: bool = False) -> int:
    """Remove the reports that are older than `report_keep_days`; returns how many they are."""
    folder = settings.reports_path
    if not (folder / _INDEX).exists():
        return 0
    with _held(folder):
        entries = read_shelf(folder)
        old = _too_old(entries, settings.report_keep_days)
        if old and not only_count:
            _list(_without_old(entries, folder, settings.report_keep_days), folder, settings)
    return len(old)


def read_shelf(folder: Path) -> list[Entry]:
    """Return what was written into a folder of reports; a list that is damaged counts as none."""
    try:
        return msgspec.json.decode((folder / _INDEX).read_bytes(), type=list[Entry])
    except (OSError, msgspec.DecodeError):
        return []


@contextmanager
def _held(folder: Path) -> Iterator[None]:
    """Wait until nobody else writes here: a run and a person may want a report at once."""
    open_folder(folder)
    descriptor = os.open(folder / ".lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _enlist(settings: Settings, written: list[Written]) -> None:
    folder = settings.reports_path
    entries = {entry.stem: entry for entry in read_shelf(folder)}
    for made in written:
        entry = _entry(made, folder)
        entries[entry.stem] = _joined(entry, entries.get(entry.stem))
    kept = _without_old(list(entries.values()), folder, settings.report_keep_days)
    _list(kept, folder, settings)


def _entry(made: Written, folder: Path) -> Entry:
    report = made.report
    files = [
        file
        for path in made.paths.values()
        for file in (sorted(path.iterdir()) if path.is_dir() else [path])
    ]
    return Entry(
        stem=stem_of(report),
        kind=report.kind,
        language=report.language,
        title=report.title,
        headline=report.headline,
        first=report.asked.period.first,
        last=report.asked.period.last,
        device_id=report.asked.device_id,
        timezone=report.asked.timezone,
        built_local=report.origin.built_local,
        formats={name: path.name for name, path in made.paths.items()},
        files={file.relative_to(folder).as_posix(): _hash(file) for file in files},
    )


def _joined(new: Entry, old: Entry | None) -> Entry:
    """Return a report with the formats that it was given earlier and that are still there."""
    if old is None:
        return new
    kept = {name: file for name, file in old.formats.items() if name not in new.formats}
    roots = set(kept.values())
    files = {path: found for path, found in old.files.items() if path.split("/")[0] in roots}
    return msgspec.structs.replace(new, formats=new.formats | kept, files=new.files | files)


def _without_old(entries: list[Entry], folder: Path, days: int) -> list[Entry]:
    old = _too_old(entries, days)
    for entry in old:
        _remove(entry, folder)
    return [entry for entry in entries if entry not in old]


def _too_old(entries: list[Entry], days: int) -> list[Entry]:
    if not days or not entries:
        return []
    oldest = max(entry.built_local for entry in entries) - timedelta(days=days)
    return [entry for entry in entries if entry.built_local < oldest]


def _remove(entry: Entry, folder: Path) -> None:
    for name, known in entry.files.items():
        path = folder / name
        is_ours = name.startswith(f"{entry.stem}.") and not {"..", "/"} & {*Path(name).parts}
        if is_ours and path.is_file() and _hash(path) == known:
            path.unlink()
    for format_ in entry.formats:
        with suppress(OSError):  # a file, or a folder in which somebody keeps something
            (folder / f"{entry.stem}.{format_}").rmdir()


def _list(entries: list[Entry], folder: Path, settings: Settings) -> None:
    newest = sorted(entries, key=lambda entry: entry.stem)
    newest.sort(key=lambda entry: (entry.last, entry.first), reverse=True)
    found = msgspec.json.format(msgspec.json.encode(newest), indent=1)
    put_file(folder / _INDEX, found + b"\n")
    own = load_own(settings.reports_dir).folder
    page = render_page("shelf.html", settings.report_language, {"entries": newest}, own)
    put_file(folder / "index.html", page.encode())


def _hash(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
