"""The typed facts of a report, read from the published snapshot by `reports/queries`."""

from collections.abc import Mapping
from datetime import date, datetime
from functools import reduce
from math import sqrt
from operator import add
from typing import TypeVar

import msgspec

from pipeline.paths import resource_folder
from pipeline.report.stats import Rate
from pipeline.warehouse.snapshot import Snapshot

T = TypeVar("T")
_SIGMAS = 3


class Period(msgspec.Struct, frozen=True):
    """Local days, both included."""

    first: date
    last: date

    @property
    def days(self) -> int:
        """How many days the period has."""
        return (self.last - self.first).days + 1


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


class Header(msgspec.Struct, frozen=True):
    """What the snapshot is; the local times have no zone, for they are in `timezone`."""

    timezone: str
    version: str
    run_id: str
    built_local: datetime
    until_local: datetime | None
    proven_days: int
    holes: int
    first_busy_day: date | None
    last_busy_day: date | None


class Day(Counts, frozen=True, kw_only=True):
    """A local day of the period, with or without messages."""

    day: date
    is_proven: bool


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


class Device(Counts, frozen=True, kw_only=True):
    """A phone that had something to send in the period; messages without one have no id."""

    device_id: int | None
    title: str | None
    main_failure: str | None


class Warned(msgspec.Struct, frozen=True):
    """What a check found that is odd and stopped nothing."""

    sentence: str
    rows: int


class Facts(msgspec.Struct, frozen=True):
    """Everything that a delivery report says."""

    period: Period
    header: Header
    days: list[Day]
    codes: list[Code]
    devices: list[Device]
    warnings: list[Warned]

    @property
    def total(self) -> Counts:
        """The whole period."""
        return reduce(add, self.days, Counts())


def query_text(name: str) -> str:
    """Return the SQL of a section, as it is shown in the page too."""
    return (resource_folder("reports") / "queries" / f"{name}.sql").read_text(encoding="utf-8")


def default_period(snapshot: Snapshot) -> Period:
    """Return the last 28 local days up to where the data reach."""
    row = snapshot.rows(query_text("period"))[0]
    return Period(row["first_day"], row["last_day"])


def read_facts(snapshot: Snapshot, period: Period) -> Facts:
    """Read everything that the report of a period says."""
    days = {"first": period.first, "last": period.last}

    def read(name: str, kind: type[T], given: Mapping[str, date] = days) -> list[T]:
        return msgspec.convert(snapshot.rows(query_text(name), given), list[kind])  # type: ignore[valid-type]

    return Facts(
        period=period,
        header=read("header", Header)[0],
        days=read("days", Day),
        codes=read("codes", Code),
        devices=read("devices", Device),
        warnings=read("warnings", Warned, {}),
    )
