"""What the words of a report mean."""

from pipeline.report.model import Section, Words
from pipeline.report.source import Source
from pipeline.report.voice import Voice


def definitions(source: Source, voice: Voice) -> Section:
    """Return every term with its meaning in a sentence."""
    items = (*_outcomes(source, voice), *_measures(voice))
    return Section("definitions", voice.say("What the words mean"), (Words(items),))


def _outcomes(source: Source, voice: Voice) -> tuple[tuple[str, str], ...]:
    say = voice.say
    return (
        (
            say("Day"),
            say(
                "The local day, in {zone}, on which a message was due: when it was created, or "
                "the later time for which it was scheduled.",
                zone=source.asked.timezone,
            ),
        ),
        (say("Delivered"), say("The network confirmed that the recipient's phone has it.")),
        (
            say("Sent"),
            say("It left our phone; no receipt came, or none yet. Many networks never send one."),
        ),
        (
            say("Undelivered"),
            say("It left our phone, and the network reported that it did not arrive."),
        ),
        (say("Failed"), say("It did not leave our phone; the code tells why.")),
        (say("Open"), say("It still waits at the gateway or on the phone.")),
    )


def _measures(voice: Voice) -> tuple[tuple[str, str], ...]:
    say = voice.say
    return (
        (
            say("Success rate"),
            say(
                "Delivered and sent, divided by delivered, sent, undelivered and failed. Open "
                "messages are left out: their fate is not known."
            ),
        ),
        (
            say("Confirmed delivery"),
            say("Delivered, divided by delivered and undelivered: of those with a receipt."),
        ),
        (
            say("95 % interval"),
            say(
                "The Wilson interval: the true rate lies in it in 19 of 20 such cases. Two rates "
                "whose intervals overlap widely need not differ."
            ),
        ),
        (
            say("Proven"),
            say(
                "The gateway's own count of a stretch of time equals the messages fetched from "
                "it. What the gateway leaves out of rows and counts alike, nobody can see from "
                "outside."
            ),
        ),
    )
