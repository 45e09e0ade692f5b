"""What the words of a report mean."""

from pipeline.report.model import Section, Words
from pipeline.report.source import Source
from pipeline.report.voice import Voice

Terms = tuple[tuple[str, str], ...]


def definitions(source: Source, voice: Voice) -> Section:
    """Return every term with its meaning in a sentence."""
    items = (
        *_outcomes(source, voice),
        *_rates(voice),
        *_comparisons(voice),
        *_statistics(voice),
        *_others(voice),
    )
    return Section("definitions", voice.say("What the words mean"), (Words(items),))


def _outcomes(source: Source, voice: Voice) -> Terms:
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
        (
            say("Messages due"),
            say("All outgoing messages due in the period, whatever became of them."),
        ),
        (say("Delivered"), say("The network confirmed that the recipient's phone has it.")),
        (
            say("Sent"),
            say("It left our phone; no receipt came, or none yet. Many networks never send one."),
        ),
        (
            say("Undelivered"),
            say("It left our phone, and the network reported that it did not arrive (code 8)."),
        ),
        (
            say("Failed"),
            say("It did not leave our phone; the code tells why (9 to 12, 100, 101)."),
        ),
        (say("Open"), say("It still waits at the gateway or on the phone.")),
        (say("Stuck"), say("Open for longer than messages take to settle: 72 hours unless set.")),
        (
            say("Unknown status"),
            say("The gateway says something nobody has documented: in the traffic, in no rate."),
        ),
    )


def _rates(voice: Voice) -> Terms:
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
            say("Receipt coverage"),
            say(
                "Delivered and undelivered, divided by delivered, sent and undelivered: how many "
                "of those that left the phone have a receipt at all."
            ),
        ),
        (
            say("Failure rate"),
            say("Undelivered and failed, divided by all messages due."),
        ),
        (
            say("k of n, and the star"),
            say(
                "Under 10 messages no percentage is given; under 30 it has a star, for it can be "
                "chance."
            ),
        ),
    )


def _comparisons(voice: Voice) -> Terms:
    say = voice.say
    return (
        (
            say("Compared period"),
            say(
                "As many days, whole weeks earlier, so that weekdays match; of a period that still "
                "runs, the part that has passed."
            ),
        ),
        (
            say("Change"),
            say(
                "The difference to the compared period, of rates in points (pt). An arrow stands "
                "only where the 95 % interval of the difference leaves out 0 and it is half a "
                "point or more, for counts where it is more than chance (twice the root of their "
                "sum), for durations from a tenth on; otherwise an almost equal sign stands there."
            ),
        ),
        (
            say("Lost above usual"),
            say(
                "Failed and undelivered messages, less those to be expected: the messages that "
                "ended, times the share that was lost in the 28 days before the period. Never less "
                "than 0; with fewer than 30 messages in those days the share of all is taken."
            ),
        ),
        (
            say("Over-represented on"),
            say(
                "The phone or SIM whose messages with a code exceed its share of the traffic the "
                "most, where that is more than chance (three standard deviations)."
            ),
        ),
        (
            say("Performance and mix"),
            say(
                "A rate moves because the parts changed (performance), or because traffic moved to "
                "parts that were better or worse all along (mix)."
            ),
        ),
    )


def _statistics(voice: Voice) -> Terms:
    say = voice.say
    return (
        (
            say("95 % interval"),
            say(
                "The Wilson interval: the true rate lies in it in 19 of 20 such cases. Two rates "
                "whose intervals overlap widely need not differ."
            ),
        ),
        (
            say("28-day median"),
            say("Half of the 28 days before were better, half worse: what is usual for a day."),
        ),
        (
            say("Incident"),
            say(
                "Days on which the rate was below the 28-day median by more than chance and more "
                "than days usually differ, with one phone, SIM, network, customer or code that "
                "explains at least half of it; without one it is an unexplained dip."
            ),
        ),
        (
            say("Not final yet"),
            say("Days so recent that many of their messages are still open: drawn hatched."),
        ),
        (
            say("Time to send"),
            say("From due to sent, of the messages for which the gateway tells when it was sent."),
        ),
    )


def _others(voice: Voice) -> Terms:
    say = voice.say
    return (
        (
            say("Proven"),
            say(
                "The gateway's own count of a stretch of time equals the messages fetched from "
                "it. What the gateway leaves out of rows and counts alike, nobody can see from "
                "outside."
            ),
        ),
        (
            say("Hole"),
            say("A stretch of time in which messages may be missing, for it is not proven."),
        ),
        (
            say("Carrier"),
            say("The network operator of the SIM that sent the message, not of the recipient."),
        ),
        (
            say("SIM 1, SIM 2"),
            say("The slots 0 and 1 of a phone; WhatsApp is slots 2 and 3, RCS is 4 and 5."),
        ),
        (
            say("Seen"),
            say("The phone asked the gateway for work; told by the gateway when we ask for it."),
        ),
        (
            say("Reply"),
            say("An incoming message from a number that was written to in the 72 hours before."),
        ),
        (
            say("Stop"),
            say("A short incoming message that asks for no more of them: STOP and the like."),
        ),
    )
