"""Put what people read in its place: at once, or not at all, and readable for everybody."""

import os
import shutil
from collections.abc import Mapping
from pathlib import Path

from pipeline.errors import UsageError


def put_file(path: Path, content: bytes) -> None:
    """Put a file in its place; who reads the old one keeps it."""
    open_folder(path.parent)
    draft = path.with_name(f".{path.name}.tmp")
    try:
        _write(draft, content)
        draft.chmod(0o644)
        os.replace(draft, path)  # noqa: PTH105 - the atomic one, by its name
    finally:
        draft.unlink(missing_ok=True)


def _write(path: Path, content: bytes) -> None:
    try:
        path.write_bytes(content)
    except PermissionError as error:
        raise UsageError(
            f"The folder {path.parent} cannot be written ({error.strerror}).",
            advice="Name another one with --output, or another SMS24_DATA_DIR.",
        ) from None


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
    """Make a folder that everybody may look into; one that is there keeps its mode.

    Raises:
        UsageError: it cannot be made.
    """
    if folder.is_dir():
        return
    try:
        folder.mkdir(parents=True)
        folder.chmod(0o755)  # the umask keeps state private
    except (FileExistsError, NotADirectoryError, PermissionError) as error:
        raise UsageError(
            f"The folder {folder} cannot be made ({error.strerror}).",
            advice="Name another one with --output, or another SMS24_DATA_DIR.",
        ) from None
