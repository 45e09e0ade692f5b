"""What must be so after a soak, computed from the world: of every table, and of every file."""

import re
from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
from polars.testing import assert_frame_equal

from pipeline.emulator.habits import Habits
from pipeline.run import run_build
from pipeline.version import own_version
from pipeline.warehouse.snapshot import open_snapshot
from pipeline.warehouse.store import FORMAT, look_into_warehouse
from support import truth_messages as of_messages
from support import truth_tables as of_tables
from support.lived import Life, Run
from support.soak import OLD_FORMAT, OLD_VERSION, Soak

# What depends on when a run first saw something; it has its own rules below.
_SIGHTINGS = ("first_seen_at", "settled_at", "gone_at")
_PHONE = ("device_id", "sim")
_BY: dict[str, tuple[str, ...]] = {
    "delivery_daily": _PHONE,
    "delivery_by_country": ("recipient_country",),
    "delivery_by_carrier": ("sim_carrier",),
    "delivery_by_customer": ("customer_id",),
    "delivery_by_newsletter": ("newsletter_id",),
}
# What tells of times and ids of runs is not made anew alike.
_OWN_TIMES = {"runs", "snapshot_info"}
# State that a run leaves when nothing is under way.
STATE = {"runs.jsonl", "runs.1.jsonl", ".lock", "analytics.duckdb", "keys", "warehouse.duckdb"}
# What the upgrade leaves for whoever wants to go back.
COPY = f"warehouse.duckdb.v{OLD_FORMAT}.bak"
SHELF = {".lock", "index.html", "index.json"}


def assert_messages(soak: Soak) -> None:
    """Compare every message of the snapshot with the world: statuses, deletions, inserts."""
    rows = soak.known.rows("select message_id, status, gone_at is not null as gone from messages")
    now = soak.known.clock.now()
    truth = {m.message_id: m.status for m in soak.known.world.messages_at(now)}
    found = {row["message_id"]: row["status"] for row in rows if not row["gone"]}
    wrong = {m: (found.get(m), truth.get(m)) for m in {*found, *truth}}
    assert {m: pair for m, pair in wrong.items() if pair[0] != pair[1]} == {}, now
    # What came and went while no run saw it cannot be known to be gone.
    assert {row["message_id"] for row in rows if row["gone"]} <= set(soak.editor.deleted)


def tables(soak: Soak) -> dict[str, pl.DataFrame]:
    """Return every published table."""
    with open_snapshot(soak.settings.snapshot_path) as snapshot:
        sql = "select table_name from duckdb_tables() where schema_name = 'main'"
        return {
            name: snapshot.frame(f'from "{name}"')
            for name in sorted(row["table_name"] for row in snapshot.rows(sql))
        }


def assert_world(soak: Soak, found: dict[str, pl.DataFrame]) -> None:
    """Compare all tables about messages with the world as it is now."""
    lived = _now(soak)
    known = of_messages.known_messages(lived)
    live = found["messages"].filter(pl.col("gone_at").is_null())
    truth = of_messages.messages(lived, known)
    _same(live.drop(_SIGHTINGS), truth.drop(_SIGHTINGS))
    for name, by in _BY.items():
        # Days on which all that was sent is gone have no row in the world of now.
        there = found[name].filter(pl.col("outgoing") > 0).drop("gone")
        _same(there, of_tables.delivery(known, *by).drop("gone"))
    made: dict[str, Callable[[pl.DataFrame], pl.DataFrame]] = {
        "failures_daily": of_tables.failures_daily,
        "failure_codes": of_tables.failure_codes,
        "incoming_daily": of_tables.incoming_daily,
    }
    for name, make in made.items():
        _same(found[name], make(known))


def assert_history(soak: Soak, found: dict[str, pl.DataFrame]) -> None:
    """Compare what tells of the past with the world as it was then."""
    world, start, end = soak.known.world, soak.course.start, soak.known.clock.now()
    for row in found["status_changes"].iter_rows(named=True):
        message = world.find(row["message_id"])
        assert message is not None
        # An answer is of a moment within the run, and askings differ by our own clock's errors.
        assert row["to_status"] != row["from_status"]
        assert row["to_status"] in _statuses(soak, row["message_id"], row["not_before"], end)
    for row in found["messages"].iter_rows(named=True):
        message = world.find(row["message_id"])
        assert message is not None
        assert row["gone_at"] is None or message.seen_at(int(end.timestamp())) is None
    _assert_days(found, end.in_timezone("Europe/Paris").date())
    holes = found["coverage"].filter(~pl.col("is_proven") & ~pl.col("is_tail"))
    assert holes.height == 0
    assert set(found["devices"]["device_id"]) == {p.device_id for p in world.phones}
    assert start < end


