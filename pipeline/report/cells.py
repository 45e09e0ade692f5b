"""Cells of a dimension (a phone, a SIM, a carrier, a country, a customer) and their names."""

from collections.abc import Mapping

import msgspec

from pipeline.report.formats import short_name
from pipeline.report.names import country_name, phone_name, slot_name
from pipeline.report.voice import Voice

# In the order in which one is preferred where two explain the same.
DIMENSIONS = ("device", "sim", "carrier", "country", "customer")
OTHERS = "others"


class Cell(msgspec.Struct, frozen=True):
    """One value of a dimension; `name` is the carrier, country or customer, None for none."""

    dimension: str
    device_id: int | None = None
    sim: int | None = None
    name: str | None = None

    @property
    def link(self) -> str:
        """The place in a page where its row stands, as `routes.Route.link` names it."""
        parts = (self.dimension, self.device_id, self.sim, self.name)
        text = "-".join(str(part) for part in parts if part is not None)
        return "".join(letter if letter.isalnum() else "-" for letter in text)


def cell_name(cell: Cell, titles: Mapping[int | None, str | None], voice: Voice) -> str:
    """Return what people call a cell.

    Args:
        cell: which.
        titles: what each phone is called.
        voice: the language.
    """
    if cell.dimension in {"device", "sim"}:
        phone = phone_name(cell.device_id, titles.get(cell.device_id), voice)
        return phone if cell.dimension == "device" else f"{phone}, {slot_name(cell.sim, voice)}"
    if cell.name == OTHERS:
        return voice.say("all others")
    match cell.dimension:
        case "country":
            return country_name(cell.name, voice)
        case "carrier":
            return short_name(cell.name, voice.say("carrier not known"))
    name = cell.name
    return voice.say("no customer") if name is None else voice.say("customer {name}", name=name)


def dimension_name(dimension: str, voice: Voice) -> str:
    """Return what a dimension is called."""
    return {
        "device": voice.say("Phone"),
        "sim": voice.say("SIM"),
        "carrier": voice.say("Carrier of the SIM"),
        "country": voice.say("Country"),
        "customer": voice.say("Customer"),
    }[dimension]
