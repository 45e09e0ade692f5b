"""What people wrote to the phones."""

from datetime import date, timedelta

import msgspec

from pipeline.report.axes import count_ticks, day_ticks
from pipeline.report.charts import Chart, round_top, stacked_bars
from pipeline.report.formats import short_name
from pipeline.report.model import Block, Section, Text
from pipeline.report.names import phone_name, slot_name
from pipeline.report.source import Source
from pipeline.report.stats import Rate
from pipeline.report.tables import Column, Table
from pipeline.report.voice import Voice

_QUERIES = ("incoming_days", "incoming_sims", "incoming_people")
_MOST = 50
_MOST_WORDS = 10


class Received(msgspec.Struct, frozen=True, kw_only=True):
    """Incoming messages; replies are from numbers written to in the 72 hours before."""

    messages: int
    senders: int
    replies: int
    stops: int


class ReceivedDay(Received, frozen=True, kw_only=True):
    """What came in on a day."""

    day: date


class ReceivedSim(Received, frozen=True, kw_only=True):
    """What a SIM received."""

    device_id: int | None
    title: str | None
    sim: int | None


class StopWord(msgspec.Struct, frozen=True):
    """A word by which people asked for no more messages."""

    word: str
    messages: int


class People(msgspec.Struct, frozen=True):
    """Who wrote; unmatched messages are from numbers never written to before."""

    messages: int
    senders: int
    unmatched: int
    stoppers: int
    words: list[StopWord]


def incoming(source: Source, voice: Voice) -> Section:
    """Return what came in by day and by SIM, and who asked for no more."""
    title, days = voice.say("Incoming messages"), source.read("incoming_days", ReceivedDay)
    if not days:
        said = voice.say("Nobody wrote to the phones in this period.")
        return Section("incoming", title, (Text(said, "empty"),), ("incoming_days",))
    people = source.read("incoming_people", People)[0]
    sims = source.read("incoming_sims", ReceivedSim)
    blocks: list[Block] = [
        incoming_chart(days, people, source, voice),
        incoming_table(sims[:_MOST], voice),
    ]
    if len(sims) > _MOST:
        blocks.append(Text(_rest(sims[_MOST:], voice), "note"))
    if people.words:
        blocks.append(word_table(people, voice))
    else:
        said = voice.say("Nobody asked for no more messages (STOP and the like).")
        blocks.append(Text(said, "empty"))
    return Section("incoming", title, tuple(blocks), _QUERIES)


def incoming_chart(days: list[ReceivedDay], people: People, source: Source, voice: Voice) -> Chart:
    """Return the incoming messages of each day, replies and others."""
    period, known = source.asked.period, {day.day: day for day in days}
    shown = [
        known.get(day, ReceivedDay(day=day, messages=0, senders=0, replies=0, stops=0))
        for day in (period.first + timedelta(days=place) for place in range(period.days))
    ]
    top = round_top(max(day.messages for day in shown))
    title = voice.say("Incoming messages per day")
    replies, others = voice.say("replies"), voice.say("other messages")
    stacks = [
        [("series-1", day.replies), ("series-2", day.messages - day.replies)] for day in shown
    ]
    return Chart(
        ident="incoming-days",
        title=title,
        finding=_finding(days, people, voice),
        description=voice.say(
            "Stacked bars over {days} days on a scale from 0 to {top}; the last day, {day}, has "
            "{messages}.",
            days=len(shown),
            top=int(top),
            day=shown[-1].day,
            messages=shown[-1].messages,
        ),
        x_ticks=day_ticks([day.day for day in shown], voice),
        y_ticks=count_ticks(top, voice),
        legend=(("series-1", replies), ("series-2", others)),
        bars=stacked_bars(stacks, top),
        data=Table(
            title,
            (Column(voice.say("Day"), "day", "day"), *_columns(voice)),
            tuple((day.day, *_cells(day)) for day in shown),
            ident="incoming_by_day",
        ),
    )


def incoming_table(sims: list[ReceivedSim], voice: Voice) -> Table:
    """Return what each SIM received, the busiest first."""
    return Table(
        voice.say("Incoming messages by SIM"),
        (
            Column(voice.say("Phone"), key="device"),
            Column(voice.say("SIM"), key="sim"),
            *_columns(voice),
        ),
        tuple(
            (
                phone_name(sim.device_id, sim.title, voice),
                slot_name(sim.sim, voice),
                *_cells(sim),
            )
            for sim in sims
        ),
        note=voice.say(
            "A reply is a message from a number that was written to in the 72 hours before. A stop "
            "is a short text that asks for no more messages, in one of the languages known."
        ),
        ident="incoming_by_sim",
        is_dimension=True,
    )


def word_table(people: People, voice: Voice) -> Table:
    """Return the words by which people asked for no more messages."""
    return Table(
        voice.count(
            "Words of the one sender who asked for no more messages",
            "Words of the {number} senders who asked for no more messages",
            people.stoppers,
        ),
        (
            Column(voice.say("Word"), key="word"),
            Column(voice.say("Messages"), "number", "messages"),
        ),
        tuple((short_name(row.word, "?"), row.messages) for row in people.words[:_MOST_WORDS]),
        note=voice.say("Take these numbers off your lists before the next newsletter."),
        ident="stop_words",
    )


def _columns(voice: Voice) -> tuple[Column, ...]:
    return (
        Column(voice.say("Messages"), "number", "messages"),
        Column(voice.say("Senders"), "number", "senders"),
        Column(voice.say("Replies"), "number", "replies"),
        Column(voice.say("Share of replies"), "rate", "reply_share"),
        Column(voice.say("Stops"), "number", "stops"),
    )


def _cells(row: Received) -> tuple[object, ...]:
    return (row.messages, row.senders, row.replies, Rate(row.replies, row.messages), row.stops)


def _finding(days: list[ReceivedDay], people: People, voice: Voice) -> str:
    return voice.count(
        "One message came in.",
        "{number} messages came in from {senders} senders; {replies} were replies, {unmatched} "
        "came from numbers never written to before.",
        people.messages,
        senders=people.senders,
        replies=sum(day.replies for day in days),
        unmatched=people.unmatched,
    )


def _rest(sims: list[ReceivedSim], voice: Voice) -> str:
    return voice.count(
        "One more SIM, which received {messages}, is not shown.",
        "{number} more SIMs, which received {messages} in all, are not shown.",
        len(sims),
        messages=sum(sim.messages for sim in sims),
    )
