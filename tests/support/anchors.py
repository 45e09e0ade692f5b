"""What the tests of measured losses share: windows of calls, and the whole account compared."""

from collections.abc import Callable
from datetime import datetime

import pendulum

from pipeline.emulator.forms import Fields
from support.account import NOW, Account

HOUR, DAY = 3600, 86_400
EPOCH = int(NOW.timestamp())
PAST = NOW.subtract(days=45)


def is_rows(call: Fields) -> bool:
    """Whether a call asks for the messages themselves, in a window."""
    return call.get("onlycount") != "1" and "begindate" in call


def bounds(call: Fields) -> tuple[datetime, datetime]:
    """Return the bounds of a call, in UTC."""
    begin, end = (datetime.fromisoformat(f"{call[n]}+00:00") for n in ("begindate", "enddate"))
    return begin, end


def touches(moment: int) -> Callable[[str, Fields], bool]:
    """Return whether a call asks for the messages around a moment, in a window of a few days."""
    at = pendulum.from_timestamp(moment)

    def test(endpoint: str, call: Fields) -> bool:
        if endpoint != "getallsms" or not is_rows(call):
            return False
        begin, end = bounds(call)
        return begin <= at <= end

    return test


def assert_all_came(known: Account) -> None:
    """Compare the snapshot with the world: every id, every status."""
    truth = {m.message_id: m.status for m in known.world.messages_at(known.clock.now())}
    rows = known.rows("select message_id, status from messages where gone_at is null")
    assert {row["message_id"]: row["status"] for row in rows} == truth


def written(window: tuple[datetime, datetime]) -> Fields:
    """Return the fields of a call for a window."""
    begin, end = (f"{at:%Y-%m-%d %H:%M:%S}" for at in window)
    return {"begindate": begin, "enddate": end}


def covered(known: Account, at: int) -> list[bool]:
    """Return whether a moment is published as proven."""
    rows = known.rows(
        f"""select is_proven from coverage
        where begin_at <= to_timestamp({at}) and end_at > to_timestamp({at})"""
    )
    return [row["is_proven"] for row in rows]
