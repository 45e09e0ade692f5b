"""Snapshots of made-up traffic, without gateway and run: messages in, the published tables out.

What is counted from messages is counted by the product's own models; days are in UTC.
"""

import csv
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from random import Random

import duckdb

from pipeline.emulator.world import World
from pipeline.report.asked import Asked, Period
from pipeline.report.source import Source
from pipeline.transform.contract import contract
from pipeline.transform.models import find_models
from pipeline.warehouse.snapshot import Snapshot, open_snapshot
from support.cases import connected

SEEDS = Path(__file__).parents[2] / "sql" / "seeds"
OUTCOMES = {7: "delivered", 6: "sent", 8: "undelivered", 5: "incoming", 1: "open", 2: "open"}
OUTCOMES |= {3: "open", **dict.fromkeys((9, 10, 11, 12, 100, 101), "failed")}


@dataclass(frozen=True, slots=True)
class Row:
    """A message: when it was due, how it ended, by whom, for whom."""

    due: datetime
    status: int = 7
    device_id: int | None = 1
    sim: int | None = 0
    carrier: str | None = "Orange"
    country: str | None = "FR"
    customer: int | None = None
    sent_after: float | None = 30.0


@dataclass(frozen=True, slots=True)
class Trouble:
    """Days on which a phone (one SIM of it) succeeds at another rate, and fails with a code."""

    device_id: int
    first: date
    last: date
    rate: float = 0.15
    code: int = 12
    sim: int | None = None

    def holds(self, device_id: int, sim: int, day: date) -> bool:
        """Return whether a message is in it."""
        is_it = self.device_id == device_id and self.sim in {None, sim}
        return is_it and self.first <= day <= self.last


def traffic_rows(  # noqa: PLR0913 - one argument per thing that a test may choose
    *,
    seed: int = 1,
    first: date = date(2026, 9, 1),
    days: int = 60,
    per_day: int = 200,
    rate: float = 0.965,
    weights: tuple[int, ...] = (5, 3, 2),
    troubles: tuple[Trouble, ...] = (),
) -> Iterator[Row]:
    """Give so many messages a day, by phones of such weights, each with two SIMs.

    SIM 0 is of Orange in France, SIM 1 of Telekom in Germany; of each code there are some failures.
    """
    random = Random(seed)
    phones = range(1, len(weights) + 1)
    for day in (first + timedelta(days=number) for number in range(days)):
        begin = datetime.combine(day, time())
        for device_id in random.choices(phones, weights, k=per_day):
            sim = random.randrange(2)
            odds, code = rate, random.choice((8, 9, 10, 11, 12))
            for trouble in troubles:
                if trouble.holds(device_id, sim, day):
                    odds, code = trouble.rate, trouble.code
            good = random.random() < odds
            yield Row(
                due=begin + timedelta(seconds=random.randrange(86_400)),
                status=random.choice((7, 7, 7, 6)) if good else code,
                device_id=device_id,
                sim=sim,
                carrier=("Orange", "Telekom.de")[sim],
                country=("FR", "DE")[sim],
                customer=random.choice((None, 3, 4)),
                sent_after=random.randrange(5, 90) if good else None,
            )


def world_rows(world: World, now: datetime) -> Iterator[Row]:
    """Give the outgoing messages of an emulator's world, as they are at an instant."""
    sims = {(phone.device_id, sim.slot): sim for phone in world.phones for sim in phone.sims}
    instant = int(now.timestamp())
    for message in world.between(0, instant + 1, instant):
        status = message.status_at(instant)
        if status in OUTCOMES and status != 5:
            due = message.created if message.due is None else max(message.due, message.created)
            sent, sim = message.sent_at(instant), sims[message.device_id, message.sim]
            yield Row(
                due=datetime.fromtimestamp(due, UTC).replace(tzinfo=None),
                status=status,
                device_id=message.device_id,
                sim=message.sim,
                carrier=sim.carrier,
                country=sim.country.upper(),
                customer=message.customer_id or None,
                sent_after=None if sent is None else sent - due,
            )


def made_snapshot(
    folder: Path,
    rows: Iterable[Row],
    until: datetime,
    *,
    gaps: tuple[date, ...] = (),
    states: dict[int, str] | None = None,
) -> Path:
    """Publish some messages; returns the path of the snapshot.

    Args:
        folder: where.
        rows: the messages.
        until: up to when the data are proven.
        gaps: days that are not.
        states: phones that are not simply working.
    """
    path, messages = folder / "analytics.duckdb", folder / "messages.csv"
    path.unlink(missing_ok=True)
    _write(messages, rows)
    with connected() as connection:
        connection.execute(f"attach '{path}' as made")
        connection.execute("use made")
        connection.execute("create schema core; create schema seeds")
        _fill(connection, messages, until)
        _publish(connection, gaps, states or {}, until)
        connection.execute("drop schema core cascade; drop schema seeds cascade; use memory")
        connection.execute("detach made")
    return path


