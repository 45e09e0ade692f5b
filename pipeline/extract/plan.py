"""What a run must ask for, and why: told from what is stored, without any call."""

import math
from dataclasses import dataclass

from pendulum import DateTime

from pipeline.extract.ask import Job
from pipeline.extract.windows import BEGINNING, clipped, tail_window, without
from pipeline.gateway.reading import Reading
from pipeline.settings import Settings
from pipeline.statuses import FINAL_STATUSES
from pipeline.values import Window
from pipeline.warehouse.asked import Place
from pipeline.warehouse.raw import RawStore

_UNKNOWN_HOURS = 15


@dataclass(frozen=True, slots=True)
class Asking:
    """What a person asked of a sync.

    Attributes:
        since: read from here on; None for the floor of the account's history.
        until: read no further than this; None for now.
        again: read the whole stretch again, not only what is missing.
    """

    since: DateTime | None = None
    until: DateTime | None = None
    again: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """The windows of a run.

    Attributes:
        history: from the floor of the account to the instant up to which rows can be proven.
        holes: what was asked before, or should have been, and is not proven.
        missing: what is to be asked because it is not proven, or because a person wants it again.
        unsettled: what is to be asked because its messages may still change.
        tail: the newest window; None where a person asked for less.
    """

    history: Window
    holes: tuple[Window, ...]
    missing: tuple[Window, ...]
    unsettled: tuple[Window, ...]
    tail: Window | None


def plan_of(
    raw: RawStore, settings: Settings, reading: Reading, asking: Asking, gateway_now: DateTime
) -> Plan:
    """Return what a run must ask for, by what is proven and held."""
    # In an unknown zone the newest part may be read as lying in the future, and the first messages
    # as older than the floor.
    margin = 0 if reading.is_known else _UNKNOWN_HOURS
    settled = gateway_now.set(microsecond=0).subtract(minutes=settings.tail_minutes, hours=margin)
    end = reading.plain_before(min(asking.until or settled, settled))
    begin = reading.plain_before(min(floor_of(raw, asking).subtract(hours=margin), end))
    history = Window(begin, end)
    asked = Window(min(max(begin, asking.since or begin), end), end)
    proven = raw.proven()
    holes = without(history, proven)
    missing = [asked] if asking.again else without(asked, proven)
    is_made = reading.is_known and reading.column == "created"
    unsettled = raw.unsettled(gateway_now, settings.settle_hours, FINAL_STATUSES, place_of(reading))
    late = [w for window in clipped(unsettled, history) for w in without(window, missing)]
    return Plan(
        history,
        holes=tuple(holes),
        missing=tuple(reading.widened(window) for window in missing),
        unsettled=tuple(reading.widened(w) for w in late) if asking.until is None else (),
        tail=None if asking.until else reading.widened(tail_window(end, is_by_creation=is_made)),
    )


def floor_of(raw: RawStore, asking: Asking) -> DateTime:
    """Return the earliest floor that the account's history was ever given."""
    given = [instant for instant in (raw.floor(), asking.since) if instant is not None]
    return min(given, default=BEGINNING)


def place_of(reading: Reading) -> Place | None:
    """Return which date bounds are compared with; None where it is not known."""
    return Place(reading.column, reading.grain, reading.name) if reading.is_known else None


def calls_for(messages: float, window_rows: int) -> int:
    """Return about how many calls a window costs: counts down to windows that fit, and rows."""
    if messages < 1:
        return 1
    leaves = 1 if messages <= window_rows else 2 ** math.ceil(math.log2(messages / window_rows))
    return 3 * leaves - 1


def jobs_of(windows: tuple[Window, ...], held: int = 0) -> list[Job]:
    """Return windows as jobs, the newest first."""
    return [Job(window, held=held) for window in reversed(windows)]
