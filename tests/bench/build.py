"""Builds of a long account, and questions to it: three years put straight into raw.

    python tests/bench/build.py STEP --messages 5000000 --dir build/bench/built/5000000

`make` makes the account; `full` builds everything, `change` lands ten thousand changes, `changed`
builds after them, `unchanged` once more; `publish` copies and seals the snapshot alone; `ask` asks.
"""

import argparse
import json
import time
from pathlib import Path

import pendulum

from pipeline.clock import HeldClock
from pipeline.run import Means, run_build
from pipeline.settings import Settings
from pipeline.warehouse.publish import copy_published, draft_of
from pipeline.warehouse.snapshot import open_snapshot
from pipeline.warehouse.store import Warehouse, open_warehouse

HERE = Path(__file__).parent
UNTIL = pendulum.datetime(2026, 11, 2, 6)
CHUNK = 500_000
QUESTIONS = {
    "delivery rate by month": """
        select date_trunc('month', day) as month, sum(delivered) / nullif(sum(outgoing), 0) as rate
        from delivery_daily group by month order by month""",
    "worst day of each phone": """
        select device_id, arg_max(day, failure_rate) as day, max(failure_rate) as rate
        from delivery_daily where outgoing >= 20 group by device_id""",
    "failures by code and month": """
        select date_trunc('month', day) as month, code, sum(messages) as messages
        from failures_daily group by all order by all""",
    "one message": "from messages where message_id = 62000000",
    "all of one recipient": """
        select * from messages where recipient_key = (
            select recipient_key from messages where message_id = 62000000)""",
    "recipients with most failures": """
        select recipient_key, any_value(recipient) as recipient, count(*) as failures
        from messages where failure_code is not null
        group by recipient_key order by failures desc limit 20""",
    "failures by hour of the day": """
        select hour(due_local) as hour, count(*) filter (where failure_code is not null) / count(*)
        from messages where direction = 'outgoing' group by hour order by hour""",
    "customers by volume this year": """
        select customer_id, sum(outgoing) as outgoing, sum(delivered) / nullif(sum(outgoing), 0)
        from delivery_by_customer where day >= date '2026-01-01' group by customer_id
        order by outgoing desc""",
    "unsettled now": """
        select status, count(*), min(due_at) from messages
        where outcome in ('open', 'sent', 'unknown') and gone_at is null group by status""",
    "distinct recipients by month, a year": """
        select date_trunc('month', day) as month, count(distinct recipient_key)
        from messages
        where direction = 'outgoing' and day >= date '2025-11-01' group by month order by month""",
}


def settings_of(folder: Path) -> Settings:
    """Return the settings of the account that is measured."""
    return Settings(data_dir=folder, timezone="Europe/Paris")


def make(folder: Path, messages: int) -> None:
    """Make the account in raw; a tenth of it was seen sent, and then in its final status."""
    folder.mkdir(parents=True, exist_ok=True)
    with open_warehouse(settings_of(folder).warehouse_path) as warehouse:
        tell(warehouse, messages=messages, until=UNTIL)
        warehouse.script((HERE / "raw.sql").read_text(encoding="utf-8"))
        for first in range(0, messages, CHUNK):
            land(warehouse, first, min(first + CHUNK, messages), 1)
        for first in range(0, messages, CHUNK):
            land(warehouse, first, min(first + CHUNK // 10, messages), 2)


def tell(warehouse: Warehouse, **values: object) -> None:
    """Set the variables that the SQL files read."""
    for name, value in values.items():
        warehouse.execute(f"set variable {name} = $value", {"value": value})


def land(warehouse: Warehouse, first: int, last: int, version: int) -> None:
    """Land some messages in one of their versions."""
    tell(warehouse, first=first, last=last, version=version)
    for name in ("messages", "append"):
        warehouse.script((HERE / f"{name}.sql").read_text(encoding="utf-8"))


def change(folder: Path, messages: int) -> None:
    """Land ten thousand changes: four thousand open messages settle, six thousand are new."""
    with open_warehouse(settings_of(folder).warehouse_path) as warehouse:
        tell(warehouse, messages=messages, until=UNTIL)
        land(warehouse, messages - 4000, messages, 2)
        land(warehouse, messages, messages + 6000, 1)


def build(folder: Path, *, full: bool) -> None:
    """Build as `sms24 build` does."""
    run_build(settings_of(folder), Means(clock=HeldClock(UNTIL)), full=full)


def ask(folder: Path) -> dict[str, float]:
    """Ask ten questions; returns the seconds of each."""
    seconds: dict[str, float] = {}
    with open_snapshot(settings_of(folder).snapshot_path) as snapshot:
        for name, sql in QUESTIONS.items():
            started = time.perf_counter()
            snapshot.frame(sql)
            seconds[name] = time.perf_counter() - started
    return seconds


def publish(folder: Path) -> dict[str, float]:
    """Copy the published snapshot, seal the copy and put it in its place, as each build does."""
    path = settings_of(folder).snapshot_path
    started = time.perf_counter()
    with draft_of(path) as draft:
        copy_published(path, draft)
    return {"publish": time.perf_counter() - started}


def sizes(folder: Path) -> dict[str, float]:
    """Return the megabytes of both databases."""
    settings = settings_of(folder)
    paths = {"warehouse MB": settings.warehouse_path, "snapshot MB": settings.snapshot_path}
    return {name: path.stat().st_size / 1e6 for name, path in paths.items() if path.exists()}


def main() -> None:
    """Do one step; say as JSON what else is to be known of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "step", choices=("make", "full", "change", "changed", "unchanged", "publish", "ask")
    )
    parser.add_argument("--messages", type=int, default=5_000_000)
    parser.add_argument("--dir", type=Path, required=True)
    given = parser.parse_args()
    told: dict[str, float] = {}
    match given.step:
        case "make":
            make(given.dir, given.messages)
        case "change":
            change(given.dir, given.messages)
        case "publish":
            told = publish(given.dir)
        case "ask":
            told = ask(given.dir)
        case step:
            build(given.dir, full=step == "full")
    print(json.dumps(told | sizes(given.dir)))


if __name__ == "__main__":
    main()
