"""Who bears a dip: the cell that lost more than its share of the traffic explains."""

from collections.abc import Iterable, Mapping, Sequence
from math import sqrt
from typing import NamedTuple

from pipeline.report.baseline import HISTORY_DAYS
from pipeline.report.cells import DIMENSIONS, Cell
from pipeline.report.incidents import Dip
from pipeline.report.series import Line
from pipeline.report.traffic import CodeLine

# A cell must explain so much of a dip to be named.
_ENOUGH = 0.5
# A wider cell is named only where it bears so much more of the dip than a narrower one.
_MORE = 0.2
# With nearly all of the traffic, a cell cannot be told from the total.
_MOST_TRAFFIC = 0.9
_FEWEST_BEFORE = 30
_SIGMAS = 3


class Blame(NamedTuple):
    """A cell that bears a dip.

    Attributes:
        explained: the part of the loss beyond its traffic share, of the most that it could be: 1
            where it alone lost, 0 where it lost no more than its share.
        lost: messages that it lost itself, against its own usual rate.
        usual: that rate.
        of: its messages of those days.
    """

    cell: Cell
    explained: float
    lost: float
    usual: float
    of: int


def blame(total: Line, cells: Mapping[Cell, Line], dip: Dip) -> Blame | None:
    """Return the cell that explains at least half of a dip of the total; None where none does.

    It is the narrowest such cell, but for a wider one that lost more by more than chance explains:
    a country holds all that its one failing phone lost, and is not to blame for it.
    """
    _, all_of = total.sums(dip.places)
    found = [
        known
        for cell, line in cells.items()
        if (known := _blame_of(cell, line, dip, all_of)) is not None and known.explained >= _ENOUGH
    ]
    named: Blame | None = None
    for one in sorted(found, key=_narrowness):
        if named is None or _bears_more(one, named, dip):
            named = one
    return named


def code_of(codes: Iterable[CodeLine], line: Line, dip: Dip) -> int | None:
    """Return the failure code that explains at least half of a dip of a line; None if none does.

    Args:
        codes: the failures of the SIMs that the line is made of.
        line: the traffic that dipped.
        dip: when.
    """
    before = _before(dip)
    _, of_before = line.sums(before)
    _, of_now = line.sums(dip.places)
    now: dict[int, int] = {}
    then: dict[int, int] = {}
    for known in codes:
        for counts, places in ((now, dip.places), (then, before)):
            counts[known.code] = counts.get(known.code, 0) + sum(
                known.messages.get(place, 0) for place in places
            )
    usual = {code: count * of_now / of_before if of_before else 0 for code, count in then.items()}
    excess = {code: count - usual[code] for code, count in now.items()}
    code = max(excess, key=lambda code: (excess[code], -code), default=None)
    if code is None or excess[code] < _ENOUGH * dip.lost:
        return None
    return code if excess[code] > _SIGMAS * sqrt(max(usual[code], 1)) else None


def _blame_of(cell: Cell, line: Line, dip: Dip, all_of: int) -> Blame | None:
    hits, of = line.sums(dip.places)
    share = of / all_of if all_of else 0
    if not of or share > _MOST_TRAFFIC or dip.lost <= 0:
        return None
    hits_before, of_before = line.sums(_before(dip))
    usual = hits_before / of_before if of_before >= _FEWEST_BEFORE else dip.usual
    lost = usual * of - hits
    if lost <= _SIGMAS * sqrt(max(of * usual * (1 - usual), 1)):
        return None
    return Blame(cell, (lost - share * dip.lost) / ((1 - share) * dip.lost), lost, usual, of)


def _before(dip: Dip) -> Sequence[int]:
    return range(max(0, dip.places[0] - HISTORY_DAYS), dip.places[0])


def _narrowness(one: Blame) -> tuple[int, int, str]:
    return one.of, DIMENSIONS.index(one.cell.dimension), str(one.cell)


def _bears_more(wide: Blame, narrow: Blame, dip: Dip) -> bool:
    more = wide.lost - narrow.lost
    chance = sqrt(max((wide.of - narrow.of) * wide.usual * (1 - wide.usual), 1))
    return more > _MORE * dip.lost and more > _SIGMAS * chance