def _assert_days(found: dict[str, pl.DataFrame], today: date) -> None:
    """Hold the days to the messages of theirs: those that wait for one to come have none yet."""
    days, live = found["days"], found["messages"].filter(pl.col("gone_at").is_null())
    assert days["day"].max() == today
    assert days.filter(pl.col("day") < today)["is_proven"].all()
    counted = {row["day"]: row["messages"] for row in days.iter_rows(named=True)}
    of_day = Counter(day for day in live["day"] if day <= today)
    assert {day: count for day, count in counted.items() if count} == of_day
    assert days["hours"].to_list().count(25) == 1  # the clocks went back meanwhile


def assert_runs(soak: Soak, found: dict[str, pl.DataFrame]) -> None:
    """Compare what is told of the runs with how they ended; a resumed soak ran some hours twice."""
    told = Counter(found["runs"]["exit_code"].to_list())
    ended = Counter(soak.ended)
    assert ended[3] <= told[3]
    # The last one is still running in its own snapshot.
    assert ended[0] - 1 <= told[0]
    assert set(told) <= {0, 1, 3, 130, None}
    assert found["runs"]["run_id"].is_unique().all()
    assert set(found["runs"]["version"]) == {OLD_VERSION, own_version()}


def assert_upgraded(soak: Soak) -> None:
    """Tell that the warehouse came from the oldest format, of which the copy is kept."""
    with look_into_warehouse(soak.settings.warehouse_path) as warehouse:
        formats = [row["number"] for row in warehouse.rows("from raw.format order by number")]
        columns = warehouse.frame("select * from raw.messages limit 0").columns
    assert (formats[0], formats[-1]) == (OLD_FORMAT, FORMAT)
    assert "version_id" in columns
    with duckdb.connect(str(soak.settings.data_dir / COPY), read_only=True) as connection:
        assert connection.sql("select number from raw.format").fetchall() == [(OLD_FORMAT,)]


def assert_made_anew(soak: Soak, found: dict[str, pl.DataFrame]) -> None:
    """Compare every table with that of a full build."""
    run_build(soak.settings, soak.known.means(), full=True)
    again = tables(soak)
    assert found.keys() == again.keys()
    for name in found.keys() - _OWN_TIMES:
        assert _rows(found[name]) == _rows(again[name]), name


def orphans(soak: Soak) -> list[str]:
    """Return every file of the data folder that no run needs any more."""
    folder = soak.settings.data_dir
    kept = {f"reports/{name}" for name in SHELF} | STATE | {COPY}
    files = [path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()]
    return [name for name in files if name not in kept and not _is_of_a_day(name)]


def sizes(folder: Path) -> dict[str, int]:
    """Return the bytes of a data folder's files, those of reports together."""
    reports = sum(path.stat().st_size for path in (folder / "reports").glob("*"))
    named = ("warehouse.duckdb", "analytics.duckdb")
    return {name: (folder / name).stat().st_size for name in named} | {"reports": reports}


def _is_of_a_day(name: str) -> bool:
    """Whether a file is a report or a log: those are kept for so many days."""
    return bool(re.fullmatch(r"reports/delivery_[^/]*\.html|logs/sms24-[^/]*\.log", name))


def _rows(frame: pl.DataFrame) -> Counter[str]:
    return Counter(map(repr, frame.rows()))


def _now(soak: Soak) -> Life:
    """Return the life of one run, now, that is shown everything."""
    at = int(soak.known.clock.now().timestamp())
    lived = Life(soak.known, Habits(), None)
    lived.runs.append(Run(at, "run", "", soak.known.world.phones, 0))
    for message in lived.messages():
        lived.told[message.message_id] = {at}
    return lived


def _same(found: pl.DataFrame, truth: pl.DataFrame) -> None:
    truth = truth.select(found.columns).cast(dict(found.schema))
    assert_frame_equal(found, truth, check_row_order=False, abs_tol=1e-9)


def _statuses(soak: Soak, message_id: int, begin: Any, end: Any) -> set[int]:
    """Return every status that a message had from some time before `begin` on."""
    message = soak.known.world.find(message_id)
    assert message is not None
    first = begin - timedelta(hours=60)
    moments = [int(first.timestamp()), int(end.timestamp())]
    moments += [edit.at + step for edit in message.edits for step in (0, 1)]
    life = [t for t in (message.taken, message.left, message.settled) if t is not None]
    moments += [t + step for t in life for step in (-1, 0, 1)]
    moments += [int(soak.now(n).timestamp()) for n in range(soak.course.hours)]
    return {message.status_at(t) for t in moments}


def spans(found: dict[str, pl.DataFrame]) -> bool:
    """Whether the stretches of coverage follow one another without a gap."""
    rows = found["coverage"].sort("begin_at").to_dicts()
    return all(one["end_at"] == next_["begin_at"] for one, next_ in pairwise(rows))
