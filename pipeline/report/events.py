"""The incidents of a period: dips of the total, of phones and of SIMs, each told once."""

from typing import NamedTuple

import msgspec

from pipeline.report.blame import Blame, blame, code_of
from pipeline.report.cells import Cell
from pipeline.report.incidents import Dip, find_dips
from pipeline.report.source import Source
from pipeline.report.traffic import Traffic, traffic

_HALF = 0.5


class Event(msgspec.Struct, frozen=True):
    """An incident, or a dip that nothing explains.

    Attributes:
        kind: `incident` or `dip`.
        cell: who bears it; None where it is all traffic.
        code: the failure code that explains it; None for none.
        dip: when it was, and what it cost.
        success: successes, and messages whose fate is known, of those days.
        is_in_total: whether it shows in the total.
    """

    kind: str
    cell: Cell | None
    code: int | None
    dip: Dip
    success: tuple[int, int]
    is_in_total: bool = False


class Found(NamedTuple):
    """The events of a report, the costliest first, those that nothing explains last.

    Attributes:
        odd: the dips of the total, whatever they were put down to.
    """

    events: tuple[Event, ...]
    odd: tuple[Dip, ...]


def events(source: Source) -> Found:
    """Return what was out of the ordinary in the period."""
    return find_events(source.once(traffic))


def find_events(known: Traffic) -> Found:
    """Return the events of some traffic."""
    parts = _of_sims(known, _of_phones(known))
    odd = find_dips(known.total, known.begin, known.end)
    if len(known.sims) == 1:  # the total is the phone: it or one of its SIMs is blamed below
        parts = [part for part in parts if not any(_meet(part.dip, dip) for dip in odd)]
    for dip in odd:
        parts = _with_total(known, parts, dip)
    ranked = sorted(parts, key=lambda event: (event.kind == "dip", -event.dip.lost))
    return Found(tuple(ranked), tuple(odd))


def _of_phones(known: Traffic) -> list[Event]:
    if len(known.sims) == 1:  # it is the total
        return []
    found: list[Event] = []
    for number, sims in known.sims.items():
        cell = Cell("device", number)
        for dip in find_dips(known.cells[cell], known.begin, known.end, len(known.sims)):
            one = blame(known.cells[cell], sims, dip) if len(sims) > 1 else None
            found.append(_borne(known, one, dip) if one else _event(known, cell, dip))
    return found


def _of_sims(known: Traffic, found: list[Event]) -> list[Event]:
    """Add the dips of single SIMs that did not show in their phones."""
    paired = [
        (cell, line) for sims in known.sims.values() if len(sims) > 1 for cell, line in sims.items()
    ]
    more = [
        _event(known, cell, dip)
        for cell, line in paired
        for dip in find_dips(line, known.begin, known.end, len(paired))
        if not any(_same_phone(event, cell) and _meet(event.dip, dip) for event in found)
    ]
    return found + more


def _with_total(known: Traffic, parts: list[Event], dip: Dip) -> list[Event]:
    """Add a dip of the total, or mark the parts that it comes from."""
    meeting = [event for event in parts if _meet(event.dip, dip)]
    borne = [event for event in meeting if event.dip.lost >= _HALF * dip.lost]
    one = blame(known.total, known.cells, dip)
    if one is not None and one.cell.dimension not in {"device", "sim"}:
        small = [event for event in meeting if event not in borne]
        kept = [event for event in parts if event not in small]
        return [*kept, _seen(_borne(known, one, dip))]
    if borne:
        return [_seen(event) if event in borne else event for event in parts]
    if one is not None:
        return [*parts, _seen(_borne(known, one, dip))]
    return [*parts, _seen(_of_total(known, dip))]


def _of_total(known: Traffic, dip: Dip) -> Event:
    """Return what no cell explains: perhaps a code does, or there is only one phone."""
    only = Cell("device", next(iter(known.sims))) if len(known.sims) == 1 else None
    event = _event(known, only, dip)
    return event if event.code or only else msgspec.structs.replace(event, kind="dip")


def _borne(known: Traffic, one: Blame, dip: Dip) -> Event:
    return _event(known, one.cell, dip._replace(lost=one.lost, usual=one.usual))


def _event(known: Traffic, cell: Cell | None, dip: Dip) -> Event:
    """Return the incident of a cell; its code is sought on the SIMs that it consists of."""
    line = known.total if cell is None else known.cells[cell]
    codes, of_codes = known.codes, known.total
    if cell is not None and cell.dimension in {"device", "sim"}:
        codes = tuple(code for code in known.codes if _covers(cell, code.cell))
        of_codes = line
    return Event("incident", cell, code_of(codes, of_codes, dip), dip, line.sums(dip.places))


def _seen(event: Event) -> Event:
    return msgspec.structs.replace(event, is_in_total=True)


def _covers(cell: Cell, sim: Cell) -> bool:
    return cell.device_id == sim.device_id and (cell.dimension == "device" or cell.sim == sim.sim)


def _same_phone(event: Event, cell: Cell) -> bool:
    return event.cell is not None and event.cell.device_id == cell.device_id


def _meet(one: Dip, other: Dip) -> bool:
    return one.first <= other.last and other.first <= one.last
