"""Habits of the emulated gateway: each switch changes what it says, and nothing else."""

import json
from email.utils import parsedate_to_datetime
from typing import Any

import pendulum
import pytest

from pipeline.emulator.app import Gateway
from pipeline.emulator.faults import Faults
from pipeline.emulator.habits import EMAIL, PASSWORD, TOKEN, Habits
from pipeline.emulator.log import CallLog
from pipeline.emulator.watch import EmulatorClock
from pipeline.emulator.world import World, make_world

NOW = pendulum.datetime(2026, 11, 2, 12)
EPOCH = int(NOW.timestamp())
PARIS = "Europe/Paris"
LOCAL = {"filters_in_zone": False, "account_zone": PARIS}


@pytest.fixture(scope="module")
def world() -> World:
    """Make an account of some hundred messages."""
    return make_world(seed=3, messages=800, days=20, now=NOW)


def gateway(world: World, **habits: Any) -> Gateway:
    """Return a gateway with some habits, its clock held."""
    return Gateway(world, EmulatorClock(NOW), Habits(**habits), Faults(), CallLog())


def asked(served: Gateway, endpoint: str = "getallsms", **fields: object) -> Any:
    """Return the JSON of an endpoint."""
    form = {"token": TOKEN, **{name: str(value) for name, value in fields.items()}}
    return json.loads(served.respond(endpoint, form).body)


def ids(served: Gateway, **fields: object) -> set[int]:
    """Return the ids of the messages that a query finds."""
    return {int(key) for key in asked(served, **fields)["smss"]}


def lonely(*walls: str, zone: str = "UTC") -> tuple[World, list[int]]:
    """Return an account with nothing but messages made at some times of a wall clock."""
    empty = make_world(seed=3, messages=0, days=1, now=NOW, future_days=0)
    instants = [int(pendulum.parse(wall, tz=zone).timestamp()) for wall in walls]  # type: ignore[union-attr]
    return empty, [empty.insert(made, device_id=1, at=made) for made in instants]


@pytest.mark.parametrize(
    ("habits", "name", "field", "hidden"),
    [
        ({"hidden_statuses": frozenset({9, 12})}, "status", "status", {9, 12}),
        ({"hides_incoming": True}, "status", "status", {5}),
        ({"hides_incoming": True, "hidden_statuses": frozenset({9})}, "status", "status", {5, 9}),
        ({"hidden_sims": frozenset({1})}, "sim", "sim", {1}),
    ],
)
def test_what_is_hidden_comes_when_asked_for(
    world: World, habits: dict[str, Any], name: str, field: str, hidden: set[int]
) -> None:
    """Hidden statuses and SIMs are in no row and no count unless a query names them."""
    everything = asked(gateway(world))["smss"]
    served = gateway(world, **habits)
    shown = {int(key) for key, row in everything.items() if row[field] not in hidden}
    assert ids(served) == shown != ids(gateway(world))
    assert asked(served, onlycount=1)["count"] == len(shown)
    for value in hidden:
        wanted = {int(key) for key, row in everything.items() if row[field] == value}
        assert ids(served, **{name: value}) == wanted != set()


def test_an_answer_has_a_cap_of_bytes(world: World) -> None:
    """The answer holds the first rows that fit into the cap, one more would not; counts stay."""
    form = {"token": TOKEN}
    everything = list(asked(gateway(world))["smss"])
    body = bytes(gateway(world, byte_cap=20_000).respond("getallsms", form).body)
    kept = list(json.loads(body)["smss"])
    assert 19_000 < len(body) <= 20_000
    assert kept == everything[: len(kept)]
    assert json.loads(body)["count"] == 800
    exact = gateway(world, byte_cap=len(body)).respond("getallsms", form).body
    assert exact == body
    less = gateway(world, byte_cap=len(body) - 1).respond("getallsms", form).body
    assert len(json.loads(bytes(less))["smss"]) == len(kept) - 1


def test_a_cap_of_bytes_caps_counts_of_rows(world: World) -> None:
    """Where counts are of what an answer holds, bytes that end it end the count too."""
    answer = asked(gateway(world, byte_cap=20_000, counts="capped"))
    assert answer["count"] == len(answer["smss"]) < 800


