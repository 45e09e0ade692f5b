"""Find the messages that `getallsms` is asked for, with the habits of one gateway."""

from collections.abc import Callable, Iterable

from pipeline.emulator.forms import Fields, integer
from pipeline.emulator.habits import Habits
from pipeline.emulator.traffic import NEVER, Message
from pipeline.emulator.window import Window, read_window
from pipeline.emulator.world import World
from pipeline.statuses import INCOMING_STATUS

_Test = Callable[[Message], bool]


def select_messages(world: World, fields: Fields, habits: Habits, now: int) -> list[Message]:
    """Return the visible messages that match every filter, in order of creation.

    Raises:
        BadDateError: a bound is no date, or the period is one that this gateway refuses.
    """
    found = list(_in_period(world, read_window(fields, habits), habits, now))
    for test in (*_filters(fields, habits, now), *_hiders(fields, habits, now)):
        found = [message for message in found if test(message)]
    return found


def heeded(fields: Fields, habits: Habits) -> Fields:
    """Return the fields of a query without those that this gateway does not heed."""
    return {name: value for name, value in fields.items() if name not in habits.ignores}


def _in_period(world: World, window: Window | None, habits: Habits, now: int) -> Iterable[Message]:
    if window is None:
        return world.between(-NEVER, now + 1, now)
    if habits.filter_column != "created":
        return (
            message
            for message in world.between(-NEVER, now + 1, now)
            if (at := _date(message, habits, now)) is not None and window.holds(at)
        )
    low, high = window.around()
    found = world.between(low, min(high, now + 1), now)
    if window.zone is None:
        return found
    return (message for message in found if window.holds(message.created))


def _date(message: Message, habits: Habits, now: int) -> int | None:
    """Return the date that bounds are compared with; None is outside of every window."""
    if habits.filter_column == "sent":
        return message.sent_at(now)
    if message.due is not None:
        return message.due
    is_told = habits.filter_column == "due" or habits.unscheduled_is_created
    return message.created if is_told else None


def _filters(fields: Fields, habits: Habits, now: int) -> list[_Test]:
    """Return a test for each filter of a query."""
    device, sim = integer(fields, "device_id"), integer(fields, "sim")
    customer, status = integer(fields, "customerid"), integer(fields, "status")
    phone = "".join(c for c in fields.get("phone", "") if c.isdecimal())
    tests: list[tuple[bool, _Test]] = [
        (device is not None, lambda message: message.device_id == device),
        (sim is not None, lambda message: message.sim == sim),
        (customer is not None, lambda message: message.customer_id == customer),
        (bool(phone), _phone_test(phone, habits)),
        (status is not None, lambda message: message.status_at(now) == status),
    ]
    return [test for is_asked, test in tests if is_asked]


def _phone_test(digits: str, habits: Habits) -> _Test:
    if habits.phone_filter == "exact":
        return lambda message: message.sendto.lstrip("+") == digits
    return lambda message: digits in message.sendto


def _hiders(fields: Fields, habits: Habits, now: int) -> list[_Test]:
    """Return a test for each thing that a query does not show unless it is asked for."""
    statuses = habits.hidden_statuses | ({INCOMING_STATUS} if habits.hides_incoming else set())
    tests: list[tuple[bool, _Test]] = [
        (
            bool(statuses) and not fields.get("status"),
            lambda message: message.status_at(now) not in statuses,
        ),
        (
            bool(habits.hidden_sims) and not fields.get("sim"),
            lambda message: message.sim not in habits.hidden_sims,
        ),
    ]
    return [test for hides, test in tests if hides]
