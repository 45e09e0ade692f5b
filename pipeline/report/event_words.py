"""Incidents in words: what happened, where, since when, what it cost, and what to do first."""

from typing import Any

import msgspec

from pipeline.report.events import Event
from pipeline.report.model import Finding
from pipeline.report.places import code_words, facts_of, where_of
from pipeline.report.source import Source
from pipeline.report.stats import Rate
from pipeline.report.terms import state_word
from pipeline.report.traffic import phones
from pipeline.report.voice import Voice

_CALM = {"working", "idle"}
_MARK = 20


def finding_of(event: Event, source: Source, voice: Voice, *, is_current: bool) -> Finding:
    """Return the finding that an event is.

    Args:
        event: what was found.
        source: where names and meanings are read.
        voice: the language.
        is_current: whether the period reaches to now, so that a phone's state today tells of it.
    """
    if not is_current:  # it may have ended since
        event = msgspec.structs.replace(event, dip=event.dip._replace(is_open=False))
    cell = event.cell
    code = f"code-{event.code}" if event.code is not None else ""
    return Finding(
        kind=event.kind,
        what=_what(event, source, voice),
        cause=_cause(event, source, voice, is_current=is_current),
        action=_action(event, source, voice),
        lost=event.dip.lost,
        link=cell.link if cell else code,
        facts={
            **facts_of(cell),
            "code": event.code,
            "first": event.dip.first,
            "last": event.dip.last,
            "is_open": event.dip.is_open,
            "succeeded": event.success[0],
            "ended": event.success[1],
            "usual": event.dip.usual,
        },
        brief=brief_of(event, source, voice),
    )


def brief_of(event: Event, source: Source, voice: Voice) -> str:
    """Return where and why in a few words."""
    if event.kind == "dip":
        return voice.say("unexplained dip")
    where = where_of(event.cell, source, voice)
    if event.code is None:
        return where
    label = voice.term(source.once(code_words)[event.code].label)
    return voice.say("{where}: {label}", where=where, label=label)


def mark_of(event: Event, source: Source, voice: Voice) -> str:
    """Return the same in so few words that they fit beside a ring in a chart."""
    if event.kind == "dip":
        return voice.say("unexplained dip")
    where = where_of(event.cell, source, voice)
    if len(where) > _MARK:
        where = f"{where[: _MARK - 1]}\N{HORIZONTAL ELLIPSIS}"
    if event.code is None:
        return where
    return voice.say("{where}, code {code}", where=where, code=str(event.code))


def _what(event: Event, source: Source, voice: Voice) -> str:
    values: dict[str, Any] = {
        "where": where_of(event.cell, source, voice),
        "first": event.dip.first,
        "last": event.dip.last,
    }
    lost = max(round(event.dip.lost), 1)
    if event.code is not None:
        label = voice.term(source.once(code_words)[event.code].label)
        return _with_code(event, lost, {**values, "code": str(event.code), "label": label}, voice)
    if event.dip.is_open:
        return voice.count(
            "{where}: about one message lost since {first}.",
            "{where}: about {number} messages lost since {first}.",
            lost,
            **values,
        )
    if event.dip.first == event.dip.last:
        return voice.count(
            "{where}: about one message lost on {first}.",
            "{where}: about {number} messages lost on {first}.",
            lost,
            **values,
        )
    return voice.count(
        "{where}: about one message lost from {first} to {last}.",
        "{where}: about {number} messages lost from {first} to {last}.",
        lost,
        **values,
    )


def _with_code(event: Event, lost: int, values: dict[str, Any], voice: Voice) -> str:
    if event.dip.is_open:
        return voice.count(
            "{where}: about one message lost since {first}, by code {code} ({label}).",
            "{where}: about {number} messages lost since {first}, most by code {code} ({label}).",
            lost,
            **values,
        )
    if event.dip.first == event.dip.last:
        return voice.count(
            "{where}: about one message lost on {first}, by code {code} ({label}).",
            "{where}: about {number} messages lost on {first}, most by code {code} ({label}).",
            lost,
            **values,
        )
    return voice.count(
        "{where}: about one message lost from {first} to {last}, by code {code} ({label}).",
        "{where}: about {number} messages lost from {first} to {last}, most by code {code} "
        "({label}).",
        lost,
        **values,
    )


def _cause(event: Event, source: Source, voice: Voice, *, is_current: bool) -> str:
    parts = [
        voice.say(
            "Success rate {rate} instead of the usual {usual}.",
            rate=Rate(*event.success),
            usual=voice.share(event.dip.usual),
        )
    ]
    if event.kind == "dip":
        parts.append(
            voice.say(
                "No phone, SIM, carrier, country, customer or failure code explains half of it: "
                "it may be chance."
            )
        )
    if event.code is not None:
        parts.append(voice.term(source.once(code_words)[event.code].likely_cause) or "")
    phone = source.once(phones).get(event.cell.device_id) if event.cell else None
    if phone is not None and is_current:
        parts.append(
            voice.say("The phone's state now: {state}.", state=state_word(phone.state, voice))
        )
    return " ".join(parts)


def _action(event: Event, source: Source, voice: Voice) -> str:
    phone = source.once(phones).get(event.cell.device_id) if event.cell else None
    if event.code is not None:
        return voice.term(source.once(code_words)[event.code].first_action) or ""
    if phone is not None and phone.first_action and phone.state not in _CALM:
        return voice.term(phone.first_action) or ""
    if event.kind == "dip":
        return voice.say("Watch the next days; act if it comes again.")
    return voice.say("Look at the codes of its failures below, then send one message by hand.")
