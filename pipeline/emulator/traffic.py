"""Make the account's traffic: days and nights, newsletters, an incident, each message's fate."""

from dataclasses import dataclass, replace
from functools import cache
from itertools import accumulate
from random import Random
from typing import Self

from pipeline.emulator.cast import (
    BODIES,
    HOSTILE,
    NEWSLETTER_TITLES,
    REPLIES,
    Phone,
    number_of,
)
from pipeline.emulator.edits import Edit, latest_first, latest_value
from pipeline.statuses import INCOMING_STATUS

DAY = 86_400
HOUR = 3_600
# After every instant.
NEVER = 1 << 40
# Share of a day's traffic by hour, with the quiet of the night and of lunch.
_HOURS = (1, 1, 1, 1, 1, 2, 5, 14, 30, 38, 40, 36, 24, 30, 38, 38, 34, 26, 16, 9, 5, 3, 2, 1)
_ENDS = (7, 6, 8, 9, 10, 11, 12, 100, 101, 4, 3, 2, 1)
_ENDS_AT_EASE = tuple(accumulate((790, 120, 25, 20, 9, 3, 4, 3, 2, 2, 1, 1, 1)))
_ENDS_IN_TROUBLE = tuple(accumulate((250, 40, 20, 20, 9, 3, 640, 3, 2, 2, 1, 1, 1)))
_CUSTOMERS = (None, None, 0, *range(1, 25))
_INCIDENT_PHONE = 2
_INCIDENT_DAYS = (12, 9)


@dataclass(slots=True)
class Message:
    """One message and its whole life; instants are epoch seconds.

    Attributes:
        due: when it was scheduled; None if it was to go at once.
        taken: when the phone takes it from the server.
        left: when the phone sends it, or knows that it cannot.
        settled: when the receipt comes; None if none ever does.
        end: the status that it ends in.
        edits: what was changed by hand, in order of time; shared and empty for nearly all.
    """

    message_id: int
    sendto: str
    body: str
    customer_id: int | None
    device_id: int
    sim: int
    is_urgent: bool
    created: int
    due: int | None
    taken: int
    left: int
    settled: int | None
    end: int
    tells_sent: bool = True
    newsletter: tuple[int, str, str] | None = None
    edits: tuple[Edit, ...] = ()

    def status_at(self, now: int) -> int:
        """Return the status at an instant: a pure function of the message's life and edits."""
        for edit in latest_first(self.edits, now, "status", "resend"):
            if edit.kind == "status":
                return edit.value
            if now < edit.at + 2 or self.end == INCOMING_STATUS:
                return 1
            return self._lived(now - self._delay(edit))
        return self._lived(now)

    def sent_at(self, now: int) -> int | None:
        """Return when it was sent, where the gateway tells.

        A status set by hand ends a life: the time of sending stays what it was then.
        """
        delay = 0
        for edit in latest_first(self.edits, now, "status", "resend"):
            if edit.kind == "resend":
                delay = self._delay(edit)
                break
            now = edit.at
        went = self.end in {6, 7, 8} and now >= self.left + delay
        return self.left + delay if went and self.tells_sent else None

    def seen_at(self, now: int) -> Self | None:
        """Return the message on the device it is on at an instant; None while it is deleted."""
        if not self.edits:
            return self
        for edit in latest_first(self.edits, now, "delete", "restore"):
            if edit.kind == "delete":
                return None
            break
        device_id = latest_value(self.edits, now, "device", self.device_id)
        sim = latest_value(self.edits, now, "sim", self.sim)
        return replace(self, device_id=device_id, sim=sim)

    def _delay(self, resend: Edit) -> int:
        """Return how much later everything happens in the life that a resend begins."""
        return resend.at - (self.created if self.due is None else max(self.due, self.created))

    def _lived(self, now: int) -> int:
        if self.end in {5, 4, 1}:
            return self.end if self.end != 4 or now >= self.left else 1
        if now < self.created + 2:
            return 1
        if now < self.taken or self.end == 3:
            return 3
        if now < self.left:
            return 2
        if self.end in {6, 7, 8}:
            return self.end if self.settled is not None and now >= self.settled else 6
        return self.end


