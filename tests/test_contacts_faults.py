"""Table 7.2 of the write path, row by row: what breaks, what was saved, what the ledger says."""

import gzip
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from pipeline.clock import HeldClock
from pipeline.gateway import writing as writing_module
from pipeline.gateway.outcome import Verdict
from pipeline.settings import Settings
from pipeline.values import Secret
from support.fault_server import RIGHT, Act, Served, fault_server, reply
from support.ledger import START, Somebody
from support.loads import Listed, LoadBench, writing

ANNA = Somebody()
PLAN = Listed((ANNA,))
GOOD = '{"error":0,"contact_id":77,"message":"ok"}'
LATE = httpx.Timeout(connect=10.0, write=30.0, read=0.05, pool=None)


@dataclass(frozen=True)
class Row:
    """What happens to the only call, and what it comes to."""

    act: Act
    outcome: str
    state: str
    stop: str | None = None


def doubt(act: Act) -> Row:
    """Return a row whose outcome nobody knows."""
    return Row(act, "in_doubt", "in_doubt")


def answers(body: str | bytes, status: str = "200 OK", **headers: str) -> Act:
    """Return an act that answers and has saved nothing."""
    return Act(reply=reply(body, status, **headers))


ROWS = {
    "closed before reading": doubt(Act(reads="nothing")),
    "closed after processing": doubt(Act(saves=True)),
    "reset after processing": doubt(Act(saves=True, ends="reset")),
    "answer late": doubt(Act(saves=True, ends="late")),
    "half a head": doubt(Act(saves=True, reply=b"HTTP/1.1 200 OK\r\ncontent-le")),
    "half a body": doubt(Act(saves=True, reply=reply(GOOD)[:-9])),
    "garbage": doubt(Act(saves=True, reply=b"\x00\xff not HTTP\r\n\r\n")),
    "bad gzip": doubt(Act(saves=True, reply=reply("no gzip", content_encoding="gzip"))),
    "gzip cut off": doubt(
        Act(saves=True, reply=reply(gzip.compress(GOOD.encode())[:-20], content_encoding="gzip"))
    ),
    "request half written": doubt(Act(reads="part", ends="reset")),
    **{
        f"HTTP {status}": doubt(answers("<html>", f"{status} X"))
        for status in (500, 502, 503, 504, 408, 301, 302, 307, 400, 201, 204)
    },
    "503 with Retry-After": doubt(answers("", "503 X", retry_after="1")),
    "HTML with 200": doubt(answers("<!DOCTYPE html><h1>Maintenance</h1>")),
    "empty with 200": doubt(answers("")),
    "JSON that is no object": doubt(answers("[]")),
    "JSON cut off": doubt(answers(GOOD[:20])),
    "no contact_id": doubt(answers('{"error":0,"message":"ok"}')),
    "contact_id 0": doubt(answers('{"error":0,"contact_id":0}')),
    "contact_id beyond all": doubt(answers('{"error":0,"contact_id":9223372036854775808}')),
    "contact_id in words": doubt(answers('{"error":0,"contact_id":"new"}')),
    "error 2": doubt(answers('{"error":2,"contact_id":77}')),
    "error absent": doubt(answers('{"contact_id":77}')),
    "error 1 and an id": doubt(answers('{"error":1,"contact_id":77}')),
    "answer too large": doubt(answers(b" " * (2 << 20))),
    "429": Row(answers("", "429 X"), "busy", "saved"),
    "429 with Retry-After": Row(answers("", "429 X", retry_after="7"), "busy", "saved"),
    **{
        f"HTTP {status}": Row(answers("", f"{status} X"), "stop", "pending", "turned_away")
        for status in (401, 403, 404, 405, 413)
    },
    "saved": Row(RIGHT, "saved", "saved"),
    "saved with an id as text": Row(
        Act(saves=True, reply=reply('{"error":"0","contact_id":"123"}')), "saved", "saved"
    ),
    "rejected": Row(answers('{"error":1,"message":"Bad phone"}'), "rejected", "rejected"),
}


@pytest.fixture
def served(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Served]:
    """Serve one row; an answer that is late is so after a twentieth of a second."""
    name = request.getfixturevalue("name")
    if name == "answer late":
        monkeypatch.setattr(writing_module, "TIMEOUT", LATE)
    with fault_server(ROWS[name].act) as served:
        yield served


