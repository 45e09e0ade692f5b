"""Make what was written outlast a power cut."""

import os
import shutil
from pathlib import Path


def sync(path: Path) -> None:
    """Wait until a file, or the names in a folder, are on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def copy_private(source: Path, target: Path) -> None:
    """Copy a file, 0600: whole or not at all, and on the disk; one of that name is replaced."""
    draft = target.with_name(f"{target.name}.part")
    draft.unlink(missing_ok=True)
    try:
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        with source.open("rb") as found, os.fdopen(descriptor, "wb") as copy:
            shutil.copyfileobj(found, copy, 1 << 20)
            copy.flush()
            os.fsync(copy.fileno())
        draft.replace(target)
        sync(target.parent)
    finally:
        draft.unlink(missing_ok=True)
