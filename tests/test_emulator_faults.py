"""Faults of the emulated gateway, and its own endpoints for tests that run it as a process."""

import json
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pendulum
import pytest

from pipeline.emulator.faults import KINDS, FaultKind, Faults
from pipeline.emulator.habits import EMAIL, PASSWORD, TOKEN
from pipeline.emulator.watch import EmulatorClock
from pipeline.emulator.world import World, make_world
from pipeline.errors import Sms24Error
from support.account import account
from support.emulator import running_emulator

NOW = pendulum.datetime(2026, 11, 2, 12)
EPOCH = int(NOW.timestamp())


@pytest.fixture(scope="module")
def world() -> World:
    """Make a small account."""
    return make_world(seed=3, messages=50, days=3, now=NOW)


def chosen(faults: Faults, calls: int) -> list[FaultKind | None]:
    """Return the faults of so many calls."""
    return [faults.choose("getallsms", {}) for _ in range(calls)]


def ask(address: str, path: str = "getdata/getallsms", **fields: object) -> httpx.Response:
    """Post fields to an endpoint, with the token."""
    data = {"token": TOKEN, **{name: str(value) for name, value in fields.items()}}
    return httpx.post(f"{address.removesuffix('/getdata')}/{path}", data=data)


@pytest.fixture
def address() -> Iterator[str]:
    """Serve a small account of its own, without faults."""
    own = make_world(seed=3, messages=50, days=3, now=NOW)
    with running_emulator(own, EmulatorClock(NOW)) as address:
        yield address


def test_a_seed_is_a_plan() -> None:
    """The same seed gives the same faults, at about the rate; another one others."""
    first, again, other = (chosen(Faults(seed=s, rate=0.3), 1000) for s in (1, 1, 2))
    assert first == again != other
    assert 200 < sum(kind is not None for kind in first) < 400
    assert set(first) == {*KINDS, None}


def test_a_script_says_which_calls_fail() -> None:
    """A script names the calls that fail, and how; the first call is 1."""
    assert chosen(Faults(script={1: "500", 3: "reset"}), 4) == ["500", None, "reset", None]


def test_a_rule_sees_the_call() -> None:
    """A rule decides by the endpoint and the fields of a call."""
    faults = Faults(rule=lambda name, f: "429" if name == "a" and "status" in f else None)
    calls = [("a", {"status": "1"}), ("a", {}), ("b", {"status": "1"})]
    assert [faults.choose(name, fields) for name, fields in calls] == ["429", None, None]


def test_a_plan_is_switched_off_and_on() -> None:
    """While a plan is off no call fails, but calls are counted; a change switches it on."""
    faults = Faults(rate=1.0, kinds=("html",))
    assert chosen(faults, 1) == ["html"]
    faults.off()
    assert chosen(faults, 2) == [None, None]
    faults.on()
    assert chosen(faults, 1) == ["html"]
    faults.off()
    faults.change(1.0, ("empty",))
    assert chosen(faults, 1) == ["empty"]
    assert (faults.calls, faults.served) == (5, 3)


def test_each_endpoint_may_have_a_rate_of_its_own() -> None:
    """A rate of an endpoint is its own; a change without endpoints is for all of them."""

    def share(name: str) -> float:
        return sum(faults.choose(name, {}) is not None for _ in range(500)) / 500

    faults = Faults(seed=1, rate=0.2, rates={"addsms": 1.0, "savetag": 0.0})
    assert (share("addsms"), share("savetag")) == (1, 0)
    assert 0.1 < share("getallsms") < 0.3
    faults.change(0.0, endpoints=("addsms", "getallsms"))
    assert (share("addsms"), share("savetag"), share("getallsms")) == (0, 0, 0)
    assert 0.1 < share("savecontact") < 0.3
    faults.change(1.0)
    assert (share("addsms"), share("savetag")) == (1, 1)


def test_threads_share_a_plan() -> None:
    """Calls from many threads are counted once each, and together fail as one thread's would."""
    faults = Faults(seed=1, rate=0.5)
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: faults.choose("getallsms", {}), range(2000)))
    assert Counter(found) == Counter(chosen(Faults(seed=1, rate=0.5), 2000))
    assert faults.calls == 2000


