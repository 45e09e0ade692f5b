"""Measure what counts are worth, and what a query leaves out that names no status, SIM or dates."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import combinations, product
from pathlib import Path

import pendulum

from pipeline.errors import GatewayError, RefusedError
from pipeline.extract.questions import Questions
from pipeline.gateway.client import Gateway
from pipeline.gateway.endpoints import MessageQuery
from pipeline.gateway.traits import Sample
from pipeline.statuses import KNOWN_STATUSES
from pipeline.values import Window

# No message can be of that day.
_NEVER = Window(pendulum.datetime(1971, 1, 1), pendulum.datetime(1971, 1, 2))
_TRIES = 3
_DAY = 86_400
_AHEAD_DAYS = 400
_NO_STATUS = 999_999
# A deaf count tells no window's messages, but all of the account's.
TOTAL_KINDS = frozenset({"honest", "deaf"})
# Days of windows inside one another, which must not count less the longer they are.
_LENGTHS = (1, 7, 30, 90, 365, 1461, 5844)
_AHEAD_SHARE = 8
# So many statuses or SIMs at the most are told by their sum.
_FEW = 4
SIMS = tuple(range(6))


@dataclass(frozen=True, slots=True)
class CountTrait:
    """What counts are worth.

    Attributes:
        kind: `honest`; `capped` (never above some number); `deaf` (dates change no count);
            `absent`; `lying` (they differ from the rows of small windows); `unfiltered` (dates
            change neither counts nor rows).
        trusted: counts up to this one are the sum of their parts; 0 where none is to be trusted.
        evidence: what was asked and answered, in words.
        hidden_statuses, hidden_sims: what a query without a status, or SIM, may leave out.
        longest: seconds of the longest period that was accepted; None where none was refused.
        is_total_true: whether a count without dates leaves nothing out.
        heeds_status: whether the status of a question changes its count.
    """

    kind: str
    trusted: int
    evidence: str
    hidden_statuses: tuple[int, ...] = ()
    hidden_sims: tuple[int, ...] = ()
    longest: int | None = None
    is_total_true: bool = True
    heeds_status: bool = True

    @property
    def is_usable(self) -> bool:
        """Whether a window can be proven by its count."""
        return self.kind in {"honest", "capped"}

    @property
    def variants(self) -> tuple[Mapping[str, int], ...]:
        """The filters that together ask for everything; the first is a plain query."""
        statuses: list[dict[str, int]] = [{}, *({"status": s} for s in self.hidden_statuses)]
        sims: list[dict[str, int]] = [{}, *({"sim": s} for s in self.hidden_sims)]
        return tuple({**status, **sim} for status, sim in product(statuses, sims))


def survey_counts(gateway: Gateway, history: Window, scratch: Path) -> CountTrait:
    """Return what the counts of this account are worth, by about twenty counts.

    A body that settles whether rows heed their dates is written to `scratch` and removed.
    """
    never = _count(gateway, _NEVER)
    if never is None or never > 0:
        fetched = gateway.fetch_messages(exact(_NEVER, only_count=False), scratch)
        scratch.unlink()
        if fetched.rows:
            return CountTrait("unfiltered", 0, f"{fetched.rows} messages answered for 1971")
        kind = "absent" if never is None else "deaf"
        return CountTrait(kind, 0, f"count for 1971: {never}")
    window, whole = _newest_accepted(gateway, history)
    longest = None if window == history else window.seconds
    if whole is None:
        return CountTrait("absent", 0, "no window of the history got a count", longest=longest)
    return replace(_descend(gateway, window, whole), longest=longest)


def survey_hidden(gateway: Gateway, history: Window, counts: CountTrait) -> CountTrait:
    """Return the trait with what plain queries leave out, told by sums over statuses and SIMs.

    Parts that are more than the whole tell it; capped counts do so only where no cap plays a part,
    and counts that are deaf to dates without any.
    """
    query = MessageQuery(only_count=True)
    if counts.kind != "deaf":
        window, _ = _newest_accepted(gateway, history)
        if counts.kind == "capped":
            window = _below(gateway, window, counts.trusted // 2)
            if (_count(gateway, window) or 0) > counts.trusted:
                return counts  # a crowd within a second: its cap hides what else is hidden
        query = exact(window)
    statuses = _left_out(gateway, query, "status", KNOWN_STATUSES)
    sims = _left_out(gateway, query, "sim", SIMS)
    # No message can have such a status.
    heeds_status = not gateway.count_messages(replace(query, status=_NO_STATUS)).count
    return replace(counts, hidden_statuses=statuses, hidden_sims=sims, heeds_status=heeds_status)


def survey_left_out(questions: Questions, sample: Sample | None, counts: CountTrait) -> CountTrait:
    """Return the trait with what plain queries leave out, told by the rows of a small window."""
    if sample is None or not sample.times:
        return counts
    window = Window(*(pendulum.from_timestamp(at) for at in (sample.begin, sample.end)))
    query = questions.exact(window)

    def ids(asked: MessageQuery) -> set[int]:
        body = questions.fetched(asked, {}, None)
        found = questions.ids([body])
        questions.drop([body])
        return found

    def hidden(axis: str, values: Iterable[int]) -> tuple[int, ...]:
        return tuple(v for v in values if not ids(_with(query, axis, v)) <= ids(query))

    return replace(
        counts, hidden_statuses=hidden("status", KNOWN_STATUSES), hidden_sims=hidden("sim", SIMS)
    )


def total_leaves_out(gateway: Gateway, history: Window) -> bool:
    """Whether a count without dates is less than that of the widest window."""
    widest = Window(history.begin_at, history.end_at.add(days=_AHEAD_DAYS))
    try:
        before = gateway.count_messages(MessageQuery(only_count=True)).count or 0
        dated = gateway.count_messages(exact(widest)).count or 0
        after = gateway.count_messages(MessageQuery(only_count=True)).count or 0
    except RefusedError:
        return False  # then there is no total, or no such window, to be wrong
    return dated > max(before, after)


def _left_out(
    gateway: Gateway, query: MessageQuery, axis: str, values: Iterable[int]
) -> tuple[int, ...]:
    """Return the values whose messages a query without that filter may leave out."""
    suspects: tuple[int, ...] = ()
    for _ in range(_TRIES):
        before = gateway.count_messages(query).count or 0
        asked = {v: gateway.count_messages(_with(query, axis, v)).count or 0 for v in values}
        whole = max(before, gateway.count_messages(query).count or 0)
        hidden = sum(asked.values()) - whole
        # A parameter that is not obeyed makes every value count the whole.
        if hidden <= 0 or len(set(asked.values())) == 1:
            return ()
        met = {value: count for value, count in asked.items() if count}
        suspects = _adding_up_to(hidden, met) or tuple(met)
    return suspects


def _adding_up_to(total: int, counts: Mapping[int, int]) -> tuple[int, ...]:
    """Return the few values whose counts make up a total; none where no few do."""
    for size in range(1, _FEW + 1):
        for values in combinations(counts, size):
            if sum(counts[value] for value in values) == total:
                return values
    return ()


def _with(query: MessageQuery, axis: str, value: int) -> MessageQuery:
    return replace(query, status=value) if axis == "status" else replace(query, sim=value)


def _below(gateway: Gateway, window: Window, most: int) -> Window:
    """Return the newest part of a window, the fuller half each time, that counts so few."""
    while window.seconds > 1 and (_count(gateway, window) or 0) > most:
        first, second = exact_halves(window)
        window = max((second, first), key=lambda half: _count(gateway, half) or 0)
    return window


def _descend(gateway: Gateway, window: Window, whole: int) -> CountTrait:
    """Compare a count with those of its halves, going down where one half holds everything."""
    count = whole
    while count > 1 and window.seconds > 1:
        parts = exact_halves(window)
        count, counts = _settled_counts(gateway, window, count, parts)
        if sum(counts) > count:
            evidence = f"{count} counted where the halves count {counts[0]} and {counts[1]}"
            return CountTrait("capped", count - 1, evidence)
        if all(counts):
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
    """Return the longest newest stretch of the history that the gateway counts in full."""
    window = history
    while True:
        try:
            count = gateway.count_messages(exact(window)).count
        except GatewayError as error:
            # Some fail, instead of refusing, where a period is too long.
            is_refused = isinstance(error, RefusedError)
            if window.seconds < _DAY or not (is_refused or _counts_minute(gateway, window)):
                raise
            window = window.halves()[1]
        else:
            break
    clipped = _clip_of(gateway, window) if count is not None else None
    if clipped is not None:
        window, count = clipped, _count(gateway, clipped)
    return window, count


def _counts_minute(gateway: Gateway, window: Window) -> bool:
    minute = Window(window.end_at.subtract(minutes=1), window.end_at)
    try:
        gateway.count_messages(exact(minute))
    except GatewayError:
        return False
    return True


def _clip_of(gateway: Gateway, window: Window) -> Window | None:
    """Return the longest newest stretch that is not clipped; None where no period is.

    A gateway that cuts long periods short, and does not say so, counts less in a longer window
    than in a shorter one inside it; then only lengths are taken whose halves add up.
    """
    lengths = [days for days in _LENGTHS if days * _DAY < window.seconds]
    # The longer ones reach far ahead, so that a period cut at either end loses the newest.
    nested = [
        Window(window.end_at.subtract(days=days), window.end_at.add(days=days // _AHEAD_SHARE))
        for days in lengths
    ]
    counts = [_count(gateway, inner) or 0 for inner in nested]
    if counts == sorted(counts):
        return None
    longest = None
    for days in lengths:
        inner = Window(window.end_at.subtract(days=days), window.end_at)
        halves = exact_halves(inner)
        if (_count(gateway, inner) or 0) != sum(_count(gateway, half) or 0 for half in halves):
            break
        longest = inner
    return longest


def _count(gateway: Gateway, window: Window) -> int | None:
    try:
        return gateway.count_messages(exact(window)).count
    except RefusedError:
        return None


def exact(window: Window, *, only_count: bool = True) -> MessageQuery:
    """Return the query for a window whose bounds are written as UTC, just as they are."""
    form = "%Y-%m-%d %H:%M:%S"
    begin, end = window.begin_at.strftime(form), window.end_at.strftime(form)
    return MessageQuery(begin=begin, end=end, only_count=only_count)


def exact_halves(window: Window) -> tuple[Window, Window]:
    """Return two halves that share no second, parted at a midnight where they are long.

    At a midnight no grain of the filter, a minute or a day, makes halves overlap.
    """
    middle = window.halves()[1].begin_at
    if window.seconds > 3 * _DAY:
        middle = middle.start_of("day")
    first_end = max(middle.subtract(seconds=1), window.begin_at)
    return Window(window.begin_at, first_end), Window(middle, window.end_at)
