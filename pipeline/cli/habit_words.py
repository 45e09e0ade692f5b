"""The gateway's habits in words, for `sms24 doctor`."""

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pipeline.warehouse.asked import Trait

_COUNTS = {
    "honest": "Counts are honest: every part adds up.",
    "capped": "Counts are cut at some number: only those up to {number} are trusted.",
    "deaf": "Counts do not heed dates: windows are proven by their halves instead.",
    "absent": "The gateway gives no counts: windows are proven by their halves instead.",
    "lying": "Counts differ from the rows: windows are proven by their halves instead.",
    "unfiltered": "Neither counts nor rows heed dates: nothing can be proven.",
    "contradicted": "Counts were contradicted by rows: they are measured again next time.",
}
_COLUMNS = {
    "created": "the time a message was created",
    "due": "the time a message is due (the later of created and scheduled)",
    "planned": "the scheduled time of a message, else the time it was created",
    "scheduled": "the scheduled time; messages without one are in no window",
    "sent": "the sent time; messages that were never sent are in no window",
}
_GRAINS = {"1": "second", "60": "minute", "86400": "day"}


def words_of(trait: "Trait") -> str:
    """Return a habit as a sentence."""
    if trait.name == "counts":
        return _COUNTS.get(trait.value, trait.value).format(number=trait.number)
    if trait.name in _WORDS:
        return _WORDS[trait.name](trait.value)
    return trait.value


def _left_out(what: str, value: str) -> str:
    if not value:
        return f"A query without a {what} leaves nothing out."
    return f"A query without a {what} leaves out {what} {value}: asked by themselves."


def _reading(value: str) -> str:
    parts = value.split()
    if len(parts) != len(("column", "zone", "grain")):
        return "It is not known how dates are read: the newest 15 hours are asked again each time."
    column, zone, grain = parts
    unit = _GRAINS.get(grain, grain)
    return f"Bounds compare {_COLUMNS.get(column, column)}, in {zone}, to the {unit}."


_WORDS: dict[str, Callable[[str], str]] = {
    "reading": _reading,
    "hidden statuses": lambda value: _left_out("status", value),
    "hidden sims": lambda value: _left_out("SIM", value),
    "ends": lambda value: f"Ends of a window: {value}.",
    "timezone": lambda value: f"The parameter timezone changes {value}.",
    "answer_zone": lambda value: (
        f"Dates are written in {value}." if value else "Dates name their instant."
    ),
    "total": lambda value: (
        "A count without dates is the whole."
        if value == "whole"
        else "A count without dates leaves messages out: there is no total."
    ),
    "status filter": lambda value: f"The status of a query is {value}.",
    "cap": lambda value: f"Answers are cut, silently, at {value}.",
    "longest period": lambda value: f"Periods are accepted {value}.",
}


def plain_trait(trait: "Trait") -> dict[str, object]:
    """Return a habit for programs."""
    return {
        "name": trait.name,
        "value": trait.value,
        "number": trait.number,
        "words": words_of(trait),
        "evidence": trait.evidence,
        "measured_at": trait.measured_at.isoformat(),
    }
