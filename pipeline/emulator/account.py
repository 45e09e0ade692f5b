"""What clients and operators write: messages, tags, contacts, newsletters, changes by hand."""

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from pipeline.emulator.desk import edit_by_hand, needed_number
from pipeline.emulator.fleet import Fleet
from pipeline.emulator.forms import Fields, integer, plain_fields
from pipeline.emulator.habits import Habits
from pipeline.emulator.outbox import Outbox, RefusedRequestError, needed
from pipeline.emulator.traffic import Message
from pipeline.emulator.world import World

Values = dict[str, object]
# What says who asks is no part of what is asked, and nothing to keep.
_LOGIN = frozenset({"token", "email", "pass", "datajson"})
_Write = Callable[[Fields, int], Values]


@dataclass(slots=True)
class Account:
    """The writable side of a world; several threads may use it at once.

    Attributes:
        tags: the title of each tag.
        contacts: the numbers of each tag.
        saved: of each contact the tag, the number and the name.
        newsletters: how many there are.
        unstarted: messages of newsletters that wait for a hand to start them.
        note: is told of everything that was written: when, what, and its fields.
    """

    world: World
    habits: Habits = field(default_factory=Habits)
    tags: dict[int, str] = field(default_factory=dict)
    contacts: dict[int, list[str]] = field(default_factory=dict)
    saved: dict[int, tuple[int, str, str]] = field(default_factory=dict)
    newsletters: int = 0
    unstarted: dict[int, list[Message]] = field(default_factory=dict)
    note: Callable[[int, str, Fields], None] | None = None
    _ids: dict[tuple[int, str], int] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _fleet: Fleet = field(init=False)
    _outbox: Outbox = field(init=False)
    _writes: dict[str, _Write] = field(init=False)

    def __post_init__(self) -> None:
        self._fleet = Fleet(self.world, self.habits)
        self._outbox = Outbox(self.world, self.habits, self._fleet)
        self._writes = {
            "addsms": self._add_sms,
            "smstosend": self._add_sms,
            "addalotofsms": self._add_many,
            "savetag": self._save_tag,
            "savecontact": self._save_contact,
            "savepaket": self._save_newsletter,
            "edit": self._edit,
            "phones": self._turn,
            "start": self._start,
            "clock": lambda _, __: {},
        }

    def write(self, what: str, fields: Fields, now: int) -> Values:
        """Do what a client or an operator asks, at an instant, and return what it answers.

        Raises:
            RefusedRequestError: the gateway refuses it.
            LookupError, ValueError: an operator asks for something that makes no sense.
        """
        with self._lock:
            self._fleet.work_until(now)
            answer = self._writes[what](fields, now)
            if self.note is not None:
                kept = {name: text for name, text in fields.items() if name not in _LOGIN}
                self.note(now, what, kept)
            return answer

    def work_until(self, now: int) -> None:
        """Let the phones do what they do up to an instant."""
        with self._lock:
            self._fleet.work_until(now)

    def waiting(self) -> dict[int, int]:
        """Return how many messages wait on each phone."""
        with self._lock:
            return self._fleet.waiting()

    def device(self, fields: Fields) -> int:
        """Return the device of a request; RefusedRequestError if it is not the account's."""
        with self._lock:
            return self._outbox.device(fields)

    def _add_sms(self, fields: Fields, now: int) -> Values:
        made = self._outbox.post(self._outbox.read(fields), now)
        named = made[0] if self.habits.answers_id == "first" else made[-1]
        return {"sms_id": named.message_id}

    def _add_many(self, fields: Fields, now: int) -> Values:
        items = _items(fields)
        limit = self.habits.batch_limit
        if limit is not None and len(items) > limit:
            raise RefusedRequestError("Too many sms")
        orders, answer = [], Values()
        for item in items:
            try:
                orders.append(self._outbox.read(item))
            except RefusedRequestError as refusal:
                if self.habits.bad_item == "refuses":
                    raise
                if self.habits.bad_item == "stops":
                    answer = {"error": 1, "message": str(refusal)}
                    break
        for order in orders:
            self._outbox.post(order, now)
        return answer

    def _save_tag(self, fields: Fields, _: int) -> Values:
        title = needed(fields, "title")
        known = next((tag for tag, other in self.tags.items() if other == title), None)
        if known is not None and self.habits.tag_again == "refused":
            raise RefusedRequestError("Tag already exists")
        if known is None or self.habits.tag_again == "new":
            known = self.habits.first_tag + len(self.tags)
            self.tags[known], self.contacts[known] = title, []
        return {"tag_id": known}

    def _save_contact(self, fields: Fields, _: int) -> Values:
        tag_id, phone = self._tag(fields), self._outbox.number(needed(fields, "phone"))
        name = needed(fields, "fullname") if self.habits.needs_fullname else fields.get("fullname")
        known = self._ids.get((tag_id, phone))
        if known is not None and self.habits.contact_again == "refused":
            raise RefusedRequestError("Contact already exists")
        if known is None or self.habits.contact_again == "new":
            known = self.habits.first_contact + len(self.saved)
            self._ids[tag_id, phone] = known
            self.saved[known] = (tag_id, phone, name or "")
            self.contacts[tag_id].append(phone)
        return {"contact_id": known}

    def _tag(self, fields: Fields) -> int:
        wanted = self.habits.tag_field
        names = ("tag_id", "ctag_id") if wanted == "either" else (wanted,)
        tag_id = next((tag for name in names if (tag := integer(fields, name))), 0)
        if tag_id not in self.tags:
            raise RefusedRequestError("Tag not found")
        return tag_id

    def _save_newsletter(self, fields: Fields, now: int) -> Values:
        paket = self.habits.first_newsletter + self.newsletters
        named = (paket, needed(fields, "title"), needed(fields, "body"))
        tags = [int(t) for t in needed(fields, "tags").split(",") if t.strip().isdecimal()]
        phones = [phone for tag in tags for phone in self.contacts.get(tag, ())]
        order = self._outbox.read_newsletter(fields, phones, named)
        waits = not self.habits.starts_newsletters
        made = self._outbox.post(order, now, waits=waits)
        self.newsletters += 1
        if waits:
            self.unstarted[paket] = made
        return {"paket_id": paket}

    def _edit(self, fields: Fields, now: int) -> Values:
        edited = edit_by_hand(self.world, fields, now)
        if fields["action"] == "move":
            self._fleet.pass_on(edited, needed_number(fields, "device_id"), now)
        return {"id": edited}

    def _start(self, fields: Fields, now: int) -> Values:
        """Let a newsletter go that waits for it."""
        started = self.unstarted.pop(needed_number(fields, "paket_id"))
        for message in started:
            self._fleet.give(message, now)
        return {"started": len(started)}

    def _turn(self, fields: Fields, now: int) -> Values:
        """Switch a phone on or off."""
        is_on = {"on": True, "off": False}[fields.get("action", "")]
        self._fleet.turn(needed_number(fields, "device_id"), now, is_on=is_on)
        return {}


def _items(fields: Fields) -> list[Fields]:
    """Return the messages of a batch, each as a form would send it."""
    try:
        items = json.loads(fields.get("smsdata", ""))
        # Without a customer a batch keeps 0, where a single message keeps nothing.
        return [{"customerid": "0", **plain_fields(item)} for item in items]
    except (ValueError, TypeError, AttributeError, RecursionError):
        raise RefusedRequestError("Parameter datajson is not valid") from None
