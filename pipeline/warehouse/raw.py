"""The raw schema: land bodies as records, and keep what was asked."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pendulum import DateTime

from pipeline.values import CallRecord, Window
from pipeline.warehouse.store import Warehouse, statement

if TYPE_CHECKING:
    import polars as pl

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
)


@dataclass(frozen=True, slots=True)
class Asked:
    """One asking of a window, as `raw.windows` keeps it.

    Attributes:
        state: `verified`, `empty`, `failed` or `unverified`.
        rows: rows that came; 0 where none were fetched.
        counted: rows that the gateway counted beforehand; None if it would not count.
        call_id: the call that brought the rows, or the count of 0; None if none answered.
    """

    window: Window
    state: str
    rows: int
    counted: int | None
    call_id: str | None
    asked_at: DateTime


@dataclass(frozen=True, slots=True)
class Trait:
    """A habit of the gateway that was measured: its name, what it is, by what evidence, when."""

    name: str
    value: str
    number: int | None
    evidence: str
    measured_at: DateTime


@dataclass(frozen=True, slots=True)
class Records:
    """The records of one body: ids beside each record's JSON as received."""

    call: CallRecord
    records: Sequence[tuple[int, bytes]]


class RawStore:
    """The raw schema of one warehouse, written by one run."""

    def __init__(self, warehouse: Warehouse, run_id: str, scratch: Path) -> None:
        self._warehouse = warehouse
        self._run_id = run_id
        self._scratch = scratch

    def land_messages(self, bodies: Iterable[Records]) -> int:
        """Append the versions that are new in a batch of bodies; returns how many.

        Call it inside a transaction. An older copy never follows a newer one, in whatever order the
        bodies come.
        """
        path = self._scratch / "messages.parquet.part"
        _frame(bodies).write_parquet(path, compression="uncompressed")
        try:
            self._warehouse.execute(statement("0_raw/arrive_messages"), {"files": [str(path)]})
        finally:
            path.unlink()
        new = self._warehouse.scalar("select count(*) from arrivals where is_new")
        self._warehouse.execute(statement("0_raw/append_messages"))
        self._warehouse.execute(statement("0_raw/move_heads"))
        return int(new)

    def land_devices(self, body: Records) -> None:
        """Append the devices of a body that differ from what is held; inside a transaction."""
        path = self._scratch / "devices.parquet.part"
        _frame([body]).write_parquet(path, compression="uncompressed")
        try:
            self._warehouse.execute(statement("0_raw/append_devices"), {"files": [str(path)]})
        finally:
            path.unlink()

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
                item.window.begin_at,
                item.window.end_at,
                "{}",
                item.state,
                item.rows,
                item.counted,
                item.call_id,
                item.asked_at,
            )
            for item in asked
        ]
        self._warehouse.append("raw.windows", WINDOW_COLUMNS, rows)

    def has_call(self, call_id: str) -> bool:
        """Whether a call is landed already."""
        sql = "select count(*) from raw.calls where call_id = $call_id"
        return bool(self._warehouse.scalar(sql, {"call_id": call_id}))

    def device_ids(self) -> set[int]:
        """Return the ids of every device ever listed."""
        rows = self._warehouse.rows("select distinct device_id from raw.devices")
        return {row["device_id"] for row in rows}

    def newest_window(self) -> Window | None:
        """Return the newest window that was proven to hold messages; None if there is none."""
        sql = "from raw.windows where state = 'verified' and rows > 0 order by end_at desc limit 1"
        return next(iter(_windows(self._warehouse.rows(f"select begin_at, end_at {sql}"))), None)

    def holds_any(self, message_ids: Iterable[int]) -> bool:
        """Whether one of these messages is held."""
        sql = "select count(*) from raw.message_heads where list_contains($ids, message_id)"
        return bool(self._warehouse.scalar(sql, {"ids": list(message_ids)}))

    def trait(self, name: str) -> Trait | None:
        """Return what was last measured of a habit; None if it never was."""
        sql = "from raw.traits where name = $name order by measured_at desc limit 1"
        rows = self._warehouse.rows(
            f"select name, value, number, evidence, measured_at {sql}", {"name": name}
        )
        return Trait(**{**rows[0], "measured_at": _utc(rows[0]["measured_at"])}) if rows else None

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

    def margin_hours(self) -> int:
        """Return how many hours before an asking its proof ends."""
        return int(self._warehouse.scalar("select hours from raw.margin"))

    def holds_unsent(self) -> bool:
        """Whether a message without a sent time is held: then windows do not go by that time."""
        sql = """
            select exists(
                select 1 from raw.messages
                where json_valid(payload) and (payload ->> '$.senttime') is null
            )
        """
        return bool(self._warehouse.scalar(sql))

    def known_times(self) -> dict[str, list[int]]:
        """Return the times of the newest messages by date column, as epoch seconds."""
        frame = self._warehouse.frame(statement("0_raw/known_times"))
        return {name: frame[name].drop_nulls().to_list() for name in frame.columns}

    def proven(self) -> list[Window]:
        """Return the stretches of history that are proven, merged, in order."""
        return _windows(self._warehouse.rows(statement("0_raw/proven")))

    def unsettled(self, now: DateTime, settle_hours: int, final: Iterable[int]) -> list[Window]:
        """Return the windows that hold messages which may still change by themselves."""
        given = {"now": now, "settle_hours": settle_hours, "final_statuses": sorted(final)}
        return _windows(self._warehouse.rows(statement("0_raw/unsettled"), given))


def _windows(rows: list[dict[str, Any]]) -> list[Window]:
    return [Window(_utc(row["begin_at"]), _utc(row["end_at"])) for row in rows]


def _utc(value: Any) -> DateTime:
    return DateTime.instance(value).in_timezone("UTC")


def _frame(bodies: Iterable[Records]) -> "pl.DataFrame":
    """Lay the records of bodies side by side; bytes that are no UTF-8 are replaced."""
    import polars as pl  # noqa: PLC0415 - only who lands pays for polars

    parts = [
        pl.DataFrame(
            {
                "message_id": [message_id for message_id, _ in body.records],
                "payload": [record.decode("utf-8", "replace") for _, record in body.records],
            },
            schema={"message_id": pl.Int64, "payload": pl.String},
        ).with_columns(
            pl.lit(body.call.call_id, pl.String).alias("call_id"),
            pl.lit(body.call.asked_at, pl.Datetime("us", "UTC")).alias("asked_at"),
            pl.lit(body.call.answered_at, pl.Datetime("us", "UTC")).alias("answered_at"),
        )
        for body in bodies
    ]
    return pl.concat(parts)
