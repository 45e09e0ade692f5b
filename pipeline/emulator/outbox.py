"""Take messages from clients: recipients, times and devices as this gateway reads them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

from pipeline.emulator.fleet import Fleet
from pipeline.emulator.forms import Fields, integer
from pipeline.emulator.habits import Habits
from pipeline.emulator.traffic import NEVER, Message
from pipeline.emulator.world import World

_FORMS = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d")
_NEWSLETTER_FORMS = ("%d.%m.%Y %H:%M:%S", "%d.%m.%Y %H:%M", "%d.%m.%Y", *_FORMS)
_DIGITS = range(7, 16)


class RefusedRequestError(Exception):
    """A request that the gateway answers with `error: 1` and these words."""


@dataclass(frozen=True, slots=True)
class Order:
    """What one request wants to be sent, read and found good; `due` in epoch seconds."""

    recipients: tuple[str, ...]
    body: str
    device_id: int
    sim: int
    customer_id: int | None
    is_urgent: bool
    due: int | None
    newsletter: tuple[int, str, str] | None = None


class Outbox:
    """Reads orders, and makes messages of them that wait on a phone."""

    def __init__(self, world: World, habits: Habits, fleet: Fleet) -> None:
        self._world = world
        self._habits = habits
        self._fleet = fleet

    def read(self, fields: Fields) -> Order:
        """Return the order of `addsms`, `smstosend` or an item of a batch.

        Raises:
            RefusedRequestError: something that is needed is missing, or is not what it should be.
        """
        recipients = self._recipients(needed(fields, "sendto").split(","))
        if not recipients:
            raise RefusedRequestError("Parameter sendto is required")
        picture = fields.get("file", "")
        body = f"https://files.invalid/{picture}" if picture else needed(fields, "body")
        due = self._instant(fields.get("timetosend", ""), self._habits.schedule_zone, _FORMS)
        return self._order(fields, recipients, body, due)

    def read_newsletter(
        self, fields: Fields, phones: Iterable[str], newsletter: tuple[int, str, str]
    ) -> Order:
        """Return the order of a newsletter to some numbers; raises as `read` does."""
        text, zone = fields.get("time_to_send", ""), self._habits.newsletter_zone
        due = self._instant("" if text.strip() == "0" else text, zone, _NEWSLETTER_FORMS)
        recipients = self._recipients(phones)
        return self._order(fields, recipients, newsletter[2], due, newsletter)

    def post(self, order: Order, now: int, *, waits: bool = False) -> list[Message]:
        """Make the messages of an order; unless they wait for a hand, their phone has them."""
        made = [self._message(order, recipient, now) for recipient in order.recipients]
        for message in made:
            if not waits:
                self._fleet.give(message, now)
        return made

    def number(self, text: str) -> str:
        """Return a number as it is kept; RefusedRequestError where numbers are checked."""
        kept = "".join(c for c in text if c.isdecimal() or c == "+")
        if self._habits.checks_phones and len(kept.replace("+", "")) not in _DIGITS:
            raise RefusedRequestError("Phone is not valid")
        if any(kept.startswith(code) for code in self._habits.plus_codes):
            return f"+{kept}"
        return kept if self._habits.strips_numbers else text.strip()

    def device(self, fields: Fields) -> int:
        """Return the device of a request; RefusedRequestError if it is not the account's."""
        device_id = integer(fields, "device_id") or 0
        if not self._fleet.knows(device_id):
            raise RefusedRequestError("Device not found")
        return device_id

    def _recipients(self, texts: Iterable[str]) -> tuple[str, ...]:
        found = [self.number(text) for text in texts if text.strip()]
        return tuple(dict.fromkeys(found) if self._habits.repeats == "once" else found)

    def _order(
        self,
        fields: Fields,
        recipients: tuple[str, ...],
        body: str,
        due: int | None,
        newsletter: tuple[int, str, str] | None = None,
    ) -> Order:
        return Order(
            recipients=recipients,
            body=body,
            device_id=self.device(fields),
            sim=integer(fields, "sim") or 0,
            customer_id=integer(fields, "customerid"),
            is_urgent=fields.get("urgent") in {"1", "true"},
            due=due,
            newsletter=newsletter,
        )

    def _instant(
        self, text: str, zone: Literal["utc", "account"], forms: tuple[str, ...]
    ) -> int | None:
        read_in = ZoneInfo("UTC" if zone == "utc" else self._habits.account_zone)
        for form in forms:
            try:
                wall = datetime.strptime(text.strip(), form).replace(tzinfo=read_in)
                return int(wall.timestamp())
            except (ValueError, OverflowError):
                continue
        if text.strip() and self._habits.bad_schedule == "refused":
            raise RefusedRequestError("Date is not valid")
        return None

    def _message(self, order: Order, recipient: str, now: int) -> Message:
        message = Message(
            message_id=self._world.next_id(),
            sendto=recipient,
            body=order.body,
            customer_id=order.customer_id,
            device_id=order.device_id,
            sim=order.sim,
            is_urgent=order.is_urgent,
            created=now,
            due=order.due,
            taken=NEVER,
            left=NEVER,
            settled=None,
            end=6,  # until its phone knows better
            newsletter=order.newsletter,
        )
        self._world.added.append(message)
        return message


def needed(fields: Fields, name: str) -> str:
    """Return a field; RefusedRequestError if it is absent or empty."""
    if not fields.get(name, "").strip():
        raise RefusedRequestError(f"Parameter {name} is required")
    return fields[name]
