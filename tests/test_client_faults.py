"""Every way in which a call can fail: its error, its patience, its sentence."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from pipeline.errors import (
    BrokenGatewayError,
    BusyGatewayError,
    GarbledError,
    GatewayError,
    RefusedError,
    UnreachableError,
)
from pipeline.gateway.endpoints import MessageQuery
from support.bench import COUNT, TOKEN, Bench, Handler, always, answer, failing, in_turn

FAULTS: dict[str, tuple[Handler, type[GatewayError], int, str]] = {
    "refused connection": (
        failing(httpx.ConnectError("[Errno 111] Connection refused")),
        UnreachableError,
        5,
        "reached",
    ),
    "no such host": (
        failing(httpx.ConnectError("[Errno -2] Name or service not known")),
        UnreachableError,
        5,
        "Name",
    ),
    "read timeout": (
        failing(httpx.ReadTimeout("late")),
        UnreachableError,
        2,
        "did not answer within",
    ),
    "connect timeout": (
        failing(httpx.ConnectTimeout("late")),
        UnreachableError,
        5,
        "did not answer",
    ),
    "reset": (failing(httpx.ReadError("reset")), UnreachableError, 5, "broke"),
    "server went away": (failing(httpx.RemoteProtocolError("gone")), UnreachableError, 5, "broke"),
    "429": (always("", 429), BusyGatewayError, 5, "busy"),
    "503": (always("<html>", 503), BusyGatewayError, 5, "busy"),
    "500": (always("<html>", 500), BrokenGatewayError, 5, "HTTP 500"),
    "502": (always("", 502), BrokenGatewayError, 5, "HTTP 502"),
    "404": (always("", 404), BrokenGatewayError, 1, "HTTP 404"),
    "403": (always("", 403), BrokenGatewayError, 1, "HTTP 403"),
    "redirect": (
        always("", 302, location="https://evil.example/"),
        BrokenGatewayError,
        1,
        "Redirects",
    ),
    "web page": (always("<!DOCTYPE html><h1>Maintenance</h1>"), GarbledError, 5, "web page"),
    "empty": (always(""), GarbledError, 5, "empty"),
    "cut off": (always('{"error":0,"count":'), GarbledError, 5, "not whole"),
    "a bare word": (always("Fatal error"), GarbledError, 5, "Fatal error"),
    "a list": (always("[]"), GarbledError, 5, "no JSON"),
    "error 1": (
        always('{"error":1,"message":"Token is not valid"}'),
        RefusedError,
        2,
        "Token is not valid",
    ),
    "error as text": (always('{"error":"1","message":"no"}'), RefusedError, 2, "no"),
    "error true": (always('{"error":true}'), RefusedError, 2, "no reason"),
    "an echoed token": (
        always(f'{{"error":1,"message":"bad {TOKEN}"}}'),
        RefusedError,
        2,
        r"bad \*\*\*",
    ),
    "broken gzip": (
        always("no gzip", 200, **{"content-encoding": "gzip"}),
        GarbledError,
        5,
        "decompressed",
    ),
}


@pytest.mark.parametrize(("handler", "kind", "attempts", "words"), FAULTS.values(), ids=FAULTS)
def test_a_fault_has_its_error_and_its_patience(
    handler: Handler, kind: type[GatewayError], attempts: int, words: str
) -> None:
    """Each way to fail has its error, its number of attempts, a sentence, and shows no secret."""
    bench = Bench(handler)
    with pytest.raises(kind, match=words) as caught:
        bench.gateway.count_messages(COUNT)
    assert len(bench.requests) == len(bench.calls) == attempts
    assert {call.outcome for call in bench.calls} == {kind.outcome}
    assert TOKEN not in str(caught.value) + repr(caught.value) + repr(bench.calls)
    assert caught.value.exit_code == 3


def test_a_passing_fault_costs_one_wait() -> None:
    """After one failure the answer counts, and both calls are kept."""
    bench = Bench(in_turn(answer("", 500), answer('{"error":0,"count":3}')))
    assert bench.gateway.count_messages(COUNT).count == 3
    assert [call.outcome for call in bench.calls] == ["broken", "ok"]
    assert 1 <= bench.clock.monotonic() <= 1.6


@pytest.mark.parametrize(
    ("header", "seconds"),
    [("7", 7), ("Mon, 02 Nov 2026 12:00:20 GMT", 20), ("0", 0), ("86400", 60)],
)
def test_retry_after_is_obeyed_within_reason(header: str, seconds: int) -> None:
    """A wait that the gateway asks for, in seconds or as a date, is kept, a minute at the most."""
    headers = {"retry-after": header, "date": "Mon, 02 Nov 2026 12:00:00 GMT"}
    bench = Bench(in_turn(answer("", 429, **headers), answer('{"count":1}')))
    bench.gateway.count_messages(COUNT)
    assert seconds <= bench.clock.monotonic() <= seconds + 0.1


def test_a_slow_body_ends_at_the_timeout(tmp_path: Path) -> None:
    """A body that drips for longer than the timeout is a failure, however alive it looks."""
    bench: Bench

    def drip() -> Iterator[bytes]:
        for _ in range(1000):
            bench.clock.sleep(1)
            yield b" "

    bench = Bench(lambda _: httpx.Response(200, content=drip()))
    with pytest.raises(UnreachableError, match="120 seconds"):
        bench.gateway.fetch_messages(MessageQuery(), tmp_path / "a.body")
    assert list(tmp_path.iterdir()) == []
