"""The parameters of each endpoint, as values."""

from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

import pendulum
from pendulum import DateTime

from pipeline.errors import UsageError

_PLAIN, _DOTTED = "%Y-%m-%d %H:%M:%S", "%d.%m.%Y %H:%M:%S"


@dataclass(frozen=True, slots=True)
class MessageQuery:
    """What to ask of `getallsms`; what is None is left out.

    Attributes:
        begin: first wall clock of the window (`YYYY-MM-DD HH:MM:SS`); in which zone it is read, and
            whether it is inside, is the gateway's secret.
        end: last wall clock of the window; likewise.
        only_count: ask for the number of messages alone.
        zone: the zone (IANA) that is sent as `timezone`; None sends none.
    """

    begin: str | None = None
    end: str | None = None
    only_count: bool = False
    device_id: int | None = None
    status: int | None = None
    sim: int | None = None
    customer_id: int | None = None
    phone: str | None = None
    is_descending: bool = False
    zone: str | None = "UTC"

    def parameters(self) -> dict[str, str]:
        """Return the form fields, without the token."""
        given: dict[str, object] = {
            "begindate": self.begin,
            "enddate": self.end,
            "device_id": self.device_id,
            "status": self.status,
            "sim": self.sim,
            "customerid": self.customer_id,
            "phone": self.phone,
            "onlycount": 1 if self.only_count else None,
            "orderbydesc": 1 if self.is_descending else None,
            "timezone": self.zone,
        }
        return {name: str(value) for name, value in given.items() if value is not None}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sms:
    """A message to send; `repr` shows neither number nor text.

    Attributes:
        to: the number, best in E.164; the gateway takes a comma list too, and then tells one id.
        body: the text; how long it may be is not documented.
        device_id: the phone that sends, or a Sender ID.
        sim: the slot, 0 or 1; 2 and 3 WhatsApp, 4 and 5 RCS (2026).
        at: when to send; None is now. Read in UTC (seen), or in the setting `send_zone`.
        customer_id: a number of one's own, found again in `getallsms`.
        is_urgent: whether it goes before others.
    """

    to: str = field(repr=False)
    body: str = field(repr=False)
    device_id: int
    sim: int = 0
    at: DateTime | None = None
    customer_id: int | None = None
    is_urgent: bool = False

    def parameters(self, zone: str = "UTC") -> dict[str, str | int]:
        """Return the fields of `addsms`, without the login; what is None is left out."""
        given: dict[str, str | int | None] = {
            "sendto": self.to,
            "body": self.body,
            "device_id": self.device_id,
            "sim": self.sim,
            "timetosend": None if self.at is None else wall_clock(self.at, zone),
            "customerid": self.customer_id,
            "urgent": 1 if self.is_urgent else None,
        }
        return {name: value for name, value in given.items() if value is not None}


@dataclass(frozen=True, slots=True, kw_only=True)
class Newsletter:
    """A text for all contacts of some tags (`savepaket`).

    Attributes:
        tag_ids: the gateway's ids of the tags; a person under two of them may get it twice.
        at: when to send; None is now. Its zone is not documented: UTC, or the setting `send_zone`.
    """

    title: str
    body: str = field(repr=False)
    device_id: int
    tag_ids: tuple[int, ...]
    sim: int = 0
    at: DateTime | None = None

    def parameters(self, zone: str = "UTC") -> dict[str, str | int]:
        """Return the fields of `savepaket`, without the login; its dates have a form of its own."""
        return {
            "title": self.title,
            "body": self.body,
            "device_id": self.device_id,
            "tags": ",".join(map(str, self.tag_ids)),
            "sim": self.sim,
            "time_to_send": "0" if self.at is None else wall_clock(self.at, zone, _DOTTED),
        }


def wall_clock(instant: DateTime, zone: str, form: str = _PLAIN) -> str:
    """Return an instant as the gateway reads it, in a zone.

    Raises:
        UsageError: the wall clock of the zone shows that time twice.
    """
    wall = pendulum.instance(instant).in_timezone(zone).naive()
    if len({wall.replace(tzinfo=ZoneInfo(zone), fold=fold).utcoffset() for fold in (0, 1)}) > 1:
        raise UsageError(
            f"The clocks of {zone}, in which the gateway is told times, show that time twice.",
            advice="Choose another time, an hour later say.",
        )
    return wall.strftime(form)
