"""What people call phones."""

from pipeline.report.formats import short_name
from pipeline.report.voice import Voice


def phone_name(device_id: int | None, title: str | None, voice: Voice) -> str:
    """Return what people call a phone, with its id: titles need not be unique."""
    if device_id is None:
        return voice.say("no phone")
    return f"{short_name(title, voice.say('phone'))} ({device_id})"