@pytest.mark.parametrize(
    ("kind", "status", "retry", "content_type"),
    [
        ("500", 500, None, "text/html"),
        ("503", 503, None, "text/html"),
        ("503-retry", 503, "0", "text/html"),
        ("429", 429, None, "text/html"),
        ("429-retry", 429, "0", "text/html"),
        ("html", 200, None, "text/html"),
        ("empty", 200, None, "application/json"),
        ("truncated", 200, None, "application/json"),
        ("garbage", 200, None, "application/json"),
    ],
)
def test_each_fault_is_what_it_says(
    world: World, kind: FaultKind, status: int, retry: str | None, content_type: str
) -> None:
    """A fault has its status, its type, a whole body that is no JSON, and the emulated time."""
    with running_emulator(world, EmulatorClock(NOW), None, Faults(script={1: kind})) as address:
        answer, next_answer = ask(address), ask(address)
    assert (answer.status_code, answer.headers.get("retry-after")) == (status, retry)
    assert answer.headers["content-type"].startswith(content_type)
    assert int(answer.headers["content-length"]) == len(answer.content)
    assert answer.headers["date"] == next_answer.headers["date"]
    with pytest.raises(ValueError, match=r"."):
        json.loads(answer.content)
    assert len(next_answer.json()["smss"]) == 50


