"""Fetch small whole windows of texts, whose messages then tell how the gateway reads bounds."""

import pendulum
from pendulum import DateTime

from pipeline.errors import GatewayError
from pipeline.extract.ask import LEAST_CAP
from pipeline.extract.landing import Lander
from pipeline.extract.questions import Questions
from pipeline.gateway.traits import Sample
from pipeline.values import Window
from pipeline.warehouse.raw import RawStore

_FEW, _MANY = 30, 300
_MOST_TRIES = 40
_DAY = 86_400
_AHEAD = 14 * 3600
_FAR = 400 * _DAY
_REACH = 20 * _DAY
_CLEARLY_LESS = 0.9


class Sampler:
    """Finds windows that hold some messages, but not many, and lands what came.

    Args:
        questions: asks with bounds written as UTC, whatever the gateway makes of that.
        has_counts: whether the gateway's counts are worth something.
        floor: where the account's history begins; nothing before it is looked at.
        longest: seconds of the longest period that is accepted; infinite for any.

    Attributes:
        is_lying: whether a count differed from the rows of a window too small to be cut short.
    """

    def __init__(
        self,
        questions: Questions,
        lander: Lander,
        raw: RawStore,
        *,
        has_counts: bool,
        floor: DateTime,
        longest: float,
    ) -> None:
        self._questions = questions
        self._lander = lander
        self._raw = raw
        self._has_counts = has_counts
        self._floor = floor
        self._half = int(min(longest / 2, _FAR))
        self._most = 0
        self.is_lying = False

    def newest(self, now: DateTime) -> Sample | None:
        """Return the newest messages; None if there are none, or no window of them is whole."""
        latest = int(now.timestamp()) + _AHEAD
        longest = latest - int(self._floor.timestamp())
        if self._half < _FAR:
            longest = self._half
        few, many = 0, 0
        span, best = min(_DAY, longest), None
        for _ in range(_MOST_TRIES):
            sample = self._try(latest - span, latest + self._half)
            if sample is None:
                many = span
            else:
                few = span
                best = sample if sample.times else best
                if len(sample.times) >= _FEW or span >= longest:
                    break
            if many and many - few <= 1:
                break
            span = (few + many) // 2 if many else min(span * 4, longest)
        return best

    def within(self, begin: int, end: int) -> Sample | None:
        """Return the last messages between two texts, not too many; None if there are none."""
        for _ in range(_MOST_TRIES):
            if end - begin < 1:
                break
            sample = self._try(begin, end)
            if sample is not None:
                return sample if sample.times else None
            begin = (begin + end) // 2
        return None

    def around(self, moment: DateTime, most: float = _REACH) -> Sample | None:
        """Return some messages of about that time, of `most` seconds around; None if none are."""
        most = int(min(most, self._half))
        at, reach = int(moment.timestamp()), min(_DAY, most)
        for _ in range(_MOST_TRIES):
            sample = self._try(at - reach, at + reach)
            if sample is not None and (sample.times or reach >= most):
                return sample if sample.times else None
            reach = min(reach * 3, most) if sample is not None else reach // 4
            if reach < 1:
                break
        return None

    def has_history_before(self, moment: DateTime) -> bool:
        """Whether messages are counted before a moment; taken to be so where that is not asked."""
        window = Window(self._floor, moment)
        if window.seconds <= 0:
            return False
        if not self._has_counts or window.seconds > 2 * self._half:
            return True
        return self._questions.count_exact(window) > 0

    def found_from(self, cut: int, end: int) -> set[int]:
        """Return the messages in a window of texts that is not kept."""
        return self.found(_window(cut, end))

    def found(self, window: Window, *, zone: str = "UTC") -> set[int]:
        """Return the messages in a window whose bounds are written as UTC; it is not kept."""
        body = self._questions.fetched(self._questions.exact(window, zone=zone), {}, None)
        ids = self._questions.ids([body])
        self._questions.drop([body])
        return ids

    def _try(self, begin: int, end: int) -> Sample | None:
        """Return the messages of a window; None where they are too many, or not all of them."""
        window = _window(max(begin, int(self._floor.timestamp())), end)
        expected = None
        if self._has_counts:
            expected = self._questions.count_exact(window)
            if expected > _MANY:
                return None
            if expected == 0:
                return Sample(begin, end, {})
        try:
            body = self._questions.fetched(self._questions.exact(window), {}, expected)
        except GatewayError:
            if (expected or 0) < LEAST_CAP:
                raise
            return None  # too heavy an answer: a smaller window may do
        is_whole = self._is_whole(window, body.rows, expected)
        if not is_whole:
            self._questions.drop([body])
            return None
        ids = self._questions.ids([body])
        landing = self._questions.seal(window, [body], "unverified", expected, is_sample=True)
        self._lander.land([landing])
        return Sample(begin, end, self._raw.dates(ids))

    def _is_whole(self, window: Window, rows: int, expected: int | None) -> bool:
        self._most = max(self._most, rows)
        if expected is None:
            return rows < LEAST_CAP or (rows <= _MANY and rows < _CLEARLY_LESS * self._most)
        if rows == expected or rows == self._questions.count_exact(window):
            return True
        # Too few rows to be cut short, or more than were counted: it is the count that is wrong.
        self.is_lying = self.is_lying or rows < LEAST_CAP or rows > expected
        return False


def _window(begin: int, end: int) -> Window:
    return Window(pendulum.from_timestamp(begin), pendulum.from_timestamp(end))
