"""The disk's faults: what a run does, says and ends with, and that nothing proven is lost."""

import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import test_faults_gateway as gateway_faults

from pipeline.extract.landing import Lander
from pipeline.warehouse.inbox import Inbox
from pipeline.warehouse.store import open_warehouse
from support.account import Account
from support.disk import DISKS, raising
from support.rows import documented
from support.stage import Stage, Strike, fetched_once, staged

Damage = Callable[[Path], None]


def change_one_digit(inbox: Path) -> None:
    """Change a body so that it is JSON still, and wrong."""
    for path in inbox.glob("*.body"):
        path.write_bytes(path.read_bytes().replace(b'"id":6', b'"id":7'))


def cut_off(inbox: Path) -> None:
    """Shorten every body."""
    for path in inbox.glob("*.body"):
        path.write_bytes(path.read_bytes()[:-9])


def damage_tickets(inbox: Path) -> None:
    """Make every ticket a text that is no UTF-8."""
    for path in inbox.glob("*.ticket"):
        path.write_bytes(path.read_bytes().replace(b"messages", b"mess\xff\xfees"))


def overwrite(path: Path) -> None:
    """Put noise over the middle of a file."""
    size = path.stat().st_size
    with path.open("r+b") as file:
        file.seek(12_288)
        file.write(b"\xa5" * (size - 12_288 - 4096))


def newer_file(path: Path) -> None:
    """Give a file the version number of a DuckDB that is to come."""
    with path.open("r+b") as file:
        file.seek(12)
        file.write((9999).to_bytes(8, "little"))


def newer_format(path: Path) -> None:
    """Mark a warehouse as a newer sms24's."""
    with open_warehouse(path) as warehouse:
        warehouse.execute("update raw.format set number = 99")


INBOXES: dict[str, Damage] = {
    "inbox-body-changed": change_one_digit,
    "inbox-body-short": cut_off,
    "inbox-ticket-damaged": damage_tickets,
}
WAREHOUSES: dict[str, Damage] = {
    "warehouse-overwritten": overwrite,
    "warehouse-truncated": lambda path: path.write_bytes(path.read_bytes()[:20_000]) and None,
    "warehouse-text": lambda path: path.write_text("not a database\n" * 4000) and None,
    "warehouse-newer": newer_format,
    "warehouse-newer-file": newer_file,
}


@pytest.fixture(scope="module")
def once(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Account, Strike]]:
    """Serve an account that was fetched once."""
    with fetched_once(tmp_path_factory.mktemp("once")) as served:
        yield served


@pytest.fixture
def stage(
    once: tuple[Account, Strike],
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> Stage:
    """Return a copy of that account, a day and a half later."""
    return staged(once, tmp_path, capfd, monkeypatch)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Mount a disk of 40 MB, where that is allowed."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount, umount = shutil.which("mount"), shutil.which("umount")
    made = mount and subprocess.run(
        [mount, "-t", "tmpfs", "-o", "size=40m", "tmpfs", str(disk)],
        check=False,
        capture_output=True,
    )
    if not (made and umount) or made.returncode:
        pytest.skip("a small disk cannot be mounted here: it takes root and tmpfs")
    yield disk
    subprocess.run([umount, str(disk)], check=True)


def test_the_table_and_the_tests_have_the_same_rows() -> None:
    """Each documented fault is tested, and each tested one is documented."""
    tested = {*DISKS, *INBOXES, *WAREHOUSES, *gateway_faults.TESTED}
    assert set(documented()) == tested


@pytest.mark.parametrize("name", DISKS)
def test_a_full_disk(stage: Stage, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """A full disk changes nothing that is published; with space again, the next run is good."""
    before, proven = stage.snapshot(), stage.proven()
    with monkeypatch.context() as patch:
        DISKS[name](patch)
        stage.run().told(documented()[name])
    assert stage.snapshot() == before
    stage.assert_mends(proven)
    said = stage.rows("select message from runs where exit_code = 1")
    assert said == [{"message": "the disk was full"}]


def test_a_disk_that_is_really_full(
    once: tuple[Account, Strike],
    small_disk: Path,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """However little space there is, the snapshot stands, and with space the next run is good."""
    stage = staged(once, small_disk, capfd, monkeypatch)
    before, proven = stage.snapshot(), stage.proven()
    for left in (0, 100_000, 400_000, 1_000_000):
        free = shutil.disk_usage(small_disk).free
        (small_disk / "filler").write_bytes(bytes(max(free - left, 0)))
        stage.run().told(documented()["disk-full-landing"])
        (small_disk / "filler").unlink()
        assert stage.snapshot() == before
    stage.assert_mends(proven)


@pytest.mark.parametrize("name", INBOXES)
def test_a_damaged_inbox(stage: Stage, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """What a killed run left and the disk has damaged is not landed; it is asked again."""
    proven, row = stage.proven(), documented()[name]
    inbox = Inbox(stage.folder / "inbox").folder
    with monkeypatch.context() as patch:
        patch.setattr(Lander, "land", raising(KeyboardInterrupt()))
        assert stage.run().code == 130
    assert list(inbox.glob("*.ticket"))
    INBOXES[name](inbox)
    ended = stage.run()
    assert row.words in ended.shown
    assert ended.code == row.code
    stage.assert_good(ended, proven)
    is_kept = name == "inbox-body-changed"
    assert (inbox / "unreadable").exists() == is_kept
    stage.assert_mends(proven)


@pytest.mark.parametrize("name", WAREHOUSES)
def test_a_warehouse_that_cannot_be_used(stage: Stage, name: str) -> None:
    """A damaged or newer warehouse is left as it is, and so is the snapshot; a backup works."""
    before, proven = stage.snapshot(), stage.proven()
    path = stage.folder / "warehouse.duckdb"
    backup = path.read_bytes()
    WAREHOUSES[name](path)
    damaged = path.read_bytes()
    stage.run().told(documented()[name])
    assert stage.snapshot() == before
    assert path.read_bytes() == damaged
    path.write_bytes(backup)
    stage.assert_mends(proven)
