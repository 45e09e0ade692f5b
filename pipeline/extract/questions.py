"""Put questions about messages to the gateway, and keep its answers as bodies of the inbox."""

import threading
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import partial
from itertools import count

import msgspec
from pendulum import DateTime

from pipeline.clock import Clock
from pipeline.errors import GarbledError
from pipeline.gateway.client import Counted, Gateway
from pipeline.gateway.decode import Page, decode_messages
from pipeline.gateway.endpoints import MessageQuery
from pipeline.gateway.reading import Reading
from pipeline.gateway.wire import body_of
from pipeline.values import Window
from pipeline.warehouse.inbox import Body, Inbox, Landing, Ticket

Filters = Mapping[str, int]


class _Date(msgspec.Struct):
    timezone: str | None = None


class _Dated(msgspec.Struct):
    created: _Date | None = None


class Questions:
    """Asks for counts and rows under one reading of bounds; several threads may use it at once."""

    def __init__(
        self,
        gateway: Gateway,
        inbox: Inbox,
        clock: Clock,
        *,
        name: str,
        run_id: str,
        reading: Reading,
    ) -> None:
        self.gateway = gateway
        self.reading = reading
        self._inbox = inbox
        self.clock = clock
        self._name = name
        self._run_id = run_id
        self._numbers = count(1)
        self._lock = threading.Lock()

    def now(self) -> DateTime:
        """Return the time by our own clock."""
        return self.clock.now()

    def counted(self, window: Window | None, filters: Filters) -> Counted:
        """Return the gateway's count; raises GarbledError where the answer has none."""
        query = self.reading.query(window, filters, only_count=True)
        counted = self.gateway.count_messages(query)
        if counted.count is None:
            raise GarbledError("The gateway's answer holds no count.")
        return counted

    def count(self, window: Window | None, filters: Filters) -> int:
        """Return how many messages the gateway counts; raises GarbledError where it tells none."""
        return self.counted(window, filters).count or 0

    def exact(self, window: Window, *, zone: str | None = "UTC") -> MessageQuery:
        """Return the query for a window whose bounds are written as UTC, just as they are."""
        begin, end = (f"{at:%Y-%m-%d %H:%M:%S}" for at in (window.begin_at, window.end_at))
        return MessageQuery(begin=begin, end=end, zone=zone)

    def count_exact(self, window: Window) -> int:
        """Return the count of a window whose bounds are written as UTC."""
        query = replace(self.exact(window), only_count=True)
        return self.gateway.count_messages(query).count or 0

    def body(
        self,
        window: Window | None,
        filters: Filters,
        expected: int | None,
        *,
        is_descending: bool = False,
    ) -> Body:
        """Fetch the messages into the inbox; `expected` is what was counted for them."""
        query = self.reading.query(window, filters, is_descending=is_descending)
        return self.fetched(query, filters, expected)

    def fetched(self, query: MessageQuery, filters: Filters, expected: int | None) -> Body:
        """Fetch the messages of any query into the inbox."""
        path = self._inbox.new_body(self._next_name())
        fetched = self.gateway.fetch_messages(query, path, partial(self._inbox.lay, path.name))
        return Body(path.name, fetched.call, fetched.rows, expected, dict(filters))

    def page(self, body: Body) -> Page:
        """Return the records of a body."""
        return decode_messages(body_of(self._inbox.folder / body.file))

    def ids(self, bodies: Iterable[Body]) -> set[int]:
        """Return the messages in some bodies."""
        return {message_id for body in bodies for message_id, _ in self.page(body).records}

    def zones_in(self, body: Body) -> list[str]:
        """Return the zones in which a body writes the dates of creation."""
        found: dict[str, None] = {}
        for _, record in self.page(body).records:
            try:
                created = msgspec.json.decode(record, type=_Dated).created
            except msgspec.MsgspecError:
                continue
            if created is not None and created.timezone:
                found[created.timezone] = None
        return list(found)

    def drop(self, bodies: Iterable[Body]) -> None:
        """Forget bodies that are not to be landed."""
        for body in bodies:
            self._inbox.drop(body.file)

    def seal(
        self,
        window: Window | None,
        bodies: Iterable[Body],
        state: str,
        counted: int | None,
        *,
        is_complete: bool = False,
        is_sample: bool = False,
    ) -> Landing:
        """Make bodies ready to land, as the answer to one window; a sample proves nothing."""
        ticket = Ticket(
            "messages",
            self._run_id,
            tuple(bodies),
            window=window,
            state=state,
            counted=counted,
            reading=self.reading.name,
            filters={"sample": 1} if is_sample else {},
            is_complete=is_complete,
        )
        return self._inbox.seal(ticket)

    def _next_name(self) -> str:
        with self._lock:
            return f"{self._name}-{next(self._numbers):06d}"