@pytest.mark.parametrize("name", ROWS)
def test_w02_an_outcome_has_its_state(served: Served, tmp_path: Path, name: str) -> None:
    """W02, W03: the state of table 7.2, an attempt row; in doubt is not sent again by itself."""
    row, bench = ROWS[name], LoadBench(tmp_path, served.address)
    plan = Listed((Somebody(name="x" * 9_000_000),)) if row.act.reads == "part" else PLAN
    bench.make_tag(plan)
    applied = bench.apply(plan)
    known = bench.known(plan)[ANNA.e164]
    assert (known.state, bench.outcomes(plan, ANNA.e164)[0]) == (row.state, row.outcome)
    assert (applied.stop.kind if applied.stop else None) == row.stop
    at_server = len(served.saved)
    assert at_server == (row.act.saves or row.outcome == "busy")
    again = bench.apply(plan)
    may_go = row.state == "pending"
    assert len(served.saved) == at_server + may_go
    assert again.saved == may_go
    assert again.skipped.total() == 1 - may_go


@pytest.mark.parametrize(
    ("status", "states"), [("429 X", ["busy", "saved"]), ("503 X", ["busy", "saved"])]
)
def test_w04_a_busy_gateway_is_waited_for(tmp_path: Path, status: str, states: list[str]) -> None:
    """W04: Retry-After is kept, then the contact is saved; 503 only where settings trust it."""
    with fault_server(answers("", status, retry_after="30")) as served:
        bench = LoadBench(tmp_path, served.address)
        bench.secrets["contacts_trust_503"] = True
        bench.make_tag(PLAN)
        applied = bench.apply(PLAN)
    assert (applied.saved, applied.exit_code) == (1, 0)
    assert bench.outcomes(PLAN, ANNA.e164) == states
    assert 30 <= bench.clock.monotonic() <= 31


def unreachable(name: str, monkeypatch: pytest.MonkeyPatch, address: str) -> str:
    """Return an address at which nobody is reached, in one of four ways."""
    if name == "dns":

        def unknown(*_: object, **__: object) -> None:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

        monkeypatch.setattr(socket, "getaddrinfo", unknown)
        return "http://gateway.invalid/getdata"
    if name == "tls":
        return address.replace("http://", "https://")
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{nobody.getsockname()[1]}/getdata"


@pytest.mark.parametrize("name", ["refused", "dns", "tls"])
def test_w02_nobody_reached_is_pending(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """W02: without a connection nothing was sent: the row waits, the run backs off and stops."""
    with fault_server() as served, monkeypatch.context() as patch:
        bench = LoadBench(tmp_path, unreachable(name, patch, served.address))
        bench.make_tag(PLAN)
        applied = bench.apply(PLAN)
        assert applied.stop is not None
        assert (applied.stop.kind, applied.exit_code) == ("unreachable", 3)
        assert set(bench.outcomes(PLAN, ANNA.e164)) == {"unsent"}
        assert 3 < len(bench.outcomes(PLAN, ANNA.e164)) < 20
        assert bench.known(PLAN)[ANNA.e164].state == "pending"
        patch.undo()
        bench.address = served.address
        assert bench.apply(PLAN).saved == 1
        assert len(served.saved) == 1


@pytest.mark.parametrize(
    ("error", "verdict"),
    [
        (httpx.ConnectTimeout("late"), Verdict.UNSENT),
        (httpx.PoolTimeout("full"), Verdict.UNSENT),
        (httpx.ProxyError("403 Forbidden"), Verdict.UNSENT),
        (httpx.WriteTimeout("late"), Verdict.IN_DOUBT),
        (httpx.WriteError("broken pipe"), Verdict.IN_DOUBT),
        (httpx.ReadError("reset"), Verdict.IN_DOUBT),
        (httpx.RemoteProtocolError("Server disconnected"), Verdict.IN_DOUBT),
        (httpx.LocalProtocolError("odd"), Verdict.IN_DOUBT),
        (httpx.CloseError("odd"), Verdict.IN_DOUBT),
    ],
    ids=lambda value: type(value).__name__,
)
def test_w02_only_what_breaks_before_sending_is_certain(
    error: httpx.HTTPError, verdict: Verdict
) -> None:
    """W02: of all that the HTTP library raises, only the failures to connect are certain."""
    calls: list[httpx.Request] = []

    def fail(request: httpx.Request) -> httpx.Response:
        calls.append(request)
        raise error

    settings = Settings(token=Secret("tok-SECRET-42"))
    with writing(settings, HeldClock(START), transport=httpx.MockTransport(fail)) as writer:
        outcome = writer.save_contact("+33612345678", 8303, "Anna")
    assert (outcome.verdict, len(calls)) == (verdict, 1)
    assert "SECRET" not in repr(outcome)
