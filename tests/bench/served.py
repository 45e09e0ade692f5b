"""What the benchmark gateway answers: slices of a rendered world, found by an index in memory."""

import mmap
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import available_timezones

import polars as pl

from bench.world import NOW, World
from pipeline.emulator.forms import Fields, integer
from pipeline.emulator.habits import EMAIL, PASSWORD, TOKEN, Habits
from pipeline.emulator.render import Renderer, php_json
from pipeline.emulator.window import BadDateError, read_window

_HABITS = Habits()
_FILTERS = {
    "status": "status",
    "device_id": "device_id",
    "sim": "sim",
    "customerid": "customer_shown",
}
# Texts hold no such quotes: in them each has a backslash before it.
_DATE = re.compile(rb'\{"date":"([-0-9: ]{19})\.000000","timezone_type":3,"timezone":"UTC"\}')


@dataclass(frozen=True, slots=True)
class Span:
    """Bytes of the file of rows, to be sent as they lie there."""

    start: int
    size: int


Parts = tuple[bytes | Span, ...]


class _RefusedError(Exception):
    """A question that is answered by `error`, in these words."""


class Rows:
    """The rows of a rendition: which of them a question finds, and where they lie.

    Attributes:
        path: the file that holds them, in order of creation, with commas between.
    """

    def __init__(self, folder: Path) -> None:
        self.path = folder / "rows.json"
        self._truth = folder / "messages.parquet"
        columns = ["created", "start", "size", "message_id", *_FILTERS.values()]
        self._index = pl.read_parquet(self._truth, columns=columns)
        self._created, self._start, self._size = self._index.get_columns()[:3]
        with self.path.open("rb") as file:
            self._text = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))

    def between(self, low: int, high: int) -> range:
        """Return the rows created from an epoch second on and before another one."""
        return range(*(int(self._created.search_sorted(at, "left")) for at in (low, high)))

    def matching(self, rows: range, fields: Fields) -> pl.Series | None:
        """Return which of some rows pass the filters of a question; None if it has none."""
        tests = [
            self._index[column][rows.start : rows.stop] == wanted
            for name, column in _FILTERS.items()
            if (wanted := integer(fields, name)) is not None
        ]
        digits = "".join(c for c in fields.get("phone", "") if c.isdecimal())
        if digits:
            numbers = pl.read_parquet(self._truth, columns=["recipient"])["recipient"]
            tests.append(numbers[rows.start : rows.stop].str.contains(digits, literal=True))
        if not tests:
            return None
        passed = tests[0]
        for test in tests[1:]:
            passed = passed & test
        return passed.fill_null(value=False)

    def span(self, rows: range) -> Span:
        """Return where rows that follow each other lie."""
        start, last = self._start[rows.start], rows.stop - 1
        return Span(start, self._start[last] + self._size[last] - start)

    def text(self, rows: Iterable[int]) -> bytes:
        """Return some rows, each cut out, with commas between."""
        return b",".join(self._text[a : a + n] for a, n in map(self._place, rows))

    def read(self, span: Span) -> bytes:
        """Return the bytes of a span."""
        return bytes(self._text[span.start : span.start + span.size])

    def status(self, message_id: int) -> int | None:
        """Return the status of a message; None if there is none."""
        place = int(self._index["message_id"].search_sorted(message_id, "left"))
        is_it = place < len(self._index) and self._index["message_id"][place] == message_id
        return int(self._index["status"][place]) if is_it else None

    def _place(self, row: int) -> tuple[int, int]:
        return self._start[row], self._size[row]


