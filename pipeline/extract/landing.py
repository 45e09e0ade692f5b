"""Move sealed bodies from the inbox into raw, each batch in one transaction."""

import threading
from collections.abc import Iterable, Sequence

from pipeline.errors import GatewayError
from pipeline.extract.ask import asked_of
from pipeline.gateway.decode import decode_devices, decode_messages
from pipeline.values import CallRecord
from pipeline.warehouse.inbox import Inbox, Landing
from pipeline.warehouse.raw import Asked, RawStore, Records
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
    """Lands bodies; used by one thread."""

    def __init__(self, warehouse: Warehouse, raw: RawStore, inbox: Inbox, calls: CallLog) -> None:
        self._warehouse = warehouse
        self._raw = raw
        self._inbox = inbox
        self._calls = calls
        self.new_versions = 0

    def land(self, landings: Sequence[Landing], asked: Iterable[Asked] = ()) -> None:
        """Land bodies with what was asked beside them; all of it, or nothing.

        A body that cannot be read any more is set aside; its window then stays unproven.
        """
        messages = self._readable(landings)
        with self._warehouse.transaction():
            if messages:
                self.new_versions += self._raw.land_messages(messages)
            lost = {x.ticket.call.call_id for x in landings} - {m.call.call_id for m in messages}
            self._raw.add_windows(item for item in asked if item.call_id not in lost)
            self._raw.add_calls(self._calls.take())
        for landing in landings:
            self._inbox.discard(landing)

    def land_devices(self, landing: Landing) -> None:
        """Land one answer of the device list."""
        page = decode_devices(landing.body_path.read_bytes())
        with self._warehouse.transaction():
            self._raw.land_devices(Records(landing.ticket.call, page.records))
            self._raw.add_calls(self._calls.take())
        self._inbox.discard(landing)

    def land_leftovers(self) -> int:
        """Land what an earlier run sealed and could not land; returns how many bodies."""
        landed = 0
        for landing in self._inbox.leftovers():
            if not self._raw.has_call(landing.ticket.call.call_id):
                landed += self._land_leftover(landing)
            self._inbox.discard(landing)
        return landed

    def _land_leftover(self, landing: Landing) -> int:
        ticket = landing.ticket
        bodies = self._readable([landing])
        if not bodies:
            return 0
        with self._warehouse.transaction():
            if ticket.kind == "devices":
                self._raw.land_devices(bodies[0])
            else:
                self.new_versions += self._raw.land_messages(bodies)
                asked = asked_of(ticket, len(bodies[0].records))
                self._raw.add_windows([asked], run_id=ticket.run_id)
            self._raw.add_calls([ticket.call], run_id=ticket.run_id)
        return 1

    def _readable(self, landings: Iterable[Landing]) -> list[Records]:
        found: list[Records] = []
        for landing in landings:
            decode = decode_devices if landing.ticket.kind == "devices" else decode_messages
            try:
                page = decode(landing.body_path.read_bytes())
            except GatewayError:
                self._inbox.quarantine(landing)
            else:
                found.append(Records(landing.ticket.call, page.records))
        return found
