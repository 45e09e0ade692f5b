"""The emulator: every endpoint, reproducible, with the habits that it is told to have."""

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

import httpx
import pendulum
import pytest

from pipeline.emulator.habits import EMAIL, PASSWORD, TOKEN, Habits
from pipeline.emulator.watch import EmulatorClock
from pipeline.emulator.world import World, make_world
from support.emulator import running_emulator

NOW = pendulum.datetime(2026, 11, 2, 12)
STATUSES = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 100, 101}


class Client:
    """A plain client of one emulator."""

    def __init__(self, address: str, clock: EmulatorClock) -> None:
        self._address = address
        self.clock = clock

    def ask(self, endpoint: str, **fields: object) -> Any:
        """Return the JSON of an endpoint."""
        return json.loads(self.text(endpoint, **fields))

    def text(self, endpoint: str, **fields: object) -> str:
        """Return the answer of an endpoint as it came."""
        data = {"token": TOKEN, **{name: str(value) for name, value in fields.items()}}
        return httpx.post(f"{self._address}/{endpoint}", data=data).text

    def ids(self, **fields: object) -> set[int]:
        """Return the ids of the messages that a query finds."""
        return {int(key) for key in dict(self.ask("getallsms", **fields)["smss"])}


@pytest.fixture(scope="module")
def world() -> World:
    """Make an account of some thousand messages."""
    return make_world(seed=3, messages=6000, days=90, now=NOW)


@pytest.fixture
def client(world: World) -> Iterator[Client]:
    """Serve the account with its clock held."""
    clock = EmulatorClock(NOW)
    with running_emulator(world, clock) as address:
        yield Client(address, clock)


def served(world: World, habits: Habits, **fields: object) -> Any:
    """Return one answer of getallsms under some habits."""
    clock = EmulatorClock(NOW)
    with running_emulator(world, clock, habits) as address:
        return Client(address, clock).ask("getallsms", **fields)


def test_a_seed_is_an_account(world: World) -> None:
    """The same seed gives the same account; another one another."""
    again = make_world(seed=3, messages=6000, days=90, now=NOW)
    other = make_world(seed=4, messages=6000, days=90, now=NOW)
    assert again.messages == world.messages
    assert other.messages != world.messages


def test_everything_that_can_be_is_there(world: World) -> None:
    """Every status, phone, SIM, country, newsletters, customers and replies are in the account."""
    truth = list(world.messages_at(NOW))
    assert len(truth) == 6000
    assert {m.status for m in truth} == STATUSES
    assert {m.device_id for m in truth} == {phone.device_id for phone in world.phones}
    assert len({(m.device_id, m.sim) for m in truth}) == 12
    assert len({m.newsletter_id for m in truth}) > 5
    assert len({m.customer_id for m in truth}) > 20


def test_one_phone_has_an_incident(world: World) -> None:
    """In three days of the account the radio of one phone is off."""
    off = Counter(m.device_id for m in world.messages_at(NOW) if m.status == 12)
    (worst, most), (_, second) = off.most_common(2)
    assert worst == world.phones[2].device_id
    assert most > 2 * second


def test_statuses_settle(world: World) -> None:
    """A message goes through its statuses in order, and ends."""
    order = {1: 0, 3: 1, 2: 2, 6: 3}
    for message in world.messages[:500]:
        seen = [message.status_at(message.created + s) for s in (0, 10, 40, 80, 4000, 300_000)]
        ranks = [order.get(status, 9) for status in seen]
        assert ranks == sorted(ranks)
        assert seen[-1] == message.end or message.due is not None


def test_the_count_is_the_rows(client: Client) -> None:
    """Count, rows and the world agree, for the whole account and for a window."""
    answer = client.ask("getallsms")
    assert answer["count"] == len(answer["smss"]) == 6000
    window = {"begindate": "2026-10-01", "enddate": "2026-10-08 12:30:00"}
    assert client.ask("getallsms", onlycount=1, **window)["count"] == len(client.ids(**window)) > 0


@pytest.mark.parametrize(
    ("name", "value", "field"),
    [
        ("device_id", 11231, "deviceid"),
        ("status", 9, "status"),
        ("sim", 1, "sim"),
        ("customerid", 3, "customerid"),
    ],
)
def test_each_filter_filters(client: Client, name: str, value: int, field: str) -> None:
    """A filter gives exactly the rows that have its value."""
    rows = dict(client.ask("getallsms")["smss"])
    expected = {int(key) for key, row in rows.items() if row[field] == value}
    assert client.ids(**{name: value}) == expected != set()


def test_the_clock_can_be_driven(client: Client) -> None:
    """Time stands still until it is driven; then messages appear and settle."""
    before = client.ids()
    assert client.ids() == before
    client.clock.advance(12 * 3600)
    assert client.ids() > before


@pytest.mark.parametrize("kind", [1, 2, 3])
def test_dates_come_as_php_dumps_them(world: World, kind: int) -> None:
    """A date is an object with its wall clock, the type and an offset, abbreviation or zone."""
    habits = Habits(date_type=kind, obeys_zone=False)  # type: ignore[arg-type]
    row = next(iter(served(world, habits)["smss"].values()))
    zone = {1: "+02:00", 2: "CEST", 3: "Europe/Paris"}[kind]
    made = pendulum.from_timestamp(world.messages[0].created, "Europe/Paris")
    wall = made.format("YYYY-MM-DD HH:mm:ss.SSSSSS")
    assert row["created"] == {"date": wall, "timezone_type": kind, "timezone": zone}


