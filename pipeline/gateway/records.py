"""What the gateway tells of messages and devices, as typed values; texts and numbers stay private.

Numbers may come as text, flags as 0 and 1, nothing as `""`, `"null"` or `"unknown"`; times are
PHP's `{"date": ..., "timezone_type": 1, 2 or 3, "timezone": ...}`. What cannot be read is None.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import msgspec
import pendulum
from pendulum import DateTime

from pipeline.errors import GarbledError
from pipeline.gateway.decode import Body, decoded, whole_number
from pipeline.statuses import Outcome, outcome_of

_NOTHING = frozenset({"", "null", "unknown"})
_UTC = frozenset({"utc", "gmt", "z"})
_OFFSET, _ABBREVIATION, _ZONE = 1, 2, 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message of `getallsms`; times are UTC. `repr` shows neither number nor text.

    Attributes:
        message_id: the gateway's id of it (`id`).
        status: 1 pending, 3 queued, 2 taken by the phone, 6 sent, 7 delivered, 8 not delivered,
            9-12, 100, 101 not sent, 5 incoming; others are unknown and passed on.
        title: the gateway's own word for the status.
        outcome: what the status stands for, by this product.
        recipient: digits and a plus, without blanks (seen); of an incoming message the sender
            (not documented).
        customer_id: the sender's own number; None where it is 0 or null (seen: bulk gives 0).
        sim: 0 or 1 for SIMs, 2 to 5 WhatsApp and RCS (2026); None where an answer has none.
        scheduled_at: `timetosend`; None, or the time of creation, where nothing was scheduled.
        sent_at: None also for many delivered messages (documented sample).
        newsletter_id: `paketid`; None unless the message belongs to a newsletter.
    """

    message_id: int
    status: int | None
    title: str | None
    outcome: Outcome
    device_id: int | None
    sim: int | None
    customer_id: int | None
    is_urgent: bool
    created_at: DateTime | None
    scheduled_at: DateTime | None
    sent_at: DateTime | None
    newsletter_id: int | None
    newsletter_title: str | None
    recipient: str = field(repr=False)
    body: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sim:
    """A SIM card of a device; `number` and `icc_id` are personal data, hidden in `repr`."""

    slot: int | None
    country: str | None
    carrier: str | None
    is_roaming: bool
    number: str | None = field(repr=False)
    icc_id: str | None = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """One device of `getalldevices`; times are UTC.

    Attributes:
        last_seen_at: its last poll; None for a device that was never seen.
        poll_seconds: seconds between two polls (`delaybetweenrequest`).
        most_delay_seconds: a random wait of up to so many seconds stands between two messages
            (`delaybetweeneachsms`); None is none.
        is_subscribed: whether the device has a subscription.
        imei: personal data, hidden in `repr`, as `number`.
    """

    device_id: int
    title: str | None
    created_at: DateTime | None
    last_seen_at: DateTime | None
    app_version: str | None
    is_app_current: bool
    poll_seconds: int | None
    most_delay_seconds: int | None
    is_subscribed: bool
    sims: tuple[Sim, ...]
    number: str | None = field(repr=False)
    imei: str | None = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceStatus:
    """What `getdevicestatus` says: not documented any more, used by the vendor's own clients.

    Attributes:
        is_online: by a threshold that nobody documents; None where the answer has none.
        silent_seconds: now - `last_seen_at`, by the gateway's clock.
    """

    device_id: int
    title: str | None
    is_online: bool | None
    last_seen_at: DateTime | None
    silent_seconds: int | None


def message_of(raw: msgspec.Raw) -> Message:
    """Return a record of `getallsms`; GarbledError if it has no id."""
    row = _row(raw)
    status = whole_number(row.get("status"))
    return Message(
        message_id=_id(row.get("id")),
        recipient=_text(row.get("sendto")) or "",
        body=str(row.get("body") or ""),
        status=status,
        title=_text(row.get("statustitle")),
        outcome=outcome_of(status),
        device_id=whole_number(row.get("deviceid")),
        sim=whole_number(row.get("sim")),
        customer_id=whole_number(row.get("customerid")) or None,
        is_urgent=_flag(row.get("urgent")),
        created_at=_instant(row.get("created")),
        scheduled_at=_instant(row.get("timetosend")),
        sent_at=_instant(row.get("senttime")),
        newsletter_id=whole_number(row.get("paketid")) or None,
        newsletter_title=_text(row.get("pakettitle")),
    )


