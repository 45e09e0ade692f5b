"""Who may read and write the files of an account, and how much room is left for them."""

import os
import shlex
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path

from pipeline.operate.finding import Finding, broken, look, ok
from pipeline.settings import Loaded

_OTHERS_WRITE, _OTHERS = 0o022, 0o077
_PRIVATE = (
    "inbox",
    "warehouse.duckdb",
    "contacts.sqlite",
    "keys",
    "runs",
    "outbox",
    "logs",
    "runs.jsonl",
    "alerts.json",
    "webhook.secret",
)
_FOR_PEOPLE = ("", "analytics.duckdb", "reports")
_MB, _GB = 1 << 20, 1 << 30


def permissions(loaded: Loaded) -> list[Finding]:
    """Return what others may read or write that they must not, and what is not ours."""
    folder = loaded.settings.data_dir
    expected = [(folder / name, _OTHERS) for name in _PRIVATE]
    expected += [(folder / name, _OTHERS_WRITE) for name in _FOR_PEOPLE]
    if loaded.path is not None:
        expected.append((loaded.path, _OTHERS_WRITE))
    found = [finding for path, open_to in expected for finding in _of(path, open_to)]
    if not folder.is_dir():
        return [*found, look("permissions", f"There is no folder {folder} yet.", "Run: sms24 run")]
    if not os.access(folder, os.W_OK):
        found.append(broken("permissions", f"This user cannot write to {folder}."))
    return found or [ok("permissions", f"Nobody else reads or writes the state in {folder}.")]


def _of(path: Path, open_to: int) -> Iterator[Finding]:
    try:
        status = path.stat()
    except FileNotFoundError:
        return
    except OSError as error:
        yield broken("permissions", f"{path} cannot be looked at ({error.strerror}).")
        return
    mode = stat.S_IMODE(status.st_mode)
    if mode & open_to:
        right = f"{mode & ~open_to:o}"
        what = "may be read or written" if open_to == _OTHERS else "may be written"
        yield broken(
            "permissions",
            f"{path} {what} by others (mode {mode:o}).",
            f"Run: chmod {right} {shlex.quote(str(path))}",
        )
    if status.st_uid != os.geteuid() and os.geteuid():
        yield look(
            "permissions",
            f"{path} belongs to another user.",
            "Run sms24 as that one, always the same.",
        )


def disk(folder: Path) -> Finding:
    """Return how much room is left; a build needs that of the snapshot once more, and some."""
    place = next(path for path in (folder, *folder.absolute().parents) if path.exists())
    free = shutil.disk_usage(place).free
    held = sum(_size(folder / name) for name in ("warehouse.duckdb", "analytics.duckdb"))
    text = f"{amount(free)} are free; warehouse and snapshot take {amount(held)}."
    advice = "Free some space, or move the data folder."
    if free < _size(folder / "analytics.duckdb") + 200 * _MB:
        return broken("disk", text, advice)
    return look("disk", text, advice) if free < 2 * held + _GB else ok("disk", text)


def _size(path: Path) -> int:
    return path.stat().st_size if path.is_file() else 0


def amount(size: int) -> str:
    """Return a number of bytes as people read it."""
    return f"{size / _GB:,.1f} GB" if size >= _GB else f"{size / _MB:,.1f} MB"
