"""Compare what the gateway counts with what is held, and find where they differ.

A dozen counts when nothing changed; what differs is halved until it is small enough to be read.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from pendulum import DateTime

from pipeline.extract.ask import Job
from pipeline.extract.questions import Questions
from pipeline.extract.survey import CountTrait
from pipeline.statuses import KNOWN_STATUSES
from pipeline.values import Window
from pipeline.warehouse.asked import Place
from pipeline.warehouse.held import HeldCounts

# A history that differs is looked at in so many parts: what cancels out inside one stays hidden.
_PARTS = 4
# A status with more than this share of the messages is compared in two parts, cut anew each turn.
_COMMON = 0.05
_GOLDEN = 0.618034
_TOTALS = 6
_MOST_PARTS = 64
# What the whole and its parts may cost: longer histories in short periods are compared in turns.
_MOST_CALLS = 120
_MOST_EMPTY = 10
# What lies on the bound itself may be in neither half.
_SEAM = 2
_ALL: dict[str, int] = {}


@dataclass(frozen=True, slots=True)
class _Stretch:
    window: Window
    held: Mapping[tuple[int | None, int | None], int]

    @property
    def messages(self) -> int:
        return sum(self.held.values())

    def counted(self, filters: Mapping[str, int], hidden_sims: tuple[int, ...]) -> int:
        """Return how many are held that a question with these filters counts."""
        return sum(
            count
            for (status, sim), count in self.held.items()
            if filters.get("status", status) == status
            and (filters["sim"] == sim if "sim" in filters else sim not in hidden_sims)
        )


def calls_to_compare(held: Mapping[int | None, int]) -> int:
    """Return how many counts it takes where nothing has changed."""
    messages = sum(held.values())
    return _TOTALS + len(held) + sum(count > _COMMON * messages for count in held.values())


class Reconciler:
    """Finds the stretches of history in which the gateway holds something else than we do.

    Args:
        limit: messages up to which a stretch that differs is read as it is.
        longest: seconds of the longest period that the gateway accepts; infinite for any.

    Attributes:
        few: messages up to which a stretch is read instead of compared; 0 for none.
    """

    def __init__(
        self,
        questions: Questions,
        held: HeldCounts,
        counts: CountTrait,
        place: Place,
        *,
        limit: float,
        longest: float,
    ) -> None:
        self._questions = questions
        self._held = held
        self._counts = counts
        self._place = place
        self._limit = limit
        self.few = 0.0
        self._changed: dict[Window, bool] = {}
        self._longest = longest
        # A plain count tells nothing where it leaves out statuses.
        self._plain = [] if counts.hidden_statuses else [_ALL]

    def differing(self, stretches: Sequence[Window], turn: int) -> list[Job]:
        """Return jobs for what differs inside these stretches.

        A history that is too long to be compared at once is looked at in turns.
        """
        quiet = (self._between_messages(window) for window in stretches)
        return [job for window in quiet if window for job in self._inside(window, turn)]

    def moved(self, stretches: Sequence[Window], turn: int) -> list[Job]:
        """Return jobs for the small parts of what differs that hold more or less than is counted.

        Inserts and deletions that cancel out in a large part rarely do in a small one.
        """
        found: list[Job] = []
        for window in filter(None, map(self._between_messages, stretches)):
            whole = self._stretches([window])[0]
            parts = min(int(whole.messages // self._limit), _MOST_PARTS)
            if parts <= 1 or window.seconds >= self._longest:
                continue
            self._changed[window] = self._has_changed(whole, turn)
            if self._changed[window]:
                small = self._parts(whole, [number / parts for number in range(1, parts)])
                differing = (part for part in small if self._differs(part, self._plain))
                found += [Job(part.window, held=max(part.messages, 1)) for part in differing]
        return found

    def still_differing(self, jobs: Sequence[Job]) -> list[Job]:
        """Return those of the jobs whose windows differ although they were read.

        Where the time of a message is not sure, it may be counted in another window.
        """
        windows = [
            job.window
            for job in jobs
            if job.window is not None and not self._held.is_unsure(job.window, self._place)
        ]
        stretches = self._stretches(windows) if windows else []
        return [
            Job(stretch.window, held=1)
            for stretch in stretches
            if self._differs(stretch, self._questions_for(stretch))
        ]

    def _between_messages(self, window: Window) -> Window | None:
        """Return the stretch with its ends moved to where no message is close by."""
        begin = self._quiet(window.begin_at) or window.begin_at
        end = self._quiet(window.end_at) or window.end_at
        return Window(begin, end) if begin < end else None

    def _inside(self, window: Window, turn: int) -> Iterator[Job]:
        (whole,) = self._stretches([window])
        if 0 < whole.messages <= self.few and window.seconds < self._longest:
            # What fits one answer is cheaper read than compared.
            yield Job(window, held=whole.messages)
            return
        is_known = window in self._changed or window.seconds >= self._longest
        if not (self._changed.get(window, True) if is_known else self._has_changed(whole, turn)):
            return
        parts = self._parts(whole, [number / _PARTS for number in range(1, _PARTS)])
        is_short = window.seconds < self._longest
        for part in parts if is_short else self._in_turn(parts, turn):
            if self._differs(part, self._questions_for(part)):
                yield from self._narrowed(part)

    def _has_changed(self, whole: _Stretch, turn: int) -> bool:
        """Whether counts differ: the rare statuses' of the whole, the common ones' of two parts.

        So does the count of all in several parts. The cuts between parts move from turn to turn:
        what cancels out in one comparison, such as a deletion and an insert, shows in another.
        """
        questions = [q for q in self._questions_for(whole) if q]
        common = [q for q in questions if whole.counted(q, ()) > _COMMON * whole.messages]
        rare = [q for q in questions if q not in common]
        first = turn * _GOLDEN % 1
        halves = self._parts(whole, [first])
        parts = self._parts(whole, sorted((first + n / _TOTALS) % 1 for n in range(_TOTALS - 1)))
        return (
            self._differs(whole, rare)
            or any(self._differs(part, self._plain) for part in parts)
            or any(self._differs(half, common) for half in halves)
        )

    def _in_turn(self, parts: Sequence[_Stretch], turn: int) -> Iterator[_Stretch]:
        """Give parts whose totals differ, and others in turn."""
        empty = [part for part in parts if not part.messages]
        filled = [part for part in parts if part.messages]
        turns = max(len(filled) * len(KNOWN_STATUSES) // _MOST_CALLS, 1)
        for number, part in enumerate(filled):
            if number % turns == turn % turns or self._differs(part, self._plain):
                yield part
        turns = max(len(empty) // _MOST_EMPTY, 1)
        yield from (p for n, p in enumerate(empty) if n % turns == turn % turns)

    def _narrowed(self, stretch: _Stretch) -> Iterator[Job]:
        """Give the smallest stretches that differ, none larger than may be read at once."""
        halves = self._halves(stretch)
        if stretch.messages <= self._limit or not halves:
            yield Job(stretch.window, held=max(stretch.messages, 1))
            return
        differing = [half for half in halves if self._differs(half, self._questions_for(half))]
        for half in differing:
            yield from self._narrowed(half)
        if not differing and self._differs(stretch, self._questions_for(stretch)):
            cut = halves[0].window.end_at
            seam = Window(cut.subtract(seconds=_SEAM), cut.add(seconds=_SEAM))
            yield Job(self._questions.reading.widened(seam), held=1)

    def _questions_for(self, stretch: _Stretch) -> list[dict[str, int]]:
        """Return the questions whose counts together tell a stretch from another."""
        if not self._counts.heeds_status:
            return [_ALL]
        statuses = sorted({status for status, _ in stretch.held if status is not None})
        hidden = set(self._counts.hidden_statuses)
        asked: list[dict[str, int]] = [{"status": s} for s in sorted({*statuses, *hidden})]
        if not hidden:
            asked.append(_ALL)  # it counts statuses, too, that nobody has met
        sims = [{"sim": sim} for sim in self._counts.hidden_sims]
        return [*asked, *({**a, **sim} for a in asked for sim in sims)]

    def _differs(self, stretch: _Stretch, questions: Sequence[Mapping[str, int]]) -> bool:
        return any(self._is_other(stretch, filters) for filters in questions)

    def _is_other(self, stretch: _Stretch, filters: Mapping[str, int]) -> bool:
        counted = self._questions.count(stretch.window, filters)
        held = stretch.counted(filters, self._counts.hidden_sims)
        return counted != held

    def _parts(self, whole: _Stretch, shares: Sequence[float]) -> list[_Stretch]:
        """Part a stretch at moments without messages, after these shares of its messages."""
        window = whole.window
        cuts = [
            cut
            for wanted in self._held.quantiles(window, self._place, shares, whole.messages)
            if (cut := self._cut(wanted, window)) is not None
        ]
        edges = sorted({window.begin_at, *cuts, window.end_at})
        windows = [Window(a, b) for a, b in pairwise(edges)]
        short = [part for w in windows for part in self._shortened(w)]
        return self._stretches(short)

    def _shortened(self, window: Window) -> list[Window]:
        if window.seconds < self._longest:
            return [window]
        middle = self._cut(window.begin_at.add(seconds=window.seconds // 2), window)
        if middle is None:
            return [window]
        first, second = Window(window.begin_at, middle), Window(middle, window.end_at)
        return [*self._shortened(first), *self._shortened(second)]

    def _halves(self, stretch: _Stretch) -> list[_Stretch]:
        window = stretch.window
        wanted = self._held.quantiles(window, self._place, [0.5], stretch.messages)
        wanted = wanted or [window.begin_at.add(seconds=window.seconds // 2)]
        cut = self._cut(wanted[0], window)
        if cut is None:
            return []
        return self._stretches([Window(window.begin_at, cut), Window(cut, window.end_at)])

    def _cut(self, wanted: DateTime, inside: Window) -> DateTime | None:
        """Return a bound inside a stretch, near a moment, that has no message close by."""
        cut = self._quiet(wanted)
        return cut if cut and inside.begin_at < cut < inside.end_at else None

    def _quiet(self, wanted: DateTime) -> DateTime | None:
        cut = self._held.quiet(wanted, self._place)
        if cut is None or not self._questions.reading.is_plain(cut):
            return None
        return self._questions.reading.plain_before(cut)

    def _stretches(self, windows: Sequence[Window]) -> list[_Stretch]:
        held = self._held.by_status(windows, self._place)
        return [_Stretch(window, held[place]) for place, window in enumerate(windows)]
