"""Failure codes of a period: what they mean, and who has more of them than its share."""

from datetime import date
from math import sqrt

import msgspec

from pipeline.report.names import phone_name, slot_name
from pipeline.report.stats import Change, growth
from pipeline.report.voice import Voice

_SIGMAS = 3


class Code(msgspec.Struct, frozen=True):
    """A failure code that was met, and the phone or SIM that exceeds its share of it the most.

    Attributes:
        before: messages with it in the same part of the compared period.
        first_seen_on, last_seen_on: of all days that the snapshot holds.
        over_device_id: None where the messages of nobody exceed his share.
        over_sim: the slot; None where it is the phone as a whole.
        over_messages: its messages with the code, `over_excess` of them above its share.
    """

    code: int
    label: str
    likely_cause: str
    first_action: str
    retryable: str
    messages: int
    before: int
    share: float
    first_seen_on: date
    last_seen_on: date
    over_device_id: int | None
    over_device: str | None
    over_sim: int | None
    over_messages: int | None
    over_excess: float | None

    @property
    def stands_out(self) -> bool:
        """Whether that excess is more than chance: three times the spread of its share."""
        if self.over_messages is None or self.over_excess is None:
            return False
        return self.over_excess > _SIGMAS * sqrt(max(self.over_messages - self.over_excess, 1))

    @property
    def change(self) -> Change:
        """How often it was met, against the compared period."""
        return growth(self.messages, self.before)


def over_represented(code: Code, voice: Voice) -> str | None:
    """Return who has more of a code than its share and by how much; None for nobody."""
    if not code.stands_out:
        return None
    excess = round(code.over_excess or 0)
    phone = phone_name(code.over_device_id, code.over_device, voice)
    if code.over_sim is None:
        return voice.say("{phone}: {excess} above its share", phone=phone, excess=excess)
    return voice.say(
        "{phone}, {sim}: {excess} above its share",
        phone=phone,
        sim=slot_name(code.over_sim, voice),
        excess=excess,
    )
