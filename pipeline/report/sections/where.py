"""Where messages were sent and lost: phone by phone."""

from pipeline.report.counts import Counts
from pipeline.report.model import Section, Text
from pipeline.report.names import phone_name
from pipeline.report.source import Source
from pipeline.report.tables import Column, Table
from pipeline.report.voice import Voice


class Device(Counts, frozen=True, kw_only=True):
    """A phone that had something to send in the period; messages without one have no id."""

    device_id: int | None
    title: str | None
    main_failure: str | None


def where(source: Source, voice: Voice) -> Section:
    """Return how each phone fared."""
    devices = source.read("devices", Device)
    title = voice.say("By phone")
    if not devices:
        nothing = voice.say("No phone had a message to send in this period.")
        return Section("where", title, (Text(nothing, "empty"),), ("devices",))
    return Section("where", title, (device_table(devices, voice),), ("devices",))


def device_table(devices: list[Device], voice: Voice) -> Table:
    """Return how each phone fared, the one with most failures first."""
    return Table(
        voice.say("Outgoing messages by phone"),
        (
            Column(voice.say("Phone"), key="device"),
            Column(voice.say("Outgoing"), "number", "outgoing"),
            Column(voice.say("Success rate"), "rate", "success_rate"),
            Column(voice.say("95 % interval"), "interval", "interval"),
            Column(voice.say("Failures"), "number", "failures"),
            Column(voice.say("Still open"), "number", "open"),
            Column(voice.say("Most frequent failure"), key="main_failure"),
        ),
        tuple(
            (
                phone_name(device.device_id, device.title, voice),
                device.outgoing,
                device.success,
                device.success,
                device.lost,
                device.open,
                voice.term(device.main_failure),
            )
            for device in devices
        ),
        note=voice.say("A star marks a rate of fewer than 30 messages; under 10 it is k of n."),
        ident="devices",
        is_dimension=True,
    )
