import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import pytest

from bench.gateway import Gateway
from bench.peers.check import verdict
from bench.peers.measure import MEBIBYTE, PROC, measure, memory_of, tree_of
from bench.peers.run import run_peer
from bench.served import Served
from bench.world import World, make_world

FAULTS = {
    "delete from current_messages where message_id % 2 = 0": "messages missing",
    "insert into current_messages from current_messages limit 3": "wrong: 3 messages repeated",
    "update current_messages set message_id = 7 where message_id = (select min(message_id) from "
    "current_messages)": "wrong: 1 message missing, 1 message unknown",
    "update current_messages set status = 6 where status = 8": "statuses wrong",
    "update current_messages set created_at = created_at + interval 1 hour": "creations wrong",
    "update current_messages set recipient = null where sim = 1": "with other wrong columns",
    "delete from daily where day = (select min(day) from daily)": "wrong: 1 day wrong",
    "update daily set failed = failed + 1": "days wrong",
    "create or replace table daily as select due_at::date as day, count(*) as outgoing, count(*) "
    "filter (outcome = 'delivered') as delivered, count(*) filter (outcome = 'failed') as failed "
    "from truth where outcome <> 'incoming' group by all": "days wrong (they are those of UTC)",
    "delete from current_messages where message_id in (select message_id from truth qualify "
    "row_number() over (partition by created_at::date order by created_at) > 5)": "(days cut at 5)",
    "drop table daily": "wrong: Catalog Error: Table with name daily does not exist!",
    "alter table daily drop column failed": "wrong: Binder Error",
    "alter table current_messages alter status type varchar using 'delivered'": "Conversion Error",
}


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    """A small world, of which a tenth settles."""
    return make_world(tmp_path_factory.mktemp("world"), 1500, days=12, changes=300)


@contextmanager
def serving(world: World, rendition: str) -> Iterator[str]:
    with Gateway(Served(world, rendition), 0) as gateway:
        thread = threading.Thread(target=gateway.serve_forever)
        thread.start()
        try:
            yield gateway.address
        finally:
            gateway.shutdown()
            thread.join()


@pytest.fixture
def result(world: World, tmp_path: Path) -> Path:
    """A right result, made of the truth."""
    path = tmp_path / "result.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute("set timezone = 'UTC'")
        connection.execute(f"create table truth as from '{world.folder}/base/messages.parquet'")
        connection.execute("""create table current_messages as
            select message_id, created_at, status, device_id, sim, recipient from truth""")
        connection.execute(f"""create table daily as
            select day, outgoing, delivered, failed from '{world.folder}/base/days.parquet'""")
    return path


def test_a_right_result_is_called_right(world: World, result: Path) -> None:
    """Tables that say what is true are right, and no longer once the account has moved on."""
    assert verdict(result, world.folder / "base") == "right"
    assert "120 statuses wrong" in verdict(result, world.folder / "changed")


@pytest.mark.parametrize(("harm", "words"), FAULTS.items(), ids=FAULTS.values())
def test_each_fault_is_told(world: World, result: Path, harm: str, words: str) -> None:
    """A result that differs from the truth in one way is told to be wrong in that way."""
    with duckdb.connect(str(result)) as connection:
        connection.execute("set timezone = 'UTC'")
        connection.execute(harm)
    said = verdict(result, world.folder / "base")
    assert said.startswith("wrong: ")
    assert words in said


def test_no_result_is_wrong(world: World, tmp_path: Path) -> None:
    """A peer that leaves nothing behind is wrong."""
    assert verdict(tmp_path / "result.duckdb", world.folder / "base") == "wrong: no result"


def test_the_plain_script_is_right(world: World, tmp_path: Path) -> None:
    """A script that asks everything again is right, at first and after changes, by a call a day."""
    for rendition, days in (("base", 13), ("changed", 14)):
        with serving(world, rendition) as url:
            done = run_peer(
                "script",
                url,
                world.folder,
                tmp_path,
                changed=rendition == "changed",
                python=Path(sys.executable),
            )
        assert (done.verdict, done.calls) == ("right", days)
        assert min(done.seconds, done.cpu_seconds, done.peak_mib) > 0


def test_a_peer_that_fails_says_why(tmp_path: Path) -> None:
    """A command that ends with another code than 0 is an error, with what it said last."""
    with pytest.raises(RuntimeError, match="ended with 3:\nno gateway"):
        measure(["sh", "-c", "echo no gateway; exit 3"], tmp_path / "log")


@pytest.mark.skipif(not PROC.exists(), reason="only Linux tells of the memory of a tree")
def test_memory_is_that_of_the_whole_tree() -> None:
    """What a process holds and what its child holds at the same time are added up."""
    say = "sys.stdout.write('held' + chr(10)); sys.stdout.flush()"  # at once: two write here
    hold = f"held = bytearray({40 * MEBIBYTE}); {say}; sys.stdin.read()"
    child = f"subprocess.Popen([sys.executable, '-c', {'import sys; ' + hold!r}])"
    both = f"import subprocess, sys; {child}; {hold}"
    command = [sys.executable, "-c", both]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin
        assert process.stdout
        assert [process.stdout.readline() for _ in range(2)] == [b"held\n"] * 2
        assert memory_of(process.pid) > 80 * MEBIBYTE
        process.communicate()


@pytest.mark.skipif(not PROC.exists(), reason="only Linux tells of the memory of a tree")
def test_a_process_may_end_while_it_is_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that ends between two looks into its folder is a process without children."""
    with subprocess.Popen(["sleep", "60"]) as process:

        def ending(look: Callable[[Any], Any]) -> Callable[[Any], Any]:
            def ended(path: Any) -> Any:
                process.kill()
                process.wait()
                return look(path)

            return ended

        for name in ("scandir", "listdir"):
            monkeypatch.setattr(os, name, ending(getattr(os, name)))
        found, code = list(tree_of(process.pid)), process.poll()
        process.kill()
    assert (found, code) == ([process.pid], -signal.SIGKILL)
