"""Which windows of history to ask for: pure arithmetic on stretches of time."""

from collections.abc import Iterable

import pendulum
from pendulum import DateTime

from pipeline.values import Window

# The gateway's first interface is of 2014; nothing can be older.
BEGINNING = pendulum.datetime(2010, 1, 1)
# Texts without a zone are read in an unknown one, at the most 14 hours from UTC.
ZONE_MARGIN_HOURS = 15
# Messages are scheduled ahead; a filter on the due time puts them after now.
AHEAD_DAYS = 400


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


def windows_to_ask(
    *, history: Window, proven: Iterable[Window], unsettled: Iterable[Window], again: Window | None
) -> list[Window]:
    """Return the stretches of `history` that a run must ask for.

    Args:
        history: from the floor of the account to the instant up to which rows can be proven.
        proven: what earlier runs proved.
        unsettled: windows with messages that may still change by themselves.
        again: a stretch that somebody asked to be read again, or None.
    """
    missing = without(history, proven)
    # Until the zone of the filter is measured, the newest hours may have been read short.
    fresh = Window(history.end_at.subtract(hours=ZONE_MARGIN_HOURS), history.end_at)
    asked = [*missing, *unsettled, fresh, *([again] if again else [])]
    return [inside for window in merged(asked) if (inside := _clipped(window, history)) is not None]


def tail_window(settled_until: DateTime) -> Window:
    """Return the window behind the proven history: landed and shown, never called proven."""
    return Window(settled_until, settled_until.add(days=AHEAD_DAYS))


def holes(history: Window, proven: Iterable[Window]) -> list[Window]:
    """Return the stretches of `history` that nothing proves."""
    return without(history, proven)


def _clipped(window: Window, to: Window) -> Window | None:
    begin, end = max(window.begin_at, to.begin_at), min(window.end_at, to.end_at)
    return Window(begin, end) if begin < end else None
