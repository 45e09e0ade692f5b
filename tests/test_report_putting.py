"""How files come into their place: whole, also where several are put there at the same time."""

import errno
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from pipeline.errors import UsageError
from pipeline.report.putting import put_file, put_folder

CONTENTS = [bytes([65 + number]) * 50_000 for number in range(4)]


def test_the_same_file_put_by_several_at_once_is_one_of_theirs(tmp_path: Path) -> None:
    """Nobody fails, the file is whole, and nothing else is left behind."""
    path = tmp_path / "new" / "report.html"
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda content: put_file(path, content), CONTENTS * 25))
    assert path.read_bytes() in CONTENTS
    assert list(path.parent.iterdir()) == [path]


def test_the_same_folder_put_by_several_at_once_is_one_of_theirs(tmp_path: Path) -> None:
    """Each folder has two files of one writer."""
    path = tmp_path / "report.csv"
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda it: put_folder(path, {"a.csv": it, "b.csv": it}), CONTENTS * 25))
    assert (path / "a.csv").read_bytes() == (path / "b.csv").read_bytes()
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_without_writing_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file system that is read-only is the user's to mend; a full disk is told by the door."""

    def refuse(number: int) -> None:
        def write(self: Path, content: bytes) -> int:
            raise OSError(number, "No space left" if number == errno.ENOSPC else "Read-only")

        monkeypatch.setattr(Path, "write_bytes", write)

    refuse(errno.EROFS)
    with pytest.raises(UsageError, match="cannot be written"):
        put_file(tmp_path / "report.html", b"")
    refuse(errno.ENOSPC)
    with pytest.raises(OSError, match="No space left"):
        put_file(tmp_path / "report.html", b"")


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="there is no such file system")
def test_a_folder_that_no_file_system_makes_is_named() -> None:
    """Where a folder cannot be made at all, that is the user's to mend too."""
    with pytest.raises(UsageError, match="cannot be made"):
        put_file(Path("/proc/nowhere/report.html"), b"")
