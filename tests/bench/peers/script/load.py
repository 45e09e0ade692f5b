"""Load messages with httpx and polars, day by day; everything again each time: statuses change.

GATEWAY_URL=... GATEWAY_TOKEN=... python load.py FIRST LAST OUT
"""

import os
import sys
from datetime import date, timedelta

import duckdb
import httpx
import polars as pl

URL, TOKEN = os.environ["GATEWAY_URL"], os.environ["GATEWAY_TOKEN"]
first, last, out = date.fromisoformat(sys.argv[1]), date.fromisoformat(sys.argv[2]), sys.argv[3]
TIME = pl.Struct({"date": pl.String, "timezone_type": pl.Int64, "timezone": pl.String})
SCHEMA = {"id": pl.Int64, "sendto": pl.String, "body": pl.String, "customerid": pl.Int64}
SCHEMA |= {"status": pl.Int32, "statustitle": pl.String, "deviceid": pl.Int64, "sim": pl.Int32}
SCHEMA |= {"created": TIME, "senttime": TIME, "timetosend": TIME, "urgent": pl.Boolean}
SCHEMA |= {"paketid": pl.Int64, "pakettitle": pl.String, "paketbody": pl.String}
TABLES = """create or replace table current_messages as select message_id, created as created_at,
    status, deviceid as device_id, sim, sendto as recipient from messages;
    create or replace table daily as
    select (greatest(created, timetosend) at time zone 'Europe/Paris')::date as day,
    count(*) as outgoing, count(*) filter (status = 7) as delivered,
    count(*) filter (status in (9, 10, 11, 12, 100, 101)) as failed
    from messages where status <> 5 group by all"""

frames = []
with httpx.Client(timeout=600) as client:
    for day in (first + timedelta(days=n) for n in range((last - first).days + 1)):
        form = {"token": TOKEN, "timezone": "UTC", "begindate": f"{day} 00:00:00"}
        form["enddate"] = f"{day + timedelta(days=1)} 00:00:00"
        answer = client.post(f"{URL}/getallsms", data=form).raise_for_status().json()
        if answer["smss"]:
            frames.append(pl.DataFrame(list(answer["smss"].values()), schema=SCHEMA))
raw = pl.concat(frames).unique("id", keep="last").rename({"id": "message_id"})
times = pl.col("created", "timetosend").struct.field("date").name.keep().str.to_datetime()
raw.with_columns(times.dt.replace_time_zone("UTC")).write_parquet(f"{out}/messages.parquet")
with duckdb.connect(f"{out}/result.duckdb") as connection:
    connection.execute(f"create or replace table messages as from '{out}/messages.parquet'")
    connection.execute(TABLES)
