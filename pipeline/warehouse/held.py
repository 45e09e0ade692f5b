"""What is held of the account's messages, counted."""

from collections.abc import Sequence
from typing import Any

import pendulum
from pendulum import DateTime

from pipeline.values import Window
from pipeline.warehouse.asked import Place
from pipeline.warehouse.raw import utc, windows_of
from pipeline.warehouse.store import Warehouse, statement

# How far a quiet moment is looked for: mostly there is one close by.
_REACH_HOURS = (1, 12)
# Messages of a window that tell well enough where a share of them lies.
_SAMPLE = 20_000
_INSIDE = """
    from raw.message_heads as heads
    where
        heads.gone_at is null
        and head_date($reading_column, heads) >= $begin_at
        and head_date($reading_column, heads) < $end_at
"""


class HeldCounts:
    """Counts of the messages held that have not vanished, by the date that bounds compare."""

    def __init__(self, warehouse: Warehouse) -> None:
        self._warehouse = warehouse

    def by_status(
        self, windows: Sequence[Window], place: Place
    ) -> list[dict[tuple[int | None, int | None], int]]:
        """Return for each window how many it holds, by status and SIM."""
        given = {
            "begins": [window.begin_at for window in windows],
            "ends": [window.end_at for window in windows],
            "reading_column": place.column,
        }
        found: list[dict[tuple[int | None, int | None], int]] = [{} for _ in windows]
        for row in self._warehouse.plain(statement("0_raw/held"), given):
            found[row["stretch"]][row["status"], row["sim"]] = row["messages"]
        return found

    def is_unsure(self, window: Window, place: Place) -> bool:
        """Whether a window holds messages whose time is not sure."""
        sql = f"select count(*) {_INSIDE} and not heads.is_sure"
        return bool(self._warehouse.scalar(sql, _bounds(window, place)))

    def by_status_alone(self) -> dict[int | None, int]:
        """Return how many are held of each status, of whatever time."""
        sql = """
            select status, count(*) as messages
            from raw.message_heads
            where gone_at is null
            group by status
        """
        return {row["status"]: row["messages"] for row in self._warehouse.plain(sql)}

    def created_since(self, instant: DateTime) -> int:
        """Return how many messages are held that were made since an instant."""
        sql = "select count(*) from raw.message_heads where gone_at is null and created_at >= $at"
        return int(self._warehouse.scalar(sql, {"at": instant}))

    def holds_unsent(self) -> bool:
        """Whether a message without a sent time is held: then windows do not go by that time."""
        sql = "select count(*) from raw.message_heads where sent_at is null"
        return bool(self._warehouse.scalar(sql))

    def quantiles(
        self, window: Window, place: Place, shares: Sequence[float], messages: int = 0
    ) -> list[DateTime]:
        """Return the moments before which a window has about these shares of its messages.

        Where a window is known to hold many messages, only some of them are looked at.
        """
        sql = f"""
            select
                unnest(
                    approx_quantile(epoch(head_date($reading_column, heads)), $shares::float[])
                )::bigint as at
            {_INSIDE} and heads.rowid % $step = 0
        """
        given = {"shares": list(shares), "step": max(messages // _SAMPLE, 1)}
        rows = self._warehouse.plain(sql, {**_bounds(window, place), **given})
        return [pendulum.from_timestamp(row["at"]) for row in rows if row["at"] is not None]

    def quiet(self, wanted: DateTime, place: Place) -> DateTime | None:
        """Return the moment nearest to a wanted one that has no message close by."""
        given = {"wanted": wanted, "reading_column": place.column, "grain": place.grain}
        for hours in _REACH_HOURS:
            at = self._warehouse.scalar(statement("0_raw/quiet"), {**given, "reach": hours})
            if at is not None:
                return pendulum.from_timestamp(at)
        return None

    def rows_in(self, window: Window, place: Place) -> int:
        """Return how many messages a window holds."""
        (held,) = self.by_status([window], place)
        return sum(held.values())

    def just_gone(self, run_id: str, place: Place) -> list[tuple[str, int, DateTime, DateTime]]:
        """Return the statuses and SIMs of those missed in a run, and the stretch they are in."""
        given = {"run_id": run_id, "reading_column": place.column}
        rows = self._warehouse.rows(statement("0_raw/just_gone"), given)
        return [(r["axis"], r["value"], utc(r["begin_at"]), utc(r["end_at"])) for r in rows]

    def live_in(self, window: Window, axis: str, value: int, place: Place) -> int:
        """Return how many messages of a status or SIM a window holds, its very ends included."""
        sql = f"""
            select count(*)
            from raw.message_heads as heads
            where
                gone_at is null and {axis} = $value
                and head_date($reading_column, heads)
                between $begin_at - interval 1 second and $end_at
        """  # noqa: S608 - our own names
        return int(self._warehouse.scalar(sql, {**_bounds(window, place), "value": value}))

    def audit_due(self, now: DateTime, until: DateTime, days: int, place: Place) -> list[Window]:
        """Return the days of settled history that are to be read again, whatever counts say."""
        given = {"now": now, "until": until, "days": days, "reading_column": place.column}
        return windows_of(self._warehouse.rows(statement("0_raw/audit_due"), given))


def _bounds(window: Window, place: Place) -> dict[str, Any]:
    """Return a window and the date that it bounds, as statements name them."""
    return {
        "reading_column": place.column,
        "begin_at": window.begin_at,
        "end_at": window.end_at,
    }
