"""Write answers as PHP does: escaped slashes, date objects, lists keyed by id, `[]` for nothing."""

import json
from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from pipeline.emulator.cast import Phone
from pipeline.emulator.habits import Habits
from pipeline.emulator.traffic import DAY, Message
from pipeline.emulator.words import TITLES, TITLES_TODAY, words_of

_QUARTER = 900
_TWO = tuple(f"{number:02}" for number in range(60))
_NO_NEWSLETTER = '"paketid":null,"pakettitle":null,"paketbody":null'


def php_json(value: Any) -> str:
    """Return JSON as PHP writes it: slashes and non-ASCII escaped, no spaces."""
    return json.dumps(value, separators=(",", ":")).replace("/", "\\/")


class Json(str):
    """A text that is JSON already."""

    __slots__ = ()


class Renderer:
    """Writes rows in one zone for one set of habits."""

    def __init__(self, habits: Habits, zone: str) -> None:
        self._habits = habits
        self._titles = TITLES_TODAY if habits.titles == "current" else TITLES
        self._zone = ZoneInfo(zone)
        self._zone_name = php_json(zone)
        self._shown: dict[int, str] = {}
        self._quarters: dict[int, tuple[str, int, str]] = {}

    def date(self, epoch: int | None) -> str:
        """Return an instant as PHP dumps a DateTime, or null."""
        if epoch is None:
            return "null"
        quarter, seconds = divmod(epoch, _QUARTER)
        head, minute, tail = self._quarters.get(quarter) or self._quarter(quarter)
        return f"{head}{_TWO[minute + seconds // 60]}:{_TWO[seconds % 60]}{tail}"

    def _quarter(self, quarter: int) -> tuple[str, int, str]:
        """Return what dates of a quarter of an hour share: up to the hour, the minute, the rest.

        No clock is set within one, so that a zone has to be asked only once for each.
        """
        moment = datetime.fromtimestamp(quarter * _QUARTER, self._zone)
        kind = self._habits.date_type
        if kind == 3:
            zone = self._zone_name
        elif kind == 1:
            offset = moment.strftime("%z")
            zone = f'"{offset[:3]}:{offset[3:]}"'
        else:
            zone = php_json(moment.tzname())
        tail = f'.000000","timezone_type":{kind},"timezone":{zone}}}'
        shared = f'{{"date":"{moment:%Y-%m-%d %H:}', moment.minute, tail
        self._quarters[quarter] = shared
        return shared

    def number(self, value: int | None) -> str:
        """Return a number, as text where that is the habit; or null."""
        if value is None:
            return "null"
        return f'"{value}"' if self._habits.numbers_as_text else str(value)

    def title(self, status: int) -> str:
        """Return the name of a status."""
        return self._titles.get(status, "Unknown")

    def answer(self, name: str, values: dict[str, object]) -> str:
        """Return the answer of an endpoint with its words; a text that is JSON stays so."""
        order, message = words_of(name, self._habits.words)
        told = {"error": 0, "message": message, **values}
        keys = [key for key in order.split() if key in told]
        return "{" + ",".join(f'"{key}":{self._value(key, told[key])}' for key in keys) + "}"

    def _value(self, key: str, value: object) -> str:
        if isinstance(value, int) and not isinstance(value, bool) and key != "error":
            return self.number(value)
        return value if isinstance(value, Json) else php_json(value)

    def message(self, message: Message, now: int) -> str:
        """Return a message with its key in the list."""
        number, habits, date = self.number, self._habits, self.date
        status = message.status_at(now)
        title = self._shown.get(status) or self._show(status)
        due = message.due
        if due is None and habits.unscheduled_is_created:
            due = message.created
        sim = "" if habits.is_bare else f'"sim":{number(message.sim)},'
        named = message.newsletter
        newsletter = _NO_NEWSLETTER if named is None else self._newsletter(named)
        return (
            f'"{message.message_id}":{{"id":{number(message.message_id)},'
            f'"sendto":{_text(message.sendto)},"body":{_text(message.body)},'
            f'"customerid":{number(message.customer_id)},{title},'
            f'"deviceid":{number(message.device_id)},'
            f'"urgent":{"true" if message.is_urgent else "null"},'
            f'"created":{date(message.created)},'
            f'"senttime":{date(message.sent_at(now))},"timetosend":{date(due)},{sim}{newsletter}}}'
        )

    def _show(self, status: int) -> str:
        title = f'"status":{self.number(status)},"statustitle":{_text(self.title(status))}'
        self._shown[status] = title
        return title

    def _newsletter(self, newsletter: tuple[int, str, str]) -> str:
        number, title, body = newsletter
        return (
            f'"paketid":{self.number(number)},"pakettitle":{_text(title)},"paketbody":{_text(body)}'
        )

    def device(self, phone: Phone, now: int, epoch: int) -> str:
        """Return a device with its key in the list."""
        created = epoch - 400 * DAY
        seen = now - phone.silent_days * DAY
        seen -= seen % phone.delay_between_requests
        delay = phone.delay_between_sms
        return (
            f'"{phone.device_id}":{{"id":{self.number(phone.device_id)},'
            f'"title":{php_json(phone.title)},"number":null,"imei":"{phone.imei}",'
            f'"created":{self.date(created)},"createdhumanformat":{self._human(created)},'
            f'"lastseen":{self.date(seen)},"lastseenhumanformat":{self._human(seen)},'
            f'"serialnumber":"unknown","siminfo":{self._sims(phone)},'
            f'"appversion":"{phone.app_version}","isappversionactual":false,'
            f'"delaybetweeneachsms":{self.number(delay)},'
            f'"delaybetweenrequest":{self.number(phone.delay_between_requests)},'
            f'"subscription":true}}'
        )

    def _sims(self, phone: Phone) -> str:
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
        match self._habits.siminfo:
            case "null":
                return "null"
            case "object":
                return php_json({sim["Slot"]: sim for sim in sims})
            case "text":
                return php_json(php_json(sims))
            case _:
                return php_json(sims)

    def _human(self, epoch: int) -> str:
        return f'"{datetime.fromtimestamp(epoch, self._zone):%d.%m.%Y %H:%M:%S}"'

    def count(self, value: int) -> str:
        """Return a count, as text where that is the habit."""
        return f'"{value}"' if self._habits.counts == "text" else self.number(value)

    def listing(self, key: str, rows: Iterable[str], count: int | None) -> str:
        """Return an answer that holds a list."""
        joined = ",".join(rows)
        empty = "{}" if self._habits.empty_object else self._habits.empty
        records = f"{{{joined}}}" if joined else empty
        listed = "" if records == "absent" else f'"{key}":{records}'
        counted = "" if count is None else f'"count":{self.count(count)}'
        if self._habits.is_bare:  # the documentation counts phones, and not messages
            parts = [counted if key == "device" else "", listed]
        else:
            parts = ['"error":0', listed, counted, '"message":"Ok"']
        return "{" + ",".join(part for part in parts if part) + "}"

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