@pytest.mark.parametrize("name", ["status", "device_id", "sim", "customerid", "phone"])
def test_what_is_ignored_filters_nothing(world: World, name: str) -> None:
    """A field that is not heeded changes no answer of getallsms."""
    assert ids(gateway(world), **{name: 1}) != ids(gateway(world))
    assert ids(gateway(world, ignores=frozenset({name})), **{name: 1}) == ids(gateway(world))


def test_an_ignored_order_is_the_usual_one(world: World) -> None:
    """Where the order is not heeded, rows come in the order of creation."""
    usual = list(asked(gateway(world))["smss"])
    assert list(asked(gateway(world), orderbydesc=1)["smss"]) == usual[::-1]
    deaf = gateway(world, ignores=frozenset({"orderbydesc"}))
    assert list(asked(deaf, orderbydesc=1)["smss"]) == usual


@pytest.mark.parametrize(
    ("habits", "expected"),
    [
        ({}, {"smss": []}),
        ({"empty": "[]"}, {"smss": []}),
        ({"empty": "{}"}, {"smss": {}}),
        ({"empty_object": True}, {"smss": {}}),
        ({"empty": "null"}, {"smss": None}),
        ({"empty": "absent"}, {}),
    ],
)
def test_nothing_is_written_in_four_ways(
    world: World, habits: dict[str, Any], expected: dict[str, Any]
) -> None:
    """An empty list is a list, an object, null, or not there at all."""
    rest = {"error": 0, "count": 0, "message": "Ok"}
    answer = asked(gateway(world, **habits), begindate="2012-01-01", enddate="2012-01-02")
    assert answer == {**rest, **expected}
    bare = gateway(world, is_bare=True, **habits)
    assert asked(bare, begindate="2012-01-01", enddate="2012-01-02") == expected


def test_what_was_not_scheduled_is_in_no_window(world: World) -> None:
    """Filtered by the time of scheduling, a row without one comes only where no date is set."""
    served = gateway(world, filter_column="scheduled")
    scheduled = {m.message_id for m in world.between(0, EPOCH + 1) if m.due is not None}
    window = {"begindate": "2026-01-01", "enddate": "2027-01-01"}
    assert ids(served, **window) == scheduled != set()
    assert len(ids(served)) == 800
    told = gateway(world, filter_column="scheduled", unscheduled_is_created=True)
    assert len(ids(told, **window)) == 800


def test_the_last_day_is_whole_or_is_its_midnight() -> None:
    """An end that was cut to a day holds all of that day, or only its first second."""
    world, made = lonely("2026-10-01 00:00:00", "2026-10-01 18:00:00", "2026-10-02 00:00:00")
    window = {"begindate": "2026-10-01 12:00:00", "enddate": "2026-10-01 12:00:00"}
    utc = {"timezone": "UTC", **window}
    assert ids(gateway(world, grain=86_400), **utc) == set(made[:2])
    assert ids(gateway(world, grain=86_400, day_ends="whole"), **utc) == set(made[:2])
    assert ids(gateway(world, grain=86_400, day_ends="floor"), **utc) == set(made[:1])


def test_the_last_minute_is_whole_or_is_its_first_second() -> None:
    """An end that was cut to a minute holds all of that minute, or only its first second."""
    world, made = lonely("2026-10-01 00:00:00", "2026-10-01 00:00:59", "2026-10-01 00:01:00")
    window = {"begindate": "2026-10-01 00:00:30", "enddate": "2026-10-01 00:00:30"}
    assert ids(gateway(world, grain=60), timezone="UTC", **window) == set(made[:2])
    floor = gateway(world, grain=60, day_ends="floor")
    assert ids(floor, timezone="UTC", **window) == set(made[:1])


