"""In which zone, and on which date, a gateway reads bounds: pure arithmetic on who was in a window.

A window of texts was fetched whole, so its messages are known. Each hypothesis (a date column, an
offset from UTC, a grain) says which of them a shorter window must bring; an answer that brings
others drops it. Texts are epoch seconds here: the wall clock as if it were UTC.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.resources import files

from pipeline.gateway.reading import COLUMNS, tz_of

QUARTER = 900
OFFSETS = tuple(range(-12 * 3600, 14 * 3600 + 1, QUARTER))
GRAINS = (1, 60, 86_400)
_ROWS, _HYPOTHESES = 8, 12
_JUDGED = 300
_WEEK = 7 * 86_400
_REGIONS = ("Europe", "America", "Asia", "Australia", "Africa", "Pacific")


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """A way to read bounds; `offset` is in seconds ahead of UTC."""

    column: str
    offset: int
    grain: int

    def lower(self, cut: int) -> int:
        """Return where a window that begins at a text really begins."""
        return cut - cut % self.grain


@dataclass(frozen=True, slots=True)
class Sample:
    """The messages of one whole window of texts, by their dates.

    Attributes:
        begin, end: the window's texts; both ends may be inside or not.
        times: for each message its dates by column, as epoch seconds; None where it has none.
    """

    begin: int
    end: int
    times: Mapping[int, Mapping[str, int | None]]

    def hypotheses(self, columns: Iterable[str] = COLUMNS) -> list[Hypothesis]:
        """Return those that put every message of the sample inside its window."""
        found: list[Hypothesis] = []
        for column in columns:
            times = [row[column] for row in self.times.values()]
            known = [time for time in times if time is not None]
            if not known or len(known) < len(times):
                continue  # a message without that date is in no window
            found += [
                Hypothesis(column, offset, grain)
                for grain in GRAINS
                for offset in OFFSETS
                if self.begin - grain <= min(known) + offset
                and max(known) + offset <= self.end + grain
            ]
        return found

    def surviving(
        self, hypotheses: Iterable[Hypothesis], cut: int, found: set[int]
    ) -> list[Hypothesis]:
        """Return those that the messages found from a text on do not contradict."""
        return [known for known in hypotheses if self._agrees(known, cut, found)]

    def _agrees(self, known: Hypothesis, cut: int, found: set[int]) -> bool:
        lower = known.lower(cut)
        for message_id, row in self.times.items():
            at = (row[known.column] or 0) + known.offset
            # On the bound itself, a message may be in or out.
            if at != lower and (at > lower) != (message_id in found):
                return False
        return True

    def best_cut(self, hypotheses: Sequence[Hypothesis]) -> int | None:
        """Return the text at which a window should begin to part the hypotheses best."""
        judged = hypotheses[:: max(len(hypotheses) // _JUDGED, 1)]
        ordered = {
            column: sorted(row[column] or 0 for row in self.times.values())
            for column in {known.column for known in hypotheses}
        }
        alike: dict[tuple[str, int], list[int]] = {}
        for known in judged:
            alike.setdefault((known.column, known.grain), []).append(known.offset)
        best: tuple[int, int] | None = None
        for cut in dict.fromkeys(self._cuts(hypotheses, ordered)):
            # Only those that say exactly how many come can be told from one another.
            classes = Counter(
                count
                for (column, grain), offsets in alike.items()
                for count in _sure_counts(ordered[column], cut - cut % grain, offsets)
            )
            worth = classes.total() - max(classes.values(), default=0)
            if worth and (best is None or worth > best[0]):
                best = worth, cut
        return best[1] if best else None

    def _cuts(
        self, hypotheses: Sequence[Hypothesis], ordered: Mapping[str, list[int]]
    ) -> Iterator[int]:
        """Give texts beside and between messages, as some of the hypotheses would write them."""
        for known in hypotheses[:: max(len(hypotheses) // _HYPOTHESES, 1)]:
            times = ordered[known.column]
            step = max(len(times) // _ROWS, 1)
            for place in range(0, len(times), step):
                at = times[place] + known.offset
                following = times[min(place + 1, len(times) - 1)] + known.offset
                for cut in ((at + following) // 2, at + 20, at + QUARTER // 2, at - QUARTER // 2):
                    if self.begin < cut < self.end:
                        yield cut


def _sure_counts(times: Sequence[int], lower: int, offsets: Iterable[int]) -> Iterator[int]:
    """Give for each offset how many messages come from a text on, unless one is on the bound."""
    count = len(times)
    for offset in offsets:
        place = bisect_left(times, lower - offset)
        if place == count or times[place] != lower - offset:
            yield count - place


def preferred(hypotheses: Iterable[Hypothesis]) -> Hypothesis | None:
    """Return the likeliest of those that are left: the finest grain, the earliest column, UTC."""
    return min(
        hypotheses,
        key=lambda known: (known.grain, COLUMNS.index(known.column), abs(known.offset)),
        default=None,
    )


def zones_that_fit(offsets: Mapping[int, int], likely: Iterable[str]) -> list[str]:
    """Return the zones with these offsets at these instants, the likeliest first.

    Args:
        offsets: seconds ahead of UTC, by instant (epoch seconds).
        likely: zones to prefer, such as the one that the answers' dates are written in.
    """
    fixed = set(offsets.values())
    own = [_offset_name(fixed.pop())] if len(fixed) == 1 else []
    wanted = ["UTC", *likely, *own, *_ranked_zones()]
    return [zone for zone in dict.fromkeys(wanted) if _fits(zone, offsets)]


@cache
def _ranked_zones() -> tuple[str, ...]:
    """Return every zone that can be looked into, from the list that tzdata has of its own."""
    zones = files("tzdata").joinpath("zones").read_text("utf-8").split()
    return tuple(sorted(zones, key=_rank))


def _rank(zone: str) -> tuple[int, str]:
    """Order zones with the same clocks: those where many people live first."""
    region = zone.partition("/")[0]
    return (_REGIONS.index(region) if region in _REGIONS else len(_REGIONS)), zone


def instant_that_parts(zones: Iterable[str], instants: Iterable[int]) -> int | None:
    """Return the instant at which the zones' offsets differ most; None if nowhere."""
    best: tuple[int, int] | None = None
    known = list(zones)
    for at in instants:
        classes = Counter(offset_of(zone, at) for zone in known)
        largest = max(classes.values(), default=0)
        if largest < len(known) and (best is None or largest < best[0]):
            best = largest, at
    return best[1] if best else None


