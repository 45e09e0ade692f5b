"""Write the published tables as Parquet files for other engines, and only those that changed."""

from dataclasses import dataclass
from datetime import datetime
from itertools import takewhile
from pathlib import Path

from pipeline.errors import Sms24Error, UsageError, is_disk_full
from pipeline.progress import Progress
from pipeline.warehouse.layout import Part, Table, read_parts, read_tables
from pipeline.warehouse.lock import writer_lock
from pipeline.warehouse.manifest import (
    ListedColumn,
    ListedFile,
    ListedTable,
    Manifest,
    draft_of,
    put_in_place,
    read_manifest,
    write_manifest,
)
from pipeline.warehouse.snapshot import Snapshot, open_snapshot


@dataclass(frozen=True, slots=True)
class Exported:
    """What an export left, and what it changed.

    Attributes:
        folder: where the files are.
        manifest: all of them.
        written: files that are new or have other rows than before.
        removed: files of tables and months that are no more.
    """

    folder: Path
    manifest: Manifest
    written: tuple[str, ...]
    removed: tuple[str, ...]


def export(snapshot_path: Path, folder: Path, progress: Progress) -> Exported:
    """Write every table of the snapshot to a folder of the export's own; see `layout`.

    A file whose rows are the same is not touched. Each changes at once, and the list of them last.
    The snapshot is held open, so that one that is published meanwhile changes nothing. Raises
    UsageError for a folder that holds anything else, BusyError where another export works.
    """
    folder = folder.resolve()
    with open_snapshot(snapshot_path, writes_to=folder) as snapshot:
        read_manifest(folder)  # no lock is left in a folder of somebody else's
        try:
            _make_folders(folder)
            with writer_lock(folder):
                return _export(snapshot, folder, progress)
        except OSError as error:
            if is_disk_full(error):
                raise
            raise UsageError(
                f"{error.filename or folder} cannot be written ({error.strerror}).",
                advice="Name a folder of yours with --to.",
            ) from None


def _export(snapshot: Snapshot, folder: Path, progress: Progress) -> Exported:
    before = read_manifest(folder)
    parts = [part for table in _tables(snapshot) for part in read_parts(snapshot, table)]
    files = _kept(folder, before, parts)
    written = tuple(part.path for part in parts if part.path not in files)
    removed = tuple(sorted({file.path for file in before.files} - {part.path for part in parts}))
    if written or removed:
        marked = tuple(ListedFile(path) for path in written + removed)
        begun = Manifest(tables=before.tables, files=(*files.values(), *marked))
        write_manifest(folder, begun)
    for path in removed:
        _remove(folder, path)
    if written:
        progress.begin("Writing files", len(written))
    for part in parts:
        if part.path not in files:
            files[part.path] = _write(snapshot, folder, part)
            progress.advance(1)
    manifest = Manifest(
        is_complete=True,
        snapshot=_snapshot_info(snapshot, parts),
        tables=_listed(parts),
        files=tuple(files[part.path] for part in parts),
    )
    write_manifest(folder, manifest)
    return Exported(folder, manifest, written, removed)


def _tables(snapshot: Snapshot) -> list[Table]:
    tables = read_tables(snapshot)
    taken = {table.name.lower() for table in tables if table.schema == "main"}
    for table in tables:
        if table.schema != "main" and table.schema.lower() in taken:
            raise UsageError(
                f"The schema {table.schema} and a table of that name cannot share a folder.",
                advice="Give one of them another name.",
            )
    return tables


def _kept(folder: Path, before: Manifest, parts: list[Part]) -> dict[str, ListedFile]:
    """Return the files that hold their rows already, by path."""
    wanted = {part.path: part.fingerprint for part in parts}
    return {
        file.path: file
        for file in before.files
        if file.fingerprint is not None
        and file.fingerprint == wanted.get(file.path)
        and _size(folder / file.path) == file.bytes
    }


def _size(path: Path) -> int | None:
    return path.stat().st_size if path.is_file() else None


def _write(snapshot: Snapshot, folder: Path, part: Part) -> ListedFile:
    path = folder / part.path
    _make_folders(*reversed(list(takewhile(folder.__ne__, path.parents))))
    draft = draft_of(path)
    try:
        rows = snapshot.write_parquet(part.select, draft, of=part.table.qualified)
        if rows != part.rows:
            raise Sms24Error(
                f"{part.path} would hold {rows:,} rows of the {part.rows:,} that there are.",
                advice="Look at the dates of that table; it was left as it was.",
            )
        put_in_place(draft, path)
    finally:
        draft.unlink(missing_ok=True)
    return ListedFile(part.path, part.month, rows, path.stat().st_size, part.fingerprint)


def _make_folders(*folders: Path) -> None:
    """Make what is missing, readable for everybody: the umask keeps state private, not results."""
    for folder in folders:
        if not folder.is_dir():
            folder.mkdir(parents=True)
            folder.chmod(0o755)


def _remove(folder: Path, path: str) -> None:
    """Remove a file of ours, and the folders that it leaves empty."""
    for left in (folder / path, draft_of(folder / path)):
        left.unlink(missing_ok=True)
    for parent in takewhile(folder.__ne__, (folder / path).parents):
        if not parent.is_dir() or any(parent.iterdir()):
            return
        parent.rmdir()


def _snapshot_info(snapshot: Snapshot, parts: list[Part]) -> dict[str, str | None]:
    if not any(part.path == "snapshot_info/part-0.parquet" for part in parts):
        return {}
    rows = snapshot.rows("from main.snapshot_info")
    return {name: _text(value) for row in rows[:1] for name, value in row.items()}


def _text(value: object) -> str | None:
    if isinstance(value, datetime):
        return value.isoformat()
    return None if value is None else str(value)


def _listed(parts: list[Part]) -> tuple[ListedTable, ...]:
    tables = {part.table.folder: part.table for part in parts}
    return tuple(
        ListedTable(
            schema=table.schema,
            name=table.name,
            folder=folder,
            comment=table.comment,
            rows=sum(part.rows for part in parts if part.table is table),
            month_of=table.grows_by,
            columns=tuple(ListedColumn(c.name, c.written, c.comment) for c in table.columns),
        )
        for folder, table in tables.items()
    )
