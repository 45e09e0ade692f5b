"""How the phones do now."""

from datetime import datetime

import msgspec

from pipeline.report.formats import short_name
from pipeline.report.model import Block, Section, Text
from pipeline.report.names import phone_name, slot_name
from pipeline.report.source import Source
from pipeline.report.tables import Column, State, Table
from pipeline.report.terms import state_word
from pipeline.report.voice import Voice

_STRIP_DAYS = 28
_MOST = 50
_ROLES = {
    "working": "good",
    "idle": "calm",
    "never listed": "calm",
    "one SIM failing": "look",
    "operator failing": "bad",
    "not sending": "bad",
    "silent": "bad",
    "not allowed to send": "bad",
}
_FINE = ("good", "calm")


class Sim(msgspec.Struct, frozen=True):
    """A SIM as the phone last told of it."""

    sim: int
    carrier: str | None
    is_roaming: bool


class Look(msgspec.Struct, frozen=True):
    """A day on which the phones were asked for, in days before the last one."""

    age: int
    is_seen: bool


class Phone(msgspec.Struct, frozen=True, kw_only=True):
    """A phone as `device_health` judges it; local times are of the reporting zone.

    Attributes:
        recent, successes: messages of the last 24 hours, and those of them that left it.
        busiest: messages due in its busiest hour of the period.
        most_per_hour: how many an hour it can send, by its own delays.
    """

    device_id: int
    title: str | None
    state: str
    likely_cause: str | None
    first_action: str | None
    last_seen: datetime | None
    silent_for: int | None
    recent: int
    successes: int
    sim_0_last_success: datetime | None
    sim_1_last_success: datetime | None
    app_version: str | None
    is_app_version_actual: bool | None
    sims: list[Sim]
    open: int
    oldest_open: datetime | None
    looks: list[Look]
    busiest: int
    most_per_hour: int

    @property
    def role(self) -> str:
        """The role of its state."""
        return _ROLES.get(self.state, "look")

    @property
    def strip(self) -> tuple[float | None, ...]:
        """1 for a day with a sign of life, 0 for one without, None for one not looked at."""
        known = {look.age: float(look.is_seen) for look in self.looks}
        return tuple(known.get(age) for age in range(_STRIP_DAYS - 1, -1, -1))


def health(source: Source, voice: Voice) -> Section:
    """Return the state of each phone, the worst first, and what to do about it."""
    title, phones = voice.say("Device health"), source.read("health", Phone)
    if not phones:
        said = voice.say("The gateway has not told of any phone yet. Run: sms24 sync")
        return Section("health", title, (Text(said, "empty"),), ("health",))
    blocks: list[Block] = [Text(_verdict(phones, voice)), phone_table(phones[:_MOST], voice)]
    if len(phones) > _MOST:
        blocks.append(Text(_rest(phones[_MOST:], voice), "note"))
    blocks.append(sim_table(phones[:_MOST], voice))
    return Section("health", title, tuple(blocks), ("health",))


def phone_table(phones: list[Phone], voice: Voice) -> Table:
    """Return a row per phone: its state, when it was seen, its queue, what to do."""
    return Table(
        voice.say("Phones now, the worst first"),
        (
            Column(voice.say("Phone"), key="device"),
            Column(voice.say("State"), "state", "state"),
            Column(voice.say("Last seen"), "moment", "last_seen"),
            Column(voice.say("Seen in 28 days"), "strip", "seen_by_day"),
            Column(voice.say("App"), key="app_version"),
            Column(voice.say("Open"), "number", "open"),
            Column(voice.say("Oldest open"), "moment", "oldest_open"),
            Column(voice.say("Busiest hour"), "number", "busiest_hour"),
            Column(voice.say("It can send an hour"), "number", "most_per_hour"),
            Column(voice.say("Likely cause"), key="likely_cause"),
            Column(voice.say("What to do first"), key="first_action"),
        ),
        tuple(_phone_row(phone, voice) for phone in phones),
        note=_rules(voice),
        ident="health",
        is_dimension=True,
        links=tuple(f"health-{phone.device_id}" for phone in phones),
    )


def sim_table(phones: list[Phone], voice: Voice) -> Table:
    """Return a row per SIM: its operator, roaming, its last success."""
    rows = [(phone, sim) for phone in phones for sim in phone.sims][:_MOST]
    return Table(
        voice.say("SIMs now"),
        (
            Column(voice.say("Phone"), key="device"),
            Column(voice.say("SIM"), key="sim"),
            Column(voice.say("Operator"), key="operator"),
            Column(voice.say("Roaming"), key="roaming"),
            Column(voice.say("Last success"), "moment", "last_success"),
        ),
        tuple(
            (
                phone_name(phone.device_id, phone.title, voice),
                slot_name(sim.sim, voice),
                short_name(sim.carrier, voice.say("unknown carrier")),
                voice.say("yes") if sim.is_roaming else voice.say("no"),
                (phone.sim_0_last_success, phone.sim_1_last_success)[sim.sim]
                if sim.sim in (0, 1)
                else None,
            )
            for phone, sim in rows
        ),
        note=voice.say(
            "A success is a message that was sent or delivered; its time is when it was due."
        ),
        ident="sims",
        is_dimension=True,
    )


def _phone_row(phone: Phone, voice: Voice) -> tuple[object, ...]:
    version = short_name(phone.app_version, voice.say("unknown"))
    if phone.is_app_version_actual is False:
        version = voice.say("{version}, not the newest", version=version)
    return (
        phone_name(phone.device_id, phone.title, voice),
        State(phone.role, state_word(phone.state, voice) or ""),
        phone.last_seen,
        phone.strip,
        version,
        phone.open,
        phone.oldest_open,
        phone.busiest,
        phone.most_per_hour,
        voice.term(phone.likely_cause),
        voice.term(phone.first_action),
    )


def _verdict(phones: list[Phone], voice: Voice) -> str:
    bad = [phone for phone in phones if phone.role not in _FINE]
    if not bad:
        return voice.count("The one phone is well.", "All {number} phones are well.", len(phones))
    return voice.count(
        "{number} phone of {all} needs a look: {names}.",
        "{number} phones of {all} need a look: {names}.",
        len(bad),
        all=len(phones),
        names=_names(bad, voice),
    )


def _names(phones: list[Phone], voice: Voice) -> str:
    named = [phone_name(phone.device_id, phone.title, voice) for phone in phones[:3]]
    return voice.listed(named) + (" …" if len(phones) > len(named) else "")


def _rest(phones: list[Phone], voice: Voice) -> str:
    return voice.count(
        "One more phone is not shown; its state is no worse.",
        "{number} more phones are not shown; their states are no worse. The table device_health "
        "has them all.",
        len(phones),
    )


def _rules(voice: Voice) -> str:
    return voice.say(
        "The first of these that holds is the state. Not allowed to send: a message of the last 24 "
        "hours failed for want of the permission (100, 101). Silent: no sign of life for more than "
        "three of its own askings, and a minute. Operator failing: several phones of one operator "
        "have trouble, and none of them sends. One SIM failing: it has trouble and no success, "
        "while the other one works. Not sending: it asks for work, and nothing of the last 24 "
        "hours left it. The days on which it was seen are those of our own askings: the gateway "
        "tells the last sign of life only."
    )
