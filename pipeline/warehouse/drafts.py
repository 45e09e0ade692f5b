"""A folder that is made whole before anybody sees it: what a plan is written in."""

import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from pipeline.errors import BusyError, UsageError
from pipeline.warehouse.durable import sync
from pipeline.warehouse.lock import make_folder, writer_lock

_LOCK = ".lock"
_MINUTE = len(".2026-11-22T2114Z")


@contextmanager
def drafting(folder: Path, name: str) -> Iterator[Path]:
    """Give a new folder (0700) that stands in `folder` as `name` once this ends, or not at all.

    Names begin with a minute, such as `2026-11-22T2114Z`. What planners of earlier minutes have
    left that were killed is removed: it holds numbers of people.

    Raises:
        UsageError: the data folder, in which `folder` is, cannot be written.
    """
    draft = folder / f".{name}.part"
    try:
        make_folder(folder.parent)
        folder.mkdir(mode=0o700, exist_ok=True)
        draft.mkdir(mode=0o700)
    except OSError as error:
        raise UsageError(
            f"The folder {folder.parent} cannot be written ({error.strerror}).",
            advice="Name a folder of yours: SMS24_DATA_DIR.",
        ) from None
    with ExitStack() as stack:
        stack.callback(shutil.rmtree, draft, ignore_errors=True)
        stack.enter_context(writer_lock(draft, _LOCK))
        sweep(folder, name)
        yield draft
        (draft / _LOCK).unlink()
        draft.rename(folder / name)
        sync(folder)


def drafts_before(folder: Path, name: str) -> list[Path]:
    """Return the drafts of earlier minutes than a name's, whether somebody writes them or not."""
    own = f".{name}"[:_MINUTE]
    return sorted(draft for draft in folder.glob(".*.part") if draft.name[:_MINUTE] < own)


def sweep(folder: Path, name: str) -> None:
    """Remove drafts of earlier minutes whose planner lives no more: nobody holds their lock."""
    for draft in drafts_before(folder, name):
        with suppress(BusyError, UsageError), writer_lock(draft, _LOCK):
            shutil.rmtree(draft, ignore_errors=True)
