"""When to send: a wall clock in the reporting zone becomes an instant, or is refused."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pendulum
from pendulum import DateTime

from pipeline.errors import UsageError
from pipeline.gateway.endpoints import wall_clock

_SHAPE = "Write it like 2026-12-01 09:30, in the reporting zone; or with Z or an offset: +01:00."


def parse_at(text: str, zone: str, now: DateTime, told_zone: str = "UTC") -> DateTime:
    """Return the instant (UTC) that a person means by a time.

    `told_zone` is that in which the gateway is told times.

    Raises:
        UsageError: it is no time, is over, or the clocks of the zone show it twice or never; or
            those of `told_zone` show it twice, so that the gateway cannot be told.
    """
    try:
        wall = datetime.fromisoformat(text.strip())
    except ValueError:
        raise UsageError(f"{text[:40]!r} is no time.", advice=_SHAPE) from None
    if len(text.strip()) <= len("2026-12-01"):
        raise UsageError(f"{text.strip()!r} is a day without a time.", advice=_SHAPE)
    try:
        instant = (wall if wall.tzinfo else _resolved(wall, zone)).astimezone(UTC)
    except OverflowError:
        raise UsageError(f"{text[:40]!r} is no time.", advice=_SHAPE) from None
    found = pendulum.instance(instant).in_timezone("UTC").set(microsecond=0)
    if found <= now:
        raise UsageError(
            f"{text.strip()!r} is over.", advice="Choose a later time, or leave it out: now."
        )
    wall_clock(found, told_zone)
    return found


def _resolved(wall: datetime, zone: str) -> datetime:
    """Return a wall clock as an instant, where there is exactly one."""
    found = [wall.replace(tzinfo=ZoneInfo(zone), fold=fold).astimezone(UTC) for fold in (0, 1)]
    there = {at for at in found if at.astimezone(ZoneInfo(zone)).replace(tzinfo=None) == wall}
    if len(there) == 1:
        return there.pop()
    what = "twice" if there else "never"
    raise UsageError(
        f"The clocks of {zone} show {wall:%Y-%m-%d %H:%M} {what}.",
        advice="Choose another time, or give it with its offset: +01:00.",
    )
