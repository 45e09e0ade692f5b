"""What an export must survive: strangers' files, a break at any moment, a full disk."""

import errno
import json
import os
from pathlib import Path

import pytest

from pipeline.cli.main import main
from pipeline.errors import BusyError, Sms24Error, UsageError
from pipeline.warehouse import export as exporting
from pipeline.warehouse.lock import writer_lock
from support.published import Published, published

SEPTEMBER = "messages/month=2026-09-01/part-0.parquet"
DEVICES = "devices/part-0.parquet"


@pytest.fixture
def made(tmp_path: Path) -> Published:
    """Return a small snapshot that was exported once."""
    found = published(tmp_path)
    found.export()
    return found


def breaking_at(patch: pytest.MonkeyPatch, number: int, error: BaseException) -> None:
    """Let the writing of so many-th file fail when it is about to be put in its place."""
    put, calls = exporting.put_in_place, iter(range(1, 1000))

    def failing(draft: Path, path: Path) -> None:
        if next(calls) == number:
            raise error
        put(draft, path)

    patch.setattr(exporting, "put_in_place", failing)


@pytest.mark.parametrize("stranger", ["notes.txt", "messages/month=2026-09-01/part-1.parquet"])
def test_a_folder_with_anything_else_is_refused(made: Published, stranger: str) -> None:
    """A file that no export wrote is named, and neither it nor anything beside it is touched."""
    (made.folder / stranger).write_text("mine")
    before = made.states()
    made.change("update messages set title = 'other'; drop table devices")
    with pytest.raises(UsageError, match=stranger):
        made.export()
    assert made.states() == before
    assert (made.folder / stranger).read_text() == "mine"


def test_somebody_elses_folder_is_left_as_it_was(tmp_path: Path) -> None:
    """Not even a lock is left in a folder that is not the export's own."""
    found = published(tmp_path)
    found.folder.mkdir()
    (found.folder / "thesis.parquet").write_text("mine")
    with pytest.raises(UsageError, match=r"thesis\.parquet"):
        found.export()
    assert [path.name for path in found.folder.iterdir()] == ["thesis.parquet"]


@pytest.mark.parametrize("path", ["../analytics.duckdb", "/etc/hostname"])
def test_a_list_that_leads_outside_is_refused(made: Published, path: str) -> None:
    """Nothing outside of the folder is removed, whatever its list says."""
    listed = json.loads((made.folder / "_tables.json").read_text())
    listed["files"].append({"path": path})
    (made.folder / "_tables.json").write_text(json.dumps(listed))
    with pytest.raises(UsageError, match="not of this version"):
        made.export()
    assert made.snapshot.exists()


@pytest.mark.parametrize("number", [1, 2, 3])
def test_a_broken_off_export_is_completed(
    made: Published, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    """Whenever it breaks off, each file is the old or the new one, and the next export mends it."""
    made.change(
        "update messages set title = 'new'; drop table devices; create table other as select 1 as x"
    )
    with monkeypatch.context() as patch:
        breaking_at(patch, number, KeyboardInterrupt())
        with pytest.raises(KeyboardInterrupt):
            made.export()
    assert json.loads((made.folder / "_tables.json").read_text())["is_complete"] is False
    made.export()
    made.assert_reads_back()
    assert made.export().written == ()


def test_a_broken_off_export_is_mended_to_the_old_rows_too(
    made: Published, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If the snapshot is the old one again, files that were rewritten for the new one are too."""
    made.snapshot.with_suffix(".old").write_bytes(made.snapshot.read_bytes())
    made.change("update messages set title = 'titel ' || message_id")
    with monkeypatch.context() as patch:
        breaking_at(patch, 3, KeyboardInterrupt())
        with pytest.raises(KeyboardInterrupt):
            made.export()
    made.snapshot.with_suffix(".old").replace(made.snapshot)
    made.export()
    made.assert_reads_back()


def test_a_file_that_was_lost_or_cut_off_is_written_again(made: Published) -> None:
    """A file that is not what was written is written again."""
    (made.folder / SEPTEMBER).unlink()
    (made.folder / DEVICES).write_bytes(b"PAR1")
    assert set(made.export().written) == {SEPTEMBER, DEVICES}
    made.assert_reads_back()


def test_a_snapshot_published_meanwhile_changes_nothing(
    made: Published, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An export reads one snapshot to its end; the next one brings the newer."""
    made.change("update messages set title = 'first'")
    put = exporting.put_in_place

    def publishing(draft: Path, path: Path) -> None:
        made.change("update messages set title = 'second'")
        put(draft, path)

    with monkeypatch.context() as patch:
        patch.setattr(exporting, "put_in_place", publishing)
        made.export()
    assert made.read("messages")["title"].unique().to_list() == ["first"]
    made.export()
    made.assert_reads_back()


def test_rows_that_no_month_holds_are_not_lost(tmp_path: Path) -> None:
    """A file that would hold fewer rows than there are is not put in its place."""
    endless = published(tmp_path, "create table t as select 'infinity'::date as day")
    with pytest.raises(Sms24Error, match="0 rows of the 1"):
        endless.export()
    assert list(endless.states()) == ["_tables.json"]


def test_two_exports_at_once(made: Published) -> None:
    """Another export that works in the folder is told of at once."""
    with writer_lock(made.folder), pytest.raises(BusyError):
        made.export()


@pytest.mark.parametrize(
    ("error", "code", "words"),
    [
        (OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)), 1, "The disk is full."),
        (OSError(errno.EROFS, os.strerror(errno.EROFS), "out"), 2, "out cannot be written"),
    ],
    ids=["full", "read-only"],
)
def test_a_disk_that_takes_nothing(
    made: Published,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    error: OSError,
    code: int,
    words: str,
) -> None:
    """A full or read-only disk is called so, and with room the next export is good."""
    monkeypatch.setenv("SMS24_DATA_DIR", str(made.snapshot.parent))
    made.change("update messages set title = 'new'")
    with monkeypatch.context() as patch:
        breaking_at(patch, 2, error)
        assert main(["export", "--to", str(made.folder)]) == code
    assert words in capsys.readouterr().err
    made.export()
    made.assert_reads_back()
