"""The ledger's file: who may look, what is private, older and newer ones, full disks."""

import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from pipeline.clock import HeldClock
from pipeline.errors import UsageError, is_disk_full
from pipeline.ledger import store as stores
from pipeline.ledger.ledger import ledger_path, look_into_ledger, open_ledger
from support.ledger import ANNA, BOB, SAVED, START, Desk, Somebody, made_tag, opened_desk

LAST = len(stores.MIGRATIONS)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """Open a ledger."""
    with opened_desk(tmp_path) as desk:
        yield desk


def test_w13_one_may_look_while_a_load_writes(desk: Desk, tmp_path: Path) -> None:
    """W13: a reader sees what is committed, during a transaction too, and cannot write."""
    desk.send(SAVED)
    with desk.ledger.loading(), desk.ledger.transaction():
        desk.ledger.contacts.claim(desk.tag.id, Somebody(BOB, "Bob"), desk.run)
        with look_into_ledger(tmp_path, desk.clock) as looking:
            assert looking.contacts.counts(desk.tag.id) == {"saved": 1}
            with pytest.raises(UsageError):
                looking.tags.plan("Other")
    assert desk.ledger.contacts.counts(desk.tag.id) == {"saved": 1, "sent": 1}


def test_to_look_makes_no_file(tmp_path: Path) -> None:
    """Where there is no ledger one looks into an empty one, and none is made."""
    with look_into_ledger(tmp_path, HeldClock(START)) as ledger:
        assert ledger.tags.find("Clients") is None
        assert ledger.contacts.known(1, [ANNA]) == {}
        assert ledger.contacts.other_tags(None, [ANNA]) == {}
    assert list(tmp_path.iterdir()) == []


def test_the_files_are_private(desk: Desk, tmp_path: Path) -> None:
    """The ledger and the files beside it are its owner's alone, and the log is flushed."""
    desk.send(SAVED)
    modes = {p.name: stat.S_IMODE(p.stat().st_mode) for p in tmp_path.glob("contacts.sqlite*")}
    assert modes == dict.fromkeys(
        ("contacts.sqlite", "contacts.sqlite-wal", "contacts.sqlite-shm"), 0o600
    )
    assert desk.ledger._store.rows("pragma synchronous")[0][0] == 2
    assert desk.ledger._store.rows("pragma journal_mode")[0][0] == "wal"


def test_attempts_are_append_only(desk: Desk) -> None:
    """Nothing deletes or changes a call that was written down, not even by SQL."""
    desk.send(SAVED)
    for sql in ("delete from attempt", "update attempt set outcome = 'x'", "delete from decision"):
        if "decision" in sql:
            desk.ledger.tags.abandon(desk.tag, "rebuilt")
        with pytest.raises(sqlite3.IntegrityError, match="append only"):
            desk.ledger._store.change(sql)


def test_w19_an_older_ledger_is_copied_and_brought_up_to_date(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """W19: a ledger of version 1 gets what is new, once, with its rows, after a copy of it."""
    clock, path = HeldClock(START), ledger_path(tmp_path)
    with monkeypatch.context() as patch:
        patch.setattr(stores, "MIGRATIONS", ("1_tables",))
        with open_ledger(tmp_path, clock) as ledger:
            made_tag(ledger)
    for _ in range(2):
        with open_ledger(tmp_path, clock) as ledger:
            assert [tag.title for tag in ledger.tags.every()] == ["Clients"]
            assert ledger.outbox.every() == []
            assert ledger._store.rows("pragma user_version")[0][0] == LAST
    backup = tmp_path / "contacts.sqlite.v1.bak"
    assert stat.S_IMODE(backup.stat().st_mode) == 0o600
    with closing(sqlite3.connect(backup)) as old:
        assert old.execute("pragma user_version").fetchone() == (1,)
        assert old.execute("select count(*) from tag").fetchone() == (1,)
    assert path.exists()


def test_a_migration_that_fails_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A step that breaks in the middle leaves the version and the tables as they were."""
    with open_ledger(tmp_path, HeldClock(START)):
        pass
    written = stores.statement
    broken = "create table extra (a text);\ncreate table extra (a text);\n"
    with monkeypatch.context() as patch:
        patch.setattr(stores, "statement", lambda name: broken if name == "n" else written(name))
        patch.setattr(stores, "MIGRATIONS", (*stores.MIGRATIONS, "n"))
        with pytest.raises(sqlite3.OperationalError), open_ledger(tmp_path, HeldClock(START)):
            pass
    with open_ledger(tmp_path, HeldClock(START)) as ledger:
        assert ledger._store.rows("pragma user_version")[0][0] == LAST
        assert not ledger._store.rows("select 1 from sqlite_schema where name = 'extra'")


def test_a_newer_or_damaged_ledger_is_left_alone(tmp_path: Path) -> None:
    """What a newer sms24 wrote, or the disk damaged, is refused with exit 2 and not touched."""
    with open_ledger(tmp_path, HeldClock(START)) as ledger:
        ledger._store.rows("pragma user_version = 99")
    path = ledger_path(tmp_path)
    with pytest.raises(UsageError, match="newer"), open_ledger(tmp_path, HeldClock(START)):
        pass
    path.write_bytes(b"not a database" * 500)
    with pytest.raises(UsageError, match="damaged"), open_ledger(tmp_path, HeldClock(START)):
        pass
    assert path.read_bytes() == b"not a database" * 500


def fill(desk: Desk) -> None:
    """Claim more people than the file may hold, in one transaction."""
    with desk.ledger.transaction():
        for number in range(10_000):
            desk.ledger.contacts.claim(desk.tag.id, Somebody(f"+336{number:08}"), desk.run)


def test_a_full_disk_keeps_nothing_of_a_transaction(desk: Desk) -> None:
    """SQLite's own word for a full disk is known, and the transaction around it is undone."""
    pages = desk.ledger._store.rows("pragma page_count")[0][0]
    desk.ledger._store.rows(f"pragma max_page_count = {pages}")
    with pytest.raises(sqlite3.OperationalError) as caught:
        fill(desk)
    assert is_disk_full(caught.value)
    assert desk.ledger.contacts.counts(desk.tag.id) == {}


@pytest.mark.parametrize(
    ("name", "is_full"), [("SQLITE_IOERR_SHMSIZE", True), ("SQLITE_IOERR_WRITE", False)]
)
def test_a_disk_that_fails_is_no_bug(tmp_path: Path, name: str, *, is_full: bool) -> None:
    """A disk so full that the ledger cannot be opened is full; one that fails is named."""
    error = sqlite3.OperationalError("disk I/O error")
    error.sqlite_errorname, error.sqlite_errorcode = name, getattr(sqlite3, name)
    with pytest.raises((sqlite3.OperationalError, UsageError)) as caught, stores.told(tmp_path):
        raise error
    assert is_disk_full(caught.value) is is_full
    assert isinstance(caught.value, UsageError) is not is_full


def test_a_copy_can_be_made_during_a_load(desk: Desk, tmp_path: Path) -> None:
    """The copy is a whole ledger of its own, as of now."""
    desk.send(SAVED)
    desk.ledger.copy_to(tmp_path / "copy.sqlite")
    with closing(sqlite3.connect(tmp_path / "copy.sqlite")) as copy:
        assert copy.execute("select e164, state from contact").fetchall() == [(ANNA, "saved")]
