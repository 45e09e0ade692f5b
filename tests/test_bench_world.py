"""Worlds for benchmarks: served as the emulator would, and read by the product without a fault."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from bench.gateway import Gateway
from bench.held_run import hold
from bench.served import Parts, Served, Span
from bench.wire import serving, tally, windows
from bench.world import NOW, World, make_world
from pipeline.clock import HeldClock, SystemClock
from pipeline.emulator.forms import Fields
from pipeline.emulator.habits import TOKEN
from pipeline.emulator.outbox import RefusedRequestError
from pipeline.emulator.render import php_json
from pipeline.extract.plan import Asking
from pipeline.run import Means, RunResult, run_all
from pipeline.settings import Settings
from pipeline.values import Secret
from pipeline.warehouse.snapshot import open_snapshot
from support.still import epoch, reads_of, rows_of
from support.threads import serving_in_thread

MESSAGES, CHANGES = 2000, 100
CALLED = {"token": TOKEN}
DAY = {"begindate": "2026-10-30 06:00:00", "enddate": "2026-10-31 06:00:00"}
# What may be asked of `getallsms`; None is for all dates.
QUESTIONS: list[Fields] = [
    {"timezone": "UTC"},
    {"timezone": "UTC", "onlycount": "1"},
    {**DAY, "timezone": "UTC"},
    {**DAY, "timezone": "UTC", "orderbydesc": "1"},
    {**DAY, "timezone": "Asia/Kathmandu"},
    {**DAY, "timezone": "Nowhere/Land"},
    DAY,
    {**DAY, "orderbydesc": "1", "sim": "0", "device_id": "11231"},
    {"begindate": "2026-11-01", "timezone": "UTC"},
    {"enddate": "2026-10-01 12:00", "timezone": "UTC", "onlycount": "1"},
    {"begindate": "1971-01-01 00:00:00", "enddate": "1971-01-02 00:00:00", "timezone": "UTC"},
    {"begindate": "2026-11-09 00:00:00", "enddate": "2026-11-01 00:00:00", "timezone": "UTC"},
    {"begindate": "never", "timezone": "UTC"},
    {"status": "7", "onlycount": "1", "timezone": "UTC"},
    {"status": "9", "timezone": "UTC"},
    {"customerid": "3", "timezone": "UTC"},
    {"phone": "+336", "onlycount": "1"},
    {"status": "999999", "onlycount": "1"},
    {"sim": "5", **DAY},
]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Make a small world."""
    folder = tmp_path_factory.mktemp("world")
    return make_world(folder, MESSAGES, days=40, changes=CHANGES)


@contextmanager
def gateway(world: World, rendition: str) -> Iterator[Gateway]:
    """Serve a rendition in a thread."""
    with Gateway(Served(world, rendition), 0) as server, serving_in_thread(server):
        yield server


def test_the_product_reads_what_is_true(world: World, tmp_path: Path) -> None:
    """After a first run, and after one a day later, all states and daily counts are the truth's."""
    for rendition, new in (("base", MESSAGES), ("changed", CHANGES)):
        with gateway(world, rendition) as served:
            result = run(served, tmp_path)
            told = json.loads(served.tally.told(is_reset=False))
        assert result.sync is not None
        assert result.sync.new_versions == new
        assert told["calls"] == result.sync.calls
        for table in ("messages", "delivery_daily"):
            wanted = pl.read_parquet(world.folder / rendition / f"{table}.parquet")
            got = published(tmp_path, table)
            common = [name for name in wanted.columns if name in got.columns]
            assert len(common) >= 10
            assert_same(got.select(common), wanted.select(common))


def test_a_day_is_the_sum_of_its_phones(world: World) -> None:
    """The counts by day alone are the sums of those by phone and SIM, but for the recipients."""
    folder = world.folder / "base"
    daily, days = (pl.read_parquet(folder / f"{n}.parquet") for n in ("delivery_daily", "days"))
    sums = daily.group_by("day").agg(pl.col("outgoing", "delivered", "failed", "open").sum())
    assert_same(sums, days.select(sums.columns))


@pytest.mark.parametrize("rendition", ["base", "changed"])
def test_it_answers_as_the_emulator_would(world: World, rendition: str) -> None:
    """Every question about the same account is answered byte for byte as by the emulator."""
    served = Served(world, rendition)
    now, reads = int(served.now.timestamp()), reads_of(world, rendition)
    for asked in (*QUESTIONS, *seconds(world)):
        assert answered(served, "getallsms", asked) == emulated(reads.messages, asked, now), asked
    for asked in ({}, {"timezone": "UTC"}):
        assert answered(served, "getalldevices", asked) == emulated(reads.devices, asked, now)
    for number in ("62000000", "7", str(first_id(served))):
        asked = {"sms_id": number}
        assert answered(served, "getsmsstatus", asked) == emulated(reads.status, asked, now)


def test_a_wrong_token_is_refused(world: World) -> None:
    """Without the token nothing is answered, and without the password there is no token."""
    served = Served(world, "base")
    for name in ("getallsms", "getalldevices", "gettoken"):
        assert b'"error":1' in joined(served, served.answer(name, {"token": "x", "pass": "x"}))
    assert served.answer("savetag", CALLED) is None


