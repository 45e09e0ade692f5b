"""`sms24 restore`: put a backup back, after every byte of it was found to be as it was."""

import shutil
from pathlib import Path, PurePosixPath

import msgspec

from pipeline.errors import UsageError
from pipeline.logs import LOG
from pipeline.operate.backup import FORMAT, MANIFEST, SETTINGS, Manifest, sha256_of
from pipeline.progress import Progress
from pipeline.warehouse.durable import copy_private
from pipeline.warehouse.exchange import LOCKS, draft_of, end_exchange, exchange
from pipeline.warehouse.lock import writer_lock

_LEFT = frozenset({"logs", "backups", *LOCKS})


def restore(backup: Path, data_dir: Path, progress: Progress, *, replaces: bool = False) -> int:
    """Put the files of a backup into a data folder; returns how many.

    A folder that holds something is left alone, or with `replaces` kept beside as `NAME.before`.
    Killed in the middle, what was there is where it was, or in `NAME.before`; the same command
    does the rest, and any other command ends an exchange of the two that was begun.

    Raises:
        UsageError: no backup, a damaged or a newer one, or a folder that is in use.
    """
    source = str(backup.resolve())
    ended = end_exchange(data_dir)
    if ended is not None and ended.source == source:
        return ended.files
    manifest = read_manifest(backup)
    progress.begin("Comparing hashes", len(manifest.files))
    for listed in manifest.files:
        path = backup / listed.path
        is_same = path.is_file() and path.stat().st_size == listed.bytes
        if not is_same or sha256_of(path) != listed.sha256:
            raise UsageError(
                f"The backup {backup} is damaged: {listed.path} is not as it was copied.",
                advice="Take another one; nothing was changed.",
            )
        progress.advance(1)
    with writer_lock(data_dir), writer_lock(data_dir, LOCKS[1]), writer_lock(data_dir, LOCKS[2]):
        _refuse_held(data_dir, replaces=replaces)
        draft = draft_of(data_dir)
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(mode=0o755)
        draft.chmod(0o755)
        progress.begin("Copying", len(manifest.files))
        for listed in manifest.files:
            if listed.path != SETTINGS:
                target = draft / listed.path
                target.parent.mkdir(parents=True, mode=0o700, exist_ok=True)
                copy_private(backup / listed.path, target)
            progress.advance(1)
        exchange(data_dir, source, len(manifest.files))
        LOG.info("a backup was restored: %s", backup)
    return len(manifest.files)


def read_manifest(backup: Path) -> Manifest:
    """Return what a backup says of itself; UsageError for none, and for one of a newer sms24."""
    try:
        manifest = msgspec.json.decode((backup / MANIFEST).read_bytes(), type=Manifest)
    except (OSError, msgspec.DecodeError, UnicodeDecodeError):
        raise UsageError(
            f"{backup} is no backup of sms24.", advice=f"Name a folder that has a {MANIFEST}."
        ) from None
    if manifest.format > FORMAT:
        raise UsageError(
            f"The backup {backup} was made by a newer sms24 ({manifest.version}).",
            advice="Install that version.",
        )
    paths = [PurePosixPath(listed.path) for listed in manifest.files]
    if any(path.is_absolute() or ".." in path.parts for path in paths):
        raise UsageError(f"The backup {backup} names files outside of itself.")
    return manifest


def _refuse_held(data_dir: Path, *, replaces: bool) -> None:
    held = [path for path in data_dir.iterdir() if path.name not in _LEFT]
    if held and not replaces:
        raise UsageError(
            f"The folder {data_dir} holds data already.",
            advice="Name another one (SMS24_DATA_DIR), or say --replace: it is kept beside.",
        )
