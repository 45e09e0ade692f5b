"""The key figures of the period."""

from pipeline.report.counts import Day, total_of
from pipeline.report.model import Figure, Figures, Section
from pipeline.report.source import Source
from pipeline.report.voice import Voice


def figures(source: Source, voice: Voice) -> Section:
    """Return the numbers that open the page."""
    total = total_of(source.read("days", Day))
    items = (
        Figure(
            "outgoing",
            voice.say("Messages due"),
            total.outgoing,
            "number",
            voice.say("outgoing messages due in this period"),
        ),
        Figure(
            "success_rate",
            voice.say("Success rate"),
            total.success,
            "rate",
            voice.say("delivered or sent, of those whose fate is known"),
        ),
        Figure(
            "confirmed_rate",
            voice.say("Confirmed delivery"),
            total.confirmed,
            "rate",
            voice.say("delivered, of those with a receipt"),
        ),
        Figure(
            "receipt_coverage",
            voice.say("Receipt coverage"),
            total.receipts,
            "rate",
            voice.say("with a receipt, of those that left the phone"),
        ),
        Figure(
            "failed",
            voice.say("Failed"),
            total.lost,
            "number",
            voice.say("failed or undelivered"),
        ),
        Figure(
            "open",
            voice.say("Still open"),
            total.unsettled,
            "rate",
            voice.say("waiting on the phone or at the gateway"),
        ),
    )
    return Section("figures", voice.say("Key figures"), (Figures(items),), ("days",))