def test_the_second_rendition_differs_by_the_changes(world: World) -> None:
    """Four of ten changes are open messages that settle, the rest are new; all else is the same."""
    base, changed = (rows_of(world, rendition) for rendition in ("base", "changed"))
    settled = {key: changed[key] for key in base if changed[key] != base[key]}
    assert len(settled) == CHANGES * 4 // 10
    assert all(base[key]["status"] in {1, 2, 3, 6} for key in settled)
    assert all(row["status"] not in {1, 2, 3} for row in settled.values())
    assert len(changed) - len(base) == CHANGES - len(settled)
    assert [*changed][: len(base)] == [*base]


def test_a_message_is_as_large_as_real_ones(world: World) -> None:
    """Messages take about 540 bytes each, in many statuses, of both SIMs, not all in ASCII."""
    rows = rows_of(world, "base").values()
    size = (world.folder / "base" / "rows.json").stat().st_size
    assert 500 < size / len(rows) < 580
    assert len({row["status"] for row in rows}) > 10
    assert {row["sim"] for row in rows} == {0, 1}
    assert sum(row["paketid"] is not None for row in rows) > 100
    assert sum(row["status"] == 5 for row in rows) > 50
    assert sum(not row["body"].isascii() for row in rows) > 100


def test_a_world_is_made_once(world: World) -> None:
    """What is there is left alone, what is missing is made, another world is refused."""
    made = (world.folder / "base" / "rows.json").stat().st_ino
    before = (world.folder / "world.json").read_bytes()
    rows = (world.folder / "changed" / "rows.json").read_bytes()
    (world.folder / "world.json").unlink()
    for path in (world.folder / "changed").iterdir():
        path.unlink()
    (world.folder / "changed").rename(world.folder / "changed.part")
    assert make_world(world.folder, MESSAGES, days=40, changes=CHANGES) == world
    assert (world.folder / "base" / "rows.json").stat().st_ino == made
    assert (world.folder / "world.json").read_bytes() == before
    assert (world.folder / "changed" / "rows.json").read_bytes() == rows
    with pytest.raises(ValueError, match="another world"):
        make_world(world.folder, MESSAGES + 1, days=40, changes=CHANGES)


def test_windows_bring_each_message_once(world: World) -> None:
    """The windows by which the wire is measured hold every message, and none of them twice."""
    served, found = Served(world, "base"), list[str]()
    for begin, end in windows(world.folder, 300):
        asked = {"begindate": begin, "enddate": end, "timezone": "UTC"}
        found += json.loads(answered(served, "getallsms", asked))["smss"]
    assert found == [*rows_of(world, "base")]


def test_a_process_serves_until_it_is_ended(world: World) -> None:
    """The gateway is a command that says where it is, counts its calls, and ends in order."""
    with serving(world.folder, is_changed=True) as address:
        assert tally(address)["calls"] == 0
        assert address.startswith("http://127.0.0.1:")


def test_a_held_run_has_real_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that is held at an instant still measures durations by the real clock."""
    monkeypatch.setattr(SystemClock, "now", SystemClock.now)
    hold("2026-11-02T10:30:00+01:00")
    clock = SystemClock()
    assert clock.now() == clock.now() == NOW
    assert clock.monotonic() != clock.monotonic()


def run(served: Gateway, folder: Path) -> RunResult:
    """Let the product work on a gateway at its instant."""
    settings = Settings(
        base_url=served.address,
        token=Secret(TOKEN),
        data_dir=folder / "data",
        rate=100_000,
        timezone="Europe/Paris",
        privacy="full",
        window_rows=500,
        report_periods=(),
    )
    return run_all(settings, Asking(), Means(clock=HeldClock(served.served.now)))


def published(folder: Path, table: str) -> pl.DataFrame:
    """Return a published table."""
    with open_snapshot(folder / "data" / "analytics.duckdb") as snapshot:
        return snapshot.frame(f'from "{table}"')


def assert_same(got: pl.DataFrame, wanted: pl.DataFrame) -> None:
    """Compare two tables whatever the order of their rows and the width of their numbers."""
    as_wanted = got.cast(dict(wanted.schema)).sort(wanted.columns)
    assert as_wanted.equals(wanted.sort(wanted.columns))


def answered(served: Served, name: str, asked: Fields) -> str:
    """Return what the gateway answers, as a text."""
    return joined(served, served.answer(name, {**CALLED, **asked})).decode()


def joined(served: Served, parts: Parts | None) -> bytes:
    """Return the bytes of an answer."""
    return b"".join(served.rows.read(p) if isinstance(p, Span) else p for p in parts or ())


def emulated(ask: Any, asked: Fields, now: int) -> str:
    """Return what the emulator answers."""
    try:
        return str(ask(asked, now))
    except RefusedRequestError as refusal:
        return php_json({"error": 1, "message": str(refusal)})


def seconds(world: World) -> Iterator[Fields]:
    """Give questions whose bounds are the very second of a message, and those beside it."""
    at = epoch([*rows_of(world, "base").values()][MESSAGES // 2]["created"]) or 0
    for begin, end in ((at, at), (at - 1, at), (at, at + 1), (at + 1, at + 1), (at - 1, at - 1)):
        bounds = {
            "begindate": f"{datetime.fromtimestamp(begin, UTC):%F %T}",
            "enddate": f"{datetime.fromtimestamp(end, UTC):%F %T}",
        }
        yield {**bounds, "timezone": "UTC"}


def first_id(served: Served) -> int:
    """Return the id of the first message."""
    return int(served.rows._index["message_id"][0])
