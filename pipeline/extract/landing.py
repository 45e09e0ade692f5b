"""Move sealed bodies from the inbox into raw, each batch in one transaction."""

import threading
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from pipeline.clock import Clock
from pipeline.errors import GatewayError
from pipeline.extract.fields import surprise_of
from pipeline.gateway.decode import decode_devices, decode_messages
from pipeline.gateway.reading import Reading
from pipeline.gateway.wire import body_of
from pipeline.values import CallRecord, Window
from pipeline.warehouse.asked import Asked, Asking, NewField, Place
from pipeline.warehouse.events import land_events
from pipeline.warehouse.frames import Laid
from pipeline.warehouse.inbox import Body, Inbox, Landing, Ticket
from pipeline.warehouse.messages import MessageStore
from pipeline.warehouse.raw import RawStore
from pipeline.warehouse.store import Warehouse


class CallLog:
    """The calls made since the last landing; filled by several threads."""

    def __init__(self) -> None:
        self._calls: list[CallRecord] = []
        self._lock = threading.Lock()
        self.total = 0

    def add(self, call: CallRecord) -> None:
        """Note a call."""
        with self._lock:
            self._calls.append(call)
            self.total += 1

    def take(self) -> list[CallRecord]:
        """Return the calls noted since the last time, and forget them."""
        with self._lock:
            taken, self._calls = self._calls, []
        return taken