def test_days_are_those_of_the_zone_of_the_bounds() -> None:
    """A day runs from midnight to midnight where bounds are read, also if it has 25 hours."""
    walls = ["2026-10-24 23:59:59", "2026-10-25 00:00:00", "2026-10-25 23:59:59"]
    world, made = lonely(*walls, zone=PARIS)
    served = gateway(world, grain=86_400, **LOCAL)
    assert ids(served, begindate="2026-10-25", enddate="2026-10-25") == set(made[1:])


@pytest.mark.parametrize(
    ("counts", "rows", "expected"),
    [("lying", 0, 0), ("lying", 1, 2), ("lying", 100, 107), ("text", 3, "3")],
)
def test_counts_may_lie_or_be_text(counts: str, rows: int, expected: object) -> None:
    """A lying count is 7 % and at least one too high; a count may be a text."""
    world, _ = lonely(*["2026-10-01 12:00:00"] * rows)
    served = gateway(world, counts=counts)
    assert asked(served)["count"] == asked(served, onlycount=1)["count"] == expected


def test_low_counts_leave_the_same_rows_out(world: World) -> None:
    """A low count leaves out some rows, the same in every window: parts still add up."""
    served = gateway(world, counts="low")
    parts = [("2026-01-01", "2026-10-25 23:59:59"), ("2026-10-26", "2027-01-01")]
    windows = [{"begindate": begin, "enddate": end, "onlycount": 1} for begin, end in parts]
    total = asked(served, onlycount=1)["count"]
    assert sum(asked(served, **window)["count"] for window in windows) == total
    assert 600 < total < 800 == len(ids(served))


def test_the_date_may_be_wrong_or_missing(world: World) -> None:
    """The header Date may be ahead of the emulated time, or not there."""
    ahead = gateway(world, clock_skew=90.0).headers()["date"]
    assert parsedate_to_datetime(ahead) == NOW.add(seconds=90)
    assert gateway(world, tells_date=False).headers() == {}
    assert ids(gateway(world, clock_skew=10**6)) == ids(gateway(world))


def test_both_passes_of_the_doubled_hour_are_one() -> None:
    """Wall-clock texts match both passes of the doubled hour; instants match the first."""
    world, made = lonely("2026-10-25 00:30:00", "2026-10-25 01:30:00", "2026-10-25 02:30:00")
    window = {"begindate": "2026-10-25 02:00:00", "enddate": "2026-10-25 02:59:59"}
    assert ids(gateway(world, **LOCAL), **window) == set(made[:1])
    texts = gateway(world, reads_wall_clock=True, **LOCAL)
    assert ids(texts, **window) == set(made[:2])
    in_utc = gateway(world, reads_wall_clock=True, account_zone=PARIS)
    assert ids(in_utc, timezone="UTC", **window) == {made[2]}


def test_a_token_is_good_for_some_calls(world: World) -> None:
    """Where tokens wear out, each is refused after its calls and a login gives a new one."""
    served = gateway(world, token_calls=2)
    login = {"email": EMAIL, "pass": PASSWORD}
    assert [asked(served, onlycount=1)["error"] for _ in range(3)] == [0, 0, 1]
    fresh = asked(served, "gettoken", **login)["token"]
    assert fresh not in {TOKEN, asked(served, "gettoken", **login)["token"]}
    worn = [asked(served, token=fresh, onlycount=1) for _ in range(3)]
    assert [answer["error"] for answer in worn] == [0, 0, 1]
    assert worn[2]["message"] == "Token is not valid"
    assert asked(gateway(world), "gettoken", **login)["token"] == TOKEN


def test_heavy_answers_break_the_gateway(world: World) -> None:
    """An answer of too many rows fails as told; counts, caps and small answers do not."""
    served = gateway(world, too_heavy_rows=100)
    assert served.respond("getallsms", {"token": TOKEN}).status_code == 500
    assert asked(served, onlycount=1)["count"] == 800
    assert len(ids(served, status=9)) < 100
    assert len(ids(gateway(world, too_heavy_rows=100, row_cap=100))) == 100
    html = gateway(world, too_heavy_rows=100, too_heavy_kind="html")
    assert bytes(html.respond("getallsms", {"token": TOKEN}).body).startswith(b"<!DOCTYPE")
