"""Bodies survive a kill between being received and being landed, and land once."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.warehouse.inbox import Inbox
from pipeline.warehouse.store import open_warehouse
from support.landed import Landed, body_of, page, sealed


@pytest.fixture
def inbox(tmp_path: Path) -> Inbox:
    """Return an empty inbox."""
    return Inbox(tmp_path / "inbox")


def test_a_ticket_comes_back_as_it_was(inbox: Inbox) -> None:
    """What a ticket says is read back equal, times included."""
    landing = sealed(inbox, "a", page(1))
    assert inbox.leftovers() == [landing]


def test_only_sealed_and_whole_bodies_count(inbox: Inbox) -> None:
    """A body without ticket, a ticket without body, a short body, a damaged ticket: swept away."""
    inbox.new_body("no-ticket").write_text(page(1))
    body_of(sealed(inbox, "no-body", page(1))).unlink()
    body_of(sealed(inbox, "short", page(1))).write_text("{")
    sealed(inbox, "damaged", page(1)).path.write_text("{")
    assert inbox.leftovers() == []
    assert list(inbox.folder.iterdir()) == []


def test_leftovers_land_in_order_of_asking(inbox: Inbox, tmp_path: Path) -> None:
    """An older copy never follows a newer one, and a second landing finds nothing."""
    sealed(inbox, "b", page(7), minutes=2)
    sealed(inbox, "a", page(3), minutes=1)
    with open_warehouse(tmp_path / "w.duckdb") as warehouse:
        landed = Landed(warehouse, inbox)
        assert landed.lander.land_leftovers() == 2
        assert landed.statuses() == [3, 7]
        assert landed.lander.land_leftovers() == 0
        assert list(inbox.folder.iterdir()) == []


def test_a_body_that_was_landed_is_not_landed_again(inbox: Inbox, tmp_path: Path) -> None:
    """A kill between commit and sweeping leaves a body behind, which then changes nothing."""
    with open_warehouse(tmp_path / "w.duckdb") as warehouse:
        landed = Landed(warehouse, inbox)
        sealed(inbox, "a", page(3))
        landed.lander.land_leftovers()
        sealed(inbox, "a", page(3))
        assert landed.lander.land_leftovers() == 0
        assert landed.statuses() == [3]
        assert warehouse.scalar("select count(*) from raw.windows") == 1
        assert inbox.leftovers() == []


def test_a_body_whose_call_alone_was_noted_is_landed(inbox: Inbox, tmp_path: Path) -> None:
    """Calls are noted with any landing: a body that waited for the next one lands all the same."""
    with open_warehouse(tmp_path / "w.duckdb") as warehouse:
        landed = Landed(warehouse, inbox)
        waiting = sealed(inbox, "waiting", page(7), minutes=1)
        landed.lander._calls.add(waiting.ticket.bodies[0].call)
        landed.lander.land([sealed(inbox, "first", page(3))])
        assert landed.lander.land_leftovers() == 1
        assert landed.statuses() == [3, 7]
        calls = warehouse.rows("select call_id from raw.calls")
        assert calls == [{"call_id": "waiting"}]


def test_there_and_back_again_is_three_versions(inbox: Inbox, tmp_path: Path) -> None:
    """A record is compared with its latest version: delivered, failed, delivered are three rows."""
    with open_warehouse(tmp_path / "w.duckdb") as warehouse:
        landed = Landed(warehouse, inbox)
        for minutes, status in enumerate((7, 7, 9, 7)):
            landed.lander.land([sealed(inbox, f"c{minutes}", page(status), minutes=minutes)])
        assert landed.statuses() == [7, 9, 7]


def test_an_older_answer_that_lands_late_is_no_version(inbox: Inbox, tmp_path: Path) -> None:
    """An answer asked before the one that is held changes nothing."""
    with open_warehouse(tmp_path / "w.duckdb") as warehouse:
        landed = Landed(warehouse, inbox)
        landed.lander.land([sealed(inbox, "new", page(7), minutes=5)])
        landed.lander.land([sealed(inbox, "old", page(3), minutes=1)])
        assert landed.statuses() == [7]


def test_a_body_that_cannot_be_read_is_set_aside(inbox: Inbox, tmp_path: Path) -> None:
    """A damaged body is kept apart, its window stays unproven, the others land."""
    good, bad = sealed(inbox, "good", page(3)), sealed(inbox, "bad", page(3))
    body_of(bad).write_text("<html>")
    with open_warehouse(tmp_path / "w.duckdb") as warehouse:
        landed = Landed(warehouse, inbox)
        landed.lander.land([good, bad])
        assert landed.statuses() == [3]
    assert [path.name for path in (inbox.folder / "unreadable").iterdir()] == ["bad.body"]


@contextmanager
def pressing_interrupt() -> Iterator[None]:
    """Press Ctrl-C now and then, as a person would: a library's own handler may swallow one."""
    main_thread, is_over = threading.main_thread().ident or 0, threading.Event()

    def press() -> None:
        while not is_over.wait(0.5):
            signal.pthread_kill(main_thread, signal.SIGINT)

    presser = threading.Thread(target=press)
    presser.start()
    try:
        yield
    finally:
        is_over.set()
        presser.join()


def test_an_interrupt_inside_a_statement_is_an_interrupt(tmp_path: Path) -> None:
    """Ctrl-C while DuckDB works rolls back, is Ctrl-C to everybody, and leaves the file usable."""
    sql = """
        create table raw.gone as select 1 as x;
        select sum(a.range * b.range) from range(1000000) a, range(1000000) b
    """
    with open_warehouse(tmp_path / "w.duckdb") as warehouse:
        with pytest.raises(KeyboardInterrupt), pressing_interrupt(), warehouse.transaction():
            warehouse.script(sql)
        assert warehouse.scalar("select count(*) from raw.messages") == 0
        left = "select count(*) from duckdb_tables() where table_name = 'gone'"
        assert warehouse.scalar(left) == 0


def test_a_failed_landing_keeps_everything(inbox: Inbox, tmp_path: Path) -> None:
    """If a batch cannot be written, nothing of it is, and its bodies stay for the next run."""
    with open_warehouse(tmp_path / "w.duckdb") as warehouse:
        landed = Landed(warehouse, inbox)
        landing = sealed(inbox, "a", page(3))
        spoilt = replace(landing.ticket.bodies[0].call, http_status="no number")
        landed.lander._calls.add(spoilt)
        with pytest.raises(Exception, match="no number"):
            landed.lander.land([landing])
        assert landed.statuses() == []
    assert inbox.leftovers() == [landing]