def test_nothing_is_a_list_and_slashes_are_escaped(client: Client) -> None:
    """PHP's empty list is `[]`, its slashes have a backslash, its text is ASCII."""
    assert '"smss":[]' in client.text("getallsms", begindate="2012-01-01", enddate="2012-01-02")
    text = client.text("getallsms")
    assert r"Europe\/Paris" in text
    assert text.isascii()


@pytest.mark.parametrize(
    ("habits", "ids"),
    [
        (Habits(), {62}), (Habits(begin_inside=False), set()), (Habits(end_inside=False), set()),
    ],
)  # fmt: skip
def test_ends_are_inside_or_not(world: World, habits: Habits, ids: set[int]) -> None:
    """A window of no length holds its instant only where both ends are inside."""
    made = pendulum.from_timestamp(world.messages[100].created).format("YYYY-MM-DD HH:mm:ss")
    found = served(world, habits, begindate=made, enddate=made, timezone="UTC")["smss"]
    assert bool(found) == bool(ids)


def test_habits_change_the_shape(world: World) -> None:
    """Numbers as text, a bare answer, a cap with and without an honest count."""
    assert served(world, Habits(numbers_as_text=True), onlycount=1)["count"] == "6000"
    assert served(world, Habits(is_bare=True)).keys() == {"smss"}
    capped = served(world, Habits(row_cap=100))
    assert (len(capped["smss"]), capped["count"]) == (100, 6000)
    assert served(world, Habits(row_cap=100, counts="capped"), onlycount=1)["count"] == 100


def test_a_login_gives_the_token(client: Client) -> None:
    """The right password gives the token, a wrong one and a wrong token are refused."""
    assert client.ask("gettoken", **{"email": EMAIL, "pass": PASSWORD})["token"] == TOKEN
    assert client.ask("gettoken", **{"email": EMAIL, "pass": "x"})["error"] == 1
    assert client.ask("getallsms", token="x")["error"] == 1


def test_devices_and_their_state(client: Client) -> None:
    """All phones are listed; one that is silent for days is offline."""
    devices = client.ask("getalldevices")["device"]
    online = {key: client.ask("getdevicestatus", device_id=key)["online"] for key in devices}
    assert len(devices) == 8
    assert Counter(online.values()) == {True: 7, False: 1}


def test_what_is_sent_appears_and_settles() -> None:
    """A message, a batch, a bulk line and a newsletter are taken, listed and delivered in time."""
    world = make_world(seed=5, messages=50, days=3, now=NOW, future_days=0)
    clock = EmulatorClock(NOW)
    with running_emulator(world, clock) as address:
        client = Client(address, clock)
        before = client.ids()
        sms = {"sendto": "+33612345678,+33612345679", "body": "x", "device_id": 11231, "sim": 0}
        first = client.ask("addsms", **sms)["sms_id"]
        assert client.ask("getsmsstatus", sms_id=first)["status"] == 1
        batch = json.dumps({"token": TOKEN, "smsdata": [{**sms, "sendto": "+33612345670"}]})
        assert client.ask("addalotofsms", datajson=batch)["error"] == 0
        login = {"email": EMAIL, "pass": PASSWORD}
        assert client.ask("smstosend", **login, **sms)["error"] == 0
        tag = client.ask("savetag", title="t")["tag_id"]
        assert client.ask("savecontact", phone="+33612345671", tag_id=tag)["contact_id"]
        paket = {"title": "n", "body": "b", "tags": tag, "device_id": 11231, "time_to_send": 0}
        assert client.ask("savepaket", **paket)["paket_id"]
        assert len(client.ids() - before) == 6
        clock.advance(3600)
        assert client.ask("getsmsstatus", sms_id=first)["status"] == 7


@pytest.mark.parametrize(
    ("endpoint", "fields"),
    [
        ("addsms", {"body": "x", "device_id": 11231}),
        ("addsms", {"sendto": "+33612345678", "device_id": 1}),
        ("addalotofsms", {"datajson": "{"}),
        ("savetag", {}),
        ("savecontact", {"phone": "+33612345678", "tag_id": 1}),
        ("getsmsstatus", {"sms_id": 1}),
        ("getdevicestatus", {"device_id": 1}),
        ("getallsms", {"begindate": "yesterday"}),
        ("getallsms", {"timezone": "Mars/Base"}),
    ],
)
def test_what_is_wrong_is_refused_with_http_200(
    client: Client, endpoint: str, fields: dict[str, object]
) -> None:
    """A request that cannot be served is answered by `error: 1` with words."""
    answer = client.ask(endpoint, **fields)
    assert answer["error"] == 1
    assert answer["message"]


def test_fields_may_come_in_the_address_or_as_multipart(client: Client) -> None:
    """Like PHP, the emulator takes fields from the address and from multipart forms too."""
    url = f"{client._address}/getallsms"
    given = {"token": TOKEN, "onlycount": "1"}
    files = {name: (None, value) for name, value in given.items()}
    assert httpx.get(url, params=given).json()["count"] == 6000
    assert httpx.post(url, files=files).json()["count"] == 6000
    assert httpx.post(f"{client._address}/nothing", data=given).status_code == 404
