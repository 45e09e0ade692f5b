"""Write answers as PHP does: escaped slashes, date objects, lists keyed by id, `[]` for nothing."""

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from pipeline.emulator.cast import Phone
from pipeline.emulator.habits import Habits
from pipeline.emulator.traffic import DAY, Message

TITLES = {
    1: "New",
    2: "Taken from Server",
    3: "Queued for sending",
    5: "Income",
    6: "Sent by Phone",
    7: "Sms Delivered",
    8: "Sms Not Delivered",
    9: "Not SENT - Generic failure",
    10: "Not sent - No service",
    11: "Not Sent - Null PDU",
    12: "Not Sent - Radio off",
    100: "not sent - NOT ALLOWED",
    101: "not sent - Not Allowed At all",
}


def php_json(value: Any) -> str:
    """Return JSON as PHP writes it: slashes and non-ASCII escaped, no spaces."""
    return json.dumps(value, separators=(",", ":")).replace("/", "\\/")


class Renderer:
    """Writes rows in one zone for one set of habits."""

    def __init__(self, habits: Habits, zone: str) -> None:
        self._habits = habits
        self._zone = ZoneInfo(zone)
        self._zone_name = php_json(zone)

    def date(self, epoch: int | None) -> str:
        """Return an instant as PHP dumps a DateTime, or null."""
        if epoch is None:
            return "null"
        moment = datetime.fromtimestamp(epoch, self._zone)
        kind = self._habits.date_type
        if kind == 3:
            zone = self._zone_name
        elif kind == 1:
            offset = moment.strftime("%z")
            zone = f'"{offset[:3]}:{offset[3:]}"'
        else:
            zone = php_json(moment.tzname())
        wall = moment.replace(tzinfo=None).isoformat(" ")
        return f'{{"date":"{wall}.000000","timezone_type":{kind},"timezone":{zone}}}'

    def number(self, value: int | None) -> str:
        """Return a number, as text where that is the habit; or null."""
        if value is None:
            return "null"
        return f'"{value}"' if self._habits.numbers_as_text else str(value)

    def message(self, message: Message, now: int) -> str:
        """Return a message with its key in the list."""
        number, habits = self.number, self._habits
        status = message.status_at(now)
        due = message.due
        if due is None and habits.unscheduled_is_created:
            due = message.created
        newsletter = message.newsletter or (None, None, None)
        sim = "" if habits.is_bare else f'"sim":{number(message.sim)},'
        return (
            f'"{message.message_id}":{{"id":{number(message.message_id)},'
            f'"sendto":{_text(message.sendto)},"body":{_text(message.body)},'
            f'"customerid":{number(message.customer_id)},"status":{number(status)},'
            f'"statustitle":{_text(TITLES.get(status, "Unknown"))},'
            f'"deviceid":{number(message.device_id)},'
            f'"urgent":{"true" if message.is_urgent else "null"},'
            f'"created":{self.date(message.created)},'
            f'"senttime":{self.date(message.sent_at(now))},"timetosend":{self.date(due)},{sim}'
            f'"paketid":{number(newsletter[0])},"pakettitle":{_text(newsletter[1])},'
            f'"paketbody":{_text(newsletter[2])}}}'
        )

    def device(self, phone: Phone, now: int, epoch: int) -> str:
        """Return a device with its key in the list."""
        created = epoch - 400 * DAY
        seen = now - phone.silent_days * DAY
        seen -= seen % phone.delay_between_requests
        sims = [
            {
                "Slot": str(sim.slot),
                "IccId": sim.icc_id,
                "Number": f" {sim.number}",
                "Roaming": "0",
                "CountryIso": sim.country,
                "CarrierName": sim.carrier,
            }
            for sim in phone.sims
        ]
        delay = phone.delay_between_sms
        return (
            f'"{phone.device_id}":{{"id":{self.number(phone.device_id)},'
            f'"title":{php_json(phone.title)},"number":null,"imei":"{phone.imei}",'
            f'"created":{self.date(created)},"createdhumanformat":{_human(created)},'
            f'"lastseen":{self.date(seen)},"lastseenhumanformat":{_human(seen)},'
            f'"serialnumber":"unknown","siminfo":{php_json(sims)},'
            f'"appversion":"{phone.app_version}","isappversionactual":false,'
            f'"delaybetweeneachsms":{self.number(delay)},'
            f'"delaybetweenrequest":{self.number(phone.delay_between_requests)},'
            f'"subscription":true}}'
        )

    def count(self, value: int) -> str:
        """Return a count, as text where that is the habit."""
        return f'"{value}"' if self._habits.counts == "text" else self.number(value)

    def listing(self, key: str, rows: Iterable[str], count: int | None) -> str:
        """Return an answer that holds a list."""
        joined = ",".join(rows)
        empty = "{}" if self._habits.empty_object else self._habits.empty
        records = f"{{{joined}}}" if joined else empty
        listed = "" if records == "absent" else f'"{key}":{records}'
        if self._habits.is_bare:
            return f"{{{listed}}}"
        counted = "" if count is None else f'"count":{self.count(count)},'
        comma = "," if listed else ""
        return f'{{"error":0,{listed}{comma}{counted}"message":"Ok"}}'

    def fitting(self, rows: Iterable[str], count: int) -> list[str]:
        """Return the first of the rows: as many as an answer holds within the byte cap.

        All text is ASCII, so that characters are bytes.
        """
        cap = self._habits.byte_cap
        if cap is None:
            return list(rows)
        left = cap - len(self.listing("smss", ("x",), count)) + 2
        kept: list[str] = []
        for row in rows:
            left -= len(row) + 1
            if left < 0:
                break
            kept.append(row)
        return kept


@lru_cache(maxsize=20_000)
def _text(value: str | None) -> str:
    return php_json(value)


def _human(epoch: int) -> str:
    return f'"{datetime.fromtimestamp(epoch, UTC):%d.%m.%Y %H:%M:%S}"'