class Lander:
    """Lands bodies; used by one thread.

    Attributes:
        new_versions, gone: records written, and messages missed, since the start.
        unreadable: bodies that were set aside since they could not be read.
        strays: windows that brought messages from outside what was asked.
        fields: fields of messages that are new, or that have a type for the first time.
    """

    def __init__(
        self,
        warehouse: Warehouse,
        inbox: Inbox,
        calls: CallLog,
        *,
        run_id: str,
        clock: Clock,
    ) -> None:
        self._warehouse = warehouse
        self.raw = RawStore(warehouse, run_id)
        self._messages = MessageStore(warehouse, run_id)
        self._inbox = inbox
        self._calls = calls
        self._clock = clock
        self.place: Place | None = None
        self.new_versions = self.gone = self.unreadable = 0
        self.strays: list[Window] = []
        self.fields: list[NewField] = []

    def take_back_absences(self) -> None:
        """Forget who was missed in this run: they are there after all."""
        self._messages.take_back_absences()
        self.gone = 0

    def surprises(self) -> list[str]:
        """Return what a person should know of fields that are new or have changed."""
        return [text for field in self.fields if (text := surprise_of(field))]

    def read_as(self, reading: Reading) -> None:
        """Judge by this reading where the messages of a window must lie."""
        known = Place(reading.column, reading.grain, reading.name)
        self.place = known if reading.is_known else None

    def land(self, landings: Sequence[Landing], counted: Iterable[Asked] = ()) -> list[Asking]:
        """Land bodies, and askings without any; all of it, or nothing. Returns what is kept.

        A body that cannot be read any more is set aside; its window then stays unproven.
        """
        askings = [*map(self._asking, landings), *(Asking((asked,)) for asked in counted)]
        with self._warehouse.transaction():
            kept = self._keep(askings)
            self.raw.add_calls(self._calls.take())
        for landing in landings:
            self._inbox.discard(landing)
        return kept

    def land_devices(self, landing: Landing) -> None:
        """Land one answer of the device list."""
        (records,) = self._records(landing)
        with self._warehouse.transaction():
            self.raw.land_devices(records)
            self.raw.add_calls(self._calls.take())
        self._inbox.discard(landing)

    def land_leftovers(self) -> int:
        """Land what an earlier run sealed and could not land; returns how many tickets.

        What the gateway has pushed meanwhile lands first.
        """
        land_events(self._warehouse, self._inbox.folder / "events")
        landed = 0
        for landing in self._inbox.leftovers():
            self._set_damaged_aside(landing)
            if not self._is_landed(landing.ticket):
                landed += self._land_leftover(landing)
            self._inbox.discard(landing)
        return landed

    def _set_damaged_aside(self, landing: Landing) -> None:
        """Set aside what a disk has changed: it might still be JSON, and wrong."""
        for body in landing.ticket.bodies:
            if not self._inbox.is_as_received(landing, body):
                self._set_aside(landing.body_path(body))

    def _set_aside(self, path: Path) -> None:
        self._inbox.quarantine(path)
        self.unreadable += 1

    def _is_landed(self, ticket: Ticket) -> bool:
        """Whether a ticket was landed: a call alone may have been noted with another landing."""
        call_id = ticket.bodies[0].call.call_id
        is_devices = ticket.kind == "devices"
        return self.raw.has_call(call_id) if is_devices else self.raw.has_asking(call_id)

    def _land_leftover(self, landing: Landing) -> int:
        run_id = landing.ticket.run_id
        made = [body.call for body in landing.ticket.bodies]
        calls = [call for call in made if not self.raw.has_call(call.call_id)]
        if landing.ticket.kind == "devices":
            records = self._records(landing)
            with self._warehouse.transaction():
                for body in records:
                    self.raw.land_devices(body)
                self.raw.add_calls(calls, run_id=run_id)
            return len(records)
        asking = self._asking(landing)
        with self._warehouse.transaction():
            self._keep([asking], run_id=run_id)
            self.raw.add_calls(calls, run_id=run_id)
        return bool(asking.records)

    def _keep(self, askings: list[Asking], *, run_id: str | None = None) -> list[Asking]:
        landed = self._messages.land(askings, self.place, self._clock.now())
        self.new_versions += landed.new_versions
        self.gone += landed.gone
        asked = (askings[number].whole.window for number in sorted(landed.strays))
        self.strays += [window for window in asked if window is not None]
        self.fields += landed.fields
        kept = [
            Asking(tuple(_unverified(a) for a in asking.asked)) if n in landed.strays else asking
            for n, asking in enumerate(askings)
        ]
        self.raw.add_windows((a for asking in kept for a in asking.asked), run_id=run_id)
        return kept

    def _asking(self, landing: Landing) -> Asking:
        records = self._records(landing)
        asked = asked_of(landing.ticket)
        if len(records) < len(landing.ticket.bodies):
            # What was damaged tells nothing of the window, so that an earlier proof stands.
            asked = tuple(replace(item, state="failed") for item in asked)
        return Asking(asked, tuple(records))

    def _records(self, landing: Landing) -> list[Laid]:
        found: list[Laid] = []
        decode = decode_devices if landing.ticket.kind == "devices" else decode_messages
        for body in landing.ticket.bodies:
            path = landing.body_path(body)
            if not path.exists():
                continue
            if laid := self._inbox.laid(body):
                found.append(laid)
                continue
            try:
                page = decode(body_of(path))
            except GatewayError:
                self._set_aside(path)
            else:
                found.append(self._inbox.lay(body.file, body.call, page.records))
        return found


def asked_of(ticket: Ticket) -> tuple[Asked, ...]:
    """Return what `raw.windows` keeps of a ticket: the whole first, then its parts, if any."""
    single = ticket.bodies[0] if len(ticket.bodies) == 1 else None
    whole = Asked(
        window=ticket.window,
        state=ticket.state,
        rows=sum(body.rows for body in ticket.bodies),
        counted=ticket.counted,
        call_id=single.call.call_id if single else None,
        asked_at=ticket.asked_at,
        reading=ticket.reading,
        filters=ticket.filters if ticket.window or single is None else single.filters,
        is_complete=ticket.is_complete,
    )
    parts = () if single else tuple(_part(ticket, body) for body in ticket.bodies)
    return (whole, *parts)


def _part(ticket: Ticket, body: Body) -> Asked:
    return Asked(
        window=ticket.window,
        state="verified" if body.rows == body.counted else "unverified",
        rows=body.rows,
        counted=body.counted,
        call_id=body.call.call_id,
        asked_at=body.call.asked_at,
        reading=ticket.reading,
        filters=body.filters or {"part": 0},
    )


def _unverified(asked: Asked) -> Asked:
    state = "unverified" if asked.state == "verified" else asked.state
    return replace(asked, state=state, is_complete=False)
