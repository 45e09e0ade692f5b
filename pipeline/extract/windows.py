"""Which windows of history to ask for: pure arithmetic on stretches of time."""

from collections.abc import Iterable

import pendulum
from pendulum import DateTime

from pipeline.values import Window

# The gateway's first interface is of 2014; nothing can be older.
BEGINNING = pendulum.datetime(2010, 1, 1)
# Messages are scheduled ahead; a filter on the due time puts them after now.
AHEAD_DAYS = 400
# Nothing is created ahead, but for clocks that differ and zones that are not what they seem.
_SKEW_DAYS = 2


def merged(windows: Iterable[Window]) -> list[Window]:
    """Return the same stretches of time in order, with those that touch or overlap made one."""
    result: list[Window] = []
    for window in sorted(windows, key=lambda w: w.begin_at):
        if window.seconds <= 0:
            continue
        if result and window.begin_at <= result[-1].end_at:
            last = result.pop()
            window = Window(last.begin_at, max(last.end_at, window.end_at))  # noqa: PLW2901
        result.append(window)
    return result


def without(whole: Window, parts: Iterable[Window]) -> list[Window]:
    """Return what is left of `whole` when `parts` are taken out, in order."""
    left: list[Window] = []
    begin = whole.begin_at
    for part in merged(parts):
        if part.end_at <= begin:
            continue
        if part.begin_at >= whole.end_at:
            break
        left.append(Window(begin, min(part.begin_at, whole.end_at)))
        begin = part.end_at
    left.append(Window(begin, whole.end_at))
    return [window for window in left if window.seconds > 0]


def clipped(windows: Iterable[Window], to: Window) -> list[Window]:
    """Return what of some windows lies inside another one, merged and in order."""
    found = (
        Window(max(window.begin_at, to.begin_at), min(window.end_at, to.end_at))
        for window in merged(windows)
    )
    return [window for window in found if window.seconds > 0]


def tail_window(settled_until: DateTime, *, is_by_creation: bool) -> Window:
    """Return the window behind the proven history: landed and shown, never called proven."""
    days = _SKEW_DAYS if is_by_creation else AHEAD_DAYS
    return Window(settled_until, settled_until.add(days=days))
