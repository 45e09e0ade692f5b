"""A window that holds more than one answer can and cannot be parted by time: part it otherwise.

Within a second, messages are asked for by phone, status, SIM, customer. The parts must add up to
the whole; what no part brings is asked from both ends. What is missing even then is said.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import msgspec

from pipeline.extract.questions import Filters, Questions
from pipeline.extract.survey import SIMS
from pipeline.statuses import KNOWN_STATUSES
from pipeline.values import Window
from pipeline.warehouse.inbox import Body

AXES = ("device_id", "status", "sim", "customer_id")
# A part that is not much larger than an answer should be is asked as it is.
_MUCH = 2


class _Customer(msgspec.Struct):
    customerid: int | str | None = None


@dataclass(frozen=True, slots=True)
class Crowd:
    """Bodies that together answer a question; `missing` messages did not come."""

    bodies: tuple[Body, ...]
    missing: int


class CrowdAsker:
    """Asks for the messages of a crowded window in parts.

    Args:
        trusted: counts up to this one are the sum of their parts.
        values: for each axis the values that messages are known to have.
        hidden: for each axis the values that a question without it leaves out: they are no part.
    """

    def __init__(
        self,
        questions: Questions,
        *,
        trusted: float,
        values: Mapping[str, Sequence[int]],
        hidden: Mapping[str, Sequence[int]],
    ) -> None:
        self._questions = questions
        self._trusted = trusted
        likely = {"status": KNOWN_STATUSES, "sim": SIMS}
        self._values = {
            axis: tuple(
                value
                for value in dict.fromkeys((*likely.get(axis, ()), *values.get(axis, ())))
                if value not in hidden.get(axis, ())
            )
            for axis in AXES
        }

    def ask(self, window: Window | None, filters: Filters, counted: int, limit: float) -> Crowd:
        """Return what came of a question that counts more than `limit`.

        A count that is trusted is reached, or it is said what is missing. For one that is not, two
        axes must bring the same messages, each in parts that are whole by themselves; for a part
        of an axis one is enough.
        """
        return self._ask(window, filters, counted, limit, is_part=bool(filters))

    def _ask(
        self,
        window: Window | None,
        filters: Filters,
        counted: int,
        limit: float,
        *,
        is_part: bool,
    ) -> Crowd:
        bodies: list[Body] = []
        found: set[int] = set()
        last: set[int] | None = None
        is_trusted = counted <= self._trusted
        for axis in AXES:
            if axis in filters:
                continue
            part = self._by(axis, window, filters, limit, self._values_of(axis, bodies))
            ids = self._questions.ids(part.bodies)
            bodies, found = [*bodies, *part.bodies], found | ids
            is_whole = bool(ids) and not part.missing
            agrees = is_whole and (is_part or ids == last)
            if len(found) >= counted if is_trusted else agrees:
                return Crowd(tuple(bodies), 0)
            last = ids if is_whole else last
        if len(found) < counted:
            bodies += self._ends(window, filters, counted)
            found |= self._questions.ids(bodies)
        whole = counted if is_trusted else max(counted, len(found) + 1)
        return Crowd(tuple(bodies), max(whole - len(found), 0))

    def _by(
        self,
        axis: str,
        window: Window | None,
        filters: Filters,
        limit: float,
        values: Sequence[int],
    ) -> Crowd:
        """Ask for each value of an axis; nothing where the gateway does not heed it."""
        counts = {v: self._questions.count(window, {**filters, axis: v}) for v in values}
        if len(set(counts.values())) <= 1 < len(counts):
            return Crowd((), 0)
        parts = [
            self._part(window, {**filters, axis: value}, count, limit)
            for value, count in counts.items()
            if count
        ]
        bodies = tuple(body for part in parts for body in part.bodies)
        return Crowd(bodies, sum(part.missing for part in parts))

    def _part(self, window: Window | None, filters: Filters, count: int, limit: float) -> Crowd:
        if count > min(_MUCH * limit, self._trusted) and len(filters) < len(AXES):
            return self._ask(window, filters, count, limit, is_part=True)
        body = self._questions.body(window, filters, count)
        if body.rows < count and len(filters) < len(AXES):
            rest = self._ask(window, filters, count, max(body.rows, 1), is_part=True)
            return Crowd((body, *rest.bodies), rest.missing)
        # A count beyond what is trusted may hide more behind it.
        return Crowd((body,), max(count - body.rows, int(count > self._trusted)))

    def _ends(self, window: Window | None, filters: Filters, counted: int) -> list[Body]:
        """Ask for everything, from its beginning and, if that is cut, from its end."""
        bodies = [self._questions.body(window, filters, counted)]
        if bodies[0].rows < counted:
            bodies.append(self._questions.body(window, filters, counted, is_descending=True))
        return bodies

    def _values_of(self, axis: str, bodies: Iterable[Body]) -> Sequence[int]:
        known = self._values[axis]
        if axis == "customer_id":
            return tuple(dict.fromkeys((*known, *sorted(self._customers(bodies)))))
        return known

    def _customers(self, bodies: Iterable[Body]) -> set[int]:
        """Return the customers of messages that came."""
        found: set[int] = set()
        for body in bodies:
            for _, record in self._questions.page(body).records:
                try:
                    value = msgspec.json.decode(record, type=_Customer).customerid
                    found.add(int(value or 0))
                except (msgspec.MsgspecError, ValueError):
                    continue
        return found - {0}
