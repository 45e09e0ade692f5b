"""`sms24 backup`: what cannot be fetched or built again, copied whole while work goes on.

A backup is a folder of its own: files, and `manifest.json` with the hash of each. It is made under
another name and renamed at the end, so that one that is there is whole.
"""

import hashlib
import json
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import fields
from pathlib import Path

import msgspec
from pendulum import DateTime

from pipeline.clock import Clock
from pipeline.errors import UsageError
from pipeline.keys import SECRET_KEYS
from pipeline.ledger.ledger import ledger_path, look_into_ledger
from pipeline.logs import LOG
from pipeline.operate.waiting import waited_lock
from pipeline.progress import Progress
from pipeline.settings import Settings
from pipeline.version import own_version
from pipeline.warehouse.durable import copy_private, sync

FORMAT = 1
MANIFEST = "manifest.json"
SETTINGS = "sms24.toml"
# Small files, and the folders of which all is taken; the warehouse and the ledger have ways of
# their own, the snapshot and the reports are made anew.
_FILES = ("keys", "webhook.secret")
_FOLDERS = ("inbox", "runs", "outbox")
_WAREHOUSE = ("warehouse.duckdb", "warehouse.duckdb.wal")
_NAMED = re.compile(r"sms24-\d{8}T\d{6}Z")
_LOGIN = SECRET_KEYS | {"email", "mail_user"}


class Listed(msgspec.Struct, frozen=True):
    """A file of a backup: its path inside, its size in bytes, its SHA-256."""

    path: str
    bytes: int
    sha256: str


class Manifest(msgspec.Struct, frozen=True):
    """What a backup holds, and which sms24 made it when (UTC, ISO 8601)."""

    format: int
    made_at: str
    version: str
    files: list[Listed]


def back_up(
    settings: Settings, target: Path | None, *, clock: Clock, progress: Progress, patience: float
) -> Path:
    """Copy an account's data into a new folder and return it (0700, its files 0600).

    Waits so many seconds for a run to end; loads and sendings go on meanwhile. Without a target it
    is `backups/sms24-INSTANT` in the data folder.

    Raises:
        UsageError: there is nothing to copy, or something at the target already.
        BusyError: a run has not ended in time.
    """
    data_dir, now = settings.data_dir, clock.now()
    if not settings.warehouse_path.exists() and not ledger_path(data_dir).exists():
        raise UsageError(f"There is nothing to back up in {data_dir}.", advice="Run: sms24 run")
    folder = target or data_dir / "backups" / f"sms24-{now:%Y%m%dT%H%M%SZ}"
    if folder.exists():
        raise UsageError(f"{folder} is there already.", advice="Name another folder with --to.")
    draft = folder.with_name(f".{folder.name}.part")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True, mode=0o700)
    try:
        _copy_all(settings, draft, clock, progress, patience)
        _list(draft, now)
        draft.replace(folder)
        sync(folder.parent)
        LOG.info("a backup was made: %s", folder)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return folder


def drop_older(data_dir: Path, keep: int) -> int:
    """Remove the oldest backups of a data folder but for so many; returns how many.

    Only whole ones that were named by us count, and go; those made elsewhere stay.
    """
    made = [path.parent for path in (data_dir / "backups").glob(f"sms24-*/{MANIFEST}")]
    old = sorted(folder for folder in made if _NAMED.fullmatch(folder.name))[:-keep]
    for folder in old:
        # Without a manifest it is no backup any more, however far the rest gets.
        (folder / MANIFEST).unlink()
        shutil.rmtree(folder)
        LOG.info("an old backup was removed: %s", folder)
    return len(old)


def _copy_all(
    settings: Settings, draft: Path, clock: Clock, progress: Progress, patience: float
) -> None:
    data_dir = settings.data_dir
    with waited_lock(data_dir, clock, progress, patience):
        progress.begin("Copying the warehouse", None)
        for name in _WAREHOUSE:
            _copy(data_dir / name, draft / name)
        for name in _FOLDERS:
            for path in _files_of(data_dir / name):
                _copy(path, draft / path.relative_to(data_dir))
    progress.begin("Copying the ledger", None)
    if ledger_path(data_dir).exists():
        # After the plans: who was sent by a plan of the copy is in the ledger of the copy.
        with look_into_ledger(data_dir, clock) as ledger:
            ledger.copy_to(ledger_path(draft))
    for name in _FILES:
        _copy(data_dir / name, draft / name)
    _write(draft / SETTINGS, settings_text(settings))


def _files_of(folder: Path) -> Iterator[Path]:
    """Give the files below a folder; links lead out of it, and drafts are nobody's yet."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.is_symlink() and path.suffix not in {".part", ".new"}:
            yield path


def _copy(source: Path, target: Path) -> None:
    with suppress(FileNotFoundError):  # never made, or landed meanwhile
        if source.is_file():
            target.parent.mkdir(parents=True, mode=0o700, exist_ok=True)
            copy_private(source, target)


def settings_text(settings: Settings) -> str:
    """Return the settings that are in force as a file, without logins and secrets."""
    lines = ["# The settings when the backup was made. Logins and secrets are left out."]
    standard = Settings()
    for field in fields(Settings):
        value = getattr(settings, field.name)
        is_told = field.name not in _LOGIN and field.name != "data_dir"
        if is_told and value != getattr(standard, field.name):
            lines.append(f"{field.name} = {_toml(value)}")
    return "\n".join(lines) + "\n"


def _toml(value: object) -> str:
    """Return a value of a setting; what JSON writes of these is TOML too."""
    if isinstance(value, DateTime):
        return json.dumps(value.isoformat())
    plain = isinstance(value, bool | int | float | list | tuple)
    return json.dumps(value if plain else str(value), ensure_ascii=False)


def _list(draft: Path, now: DateTime) -> None:
    paths = sorted(path for path in draft.rglob("*") if path.is_file())
    files = [
        Listed(path.relative_to(draft).as_posix(), path.stat().st_size, sha256_of(path))
        for path in paths
    ]
    manifest = Manifest(FORMAT, now.isoformat(), own_version(), files)
    text = msgspec.json.format(msgspec.json.encode(manifest), indent=1)
    _write(draft / MANIFEST, text.decode() + "\n")


def _write(path: Path, text: str) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def sha256_of(path: Path) -> str:
    """Return the hash of a file, read in pieces."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
