"""Put what people read in its place: at once, or not at all, and readable for everybody."""

import errno
import os
import secrets
import shutil
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from pipeline.errors import UsageError, is_disk_full

_TRIES = 100


def put_file(path: Path, content: bytes) -> None:
    """Put a file in its place; who reads the old one keeps it."""
    open_folder(path.parent)
    draft = _draft(path)
    try:
        _write(draft, content)
        draft.chmod(0o644)
        os.replace(draft, path)  # noqa: PTH105 - the atomic one, by its name
    finally:
        draft.unlink(missing_ok=True)


def _draft(path: Path) -> Path:
    """Return where to prepare it, apart from others who may write the same report just now."""
    return path.with_name(f".{path.name}.{secrets.token_hex(4)}.tmp")


def _write(path: Path, content: bytes) -> None:
    try:
        path.write_bytes(content)
    except OSError as error:
        if is_disk_full(error):
            raise
        raise UsageError(
            f"The folder {path.parent} cannot be written ({error.strerror}).",
            advice="Name another one with --output, or another SMS24_DATA_DIR.",
        ) from None


def put_folder(path: Path, files: Mapping[str, bytes]) -> None:
    """Put a folder of files in the place of the one that was there."""
    draft = _draft(path)
    try:
        open_folder(draft)
        for name, content in files.items():
            put_file(draft / name, content)
        _replace_folder(draft, path)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _replace_folder(draft: Path, path: Path) -> None:
    """Replace a folder by its draft, which takes two steps: others may come in between."""
    old = _draft(path)
    try:
        for tries_left in reversed(range(_TRIES)):
            with suppress(FileNotFoundError):
                path.replace(old)
            shutil.rmtree(old, ignore_errors=True)
            try:
                draft.replace(path)
            except OSError as error:
                if not tries_left or error.errno not in {errno.ENOTEMPTY, errno.EEXIST}:
                    raise
            else:
                return
    finally:
        shutil.rmtree(old, ignore_errors=True)


def open_folder(folder: Path) -> None:
    """Make a folder that everybody may look into; one that is there keeps its mode.

    Raises:
        UsageError: it cannot be made.
    """
    if folder.is_dir():
        return
    try:
        folder.mkdir(parents=True)
        folder.chmod(0o755)  # the umask keeps state private
    except OSError as error:
        if is_disk_full(error):
            raise
        if folder.is_dir():  # somebody else made it meanwhile
            return
        raise UsageError(
            f"The folder {folder} cannot be made ({error.strerror}).",
            advice="Name another one with --output, or another SMS24_DATA_DIR.",
        ) from None
