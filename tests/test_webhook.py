"""Pushes of the gateway: kept before they are answered, landed once, never a message."""

import json
import socket
import stat
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from pipeline.clock import HeldClock
from pipeline.run import run_build
from pipeline.settings import Settings
from pipeline.values import Secret
from pipeline.warehouse.events import EventSpool, land_events
from pipeline.warehouse.store import Warehouse, open_warehouse
from pipeline.webhook import receiver as receivers
from pipeline.webhook.receiver import LARGEST, create_receiver
from pipeline.webhook.secret import secret_of
from support.account import NOW, account
from support.command import started
from support.emulator import running_app

SECRET = "S3CRET-path"
# Both generations of the vendor's documentation.
OLD = {
    "sms_id": 62000001, "status_id": 7, "status_message": "Delivered", "sendto": "+33612345678",
    "senttime": "2026-11-02 09:00:00", "sim": 0, "device_id": 260,
}  # fmt: skip
NEW = {**OLD, "sms_id": "62000002", "channel_id": 1}
INCOMING = {
    "address": "+33612345678", "date": {"date": "2026-11-02 09:00:00"}, "body": "STOP",
    "internal_id": None, "sms_id": 62000003, "device_id": 260, "type": "text",
}  # fmt: skip


@dataclass
class Desk:
    """A receiver and what it keeps."""

    client: httpx.Client
    folder: Path

    def push(self, kind: str, content: object, secret: str = SECRET) -> int:
        """Post something; returns the status."""
        body = content if isinstance(content, bytes) else json.dumps(content).encode()
        return self.client.post(f"/{secret}/{kind}", content=body).status_code

    def kept(self) -> list[Path]:
        """Return what is on the disk."""
        return sorted(self.folder.iterdir())


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """Serve a receiver over loopback."""
    with served(tmp_path / "events") as desk:
        yield desk


@contextmanager
def served(folder: Path, most: int = 1000) -> Iterator[Desk]:
    """Serve a receiver that keeps so many events at the most."""
    app = create_receiver(EventSpool(folder, most=most), SECRET, HeldClock(NOW))
    with running_app(app) as address, httpx.Client(base_url=address[: -len("/getdata")]) as client:
        yield Desk(client, folder)


@contextmanager
def warehouse(folder: Path) -> Iterator[Warehouse]:
    """Open a warehouse with its schema."""
    with open_warehouse(folder / "warehouse.duckdb") as found:
        yield found


def test_a_push_is_kept_and_a_repeated_one_is_kept_once(desk: Desk) -> None:
    """Both generations and kinds are kept; the same again, in any order of keys, is the same."""
    for _ in range(2):
        assert [desk.push("status", OLD), desk.push("status", NEW)] == [200, 200]
        assert desk.push("incoming", INCOMING) == 200
    assert desk.push("status", dict(reversed(OLD.items()))) == 200
    assert len(desk.kept()) == 3
    assert {stat.S_IMODE(desk.folder.stat().st_mode)} == {0o700}


def test_an_event_lands_once_with_what_it_says(desk: Desk, tmp_path: Path) -> None:
    """Numbers are read from numbers and text, the payload is kept whole, and landed once."""
    for content in (OLD, NEW):
        desk.push("status", content)
    desk.push("incoming", INCOMING)
    with warehouse(tmp_path) as held:
        assert land_events(held, desk.folder) == 3
        assert desk.kept() == []
        desk.push("status", OLD)
        assert land_events(held, desk.folder) == 0
        rows = held.rows("select * from raw.events order by message_id")
    assert [(r["kind"], r["message_id"], r["status"]) for r in rows] == [
        ("status", 62000001, 7), ("status", 62000002, 7), ("incoming", 62000003, None),
    ]  # fmt: skip
    assert json.loads(rows[0]["payload"]) == OLD
    assert {row["received_at"] for row in rows} == {NOW}