def test_a_cut_answer_is_the_first_half(world: World) -> None:
    """A truncated answer is the beginning of the right one."""
    faults = Faults(script={1: "truncated"})
    with running_emulator(world, EmulatorClock(NOW), None, faults) as address:
        cut, whole = ask(address).text, ask(address).text
    assert cut == whole[: len(whole) // 2] != ""


def test_a_dropped_connection_promises_more(world: World) -> None:
    """A reset tells the whole length, sends less and drops the connection."""
    faults = Faults(script={1: "reset"})
    with running_emulator(world, EmulatorClock(NOW), None, faults) as address:
        with pytest.raises(httpx.RemoteProtocolError):
            ask(address)
        assert ask(address).json()["error"] == 0


def test_a_refusal_is_an_answer(world: World) -> None:
    """The fault `error1` is a refusal with HTTP 200."""
    faults = Faults(script={1: "error1"})
    with running_emulator(world, EmulatorClock(NOW), None, faults) as address:
        answer = ask(address)
    assert (answer.status_code, answer.json()["error"]) == (200, 1)


def test_faults_are_switched_over_http(address: str) -> None:
    """Faults are switched on and off at run time; an unknown kind is refused."""
    told = ask(address, "emulator/faults", rate=1, kinds="503,503-retry")
    assert told.json() == {"calls": 0, "served": 0}
    assert {ask(address).status_code for _ in range(5)} == {503}
    told = ask(address, "emulator/faults", rate=0)
    assert told.json() == {"calls": 5, "served": 5}
    assert {ask(address).status_code for _ in range(5)} == {200}
    assert ask(address, "emulator/faults", rate=1, kinds="flood").status_code == 400


def test_faults_of_one_endpoint_are_switched_over_http(address: str) -> None:
    """Faults may be switched on for some endpoints alone."""
    ask(address, "emulator/faults", rate=1, kinds="503", endpoint="getalldevices,savetag")
    codes = [ask(address, f"getdata/{n}").status_code for n in ("getalldevices", "getallsms")]
    assert codes == [503, 200]
    for rate in ("often", "nan", 5):
        assert ask(address, "emulator/faults", rate=rate).status_code == 400
    assert ask(address, "emulator/faults", rate=1, endpoint="addsm").status_code == 400
    assert ask(address, "emulator/clock", advance=1e300).status_code == 400


def test_a_message_is_kept_though_its_answer_is_lost(address: str) -> None:
    """A dropped connection loses the answer of a send, not the message; a refusal keeps none."""
    sms = {"sendto": "+33612345678", "body": "x", "device_id": 11231}
    ask(address, "emulator/faults", rate=1, kinds="reset", endpoint="addsms")
    with pytest.raises(httpx.RemoteProtocolError):
        ask(address, "getdata/addsms", **sms)
    ask(address, "emulator/faults", rate=1, kinds="500,html,error1", endpoint="addsms")
    for _ in range(5):
        ask(address, "getdata/addsms", **sms)
    assert ask(address, "emulator/account").json()["messages"] == 1


def test_phones_are_switched_over_http(address: str) -> None:
    """A phone is switched off, and told to be waited for; the account tells what was written."""
    assert ask(address, "emulator/phones", device_id=11231, action="off").json()["11231"] == 0
    sms = {"sendto": "+33612345678", "body": "x", "device_id": 11231}
    ask(address, "getdata/addsms", **sms)
    ask(address, "emulator/clock", advance=3600)
    assert httpx.get(address.replace("/getdata", "/emulator/phones")).json()["11231"] == 1
    ask(address, "emulator/phones", device_id=11231, action="on")
    ask(address, "emulator/clock", advance=60)
    assert ask(address, "emulator/phones").status_code == 400
    assert httpx.get(address.replace("/getdata", "/emulator/phones")).json()["11231"] == 0
    ask(address, "getdata/savetag", title="t")
    told = ask(address, "emulator/account").json()
    assert told == {"tags": {"8303": "t"}, "contacts": {"8303": 0}, "newsletters": 0, "messages": 1}


def test_the_clock_is_driven_over_http(address: str) -> None:
    """The clock is set, advanced, freed and held; what is no time is refused."""

    def clock(**fields: object) -> str:
        return ask(address, "emulator/clock", **fields).text

    assert clock() == clock() == "2026-11-02T12:00:00+00:00"
    assert clock(advance=90) == "2026-11-02T12:01:30+00:00"
    assert clock(now="2026-11-05T01:00:00+01:00", advance=1) == "2026-11-05T00:00:01+00:00"
    clock(hold=0)
    assert clock() != clock()
    clock(hold=1)
    assert clock() == clock()
    for wrong in ({"now": "noon"}, {"advance": "soon"}):
        assert ask(address, "emulator/clock", **wrong).status_code == 400


def test_edits_are_made_over_http(address: str) -> None:
    """Every edit by hand can be made over HTTP, now or from an instant that is told."""

    def edit(**fields: object) -> int:
        return int(ask(address, "emulator/edit", **fields).json()["id"])

    def rows() -> dict[str, dict[str, object]]:
        return dict(ask(address).json()["smss"])

    one, two, three, four, *_ = sorted(rows())
    edit(action="set_status", id=one, status=100)
    edit(action="delete", id=two)
    edit(action="delete", id=three)
    edit(action="restore", id=three, at=EPOCH)
    edit(action="resend", id=three)
    edit(action="move", id=four, device_id=11248, sim=0)
    edit(action="delete", id=one, at=EPOCH + 60)
    new = edit(action="insert", created="2026-11-01T10:00:00", device_id=11231, sim=1, status=8)
    found = rows()
    assert (found[one]["status"], found[three]["status"]) == (100, 1)
    assert two not in found
    assert found[four]["deviceid"] == 11248
    late = found[str(new)]
    assert (late["status"], late["deviceid"], late["sim"]) == (8, 11231, 1)
    assert dict(late["created"])["date"] == "2026-11-01 11:00:00.000000"  # type: ignore[call-overload]


@pytest.mark.parametrize(
    "fields",
    [
        {"action": "burn", "id": 1},
        {"action": "delete", "id": 1},
        {"action": "set_status", "id": 62_000_001},
        {"action": "insert"},
        {"action": "insert", "device_id": 1, "created": "yesterday"},
    ],
)
def test_an_edit_without_sense_is_refused(address: str, fields: dict[str, object]) -> None:
    """An edit that cannot be made is answered by 400 with a reason."""
    answer = ask(address, "emulator/edit", **fields)
    assert answer.status_code == 400
    assert answer.text


def test_the_log_tells_what_was_asked(address: str) -> None:
    """The log has the fields of each call and the total, and no token and no password."""
    ask(address, onlycount=1, status=9)
    ask(address, "getdata/gettoken", **{"email": EMAIL, "pass": PASSWORD})
    told = httpx.get(address.replace("/getdata", "/emulator/log")).json()
    assert told == {
        "total": 2,
        "calls": [
            {"endpoint": "getallsms", "onlycount": "1", "status": "9"},
            {"endpoint": "gettoken", "email": EMAIL},
        ],
    }


def test_an_account_tells_its_calls_and_switches_its_faults(tmp_path: Path) -> None:
    """A test sees what a run asked, and may let a run fail and the next one succeed."""
    faults = Faults(rule=lambda name, _: "error1" if name == "getallsms" else None)
    with account(tmp_path, messages=50, days=3, faults=faults) as known:
        with pytest.raises(Sms24Error):
            known.run()
        failed = len(known.calls())
        assert known.faults.served > 0
        known.faults.off()
        known.run()
        later = known.calls()[failed:]
    assert {call["endpoint"] for call in later} == {"getallsms", "getalldevices"}
    assert not any("token" in call for call in later)
