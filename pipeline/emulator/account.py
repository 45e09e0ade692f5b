"""What clients write: messages, tags, contacts, newsletters; kept in memory."""

import json
import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime

from pipeline.emulator.forms import Fields, integer
from pipeline.emulator.traffic import Message
from pipeline.emulator.world import World

SAVED = "Sms has been saved successfully"


class RefusedRequestError(Exception):
    """A request that the gateway answers with `error: 1` and these words."""


@dataclass(slots=True)
class Account:
    """The writable side of a world."""

    world: World
    tags: dict[int, str] = field(default_factory=dict)
    contacts: dict[int, list[str]] = field(default_factory=dict)
    # By contact id: the tag, the number and the name.
    saved: dict[int, tuple[int, str, str]] = field(default_factory=dict)
    newsletters: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def add_sms(self, fields: Fields, now: int, device: int | None = None) -> dict[str, object]:
        """Take one message per recipient; the answer names the first one."""
        recipients = [part for part in fields.get("sendto", "").split(",") if part.strip()]
        if not recipients:
            raise RefusedRequestError("Parameter sendto is required")
        ids = [self._send(fields, recipient, now, device) for recipient in recipients]
        return {"error": 0, "sms_id": ids[0], "message": SAVED}

    def add_many(self, text: str, now: int) -> dict[str, object]:
        """Take a batch; it answers no ids."""
        for item in json.loads(text).get("smsdata", ()):
            fields = {name: str(value) for name, value in item.items() if value is not None}
            fields.setdefault("customerid", "0")
            self.add_sms(fields, now)
        return {"error": 0, "message": SAVED}

    def save_tag(self, fields: Fields) -> dict[str, object]:
        """Make a tag; a title that exists makes a second one."""
        if not fields.get("title"):
            raise RefusedRequestError("Parameter title is required")
        tag_id = 8303 + len(self.tags)
        self.tags[tag_id] = fields["title"]
        self.contacts[tag_id] = []
        return {"error": 0, "tag_id": tag_id, "message": "OK"}

    def save_contact(self, fields: Fields) -> dict[str, object]:
        """Put a contact under a tag; both names of the parameter are taken."""
        tag_id = integer(fields, "tag_id") or integer(fields, "ctag_id")
        if tag_id not in self.tags:
            raise RefusedRequestError("Tag not found")
        if not fields.get("phone"):
            raise RefusedRequestError("Parameter phone is required")
        with self.lock:
            contact_id = 15_954_765 + len(self.saved)
            self.saved[contact_id] = (tag_id, fields["phone"], fields.get("fullname", ""))
            self.contacts[tag_id].append(fields["phone"])
        return {"error": 0, "contact_id": contact_id, "message": "ok"}

    def save_newsletter(self, fields: Fields, now: int) -> dict[str, object]:
        """Send a text to every contact of the tags."""
        self.newsletters += 1
        paket = 9500 + self.newsletters
        named = (paket, fields.get("title", ""), fields.get("body", ""))
        due = fields.get("time_to_send", "0")
        for text in fields.get("tags", "").split(","):
            for phone in self.contacts.get(int(text) if text.isdecimal() else 0, ()):
                item = {**fields, "timetosend": "" if due == "0" else _turned(due)}
                self._send(item, phone, now, newsletter=named)
        return {"error": 0, "paket_id": paket, "message": "OK"}

    def _send(
        self,
        fields: Fields,
        recipient: str,
        now: int,
        device: int | None = None,
        *,
        newsletter: tuple[int, str, str] | None = None,
    ) -> int:
        device = device or integer(fields, "device_id")
        if device not in {phone.device_id for phone in self.world.phones}:
            raise RefusedRequestError("Device not found")
        due = _instant(fields.get("timetosend", ""))
        start = max(now, due or 0)
        message = Message(
            message_id=self.world.next_id(),
            sendto="".join(c for c in recipient if c.isdecimal() or c == "+"),
            body=fields.get("body", ""),
            customer_id=integer(fields, "customerid"),
            device_id=device,
            sim=integer(fields, "sim") or 0,
            is_urgent=fields.get("urgent") in {"1", "true"},
            created=now,
            due=due,
            taken=start + 5,
            left=start + 8,
            settled=start + 15,
            end=7,
            newsletter=newsletter,
        )
        self.world.added.append(message)
        return message.message_id


def _instant(text: str) -> int | None:
    for form in ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d"):
        try:
            return int(datetime.strptime(text, form).replace(tzinfo=UTC).timestamp())
        except ValueError:
            continue
    return None


def _turned(text: str) -> str:
    """Return `DD.MM.YYYY H:i:s`, which newsletters use, as the other endpoints write it."""
    day, _, time = text.partition(" ")
    return "-".join(reversed(day.split("."))) + f" {time or '00:00:00'}"
