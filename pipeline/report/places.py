"""How findings call the place of a trouble, and the words of failure codes."""

import msgspec

from pipeline.report.cells import Cell, cell_name
from pipeline.report.source import Source
from pipeline.report.traffic import titles
from pipeline.report.voice import Voice


class CodeWords(msgspec.Struct, frozen=True):
    """What a failure code means; a row of the query `code_words`."""

    code: int
    label: str
    likely_cause: str
    first_action: str


def code_words(source: Source) -> dict[int, CodeWords]:
    """Return the meaning of each failure code."""
    return {row.code: row for row in source.read("code_words", CodeWords)}


def where_of(cell: Cell | None, source: Source, voice: Voice) -> str:
    """Return where a trouble is, as a sentence begins with it."""
    if cell is None:
        return voice.say("All phones")
    name = cell_name(cell, source.once(titles), voice)
    match cell.dimension:
        case "carrier":
            return voice.say("SIMs of {carrier}", carrier=name)
        case "country":
            return voice.say("Messages to {country}", country=name)
        case "customer":
            return voice.say("Messages of {customer}", customer=name)
    return name


def facts_of(cell: Cell | None) -> dict[str, object]:
    """Return the ids of a cell, for programs."""
    if cell is None:
        return {}
    known = {"dimension": cell.dimension, "device_id": cell.device_id, "sim": cell.sim}
    return {key: value for key, value in {**known, "name": cell.name}.items() if value is not None}
