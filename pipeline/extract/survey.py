"""Measure what the gateway does not document: what counts are worth, which zone it reads."""

from dataclasses import dataclass, replace
from pathlib import Path

import pendulum

from pipeline.errors import RefusedError
from pipeline.gateway.client import Gateway
from pipeline.gateway.endpoints import MessageQuery
from pipeline.gateway.traits import KnownTimes
from pipeline.statuses import INCOMING_STATUS, KNOWN_STATUSES
from pipeline.values import Window

# No message can be of that day.
_NEVER = Window(pendulum.datetime(1971, 1, 1), pendulum.datetime(1971, 1, 2))
_MOST_PROBES = 12
_TRIES = 3
_DAY = 86_400


@dataclass(frozen=True, slots=True)
class CountTrait:
    """What counts are worth.

    Attributes:
        kind: `honest`; `capped` (never above some number); `deaf` (dates change no count);
            `absent`; `unfiltered` (dates change neither counts nor rows).
        trusted: counts up to this one are the sum of their parts; 0 where none is to be trusted.
        evidence: what was asked and answered, in words.
        hidden: statuses that a query without a status may leave out; each is asked by itself.
    """

    kind: str
    trusted: int
    evidence: str
    hidden: tuple[int, ...] = ()

    @property
    def is_usable(self) -> bool:
        """Whether a window can be proven by its count."""
        return self.kind in {"honest", "capped"}


def survey_counts(gateway: Gateway, history: Window, scratch: Path) -> CountTrait:
    """Return what the counts of this account are worth, by about twenty counts.

    A body that settles whether rows heed their dates is written to `scratch` and removed.
    """
    never = _count(gateway, _NEVER)
    if never is None or never > 0:
        fetched = gateway.fetch_messages(_exact(_NEVER, only_count=False), scratch)
        scratch.unlink()
        if fetched.rows:
            return CountTrait("unfiltered", 0, f"{fetched.rows} messages answered for 1971")
        kind = "absent" if never is None else "deaf"
        return CountTrait(kind, 0, f"count for 1971: {never}")
    window, whole = _newest_accepted(gateway, history)
    if whole is None:
        return CountTrait("absent", 0, "no window of the history got a count")
    return _descend(gateway, window, whole)


def survey_hidden(gateway: Gateway, history: Window, kind: str) -> tuple[int, ...]:
    """Return the statuses whose messages a query without a status may leave out.

    Honest counts tell by their sum over statuses. Capped ones cannot, so every status that is met
    is taken; without counts it is the incoming messages, the likeliest to be left out.
    """
    if kind not in {"honest", "capped"}:
        return (INCOMING_STATUS,)
    window, whole = _newest_accepted(gateway, history)
    suspects: tuple[int, ...] = ()
    for _ in range(_TRIES):
        query = _exact(window)
        asked = {s: gateway.count_messages(replace(query, status=s)).count for s in KNOWN_STATUSES}
        met = {status: count for status, count in asked.items() if count}
        if kind == "capped":
            return tuple(met)
        hidden = sum(met.values()) - (_count(gateway, window) or 0)
        # A parameter that is not obeyed makes every status count the whole.
        if hidden <= 0 or all(count == whole for count in asked.values()):
            return ()
        suspects = tuple(s for s, count in met.items() if count == hidden)[:1] or tuple(met)
    return suspects


def survey_zone(gateway: Gateway, known: KnownTimes) -> tuple[str, str]:
    """Return the zone in which bounds are read, and the evidence.

    The zone is `UTC`, or `unknown` where the known messages cannot tell or tell of another one.
    """
    readings = known.readings()
    asked = 0
    while asked < _MOST_PROBES and len({reading.offset for reading in readings}) > 1:
        probe = known.best_probe(sorted(readings, key=lambda r: (r.column, r.offset)))
        if probe is None:
            break
        begin, end = (pendulum.from_timestamp(at) for at in (probe.begin, probe.end))
        query = MessageQuery(begin_at=begin, end_at=end, only_count=True)
        counted = gateway.count_messages(query).count
        if counted is None:
            break
        asked += 1
        readings = known.surviving(readings, probe, counted)
    offsets = sorted({reading.offset for reading in readings})
    columns = sorted({reading.column for reading in readings})
    zone = "UTC" if offsets == [0] else "unknown"
    return zone, f"{asked} probes leave offsets {offsets[:5]} of {columns}"


def _descend(gateway: Gateway, window: Window, whole: int) -> CountTrait:
    """Compare a count with those of its halves, going down where one half holds everything."""
    count = whole
    while count > 1 and window.seconds > 1:
        parts = _exact_halves(window)
        count, counts = _settled_counts(gateway, window, count, parts)
        if sum(counts) > count:
            evidence = f"{count} counted where the halves count {counts[0]} and {counts[1]}"
            return CountTrait("capped", count - 1, evidence)
        if min(counts) > 0 or max(counts) == 0:
            return CountTrait("honest", whole, f"{count} counted, the halves {counts}")
        window = parts[counts.index(max(counts))]
    return CountTrait("honest", whole, f"{count} counted within {window.seconds} seconds")


def _settled_counts(
    gateway: Gateway, window: Window, count: int, parts: tuple[Window, Window]
) -> tuple[int, list[int]]:
    """Return the counts of a window and its halves; again while these exceed it: rows may move."""
    counts = [_count(gateway, part) or 0 for part in parts]
    for _ in range(_TRIES - 1):
        if sum(counts) <= count:
            break
        count = _count(gateway, window) or 0
        counts = [_count(gateway, part) or 0 for part in parts]
    return count, counts


def _newest_accepted(gateway: Gateway, history: Window) -> tuple[Window, int | None]:
    """Return the longest newest stretch of the history that the gateway counts."""
    window = history
    while True:
        try:
            return window, gateway.count_messages(_exact(window)).count
        except RefusedError:
            if window.seconds < _DAY:
                raise
            window = window.halves()[1]


def _count(gateway: Gateway, window: Window) -> int | None:
    try:
        return gateway.count_messages(_exact(window)).count
    except RefusedError:
        return None


def _exact(window: Window, *, only_count: bool = True) -> MessageQuery:
    return MessageQuery(begin_at=window.begin_at, end_at=window.end_at, only_count=only_count)


def _exact_halves(window: Window) -> tuple[Window, Window]:
    """Return two halves that share no second, parted at a midnight where they are long.

    At a midnight no grain of the filter, a minute or a day, makes halves overlap.
    """
    middle = window.halves()[1].begin_at
    if window.seconds > 3 * _DAY:
        middle = middle.start_of("day")
    first_end = max(middle.subtract(seconds=1), window.begin_at)
    return Window(window.begin_at, first_end), Window(middle, window.end_at)