def device_of(raw: msgspec.Raw) -> Device:
    """Return a record of `getalldevices`; GarbledError if it has no id."""
    row = _row(raw)
    return Device(
        device_id=_id(row.get("id")),
        title=_text(row.get("title")),
        created_at=_instant(row.get("created")),
        last_seen_at=_instant(row.get("lastseen")),
        app_version=_text(row.get("appversion")),
        is_app_current=_flag(row.get("isappversionactual")),
        poll_seconds=whole_number(row.get("delaybetweenrequest")),
        most_delay_seconds=whole_number(row.get("delaybetweeneachsms")),
        is_subscribed=_flag(row.get("subscription")),
        sims=_sims(row.get("siminfo")),
        number=_text(row.get("number")),
        imei=_text(row.get("imei")),
    )


def decode_device_status(body: Body) -> DeviceStatus:
    """Return the answer of `getdevicestatus`."""
    row = decoded(body)
    online = row.get("online")
    return DeviceStatus(
        device_id=_id(row.get("device_id")),
        title=_text(row.get("title")),
        is_online=None if online is None else _flag(online),
        last_seen_at=_instant(row.get("lastseen")),
        silent_seconds=whole_number(row.get("diffseconds")),
    )


def _row(raw: msgspec.Raw) -> dict[str, Any]:
    try:
        return msgspec.json.decode(raw, type=dict[str, Any])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise GarbledError("A record of the gateway's answer cannot be read.") from None


def _id(value: Any) -> int:
    number = whole_number(value)
    if number is None or number < 0:
        raise GarbledError("A record of the gateway's answer has no id.")
    return number


def _text(value: Any) -> str | None:
    text = str(value).strip() if isinstance(value, str | int) else ""
    return None if text.casefold() in _NOTHING else text


def _flag(value: Any) -> bool:
    return value is True or whole_number(value) == 1 or value == "true"


def _instant(value: Any) -> DateTime | None:
    """Return an instant in UTC; None where its zone does not tell an offset."""
    if not isinstance(value, dict):
        return None
    try:
        wall = datetime.fromisoformat(str(value.get("date")))
        return pendulum.instance(wall, tz=_zone(value)).in_timezone("UTC")
    except (ValueError, OverflowError, OSError):
        return None


def _zone(value: dict[str, Any]) -> pendulum.Timezone | pendulum.FixedTimezone:
    name = str(value.get("timezone"))
    match whole_number(value.get("timezone_type")):
        case 1:
            offset = pendulum.parse(f"2000-01-01T00:00:00{name}")
            assert isinstance(offset, DateTime)  # noqa: S101 - a date with a time is one
            return pendulum.FixedTimezone(offset.offset or 0)
        case 2 if name.casefold() not in _UTC:
            raise ValueError("an abbreviation does not tell the offset")
        case 2:
            return pendulum.UTC
    return pendulum.timezone(name)


def _sims(value: Any) -> tuple[Sim, ...]:
    if isinstance(value, str):
        try:
            value = msgspec.json.decode(value)
        except msgspec.DecodeError:
            return ()
    found = value.values() if isinstance(value, dict) else value
    rows = found if isinstance(found, list) else list(found or ())
    return tuple(_sim(row) for row in rows if isinstance(row, dict))


def _sim(row: dict[str, Any]) -> Sim:
    return Sim(
        slot=whole_number(row.get("Slot")),
        country=_text(row.get("CountryIso")),
        carrier=_text(row.get("CarrierName")),
        is_roaming=_flag(row.get("Roaming")),
        number=_text(row.get("Number")),
        icc_id=_text(row.get("IccId")),
    )