class Served:
    """One rendition of a world behind the endpoints that a pipeline reads; any thread may ask.

    Attributes:
        now: the instant at which it stands.
        rows: its messages.
    """

    def __init__(self, world: World, rendition: str) -> None:
        self.now = world.now(rendition)
        self.rows = Rows(world.folder / rendition)
        self._phones = world.facts.phone_list()
        self._zones = available_timezones()
        self._devices: dict[str, bytes] = {}
        self._endpoints: dict[str, Callable[[Fields], Parts]] = {
            "gettoken": self._token,
            "getallsms": self._messages,
            "getalldevices": self._all_devices,
            "getsmsstatus": self._status,
        }

    def answer(self, name: str, fields: Fields) -> Parts | None:
        """Return the answer of an endpoint, in parts; None if there is no such endpoint."""
        if name not in self._endpoints:
            return None
        try:
            _check(name, fields)
            return self._endpoints[name](fields)
        except _RefusedError as refusal:
            return (php_json({"error": 1, "message": str(refusal)}).encode(),)

    def _token(self, _: Fields) -> Parts:
        return (Renderer(_HABITS, "UTC").answer("gettoken", {"token": TOKEN}).encode(),)

    def _messages(self, fields: Fields) -> Parts:
        rows = self._found(fields)
        passed = self.rows.matching(rows, fields)
        count = len(rows) if passed is None else int(passed.sum())
        if integer(fields, "onlycount") == 1:
            return (b'{"error":0,"count":%d,"message":"Ok"}' % count,)
        foot = b',"count":%d,"message":"Ok"}' % count
        if count == 0:
            return (b'{"error":0,"smss":[]' + foot,)
        return b'{"error":0,"smss":{', self._body(fields, rows, passed), b"}" + foot

    def _body(self, fields: Fields, rows: range, passed: pl.Series | None) -> bytes | Span:
        """Return the rows as they lie, or put together where they are asked in another way."""
        zone, is_descending = self._zone(fields), integer(fields, "orderbydesc") == 1
        if passed is None and not is_descending:
            span = self.rows.span(rows)
            return span if zone == "UTC" else _in_zone(self.rows.read(span), zone)
        places = [*rows] if passed is None else [rows.start + i for i in passed.arg_true()]
        text = self.rows.text(reversed(places) if is_descending else places)
        return text if zone == "UTC" else _in_zone(text, zone)

    def _found(self, fields: Fields) -> range:
        """Return the rows of the period that is asked for."""
        if fields.get("timezone") and fields["timezone"] not in self._zones:
            raise _RefusedError("Unknown timezone")
        try:
            window = read_window(fields, _HABITS)
        except BadDateError as error:
            raise _RefusedError(f"Bad date: {error}") from None
        latest = self.now.int_timestamp + 1
        if window is None:
            return self.rows.between(0, latest)
        return self.rows.between(window.low, max(min(window.high, latest), window.low))

    def _zone(self, fields: Fields) -> str:
        asked = fields.get("timezone", "")
        return asked if asked in self._zones else _HABITS.account_zone

    def _all_devices(self, fields: Fields) -> Parts:
        zone = self._zone(fields)
        if zone not in self._devices:
            renderer, now = Renderer(_HABITS, zone), self.now.int_timestamp
            rows = (renderer.device(phone, now, NOW.int_timestamp) for phone in self._phones)
            self._devices[zone] = renderer.listing("device", rows, len(self._phones)).encode()
        return (self._devices[zone],)

    def _status(self, fields: Fields) -> Parts:
        message_id = integer(fields, "sms_id") or 0
        status, renderer = self.rows.status(message_id), Renderer(_HABITS, "UTC")
        if status is None:
            raise _RefusedError("Sms not found")
        told = {"sms_id": message_id, "status": status}
        told["status_description"] = renderer.title(status)
        return (renderer.answer("getsmsstatus", told).encode(),)


def _check(name: str, fields: Fields) -> None:
    """Refuse a call with a login or a token that is not good."""
    if name == "gettoken":
        if (fields.get("email"), fields.get("pass")) != (EMAIL, PASSWORD):
            raise _RefusedError("Login or password incorrect")
    elif fields.get("token") != TOKEN:
        raise _RefusedError("Token is not valid")


def _in_zone(text: bytes, zone: str) -> bytes:
    """Return rows with their dates in another zone: slow, and for small windows good enough."""
    renderer = Renderer(_HABITS, zone)

    def shown(found: re.Match[bytes]) -> bytes:
        wall = datetime.fromisoformat(found[1].decode()).replace(tzinfo=UTC)
        return renderer.date(int(wall.timestamp())).encode()

    return _DATE.sub(shown, text)
