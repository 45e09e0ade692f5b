"""Why messages failed."""

from math import sqrt

import msgspec

from pipeline.report.counts import Day, total_of
from pipeline.report.model import Section, Text
from pipeline.report.names import phone_name
from pipeline.report.source import Source
from pipeline.report.tables import Column, Table
from pipeline.report.voice import Voice

_SIGMAS = 3


class Code(msgspec.Struct, frozen=True):
    """A failure code that was met, and the phone that exceeds its share of it the most."""

    code: int
    label: str
    likely_cause: str
    first_action: str
    retryable: str
    messages: int
    share: float
    worst_device_id: int | None
    worst_device: str | None
    worst_messages: int | None
    worst_excess: float | None

    @property
    def stands_out(self) -> bool:
        """Whether that phone's excess is more than chance: three times the spread of its share."""
        if self.worst_messages is None or self.worst_excess is None:
            return False
        return self.worst_excess > _SIGMAS * sqrt(max(self.worst_messages - self.worst_excess, 1))


def why(source: Source, voice: Voice) -> Section:
    """Return the failures by code."""
    codes = source.read("codes", Code)
    if codes:
        block: Table | Text = code_table(codes, voice)
    elif total_of(source.read("days", Day)).outgoing:
        block = Text(voice.say("No message of this period failed."), "empty")
    else:
        block = Text(voice.say("Nothing was sent in this period, so nothing failed."), "empty")
    return Section("why", voice.say("Why messages failed"), (block,), ("codes",))


def code_table(codes: list[Code], voice: Voice) -> Table:
    """Return the failures by code, the most frequent first."""
    return Table(
        voice.say("Failed and undelivered messages by failure code"),
        (
            Column(voice.say("Code and meaning"), key="code"),
            Column(voice.say("Messages"), "number", "messages"),
            Column(voice.say("Share of failures"), "share", "share_of_failures"),
            Column(voice.say("Likely cause"), key="likely_cause"),
            Column(voice.say("What to do first"), key="first_action"),
            Column(voice.say("Send again"), key="retryable"),
            Column(voice.say("Phone with too many"), key="worst_device"),
        ),
        tuple(
            (
                f"{code.code} {voice.term(code.label)}",
                code.messages,
                code.share,
                voice.term(code.likely_cause),
                voice.term(code.first_action),
                voice.term(code.retryable),
                _worst_phone(code, voice),
            )
            for code in codes
        ),
        note=voice.say(
            "A phone has too many of a code when it exceeds its share of the traffic by more "
            "than chance explains (three standard deviations)."
        ),
        ident="codes",
    )


def _worst_phone(code: Code, voice: Voice) -> str | None:
    if not code.stands_out:
        return None
    return voice.say(
        "{phone}: {excess} above its share",
        phone=phone_name(code.worst_device_id, code.worst_device, voice),
        excess=round(code.worst_excess or 0),
    )
