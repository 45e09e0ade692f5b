"""Put what people read in its place: at once, or not at all, and readable for everybody."""

import os
import shutil
from collections.abc import Mapping
from pathlib import Path


def put_file(path: Path, content: bytes) -> None:
    """Put a file in its place; who reads the old one keeps it."""
    open_folder(path.parent)
    draft = path.with_name(f".{path.name}.tmp")
    try:
        draft.write_bytes(content)
        draft.chmod(0o644)
        os.replace(draft, path)  # noqa: PTH105 - the atomic one, by its name
    finally:
        draft.unlink(missing_ok=True)


def put_folder(path: Path, files: Mapping[str, bytes]) -> None:
    """Put a folder of files in the place of the one that was there."""
    draft = path.with_name(f".{path.name}.tmp")
    shutil.rmtree(draft, ignore_errors=True)
    try:
        open_folder(draft)
        for name, content in files.items():
            put_file(draft / name, content)
        shutil.rmtree(path, ignore_errors=True)
        draft.replace(path)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def open_folder(folder: Path) -> None:
    """Make a folder that everybody may look into: the umask keeps state private."""
    folder.mkdir(mode=0o755, parents=True, exist_ok=True)
    folder.chmod(0o755)
