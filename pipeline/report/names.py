"""What people call phones, SIMs, countries and failures."""

from babel import Locale

from pipeline.report.formats import short_name
from pipeline.report.voice import Voice

# Slots beyond the two SIMs are the same two in other channels.
_CHANNELS = ("SIM", "WhatsApp", "RCS")
_PER_CHANNEL = 2


def phone_name(device_id: int | None, title: str | None, voice: Voice) -> str:
    """Return what people call a phone, with its id: titles need not be unique."""
    if device_id is None:
        return voice.say("no phone")
    return f"{short_name(title, voice.say('phone'))} ({device_id})"


def slot_name(slot: int | None, voice: Voice) -> str:
    """Return what people call a SIM slot: slot 0 is SIM 1."""
    if slot is None:
        return voice.say("SIM not told")
    channel, place = divmod(slot, _PER_CHANNEL)
    if not 0 <= channel < len(_CHANNELS):
        return voice.say("slot {slot}", slot=str(slot))
    return f"{_CHANNELS[channel]} {place + 1}"


def country_name(code: str | None, voice: Voice) -> str:
    """Return a country's name in the language; its code where it has none."""
    if code is None:
        return voice.say("no valid number")
    name = Locale.parse(voice.words.language).territories.get(code)
    return f"{name} ({code})" if name else short_name(code, "?")


def failure_name(code: int, label: str | None, voice: Voice) -> str:
    """Return a failure code with its meaning."""
    return f"{code} {voice.term(label) or ''}".rstrip()
