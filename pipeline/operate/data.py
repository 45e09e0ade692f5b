"""Whether warehouse, snapshot, ledger and inbox are whole."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from pipeline.errors import BusyError, Sms24Error
from pipeline.ledger.health import check_ledger
from pipeline.operate.finding import Finding, broken, look, ok
from pipeline.settings import Settings
from pipeline.version import own_version
from pipeline.warehouse.integrity import read_snapshot, read_warehouse
from pipeline.warehouse.snapshot import open_snapshot


def databases(settings: Settings, now: datetime) -> list[Finding]:
    """Return how each database of an account is, after reading all of it."""
    folder = settings.data_dir
    return [
        _read(
            "warehouse",
            settings.warehouse_path,
            lambda path: f"Whole: {read_warehouse(path):,} messages.",
        ),
        _snapshot(settings, now),
        _read(
            "ledger",
            folder / "contacts.sqlite",
            lambda path: f"Whole: version {check_ledger(path)}.",
        ),
        _inbox(folder / "inbox"),
    ]


def _read(area: str, path: Path, work: Callable[[Path], str]) -> Finding:
    if not path.exists():
        return ok(area, "There is none yet.")
    try:
        return ok(area, work(path))
    except BusyError as error:
        return look(area, f"It was not read: {error}", "Look again when the other one is done.")
    except Sms24Error as error:
        return broken(area, str(error), error.advice)


def _snapshot(settings: Settings, now: datetime) -> Finding:
    path = settings.snapshot_path
    found = _read("snapshot", path, lambda path: f"Whole: {read_snapshot(path)} tables")
    if found.state != "ok" or not path.exists():
        return found
    try:
        with open_snapshot(path) as snapshot:
            snapshot.refuse_older()
            info = snapshot.plain("select built_at, version, timezone from snapshot_info")[0]
    except Sms24Error as error:
        return look("snapshot", str(error), error.advice)
    hours = (now - info["built_at"]).total_seconds() / 3600
    text = f"{found.text}, built {hours:,.1f} h ago by sms24 {info['version']}."
    if info["version"] != own_version():
        return look("snapshot", f"{text} This is {own_version()}.", "Run: sms24 build")
    if info["timezone"] != settings.timezone:
        return look("snapshot", f"{text} Its zone is {info['timezone']}.", "Run: sms24 build")
    return ok("snapshot", text)


def _inbox(folder: Path) -> Finding:
    left = [path for path in folder.rglob("*") if path.is_file()] if folder.is_dir() else []
    if not left:
        return ok("inbox", "Nothing waits to be landed.")
    return ok("inbox", f"{len(left):,} files wait to be landed by the next run.")
