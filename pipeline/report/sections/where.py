"""Where messages were sent and lost: by phone, SIM, country, carrier, customer and newsletter."""

import msgspec

from pipeline.report.codes import Code
from pipeline.report.formats import short_name
from pipeline.report.model import Block, Section, Text
from pipeline.report.names import country_name, failure_name, phone_name, slot_name
from pipeline.report.phone_details import QUERIES, phone_details
from pipeline.report.routes import DIMENSIONS, MOST, SPARK_DAYS, Route, links_of, together
from pipeline.report.source import Source
from pipeline.report.tables import Column, Table
from pipeline.report.voice import Voice

_OPENED = 10
# How many rows a page shows of each; exports have all that the query gives.
_SHOWN = {"device": MOST, "sim": MOST, **dict.fromkeys(DIMENSIONS[2:], 20)}


def where(source: Source, voice: Voice) -> Section:
    """Return how each value of each dimension fared; one with a single value is a sentence."""
    title, routes = voice.say("Where"), source.read("where", Route)
    if not routes:
        nothing = voice.say("No message was due in this period, so no phone or network had any.")
        return Section("where", title, (Text(nothing, "empty"),), ("where",))
    labels = {code.code: code.label for code in source.read("codes", Code)}
    blocks: list[Block] = [Text(_sorting(voice), "note")]
    for dimension in DIMENSIONS:
        found = [route for route in routes if route.dimension == dimension]
        if len(found) == 1:
            blocks.append(Text(_alone(found[0], voice), "empty"))
        else:
            blocks.append(route_table(dimension, found, labels, voice))
        if dimension == "device":
            blocks += [phone_details(route, labels, source, voice) for route in found[:_OPENED]]
    return Section("where", title, tuple(blocks), ("where", *QUERIES))


def route_table(dimension: str, routes: list[Route], labels: dict[int, str], voice: Voice) -> Table:
    """Return how each value of a dimension fared, the one that lost most first."""
    most = _SHOWN[dimension]
    whole = _table(dimension, routes, labels, voice)
    if len(routes) <= most + 1:
        return whole
    fewer = [*routes[:most], together(routes[most:])]
    return msgspec.structs.replace(whole, short=_table(dimension, fewer, labels, voice))


def _table(dimension: str, routes: list[Route], labels: dict[int, str], voice: Voice) -> Table:
    return Table(
        _captions(voice)[dimension],
        (Column(_headers(voice)[dimension], key=dimension), *_columns(voice)),
        tuple((route_name(route, voice), *_cells(route, labels, voice)) for route in routes),
        note=_notes(voice).get(dimension, ""),
        ident=f"by_{dimension}",
        is_dimension=True,
        links=links_of(routes),
    )


def route_name(route: Route, voice: Voice) -> str:
    """Return what a route is called; everything that others have named is on one short line."""
    if route.is_others:
        return voice.count("one other", "{number} others", route.many)
    if route.dimension == "device":
        return phone_name(route.device_id, route.title, voice)
    if route.dimension == "sim":
        told = [short_name(text, "") for text in (route.carrier, route.number) if text]
        phone = phone_name(route.device_id, route.title, voice)
        return ", ".join([phone, slot_name(route.sim, voice), *told])
    if route.dimension == "country":
        return country_name(route.value, voice)
    if route.dimension == "newsletter" and route.value is not None:
        return f"{short_name(route.title, voice.say('newsletter'))} ({route.value})"
    return short_name(route.value, _none(voice)[route.dimension])


def _none(voice: Voice) -> dict[str, str]:
    return {
        "carrier": voice.say("unknown carrier"),
        "customer": voice.say("no customer"),
        "newsletter": voice.say("no newsletter"),
    }


def _columns(voice: Voice) -> tuple[Column, ...]:
    return (
        Column(voice.say("Due"), "number", "outgoing"),
        Column(voice.say("Success rate"), "rate", "success_rate"),
        Column(voice.say("95 % interval"), "whisker", "interval"),
        Column(voice.say("Change"), "change", "change"),
        Column(voice.say("Lost above usual"), "number", "lost_above_usual"),
        Column(voice.say("Main failure"), key="main_failure"),
        Column(voice.say("Confirmed"), "rate", "confirmed_rate"),
        Column(voice.say("Receipts"), "rate", "receipt_coverage"),
        Column(
            voice.count("The last day", "Last {number} days", SPARK_DAYS), "spark", "success_by_day"
        ),
    )


def _cells(route: Route, labels: dict[int, str], voice: Voice) -> tuple[object, ...]:
    main = next(iter(route.codes), None)
    return (
        route.outgoing,
        route.success,
        route.success,
        route.change,
        None if route.excess is None else round(route.excess),
        None if main is None else failure_name(main, labels.get(main), voice),
        route.confirmed,
        route.receipts,
        None if route.is_others else route.spark,
    )


def _captions(voice: Voice) -> dict[str, str]:
    return {
        "device": voice.say("Outgoing messages by phone"),
        "sim": voice.say("Outgoing messages by SIM"),
        "country": voice.say("Outgoing messages by country"),
        "carrier": voice.say("Outgoing messages by carrier of the sending SIM"),
        "customer": voice.say("Outgoing messages by customer"),
        "newsletter": voice.say("Outgoing messages by newsletter"),
    }


def _headers(voice: Voice) -> dict[str, str]:
    return {
        "device": voice.say("Phone"),
        "sim": voice.say("Phone, SIM, operator, number"),
        "country": voice.say("Country"),
        "carrier": voice.say("Carrier"),
        "customer": voice.say("Customer"),
        "newsletter": voice.say("Newsletter"),
    }


def _notes(voice: Voice) -> dict[str, str]:
    return {
        "country": voice.say("The country is that of the recipient's number."),
        "carrier": voice.say(
            "The carrier is the network operator that the sending SIM named when the message was "
            "due; for messages from before the phone was first seen, the first that it named. "
            "The recipient's own carrier is not known."
        ),
    }


def _sorting(voice: Voice) -> str:
    return voice.say(
        "The tables begin with what lost most above its usual: the messages that failed or were "
        "undelivered, less those that its share of failures in the 28 days before the period "
        "predicts (with fewer than 30 messages in them, the share of all). Then comes what has "
        "the lowest upper end of its interval. A star marks a rate of fewer than 30 messages; "
        "under 10 it is k of n."
    )


def _alone(route: Route, voice: Voice) -> str:
    name = route_name(route, voice)
    if route.dimension == "device":
        if route.device_id is None:
            return voice.say("No message of this period names a phone.")
        return voice.say(
            "One phone only, {phone}, sent everything: there is no table by phone.", phone=name
        )
    if route.dimension == "sim":
        return voice.say(
            "One SIM only, {sim}, sent everything: there is no table by SIM.", sim=name
        )
    if route.value is None:
        return {
            "country": voice.say("No message of this period went to a valid number."),
            "carrier": voice.say("The carriers of the sending SIMs are not known."),
            "customer": voice.say("No message of this period names a customer."),
            "newsletter": voice.say("No message of this period belongs to a newsletter."),
        }[route.dimension]
    return {
        "country": voice.say("Everything went to one country, {name}.", name=name),
        "carrier": voice.say("Every sending SIM is of one carrier, {name}.", name=name),
        "customer": voice.say("Everything was for one customer, {name}.", name=name),
        "newsletter": voice.say("Everything belongs to one newsletter, {name}.", name=name),
    }[route.dimension]
