"""Work that is done beside other work: both at once, both done at the end, no error lost."""

import threading
from pathlib import Path

import pytest

from pipeline.futures import beside
from pipeline.warehouse.publish import attached
from pipeline.warehouse.store import open_warehouse

PATIENCE = 30


def test_neither_waits_for_the_end_of_the_other() -> None:
    """Both are under way at once: each hears of the other before it ends."""
    here, there = threading.Event(), threading.Event()
    heard: list[bool] = []

    def work() -> None:
        there.set()
        heard.append(here.wait(PATIENCE))

    with beside(work):
        here.set()
        heard.append(there.wait(PATIENCE))
    assert heard == [True, True]


def test_an_error_of_the_work_is_raised_when_what_is_inside_is_done() -> None:
    """Who goes on afterwards may rely on the work."""
    done: list[str] = []
    with pytest.raises(OSError, match="disk"), beside(_fail):
        done.append("inside")
    assert done == ["inside"]


def test_an_error_inside_is_raised_when_the_work_has_ended() -> None:
    """Nobody still writes to a file that is then taken away; the error inside is the one told."""
    leaving = threading.Event()
    ended: list[bool] = []

    def work() -> None:
        ended.append(leaving.wait(PATIENCE))
        _fail()

    def fail_inside() -> None:
        with beside(work):
            leaving.set()
            raise ValueError("inside")

    with pytest.raises(ValueError, match="inside"):
        fail_inside()
    assert ended == [True]


def test_what_is_published_waits_in_no_log(tmp_path: Path) -> None:
    """At the end of a build the files of snapshot and warehouse hold all: their logs are empty."""
    path, draft = tmp_path / "warehouse.duckdb", tmp_path / "draft.duckdb"
    log = tmp_path / "warehouse.duckdb.wal"
    with open_warehouse(path) as warehouse:
        before = log.stat().st_size
        with attached(warehouse, draft):
            warehouse.execute("create table marts.main.numbers as from range(10)")
        assert before > 0
        assert not log.exists() or not log.stat().st_size
        assert not (tmp_path / "draft.duckdb.wal").exists()


def _fail() -> None:
    raise OSError("disk")
