"""How the gateway reads the bounds of a window: instants become texts here, and only here.

A bound is a wall clock without a zone. Which zone the gateway reads it in is measured; in a zone
whose clocks change, the hour that occurs twice, or never, is no place for a bound.
"""

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from importlib.resources import files
from zoneinfo import ZoneInfo

import pendulum
from pendulum import DateTime

from pipeline.gateway.endpoints import MessageQuery
from pipeline.values import Window

COLUMNS = ("created", "planned", "due", "scheduled", "sent")
# Rows without a value in such a column are in no window at all.
NULLABLE = frozenset({"scheduled", "sent"})
_STEP = timedelta(minutes=15)
_MOST_STEPS = 16
_FIRST_YEAR, _LAST_YEAR = 2010, 2040


@dataclass(frozen=True, slots=True)
class Reading:
    """How bounds are read.

    Attributes:
        column: the date that bounds are compared with: `created`, `due` (the later of created and
            scheduled), `planned` (scheduled, else created), `scheduled` or `sent`.
        zone: the zone of the texts: IANA, or an offset such as `+05:45`.
        grain: seconds to which bounds are cut.
        is_known: whether this was measured; if not, texts are written as UTC, and what they mean
            is uncertain by up to 15 hours.
        answer_zone: the zone of the answers' dates, where it is one whose clocks change.
    """

    column: str = "created"
    zone: str = "UTC"
    grain: int = 1
    is_known: bool = True
    answer_zone: str | None = None

    @property
    def name(self) -> str:
        """The reading as `raw.windows` keeps it, `unknown` if it is not known."""
        return f"{self.column} {self.zone} {self.grain}" if self.is_known else "unknown"

    @property
    def is_nullable(self) -> bool:
        """Whether some rows may be in no window, because their date is null."""
        return self.is_known and self.column in NULLABLE

    def text(self, instant: DateTime) -> str:
        """Return the wall clock that the gateway reads as this instant."""
        return f"{_wall(instant, tz_of(self.zone)):%Y-%m-%d %H:%M:%S}"

    def query(
        self,
        window: Window | None,
        filters: Mapping[str, int] | None = None,
        *,
        only_count: bool = False,
        is_descending: bool = False,
    ) -> MessageQuery:
        """Return the query for a window and filters; without a window it has no dates.

        It starts a second early: then neighbours leave no gap, whether the gateway takes its
        bounds as inside or not. Rows that come twice are the same row.
        """
        given = filters or {}
        query = MessageQuery(
            only_count=only_count,
            is_descending=is_descending,
            device_id=given.get("device_id"),
            status=given.get("status"),
            sim=given.get("sim"),
            customer_id=given.get("customer_id"),
        )
        if window is None:
            return query
        begin = self.text(window.begin_at.subtract(seconds=1))
        return replace(query, begin=begin, end=self.text(window.end_at))

    def is_plain(self, instant: DateTime) -> bool:
        """Whether the text of an instant, and of the second before it, means one instant only."""
        zone = tz_of(self.zone)
        return all(
            _means_one(instant.subtract(seconds=early), zone) for early in (0, max(self.grain, 1))
        )

    def plain_before(self, instant: DateTime) -> DateTime:
        """Return the instant, or the nearest before it that may be a bound."""
        return self._plain(instant, -1)

    def plain_after(self, instant: DateTime) -> DateTime:
        """Return the instant, or the nearest after it that may be a bound."""
        return self._plain(instant, 1)

    def widened(self, window: Window) -> Window:
        """Return the window, or a little more, so that its ends may be bounds."""
        return Window(self.plain_before(window.begin_at), self.plain_after(window.end_at))

    def _plain(self, instant: DateTime, direction: int) -> DateTime:
        seconds = direction * int(_STEP.total_seconds())
        for _ in range(_MOST_STEPS):
            aligned = self._aligned(instant, direction)
            if self.is_plain(aligned):
                return aligned
            instant = instant.add(seconds=seconds)
        return instant

    def _aligned(self, instant: DateTime, direction: int) -> DateTime:
        """Return the nearest instant whose text is at the grain to which bounds are cut."""
        if self.grain == 1:
            return instant
        wall = _wall(instant, tz_of(self.zone))
        past = (wall.hour * 3600 + wall.minute * 60 + wall.second) % self.grain
        if past == 0:
            return instant
        return instant.add(seconds=-past if direction < 0 else self.grain - past)

    def fold_in(self, window: Window) -> DateTime | None:
        """Return an instant inside at which the answers' clocks went back, if bounds tell it.

        Windows that part there tell which of the two hours a row belongs to.
        """
        if self.answer_zone is None or self.zone != "UTC" or self.column != "created":
            return None
        instants = folds(self.answer_zone)
        place = bisect_right(instants, window.begin_at)
        if place < len(instants) and instants[place] < window.end_at:
            return instants[place]
        return None

    def parts(self, window: Window) -> tuple[Window, ...]:
        """Return two windows that make up this one, parted near its middle; none if it is short."""
        if window.seconds <= 1:
            return ()
        middle = self.fold_in(window) or window.begin_at.add(seconds=window.seconds // 2)
        for cut in (self.plain_before(middle), self.plain_after(middle)):
            if window.begin_at < cut < window.end_at and self.is_plain(cut):
                return Window(window.begin_at, cut), Window(cut, window.end_at)
        return ()


UNKNOWN = Reading(is_known=False)


def read_name(name: str, answer_zone: str | None = None) -> Reading:
    """Return the reading that a name stands for; the unknown one for any other text."""
    parts = name.split()
    if len(parts) != 3 or parts[0] not in COLUMNS or not parts[2].isdecimal():  # noqa: PLR2004
        return UNKNOWN
    return Reading(parts[0], parts[1], int(parts[2]), answer_zone=answer_zone)


@lru_cache(maxsize=1000)
def tz_of(zone: str) -> tzinfo:
    """Return the zone of a name: IANA, or an offset such as `-03:30`; KeyError for an unknown one.

    Its rules are those of the package tzdata: the system's are often older than DuckDB's (2.0.0),
    which place the rows, and then bounds and rows would differ by an hour.
    """
    if zone[:1] in {"+", "-"}:
        hours, minutes = zone[1:].split(":")
        size = timedelta(hours=int(hours), minutes=int(minutes))
        return timezone(-size if zone[0] == "-" else size)
    if zone == "UTC":
        return UTC
    path = files("tzdata").joinpath("zoneinfo", *zone.split("/"))
    try:
        with path.open("rb") as file:
            return ZoneInfo.from_file(file, key=zone)
    except (OSError, ValueError):
        raise KeyError(zone) from None


@lru_cache(maxsize=16)
def folds(zone: str) -> tuple[DateTime, ...]:
    """Return the instants from 2010 to 2040 at which the clocks of a zone go back."""
    tz = tz_of(zone)
    week = datetime(_FIRST_YEAR, 1, 1, tzinfo=UTC)
    found: list[DateTime] = []
    while week.year < _LAST_YEAR:
        # No clock is changed twice in a week.
        following = week + timedelta(days=7)
        if _offset(following, tz) < _offset(week, tz):
            found.append(_change(week, following, tz))
        week = following
    return tuple(found)


def _change(before: datetime, after: datetime, tz: tzinfo) -> DateTime:
    old = _offset(before, tz)
    while after - before > timedelta(seconds=1):
        middle = before + (after - before) // 2
        middle = middle.replace(microsecond=0)
        if _offset(middle, tz) == old:
            before = middle
        else:
            after = middle
    return pendulum.instance(after)


def _wall(instant: datetime, tz: tzinfo) -> datetime:
    """Return the wall clock by the standard library, whose `fold` tells the doubled hour."""
    return datetime.fromtimestamp(instant.timestamp(), tz)


def _offset(instant: datetime, tz: tzinfo) -> timedelta:
    return _wall(instant, tz).utcoffset() or timedelta()


def _means_one(instant: datetime, zone: tzinfo) -> bool:
    wall = _wall(instant, zone)
    first, second = wall.replace(fold=0).utcoffset(), wall.replace(fold=1).utcoffset()
    return first == second
