"""Tell what a sync would ask, from what is stored: no call, nothing touched."""

from dataclasses import dataclass

from pendulum import DateTime

from pipeline.extract.late import GUESS, due_for_audit, unsettled_of
from pipeline.extract.plan import Asking, Plan, calls_for, place_of, plan_of
from pipeline.extract.reconcile import calls_to_compare
from pipeline.extract.windows import clipped, merged, without
from pipeline.gateway.reading import Reading
from pipeline.settings import Settings
from pipeline.values import Window
from pipeline.warehouse.held import HeldCounts
from pipeline.warehouse.raw import RawStore

# The device list, the count of everything, and that count before and after the tail.
_FRAME_CALLS = 4
_DAY = 86_400


@dataclass(frozen=True, slots=True)
class PlannedWindow:
    """A window that a sync would ask.

    Attributes:
        why: `missing`, `unsettled`, `audit` or `tail`.
        messages: about how many it holds, by what is held or usual.
        calls: about how many calls it takes.
    """

    why: str
    window: Window
    messages: int
    calls: int


@dataclass(frozen=True, slots=True)
class Preview:
    """What a sync would ask.

    Attributes:
        reading: how bounds are read, as far as it was measured.
        holes: what was asked before and is not proven.
        compare_calls: about how many counts compare the rest of the history with what is held.
    """

    history: Window
    reading: Reading
    windows: tuple[PlannedWindow, ...]
    holes: tuple[Window, ...]
    compare_calls: int

    @property
    def calls(self) -> int:
        """About how many calls the sync would make."""
        asked = sum(planned.calls for planned in self.windows)
        return _FRAME_CALLS + asked + self.compare_calls


class Previewer:
    """Looks into what is stored; the warehouse may be open for reading only."""

    def __init__(self, raw: RawStore, held: HeldCounts, settings: Settings) -> None:
        self._raw = raw
        self._held = held
        self._settings = settings
        self._per_day, self._since = raw.usual()

    def look(self, asking: Asking, reading: Reading, now: DateTime) -> Preview:
        """Return what a sync would ask at an instant of our own clock."""
        plan = plan_of(self._raw, self._settings, reading, asking, now)
        asked = {"missing": plan.missing}
        if asking.until is None:
            asked["unsettled"] = self._unsettled(plan, reading)
            asked["audit"] = self._due(plan, reading, now)
        found = [self._planned(why, w, reading) for why, windows in asked.items() for w in windows]
        if plan.tail is not None:
            new = self._usual(Window(plan.tail.begin_at, now))
            found.append(PlannedWindow("tail", plan.tail, round(new), self._calls(new)))
        held = self._held.by_status_alone()
        compared = calls_to_compare(held) if held and asking.until is None else 0
        newest = max((window.end_at for window in self._raw.proven()), default=None)
        holes = tuple(hole for hole in plan.holes if newest and hole.begin_at < newest)
        return Preview(plan.history, reading, tuple(found), holes, compared)

    def _planned(self, why: str, window: Window, reading: Reading) -> PlannedWindow:
        held = self._held.rows_in(window, place_of(reading) or GUESS)
        # Newer than anything held, a window is as full as is usual.
        messages = held or (self._usual(window) if why == "missing" else 0)
        return PlannedWindow(why, window, round(messages), self._calls(messages))

    def _calls(self, messages: float) -> int:
        return calls_for(messages, self._settings.window_rows)

    def _usual(self, window: Window) -> float:
        if self._since is None or self._since >= window.end_at:
            return 0.0
        seconds = (window.end_at - max(window.begin_at, self._since)).total_seconds()
        return self._per_day * seconds / _DAY

    def _unsettled(self, plan: Plan, reading: Reading) -> tuple[Window, ...]:
        hours, most = self._settings.settle_hours, self._settings.window_rows
        return tuple(unsettled_of(self._held, plan, place_of(reading), hours, most))

    def _due(self, plan: Plan, reading: Reading, now: DateTime) -> tuple[Window, ...]:
        place = place_of(reading) or GUESS
        due = due_for_audit(self._held, plan, self._settings, place, now)
        asked = [*plan.missing, *plan.unsettled]
        left = [w for stretch in without(plan.history, asked) for w in clipped(due, stretch)]
        return tuple(merged(left))
