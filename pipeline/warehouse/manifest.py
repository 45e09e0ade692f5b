"""The list of what an export wrote, in the export's own folder: `_tables.json`.

Only what stands on it is ever replaced or removed. Before anything changes, the files that are
about to are put on it without a fingerprint; so a killed export leaves nothing that the next one
takes for good, or for somebody else's.
"""

import os
from pathlib import Path, PurePosixPath

import msgspec

from pipeline.errors import UsageError
from pipeline.warehouse.durable import sync

NAME = "_tables.json"
_FORMAT = 1


class ListedColumn(msgspec.Struct, frozen=True):
    """A column: its type in the files (DuckDB's word), and what it holds."""

    name: str
    type: str
    comment: str | None


class ListedTable(msgspec.Struct, frozen=True):
    """A table: its folder, what it is, and the column that tells a row's month, if it grows."""

    schema: str
    name: str
    folder: str
    comment: str | None
    rows: int
    month_of: str | None
    columns: tuple[ListedColumn, ...]


class ListedFile(msgspec.Struct, frozen=True):
    """A Parquet file, relative to the folder; no fingerprint while it is being written."""

    path: str
    month: str | None = None
    rows: int = 0
    bytes: int = 0
    fingerprint: str | None = None


class Manifest(msgspec.Struct, frozen=True):
    """What an export wrote; `is_complete` is false while one works, or after one broke off.

    `snapshot` is the row of `snapshot_info` of the snapshot that was exported, as text.
    """

    format: int = _FORMAT
    is_complete: bool = False
    snapshot: dict[str, str | None] = msgspec.field(default_factory=dict)
    tables: tuple[ListedTable, ...] = ()
    files: tuple[ListedFile, ...] = ()


def read_manifest(folder: Path) -> Manifest:
    """Return the list of the last export here, an empty one if there was none.

    UsageError if the folder holds anything that no export wrote. Names that begin with `.` or `_`
    are let be, as engines do.
    """
    found = _visible(folder)
    manifest = _read(folder / NAME)
    listed = {file.path for file in manifest.files}
    # An export that works at this moment may have removed some of them since.
    strangers = [path for path in found if path not in listed and os.path.lexists(folder / path)]
    if strangers:
        raise UsageError(
            f"{folder} holds what no export wrote: {strangers[0]}"
            + (f", and {len(strangers) - 1} more." if strangers[1:] else "."),
            advice="Move that away, or name a folder of the export's own; nothing was changed.",
        )
    return manifest


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Put the list in its place at once, unless it stands there already."""
    content = msgspec.json.format(msgspec.json.encode(manifest), indent=1) + b"\n"
    path = folder / NAME
    if path.is_file() and path.read_bytes() == content:
        return
    draft = draft_of(path)
    try:
        draft.write_bytes(content)
        put_in_place(draft, path)
    finally:
        draft.unlink(missing_ok=True)


def draft_of(path: Path) -> Path:
    """Return where a file is written before it is put in its place; engines skip it."""
    return path.with_name(f".{path.name}.part")


def put_in_place(draft: Path, path: Path) -> None:
    """Put a file in its place at once, on disk first, readable for everybody."""
    draft.chmod(0o644)
    sync(draft)
    draft.replace(path)
    sync(path.parent)


def _visible(folder: Path) -> list[str]:
    """Return every file and link below a folder, but for names that begin with `.` or `_`."""
    found = []
    for root, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith((".", "_"))]
        links = [name for name in folders if (Path(root) / name).is_symlink()]
        seen = [name for name in files if not name.startswith((".", "_"))]
        found += [(Path(root) / name).relative_to(folder).as_posix() for name in seen + links]
    return sorted(found)


def _read(path: Path) -> Manifest:
    try:
        manifest = msgspec.json.decode(path.read_bytes(), type=Manifest)
    except FileNotFoundError:
        return Manifest()
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise UsageError(
            f"The list {path} of an earlier export cannot be read: {error}.",
            advice="Export into another folder.",
        ) from None
    paths = [PurePosixPath(file.path) for file in manifest.files]
    if manifest.format != _FORMAT or any(p.is_absolute() or ".." in p.parts for p in paths):
        raise UsageError(
            f"The list {path} is not of this version of sms24.",
            advice="Export into another folder.",
        )
    return manifest