def test_a_landing_that_is_cut_off_is_ended_by_the_next(desk: Desk, tmp_path: Path) -> None:
    """Killed between commit and sweeping, the files that stay make no second row."""
    desk.push("status", OLD)
    (path,) = desk.kept()
    text = path.read_bytes()
    with warehouse(tmp_path) as held:
        land_events(held, desk.folder)
        path.write_bytes(text)
        assert land_events(held, desk.folder) == 0
        assert held.scalar("select count(*) from raw.events") == 1
    assert desk.kept() == []


def test_what_cannot_be_read_is_set_aside(desk: Desk, tmp_path: Path) -> None:
    """A file that a disk has cut is set aside, and stops no other."""
    desk.push("status", OLD)
    (desk.folder / "torn.event").write_text('{"kind": "sta')
    with warehouse(tmp_path) as held:
        assert land_events(held, desk.folder) == 1
        assert land_events(held, tmp_path / "none") == 0
    assert [path.name for path in desk.kept()] == ["torn.bad"]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", 400),
        (b"not json", 400),
        (b"[1]", 400),
        (b'"text"', 400),
        (b"\xff{}", 400),
        (b'{"a":' * 30 + b"1" + b"}" * 30, 400),
        (b"[" * 60_000, 400),
        (b'{"a":"' + b"x" * LARGEST + b'"}', 413),
        (b'{"sms_id":1e400}', 400),
        (b'{"sms_id":NaN}', 400),
        (b'{"sms_id":1.5,"status_id":true,"device_id":"x"}', 200),
        (b'{"sms_id":99999999999999999999,"status_id":-1}', 200),
        (b'{"body":"\\ud800\\u0000"}', 200),
    ],
)
def test_hostile_pushes_are_refused_or_kept(
    desk: Desk, tmp_path: Path, content: bytes, code: int
) -> None:
    """What is no JSON object, too deep or too large is refused; what is kept lands."""
    assert desk.push("status", content) == code
    assert len(desk.kept()) == (code == 200)
    with warehouse(tmp_path) as held:
        assert land_events(held, desk.folder) == (code == 200)
        assert held.rows("select * from raw.events where message_id is not null") == []


def test_without_the_secret_there_is_nothing(desk: Desk) -> None:
    """Another secret, another name, another path: 404, and nothing is kept."""
    assert desk.push("status", OLD, "wrong") == 404
    assert desk.push("other", OLD) == 404
    assert desk.client.get("/").status_code == 404
    assert desk.client.put("/wrong/status").status_code == 404
    assert desk.client.post("/wrong/status/", json=OLD).status_code == 404
    assert desk.client.get(f"/{SECRET}/status").text == "ready"
    assert desk.kept() == []


def test_an_address_may_end_in_a_slash(desk: Desk) -> None:
    """A slash that a person left at the end loses no push: nobody knows who follows a redirect."""
    assert desk.push("status/", OLD) == 200
    assert len(desk.kept()) == 1


def test_a_full_spool_takes_no_more_until_it_is_landed(tmp_path: Path) -> None:
    """So many events wait at the most: then it is 503, until a sync has landed them."""
    with served(tmp_path / "events", most=2) as desk, warehouse(tmp_path) as held:
        codes = [desk.push("status", {**OLD, "sms_id": n}) for n in range(3)]
        assert codes == [200, 200, 503]
        land_events(held, desk.folder)
        assert desk.push("status", OLD) == 200