class Traffic:
    """Makes messages, one after the other, from a seeded generator."""

    def __init__(self, random: Random, phones: tuple[Phone, ...], now: int, messages: int) -> None:
        self._random = random
        self._phones = phones
        self._now = now
        self._weights = tuple(accumulate((9, 7, 6, 6, 4, 4, 2, 1)))
        countries = [sim.country for phone in phones for sim in phone.sims]
        people = range(max(messages // 8, 20))
        self._people = {
            country: [number_of(country, random) for _ in people]
            for country in dict.fromkeys(countries)
        }

    def moments(self, begin: int, end: int, count: int) -> list[int]:
        """Return so many instants between two, in order, in the rhythm of days."""
        hours = range(begin // HOUR, end // HOUR + 1)
        weights = [_HOURS[hour % 24] * (1 if (hour // 24) % 7 < 5 else 0.4) for hour in hours]
        picked = self._random.choices(hours, weights, k=count)
        inside = (min(max(h * HOUR + self._random.randrange(HOUR), begin), end - 1) for h in picked)
        return sorted(inside)

    def bursts(self, begin: int, end: int, count: int) -> list[tuple[int, tuple[int, str, str]]]:
        """Return the instants of newsletters: a hundred rows within a few seconds."""
        size = max(count // 8, 1)
        found: list[tuple[int, tuple[int, str, str]]] = []
        for number in range(0, count, size):
            start = self._random.randrange(begin, max(end - 600, begin + 1))
            title = NEWSLETTER_TITLES[(number // size) % len(NEWSLETTER_TITLES)]
            newsletter = (9001 + number // size, title, HOSTILE[(number // size) % len(HOSTILE)])
            rows = min(size, count - number)
            found += [(min(start + row // 100, end - 1), newsletter) for row in range(rows)]
        return found

    def make(
        self, message_id: int, created: int, newsletter: tuple[int, str, str] | None
    ) -> Message:
        """Return a message made at an instant, with its whole fate."""
        random = self._random
        (phone,) = random.choices(self._phones, cum_weights=self._weights)
        sim = phone.sims[0] if random.random() < 0.7 else phone.sims[-1]
        dice = random.random()
        if newsletter is None and dice < 0.07:
            return self._incoming(message_id, phone, sim.slot, sim.country, created)
        due = created + random.randrange(HOUR, 3 * DAY) if 0.07 <= dice < 0.10 else None
        start = due if due is not None else created
        taken = start + 3 + random.randrange(40)
        left = taken + 1 + random.randrange(30)
        end = self._end(phone, start)
        receipt = left + 2 + int(random.paretovariate(0.7) * 4)
        return Message(
            message_id=message_id,
            sendto=random.choice(self._people[sim.country]),
            body=newsletter[2] if newsletter else self._body(),
            customer_id=random.choice(_CUSTOMERS),
            device_id=phone.device_id,
            sim=sim.slot,
            is_urgent=dice > 0.95,
            created=created,
            due=due,
            taken=taken,
            left=left,
            settled=min(receipt, left + 2 * DAY) if end in {7, 8} else None,
            end=end,
            tells_sent=random.random() > 0.04,
            newsletter=newsletter,
        )

    def _end(self, phone: Phone, start: int) -> int:
        first, last = (self._now - days * DAY for days in _INCIDENT_DAYS)
        in_trouble = phone is self._phones[_INCIDENT_PHONE] and first <= start < last
        odds = _ENDS_IN_TROUBLE if in_trouble else _ENDS_AT_EASE
        return self._random.choices(_ENDS, cum_weights=odds)[0]

    def _incoming(
        self, message_id: int, phone: Phone, sim: int, country: str, created: int
    ) -> Message:
        random = self._random
        sender = random.choice(self._people[country]) if random.random() < 0.9 else "INFO"
        return Message(
            message_id=message_id,
            sendto=sender,
            body=random.choice(REPLIES),
            customer_id=None,
            device_id=phone.device_id,
            sim=sim,
            is_urgent=False,
            created=created,
            due=None,
            taken=created,
            left=created,
            settled=None,
            end=5,
        )

    def _body(self) -> str:
        if self._random.random() < 0.01:
            return self._random.choice(HOSTILE)
        return _filled(self._random.choice(BODIES), self._random.randrange(10_000))


@cache
def _filled(body: str, number: int) -> str:
    """Return a text with its number; messages of the same text share it, to save memory."""
    return body.format(n=number)
