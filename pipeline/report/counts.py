"""Messages by outcome: what most queries of a report count, and the rates that follow."""

from datetime import date

import msgspec

from pipeline.report.stats import Rate


class Counts(msgspec.Struct, frozen=True, kw_only=True):
    """Messages by outcome; the rates are those of the table `delivery_daily`."""

    outgoing: int = 0
    delivered: int = 0
    sent: int = 0
    undelivered: int = 0
    failed: int = 0
    open: int = 0
    unknown: int = 0

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(
            **{
                name: getattr(self, name) + getattr(other, name)
                for name in Counts.__struct_fields__
            }
        )

    @property
    def ended(self) -> int:
        """Messages whose fate is known."""
        return self.delivered + self.sent + self.undelivered + self.failed

    @property
    def lost(self) -> int:
        """Messages that did not arrive."""
        return self.undelivered + self.failed

    @property
    def success(self) -> Rate:
        """`success_rate`."""
        return Rate(self.delivered + self.sent, self.ended)

    @property
    def confirmed(self) -> Rate:
        """`confirmed_rate`."""
        return Rate(self.delivered, self.delivered + self.undelivered)

    @property
    def receipts(self) -> Rate:
        """`receipt_coverage`."""
        return Rate(
            self.delivered + self.undelivered, self.delivered + self.sent + self.undelivered
        )

    @property
    def failures(self) -> Rate:
        """`failure_rate`."""
        return Rate(self.undelivered + self.failed, self.outgoing)

    @property
    def unsettled(self) -> Rate:
        """`open_share`."""
        return Rate(self.open, self.outgoing)


class Day(Counts, frozen=True, kw_only=True):
    """A local day of the period, with or without messages."""

    day: date
    is_proven: bool


def total_of(days: list[Day]) -> Counts:
    """Return the sums of some days."""
    return sum(days, Counts())