def test_a_full_disk_is_told(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the event cannot be made durable it is 503, and nothing half is left."""

    def full(_: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pipeline.warehouse.events.sync", full)
    assert desk.push("status", OLD) == 503
    assert desk.kept() == []


def test_many_at_once_are_all_kept(desk: Desk) -> None:
    """Pushes that come together do not lose one another."""
    codes: list[int] = []

    def push(first: int) -> None:
        codes.extend(desk.push("status", {**OLD, "sms_id": n}) for n in range(first, first + 10))

    threads = [threading.Thread(target=push, args=(n * 10,)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert codes == [200] * 60
    assert len(desk.kept()) == 60


def test_the_secret_is_private_and_can_be_renewed(tmp_path: Path) -> None:
    """The secret is made once, 0600, and another one takes its place when that is wanted."""
    first = secret_of(tmp_path)
    assert secret_of(tmp_path) == first
    assert len(first) >= 40
    assert stat.S_IMODE((tmp_path / "webhook.secret").stat().st_mode) == 0o600
    assert secret_of(tmp_path, makes_new=True) != first


def test_the_log_holds_no_secret() -> None:
    """The receiver's access log is off: its lines would hold the secret."""
    source = Path(receivers.__file__).read_text("utf-8")
    assert "access_log=False" in source


def test_a_pushed_message_is_asked_for_again_and_never_made(tmp_path: Path) -> None:
    """A settled message that a push contradicts is asked for again; others make no row."""
    with account(tmp_path, messages=300, days=20) as known:
        known.run()
        (old,) = known.rows(
            "select message_id, status, created_at from messages where status = 7 and"
            " created_at < timestamptz '2026-10-20 00:00:00Z' order by message_id limit 1"
        )
        spool = EventSpool(known.settings.data_dir / "inbox" / "events")
        before = len(known.calls())
        known.run()
        quiet = {c["begindate"] for c in known.calls()[before:] if "begindate" in c}
        at = known.clock.now().add(minutes=5)
        spool.put("status", {**OLD, "sms_id": old["message_id"], "status_id": 8}, at)
        spool.put("status", {**OLD, "sms_id": 1, "status_id": 8}, at)
        known.clock.advance(600)
        before = len(known.calls())
        known.run()
        asked = [
            (call["begindate"], call["enddate"])
            for call in known.calls()[before:]
            if "begindate" in call and call["begindate"] not in quiet and "onlycount" not in call
        ]
        created = old["created_at"].strftime("%Y-%m-%d %H:%M:%S")
        assert [window for window in asked if window[0] <= created <= window[1]]
        assert known.rows("select 1 from messages where message_id = 1") == []
        (now,) = known.rows(f"select status from messages where message_id = {old['message_id']}")
        assert now["status"] == 7


def test_the_command_tells_its_addresses_and_keeps_what_comes(tmp_path: Path) -> None:
    """`sms24 webhook` tells two addresses, and what is posted there is on the disk."""
    settings = Settings(data_dir=tmp_path / "data", token=Secret("none"))
    with started(settings, "webhook", "--port", "0") as process:
        assert process.stdout is not None
        told = [process.stdout.readline().split() for _ in range(2)]
        assert [kind for kind, _ in told] == ["status", "incoming"]
        assert httpx.post(told[0][1], json=OLD).status_code == 200
    assert len(list((settings.data_dir / "inbox" / "events").glob("*.event"))) == 1


def test_a_crowd_turns_no_push_away(tmp_path: Path) -> None:
    """While five hundred others hold their connections, a push is taken: nobody may push twice."""
    settings = Settings(data_dir=tmp_path / "data", token=Secret("none"))
    with started(settings, "webhook", "--port", "0") as process, ExitStack() as stack:
        assert process.stdout is not None
        address = httpx.URL(process.stdout.readline().split()[1])
        for _ in range(500):
            stack.enter_context(socket.create_connection((address.host, address.port or 0)))
        assert httpx.post(address, json=OLD).status_code == 200


def test_a_push_sharpens_when_a_status_changed(tmp_path: Path) -> None:
    """A change that was pushed between two askings has the push as its bound, in any build."""
    changes = (
        "select message_id, to_status, not_before, not_after from status_changes"
        " where to_status = 8 and not is_possible order by all"
    )
    with account(tmp_path, messages=200, days=10) as known:
        known.run()
        (row,) = known.rows("select min(message_id) as id from messages where status = 7")
        known.world.set_status(row["id"], 8, at=int(known.clock.now().timestamp()) + 60)
        spool = EventSpool(known.settings.data_dir / "inbox" / "events")
        pushed_at = known.clock.now().add(seconds=90)
        spool.put("status", {**OLD, "sms_id": row["id"], "status_id": 8}, pushed_at)
        known.clock.advance(3600)
        known.run()
        (change,) = [found for found in known.rows(changes) if found["message_id"] == row["id"]]
        assert change["not_after"] == pushed_at
        assert change["not_before"] < pushed_at
        before = known.rows(changes)
        run_build(known.settings, known.means(), full=True)
        assert known.rows(changes) == before
