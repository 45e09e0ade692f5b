"""Findings that are no dips: silent phones, missing permissions, stuck messages, holes, falls."""

from collections import Counter
from datetime import timedelta
from statistics import NormalDist

import msgspec

from pipeline.report.cells import Cell
from pipeline.report.elapsed import elapsed, moved_parts
from pipeline.report.events import Event
from pipeline.report.model import Finding, Origin
from pipeline.report.places import code_words, where_of
from pipeline.report.source import Source
from pipeline.report.stats import Rate, change_of
from pipeline.report.traffic import phones, traffic
from pipeline.report.voice import Voice

NOT_ALLOWED = (100, 101)
# One side of what an interval of 99 % leaves out.
_CHANCE = 0.005


class Waiting(msgspec.Struct, frozen=True):
    """Open messages of a phone that are due; a row of the query `waiting`."""

    device_id: int | None
    messages: int
    late: int
    stuck: int
    oldest_seconds: float


def is_current(source: Source) -> bool:
    """Return whether the period reaches to where the data end: what is now tells of it then."""
    until = source.asked.data_until
    return until is None or source.asked.period.last >= until.date() - timedelta(days=1)


def silent_phones(source: Source, voice: Voice) -> list[Finding]:
    """Return the phones that had something to send and do not ask for work."""
    if not is_current(source):
        return []
    waiting = {row.device_id: row.messages for row in source.read("waiting", Waiting)}
    busy = source.once(traffic).sims.keys() | waiting.keys()
    return [
        Finding(
            kind="silent",
            what=_silence(
                name := where_of(Cell("device", number), source, voice),
                voice.seconds(phone.silent_seconds),
                waiting.get(number, 0),
                voice,
            ),
            cause=voice.term(phone.likely_cause) or "",
            action=voice.term(phone.first_action) or "",
            lost=waiting.get(number, 0),
            link=f"health-{number}",
            facts={"device_id": number, "silent_seconds": phone.silent_seconds},
            brief=voice.say("{phone} silent", phone=name),
        )
        for number, phone in source.once(phones).items()
        if phone.is_listed and phone.state == "silent" and number in busy
    ]


def _silence(phone: str, time: str, waiting: int, voice: Voice) -> str:
    if not waiting:
        return voice.say("{phone} has been silent for {time}.", phone=phone, time=time)
    return voice.count(
        "{phone} has been silent for {time}; one message waits for it.",
        "{phone} has been silent for {time}; {number} messages wait for it.",
        waiting,
        phone=phone,
        time=time,
    )


def not_allowed(source: Source, voice: Voice, events: tuple[Event, ...]) -> list[Finding]:
    """Return that apps may not send, unless an incident tells it of the same phone."""
    known = source.once(traffic)
    told = {event.cell.device_id for event in events if event.cell and event.code in NOT_ALLOWED}
    count: Counter[int | None] = Counter()
    for line in known.codes:
        if line.code in NOT_ALLOWED and line.cell.device_id not in told:
            count[line.cell.device_id] += sum(
                messages for place, messages in line.messages.items() if place >= known.begin
            )
    lost = count.total()
    if not lost:
        return []
    worst = max(count, key=lambda number: (count[number], -(number or 0)))
    words = source.once(code_words)[NOT_ALLOWED[0]]
    return [
        Finding(
            kind="permission",
            what=voice.count(
                "One message failed because the app may not send SMS (codes 100 and 101), on "
                "{phone}.",
                "{number} messages failed because the app may not send SMS (codes 100 and 101), "
                "most on {phone}.",
                lost,
                phone=where_of(Cell("device", worst), source, voice),
            ),
            cause=voice.term(words.likely_cause) or "",
            action=voice.term(words.first_action) or "",
            lost=lost,
            link="code-100",
            facts={"device_id": worst, "phones": sum(1 for value in count.values() if value)},
            brief=voice.say("permission missing"),
        )
    ]


