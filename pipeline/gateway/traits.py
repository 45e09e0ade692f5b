"""What the gateway does not document, told from counts: pure arithmetic on what was counted.

A gateway may read the bounds of a window in any zone. Each offset is a hypothesis that predicts how
many known messages a probing window holds; a count that contradicts it drops it.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

QUARTER = 900
OFFSETS = tuple(range(-12 * 3600, 14 * 3600 + 1, QUARTER))
# Half the length of a probe: short ones part neighbouring offsets, long ones part many.
_REACHES = (30, 900, 5400)
_SOME = 8
# No reading is further from another one than this.
_SPAN = OFFSETS[-1] - OFFSETS[0] + _REACHES[-1]


@dataclass(frozen=True, slots=True)
class Reading:
    """A way to read a bound: which date is compared, and seconds that its zone is ahead of UTC."""

    column: str
    offset: int


@dataclass(frozen=True, slots=True)
class Probe:
    """A window around an instant (epoch seconds, written as UTC)."""

    begin: int
    end: int


class KnownTimes:
    """The times of messages that are held, by date column, as epoch seconds; none is left out."""

    def __init__(self, times: Mapping[str, Iterable[int]]) -> None:
        self._times = {column: sorted(values) for column, values in times.items()}

    def readings(self) -> set[Reading]:
        """Return every way to read bounds that these times could tell apart."""
        return {
            Reading(column, offset)
            for column, times in self._times.items()
            if times
            for offset in OFFSETS
        }

    def predicted(self, reading: Reading, probe: Probe) -> tuple[int, int]:
        """Return the least and the most messages that a probe would count under a reading.

        Whether the ends are inside, and what lies in the second beside them, is left open.
        """
        times = self._times[reading.column]
        begin, end = probe.begin - reading.offset, probe.end - reading.offset
        least = bisect_left(times, end) - bisect_right(times, begin)
        most = bisect_right(times, end + 1) - bisect_left(times, begin - 1)
        return max(least, 0), most

    def surviving(self, readings: Iterable[Reading], probe: Probe, counted: int) -> set[Reading]:
        """Return the readings that a count does not contradict."""
        kept: set[Reading] = set()
        for reading in readings:
            least, most = self.predicted(reading, probe)
            if least <= counted <= most:
                kept.add(reading)
        return kept

    def best_probe(self, readings: Sequence[Reading]) -> Probe | None:
        """Return the probe that parts the readings best; None where none parts them."""
        best: tuple[int, Probe] | None = None
        for probe in self._candidates(readings):
            predictions = [self.predicted(reading, probe) for reading in readings]
            empty = sum(most == 0 for _, most in predictions)
            sure = sum(least > 0 for least, _ in predictions)
            worth = min(empty, sure)
            if worth and (best is None or worth > best[0]):
                best = worth, probe
        return best[1] if best else None

    def _candidates(self, readings: Sequence[Reading]) -> Iterator[Probe]:
        """Give windows around messages as some of the readings would write their times.

        None is near the edges of what is known, where a message that is not known could count.
        """
        for reading in readings[:: max(len(readings) // _SOME, 1)]:
            times = self._times[reading.column]
            first, last = times[0] + _SPAN, times[-1] - _SPAN
            inner = [time for time in times if first <= time <= last]
            for time in inner[:: max(len(inner) // _SOME, 1)]:
                at = time + reading.offset
                yield from (Probe(at - reach, at + reach) for reach in _REACHES)
