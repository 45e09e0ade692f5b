"""The raw schema: what was asked and answered, devices, traits; and questions about the history."""

import json
from collections.abc import Iterable
from typing import Any

from pendulum import DateTime

from pipeline.values import CallRecord, Window
from pipeline.warehouse.asked import Asked, Place, Trait
from pipeline.warehouse.frames import Laid
from pipeline.warehouse.store import Warehouse, statement

CALL_COLUMNS = (
    "run_id",
    "call_id",
    "endpoint",
    "parameters",
    "asked_at",
    "answered_at",
    "http_status",
    "outcome",
    "rows",
    "reported_count",
    "bytes",
    "body_sha256",
)
WINDOW_COLUMNS = (
    "run_id",
    "begin_at",
    "end_at",
    "filters",
    "state",
    "rows",
    "counted",
    "call_id",
    "asked_at",
    "reading",
)
_AXES = ("device_id", "status", "sim", "customer_id")


class RawStore:
    """The raw schema of one warehouse, written by one run."""

    def __init__(self, warehouse: Warehouse, run_id: str) -> None:
        self._warehouse = warehouse
        self._run_id = run_id

    def land_devices(self, body: Laid) -> None:
        """Append the devices of a body that differ from what is held; inside a transaction."""
        if body.paths:
            given = {"files": [str(path) for path in body.paths]}
            self._warehouse.execute(statement("0_raw/append_devices"), given)

    def add_calls(self, calls: Iterable[CallRecord], *, run_id: str | None = None) -> None:
        """Append calls; the ones that are there already must not be given again."""
        rows = [
            (
                run_id or self._run_id,
                call.call_id,
                call.endpoint,
                json.dumps(dict(call.parameters), sort_keys=True),
                call.asked_at,
                call.answered_at,
                call.http_status,
                call.outcome,
                call.rows,
                call.reported_count,
                call.bytes,
                call.body_sha256,
            )
            for call in calls
        ]
        self._warehouse.append("raw.calls", CALL_COLUMNS, rows)

    def add_windows(self, asked: Iterable[Asked], *, run_id: str | None = None) -> None:
        """Append askings of windows."""
        rows = [
            (
                run_id or self._run_id,
                item.window.begin_at if item.window else None,
                item.window.end_at if item.window else None,
                json.dumps(dict(item.filters), sort_keys=True),
                item.state,
                item.rows,
                item.counted,
                item.call_id,
                item.asked_at,
                item.reading,
            )
            for item in asked
        ]
        self._warehouse.append("raw.windows", WINDOW_COLUMNS, rows)

    def has_call(self, call_id: str) -> bool:
        """Whether a call is noted already; its body may still wait to be landed."""
        sql = "select count(*) from raw.calls where call_id = $call_id"
        return bool(self._warehouse.scalar(sql, {"call_id": call_id}))

    def has_asking(self, call_id: str) -> bool:
        """Whether the messages that a call brought are landed already."""
        sql = "select count(*) from raw.windows where call_id = $call_id"
        return bool(self._warehouse.scalar(sql, {"call_id": call_id}))

    def device_ids(self) -> set[int]:
        """Return the ids of every device ever listed."""
        rows = self._warehouse.plain("select distinct device_id from raw.devices")
        return {row["device_id"] for row in rows}

    def newest_window(self) -> Window | None:
        """Return the newest window that was proven to hold messages; None if there is none."""
        sql = "from raw.windows where state = 'verified' and rows > 0 order by end_at desc limit 1"
        return next(iter(windows_of(self._warehouse.rows(f"select begin_at, end_at {sql}"))), None)

    def holds_any(self, message_ids: Iterable[int]) -> bool:
        """Whether one of these messages is held."""
        sql = "select count(*) from raw.message_heads where list_contains($ids, message_id)"
        return bool(self._warehouse.scalar(sql, {"ids": list(message_ids)}))

    def dates(self, message_ids: Iterable[int]) -> dict[int, dict[str, int | None]]:
        """Return the dates of messages by column, as epoch seconds; unsure ones are left out."""
        given = {"ids": sorted(message_ids)}
        rows = self._warehouse.rows(statement("0_raw/dates"), given)
        return {row.pop("message_id"): row for row in rows}

    def statuses(self, message_ids: Iterable[int]) -> set[int]:
        """Return the statuses of some messages."""
        sql = """
            select distinct status
            from raw.message_heads
            where list_contains($ids, message_id) and status is not null
        """
        return {row["status"] for row in self._warehouse.rows(sql, {"ids": sorted(message_ids)})}

    def answer_zones(self, message_ids: Iterable[int]) -> list[str]:
        """Return the named zones in which the dates of some messages are written."""
        sql = """
            select distinct payload ->> '$.created.timezone' as zone
            from raw.messages
            where
                list_contains($ids, message_id) and json_valid(payload)
                and (payload ->> '$.created.timezone_type') = '3'
        """
        rows = self._warehouse.rows(sql, {"ids": sorted(message_ids)})
        return sorted(row["zone"] for row in rows if row["zone"])

    def held(self) -> int:
        """Return how many messages are held that have not vanished."""
        sql = "select count(*) from raw.message_heads where gone_at is null"
        return int(self._warehouse.scalar(sql))

    def floor(self) -> DateTime | None:
        """Return where the account's history begins, as far as it was ever asked; None if never."""
        (row,) = self._warehouse.rows("select min(asked_since) as floor from raw.runs")
        return None if row["floor"] is None else utc(row["floor"])

    def usual(self) -> tuple[float, DateTime | None]:
        """Return how many messages a day has, and when the first one was made."""
        (row,) = self._warehouse.rows(
            """
            select
                count(*) / greatest(datediff('day', min(created_at), max(created_at)), 1)
                    as per_day,
                min(created_at) as since
            from raw.message_heads
            where gone_at is null
            """
        )
        return row["per_day"], None if row["since"] is None else utc(row["since"])

    def values(self) -> dict[str, tuple[int, ...]]:
        """Return the phones, statuses, SIMs and customers of the messages held."""
        found: dict[str, tuple[int, ...]] = {}
        for axis in _AXES:
            sql = f"select distinct {axis} as value from raw.message_heads"  # noqa: S608 - our own
            rows = self._warehouse.plain(sql)
            found[axis] = tuple(sorted(row["value"] for row in rows if row["value"] is not None))
        return found

    def trait(self, name: str) -> Trait | None:
        """Return what was last measured of a habit; None if it never was."""
        sql = "from raw.traits where name = $name order by measured_at desc, rowid desc limit 1"
        rows = self._warehouse.rows(
            f"select name, value, number, evidence, measured_at {sql}", {"name": name}
        )
        return Trait(**{**rows[0], "measured_at": utc(rows[0]["measured_at"])}) if rows else None

    def traits(self) -> list[Trait]:
        """Return every habit as it was last measured, by name."""
        rows = self._warehouse.rows(
            """
            select distinct on (name) name, value, number, evidence, measured_at
            from raw.traits
            order by name, measured_at desc, rowid desc
            """
        )
        return [Trait(**{**row, "measured_at": utc(row["measured_at"])}) for row in rows]

    def add_trait(self, trait: Trait) -> None:
        """Keep what was measured of a habit."""
        columns = ("run_id", "name", "value", "number", "evidence", "measured_at")
        row = (
            self._run_id,
            trait.name,
            trait.value,
            trait.number,
            trait.evidence,
            trait.measured_at,
        )
        self._warehouse.append("raw.traits", columns, [row])

    def proven(self) -> list[Window]:
        """Return the stretches of history that are proven, merged, in order."""
        return windows_of(self._warehouse.rows(statement("0_raw/proven")))

    def unsettled(
        self, now: DateTime, settle_hours: int, final: Iterable[int], place: Place | None
    ) -> list[Window]:
        """Return the stretches that hold messages which may still change by themselves."""
        given = {
            "now": now,
            "settle_hours": settle_hours,
            "final_statuses": sorted(final),
            "is_known": place is not None,
            "reading_column": place.column if place else "created",
            "grain": place.grain if place else 1,
        }
        return windows_of(self._warehouse.rows(statement("0_raw/unsettled"), given))


def windows_of(rows: list[dict[str, Any]]) -> list[Window]:
    """Return rows of `begin_at` and `end_at` as windows."""
    return [Window(utc(row["begin_at"]), utc(row["end_at"])) for row in rows]


def utc(value: Any) -> DateTime:
    """Return an instant of a row as ours."""
    return DateTime.instance(value).in_timezone("UTC")