def stuck_messages(source: Source, voice: Voice) -> list[Finding]:
    """Return the messages that should have gone an hour ago, but those that silent phones hold."""
    silent = {n for n, phone in source.once(phones).items() if phone.state == "silent"}
    waiting = [
        row
        for row in source.read("waiting", Waiting)
        if row.late and not (row.device_id in silent and is_current(source))
    ]
    if not waiting:
        return []
    late = sum(row.late for row in waiting)
    worst = max(waiting, key=lambda row: (row.late, row.oldest_seconds))
    return [
        Finding(
            kind="stuck",
            what=voice.count(
                "One message that was due over an hour ago is still open, for {time}; it is on "
                "{phone}.",
                "{number} messages that were due over an hour ago are still open, the oldest for "
                "{time}; most are on {phone}.",
                late,
                time=voice.seconds(max(row.oldest_seconds for row in waiting)),
                phone=where_of(Cell("device", worst.device_id), source, voice),
            ),
            cause=voice.say("The phone did not take them, or did not tell what became of them."),
            action=voice.say("See whether that phone asks for work, and how many it may send."),
            lost=late,
            link=Cell("device", worst.device_id).link,
            facts={"device_id": worst.device_id, "messages": late},
            brief=voice.count("one message stuck", "{number} messages stuck", late),
        )
    ]


def holes(source: Source, voice: Voice) -> list[Finding]:
    """Return that parts of the period are not proven."""
    found = source.read("origin", Origin)[0].holes
    if not found:
        return []
    return [
        Finding(
            kind="hole",
            what=voice.count(
                "The history has a hole in this period: messages may be missing.",
                "The history has {number} holes in this period: messages may be missing.",
                found,
            ),
            cause=voice.say("The gateway did not answer, or its counts did not agree."),
            action=voice.say("Run sms24 sync; sms24 status tells where the holes are."),
            lost=0,
            facts={"holes": found},
            brief=voice.say("history not proven"),
        )
    ]


def falls(source: Source, voice: Voice, events: tuple[Event, ...]) -> list[Finding]:
    """Return the phones, and the total, that did worse than before, incidents left out.

    An interval of 99 % for all phones together must lie below 0.
    """
    parts = [
        part
        for part in source.once(moved_parts).get("device", [])
        if part.before.of and part.after.of
    ]
    told: Counter[int | None] = Counter()
    for event in events:
        if event.cell is not None and event.cell.device_id is not None:
            told[event.cell.device_id] += round(event.dip.lost)
    found = [
        _fall(part.key, after, part.before, source, voice)
        for part in parts
        if _fell(after := _mended(part.after, told[part.key.device_id]), part.before, len(parts))
    ]
    both = source.once(elapsed)
    explained = sum(event.dip.lost for event in events) + sum(fall.lost for fall in found)
    after, before = _mended(both.now.success, round(explained)), both.before.success
    if _fell(after, before, 1):
        found.append(_fall(None, after, before, source, voice))
    return found


def _mended(rate: Rate, lost: int) -> Rate:
    """Return a rate as it were without what is told elsewhere."""
    return Rate(min(rate.hits + max(lost, 0), rate.of), rate.of)


def _fell(after: Rate, before: Rate, among: int) -> bool:
    change = change_of(after, before, NormalDist().inv_cdf(1 - _CHANCE / among))
    return change.is_told and (change.difference or 0) < 0


def _fall(cell: Cell | None, after: Rate, before: Rate, source: Source, voice: Voice) -> Finding:
    where = where_of(cell, source, voice)
    return Finding(
        kind="fall",
        what=voice.say(
            "{where}: success fell from {before} to {after} since the compared period, incidents "
            "left out.",
            where=where,
            before=before,
            after=after,
        ),
        cause=voice.say("No single day stands out: it is lasting, or slow."),
        action=voice.say("See which codes grew, and what moved the rate."),
        lost=(before.value or 0) * after.of - after.hits,
        link=cell.link if cell else "moved",
        facts={"device_id": cell.device_id} if cell else {},
        brief=voice.say("{where}: lower than before", where=where),
    )
