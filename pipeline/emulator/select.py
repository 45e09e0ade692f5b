"""Find the messages that `getallsms` is asked for, with the habits of one gateway."""

from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from pipeline.emulator.forms import Fields, integer
from pipeline.emulator.habits import Habits
from pipeline.emulator.traffic import Message
from pipeline.emulator.world import World
from pipeline.statuses import INCOMING_STATUS

_EVER = 1 << 40
_FORMATS = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d")


class BadDateError(ValueError):
    """A bound that is no date."""


def select_messages(world: World, fields: Fields, habits: Habits, now: int) -> list[Message]:
    """Return the visible messages that match every filter, in order of creation."""
    zone = filter_zone(fields, habits)
    begin, end = _bound(fields, "begindate", zone), _bound(fields, "enddate", zone)
    _refuse_period(begin, end, habits)
    if not habits.heeds_dates:
        begin = end = None
    low = -_EVER if begin is None else _cut(begin, habits) + (not habits.begin_inside)
    last = None if end is None else _cut(end, habits) + habits.grain - 1
    high = _EVER if last is None else last + habits.end_inside
    if habits.filter_column == "created" or (begin is None and end is None):
        found: Iterable[Message] = world.between(low, min(high, now + 1), now)
    else:
        found = (
            message
            for message in world.between(-_EVER, now + 1, now)
            if (at := _date(message, habits.filter_column, now)) is not None and low <= at < high
        )
    hides = habits.hides_incoming and not fields.get("status")
    return [
        message
        for message in found
        if _matches(message, fields, now)
        and not (hides and message.status_at(now) == INCOMING_STATUS)
    ]


def without_dates(fields: Fields) -> Fields:
    """Return the fields of a query without its bounds."""
    return {name: value for name, value in fields.items() if name not in {"begindate", "enddate"}}


def _refuse_period(begin: int | None, end: int | None, habits: Habits) -> None:
    if habits.needs_dates and (begin is None or end is None):
        raise BadDateError("a period is required")
    span = (_EVER if end is None else end) - (begin or 0)
    if habits.longest_days is not None and span > habits.longest_days * 86_400:
        raise BadDateError("the period is too long")


def _cut(bound: int, habits: Habits) -> int:
    return bound - bound % habits.grain


def filter_zone(fields: Fields, habits: Habits) -> str:
    """Return the zone in which this gateway reads bounds."""
    asked = fields.get("timezone")
    return asked if asked and habits.filters_in_zone else habits.account_zone


def _date(message: Message, column: str, now: int) -> int | None:
    if column == "sent":
        return message.sent_at(now)
    return message.created if message.due is None else message.due


def _bound(fields: Fields, name: str, zone: str) -> int | None:
    text = fields.get(name, "").strip()
    if not text:
        return None
    for form in _FORMATS:
        try:
            wall = datetime.strptime(text, form).replace(tzinfo=ZoneInfo(zone))
        except ValueError:
            continue
        return int(wall.timestamp())
    raise BadDateError(text)


def _matches(message: Message, fields: Fields, now: int) -> bool:
    device, sim = integer(fields, "device_id"), integer(fields, "sim")
    customer, status = integer(fields, "customerid"), integer(fields, "status")
    phone = "".join(c for c in fields.get("phone", "") if c.isdecimal())
    return (
        (device is None or message.device_id == device)
        and (sim is None or message.sim == sim)
        and (customer is None or message.customer_id == customer)
        and (not phone or phone in message.sendto)
        and (status is None or message.status_at(now) == status)
    )
