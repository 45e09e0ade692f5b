"""Snapshots of a handful of messages, made by hand in a copy of a real one."""

from pathlib import Path

import duckdb
import pytest

from support.account import Account
from support.wanted import changed

# Messages of one phone: so many a day with so many failures, on so many days up to a day.
TRAFFIC = """
    insert into messages by name
    select
        100_000 * {device} + row_number() over () as message_id, 'outgoing' as direction,
        if(n < {lost}, 12, 7) as status, if(n < {lost}, 'failed', 'delivered') as outcome,
        if(n < {lost}, 12, null) as failure_code, {device} as device_id, {sim} as sim,
        {carrier} as sim_carrier, {customer} as customer_id, 'FR' as recipient_country,
        '+336*****' || n as recipient, 'k' || n as recipient_key, day::date as day,
        day::timestamp + interval 9 hour as due_local,
        (day::timestamp + interval 9 hour) at time zone 'Europe/Paris' as due_at
    from generate_series(date '{last}' - {days} + 1, date '{last}', interval 1 day) as days(day),
        range({per_day}) as numbers(n)
"""


def traffic(connection: duckdb.DuckDBPyConnection, device: int, last: str, **more: object) -> None:
    """Add messages of a phone, and the phone."""
    usual = {"sim": 0, "carrier": "'Orange'", "customer": "null", "days": 7, "per_day": 10}
    connection.execute(TRAFFIC.format(device=device, last=last, **{"lost": 0, **usual, **more}))
    for table in ("delivery_daily", "failures_daily"):
        connection.execute(f"delete from {table}")
    connection.execute(
        """insert into delivery_daily by name select day, device_id, sim, count(*) as outgoing,
           count(*) filter (outcome = 'delivered') as delivered, 0 as sent, 0 as undelivered,
           count(*) filter (outcome = 'failed') as failed, 0 as open, 0 as unknown
           from messages group by all"""
    )
    connection.execute(
        """insert into failures_daily by name select day, device_id, sim, failure_code as code,
           count(*) as messages from messages where failure_code is not null group by all"""
    )


@pytest.fixture
def empty(reported: Account, tmp_path: Path) -> Path:
    """Give a snapshot of no message and no phone."""
    with changed(reported.settings.snapshot_path, tmp_path) as (path, connection):
        for table in ("messages", "delivery_daily", "failures_daily", "devices", "device_sims"):
            connection.execute(f"delete from {table}")
    return path