def offset_of(zone: str, at: int) -> int | None:
    """Return how many seconds a zone is ahead of UTC at an instant; None for an unknown zone."""
    try:
        offset = datetime.fromtimestamp(at, tz_of(zone)).utcoffset()
    except (ValueError, OSError, KeyError):
        return None
    return int(offset.total_seconds()) if offset is not None else None


def switches(begin: int, end: int) -> list[int]:
    """Return the instants between two instants at which the clocks of some zone change."""
    found = {
        at
        for week in range(begin // _WEEK, end // _WEEK + 1)
        for at in _switches_of(week)
        if begin <= at <= end
    }
    return sorted(found)


@cache
def _switches_of(week: int) -> frozenset[int]:
    """Return the instants of a week, counted from the epoch, at which clocks change somewhere."""
    begin, end = week * _WEEK, (week + 1) * _WEEK
    found = set()
    for zone in _ranked_zones():
        low, high = begin, end
        if offset_of(zone, low) == offset_of(zone, high):
            continue
        while high - low > 1:
            middle = (low + high) // 2
            is_later = offset_of(zone, middle) != offset_of(zone, low)
            low, high = (low, middle) if is_later else (middle, high)
        found.add(high)
    return frozenset(found)


def _fits(zone: str, offsets: Mapping[int, int]) -> bool:
    return all(offset_of(zone, at) == offset for at, offset in offsets.items())


def _offset_name(seconds: int) -> str:
    hours, minutes = divmod(abs(seconds) // 60, 60)
    return f"{'-' if seconds < 0 else '+'}{hours:02d}:{minutes:02d}"