@contextmanager
def source_of(
    path: Path, first: date, last: date, *, device_id: int | None = None, language: str = "en"
) -> Iterator[Source]:
    """Open what a report of these days reads."""
    with open_snapshot(path) as snapshot:
        yield Source(snapshot, asked_of(snapshot, first, last, device_id, language))


def asked_of(
    snapshot: Snapshot,
    first: date,
    last: date,
    device_id: int | None = None,
    language: str = "en",
) -> Asked:
    """Return the question for these days."""
    until = snapshot.rows("select data_until at time zone 'UTC' as t from snapshot_info")[0]["t"]
    period = Period(first, last)
    return Asked(period, period.before(), "UTC", language, until, device_id)


def _write(path: Path, rows: Iterable[Row]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file)
        out.writerow(["due", "status", "device_id", "sim", "carrier", "country", "customer", "s"])
        for row in rows:
            cells = (row.status, row.device_id, row.sim, row.carrier, row.country, row.customer)
            out.writerow([row.due.isoformat(" "), *cells, row.sent_after])


def _fill(connection: duckdb.DuckDBPyConnection, messages: Path, until: datetime) -> None:
    for name in ("failure_codes", "device_states", "status_codes"):
        file = SEEDS / f"{name}.csv"
        connection.execute(f"create table seeds.{name} as from read_csv('{file}', header = true)")
    columns = ", ".join(f"{c.name} {c.type}" for c in contract()["core.messages"])
    connection.execute(f"create table core.messages ({columns})")
    known = ", ".join(f"({status}, '{outcome}')" for status, outcome in OUTCOMES.items())
    connection.execute(
        f"""
        insert into core.messages by name
        select
            row_number() over (order by due) as message_id,
            given.status,
            outcome,
            device_id,
            sim,
            carrier as sim_carrier,
            customer as customer_id,
            country as recipient_country,
            'to ' || (row_number() over (order by due)) % 500 as address,
            due at time zone 'UTC' as created_at,
            due at time zone 'UTC' as due_at,
            (due + to_milliseconds((s * 1000)::bigint)) at time zone 'UTC' as sent_at,
            due::date as day,
            due at time zone 'UTC' as first_seen_at,
            outcome <> 'open' as is_final
        from read_csv(
            '{messages}',
            header = true,
            columns = {{
                due: 'timestamp', status: 'integer', device_id: 'bigint', sim: 'integer',
                carrier: 'varchar', country: 'varchar', customer: 'bigint', s: 'double'
            }}
        ) as given
        inner join (values {known}) as outcomes(status, outcome) on given.status = outcomes.status
        """
    )
    connection.execute(f"set variable data_until = timestamptz '{until}+00'")
    connection.execute(f"set variable built_at = timestamptz '{until}+00'")
    for name, value in (("timezone", "UTC"), ("privacy", "mask"), ("hash_key", "key")):
        connection.execute(f"set variable {name} = '{value}'")
    connection.execute("set variable run_id = 'run'; set variable version = '1'")
    connection.execute("set variable settle_hours = 72")


def _publish(
    connection: duckdb.DuckDBPyConnection,
    gaps: tuple[date, ...],
    states: dict[int, str],
    until: datetime,
) -> None:
    ready = {"core.messages", "seeds.failure_codes"}
    for model in find_models():
        if model.schema != "marts":
            continue
        name = model.table.removeprefix("marts.")
        if set(model.reads) <= ready:
            connection.execute(f"create table {name} as {model.sql}")
        else:
            columns = ", ".join(f'"{c.name}" {c.type}' for c in contract()[model.table])
            connection.execute(f"create table {name} ({columns})")
    _add_days(connection, gaps, until)
    _add_phones(connection, states)


def _add_days(
    connection: duckdb.DuckDBPyConnection, gaps: tuple[date, ...], until: datetime
) -> None:
    holes = ", ".join(f"date '{day}'" for day in gaps) or "null"
    connection.execute(
        f"""
        insert into days by name
        select
            day::date as day,
            coalesce(day::date not in ({holes}), true)
            and day::date + 1 <= timestamp '{until}' as is_proven
        from generate_series(
            (select min(day) from messages)::timestamp, timestamp '{until}', interval 1 day
        ) as series(day)
        """
    )


def _add_phones(connection: duckdb.DuckDBPyConnection, states: dict[int, str]) -> None:
    connection.execute(
        """
        insert into devices by name
        select distinct device_id, 'phone ' || device_id as title, true as is_listed
        from messages where device_id is not null
        """
    )
    told = ", ".join(f"({number}, '{state}')" for number, state in states.items()) or "(null, null)"
    connection.execute(
        f"""
        insert into device_health by name
        select
            devices.device_id,
            devices.title,
            states.state,
            states.likely_cause_en as likely_cause,
            states.first_action_en as first_action,
            if(states.state = 'silent', 7200, 0) as silent_for,
            0 as recent,
            0 as successes,
            0 as unsettled
        from devices
        left join (values {told}) as told(device_id, state) on devices.device_id = told.device_id
        inner join seeds.device_states as states on states.state = coalesce(told.state, 'working')
        """
    )
