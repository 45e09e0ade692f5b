"""The gateway client: what it sends, what it keeps, how it logs in, what it never shows."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import parse_qs

import httpx
import pytest

from pipeline.errors import LoginError, UsageError
from pipeline.gateway.endpoints import MessageQuery
from pipeline.settings import Settings
from pipeline.values import Secret
from support.bench import COUNT, TOKEN, Bench, always, answer


def test_a_call_is_a_post_form_without_anything_in_the_address() -> None:
    """Parameters and token go into the body; the address names the endpoint alone."""
    bench = Bench(always('{"error":0,"count":"12","message":"Ok"}'))
    query = MessageQuery(
        begin="2026-11-02 12:00:00", end="2026-11-02 13:00:00", device_id=7, only_count=True
    )
    assert bench.gateway.count_messages(query).count == 12
    assert str(bench.requests[0].url) == "https://smsgateway24.com/getdata/getallsms"
    assert bench.requests[0].method == "POST"
    assert bench.forms() == [
        {
            "begindate": "2026-11-02 12:00:00",
            "enddate": "2026-11-02 13:00:00",
            "device_id": "7",
            "onlycount": "1",
            "timezone": "UTC",
            "token": TOKEN,
        }
    ]


def test_a_body_is_kept_as_received(tmp_path: Path) -> None:
    """The bytes on disk are the gateway's; the call tells their size, hash and rows."""
    text = '{"error":0,"smss":{"9":{"id":9,"body":"a\\/b \u00e9"}},"count":1,"message":"Ok"}'
    bench = Bench(always(text))
    fetched = bench.gateway.fetch_messages(MessageQuery(), tmp_path / "a.body")
    assert (tmp_path / "a.body").read_text("utf-8") == text
    assert (fetched.rows, fetched.count, fetched.call.bytes) == (1, 1, len(text.encode()))
    assert bench.calls == [fetched.call]
    assert "token" not in fetched.call.parameters


def login(request: httpx.Request) -> httpx.Response:
    """Answer like a gateway whose tokens are numbered and serve one call each."""
    form = parse_qs(request.content.decode())
    if request.url.path.endswith("gettoken"):
        login.tokens += 1  # type: ignore[attr-defined]
        if form["pass"] != ["pw-SECRET"]:
            return answer('{"error":1,"message":"Login or password incorrect"}')
        return answer(f'{{"error":0,"token":"t{login.tokens}"}}')  # type: ignore[attr-defined]
    if form["token"] == ["t1"] and login.stale:  # type: ignore[attr-defined]
        return answer('{"error":1,"message":"Token is not valid"}')
    return answer('{"error":0,"count":5}')


@contextmanager
def logged_in(password: str, *, stale: bool) -> Iterator[Bench]:
    """Give a client that fetches its token."""
    login.tokens, login.stale = 0, stale  # type: ignore[attr-defined]
    yield Bench(login, Settings(email="a@example.com", password=Secret(password)))


def test_a_token_is_fetched_once() -> None:
    """E-mail and password are exchanged for a token, which serves all later calls."""
    with logged_in("pw-SECRET", stale=False) as bench:
        for _ in range(3):
            assert bench.gateway.count_messages(COUNT).count == 5
        assert [r.url.path.rsplit("/")[-1] for r in bench.requests] == [
            "gettoken",
            *["getallsms"] * 3,
        ]


def test_a_token_that_ran_out_is_fetched_again_once() -> None:
    """A refused call with a fetched token asks for a new token, and then is final."""
    with logged_in("pw-SECRET", stale=True) as bench:
        assert bench.gateway.count_messages(COUNT).count == 5
        paths = [request.url.path.rsplit("/")[-1] for request in bench.requests]
        assert paths == ["gettoken", "getallsms", "gettoken", "getallsms"]


def test_a_refused_login_is_said_once_without_the_password() -> None:
    """A wrong password is a LoginError that shows neither e-mail nor password."""
    with logged_in("pw-WRONG", stale=False) as bench:
        with pytest.raises(LoginError, match="Login or password incorrect") as caught:
            bench.gateway.count_messages(COUNT)
        assert len(bench.requests) == 1
        assert "pw-WRONG" not in repr(caught.value) + repr(bench.calls)
        assert "a@example.com" not in repr(bench.calls)


def test_without_a_login_nothing_is_asked() -> None:
    """Settings without token, e-mail and password are a usage error before any call."""
    bench = Bench(always("{}"), Settings())
    with pytest.raises(UsageError, match="no login"):
        bench.gateway.count_messages(COUNT)
    assert bench.requests == []


def test_no_secret_in_any_log_or_repr(caplog: pytest.LogCaptureFixture) -> None:
    """With every logger at DEBUG, no line holds the token; nor do the reprs of the parts."""
    caplog.set_level(logging.DEBUG)
    for name in ("httpx", "httpcore", "hpack"):
        logging.getLogger(name).setLevel(logging.DEBUG)
    bench = Bench(always('{"error":0,"count":3}'))
    bench.gateway.count_messages(COUNT)
    settings = Settings(token=Secret(TOKEN), password=Secret("pw-SECRET"))
    shown = (
        caplog.text + repr(bench.gateway) + repr(settings) + f"{settings.token}{settings.token!r}"
    )
    assert TOKEN not in shown
    assert "pw-SECRET" not in shown


def test_the_status_of_one_message() -> None:
    """The answer of getsmsstatus gives id, status and title, with numbers as text or not."""
    text = '{"error":0,"sms_id":"62","status":"7","status_description":"Sms Delivered"}'
    status = Bench(always(text)).gateway.message_status(62)
    assert (status.message_id, status.status, status.title) == (62, 7, "Sms Delivered")


def test_calls_keep_the_pace() -> None:
    """No more calls start in a second than the rate allows."""
    settings = Settings(token=Secret(TOKEN), rate=4)
    bench = Bench(always('{"error":0,"count":3}'), settings)
    for _ in range(9):
        bench.gateway.count_messages(COUNT)
    assert bench.clock.monotonic() == pytest.approx(2.0)
