"""The calls that write: one attempt each, in a form that any gateway reads, no secret anywhere."""

import logging
from dataclasses import replace

import httpx
import pytest

from pipeline.clock import HeldClock
from pipeline.errors import LoginError
from pipeline.gateway.endpoints import Sms
from pipeline.gateway.outcome import Verdict
from pipeline.gateway.writing import TIMEOUT
from pipeline.settings import Settings, load_settings
from pipeline.values import Secret
from support.bench import TOKEN, Handler, always, answer, in_turn
from support.ledger import START
from support.loads import writing

SETTINGS = Settings(token=Secret(TOKEN))
LOGIN = Settings(email="a@example.org", password=Secret("pw-SECRET-7"))
SAVED = '{"error":0,"contact_id":5,"message":"ok"}'


def kept(handler: Handler) -> tuple[httpx.MockTransport, list[httpx.Request]]:
    """Return a transport, and the requests that it will have seen."""
    seen: list[httpx.Request] = []

    def handle(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return handler(request)

    return httpx.MockTransport(handle), seen


@pytest.mark.parametrize(
    ("wanted", "fields"),
    [
        ("both", "ctag_id=8303&tag_id=8303"),
        ("ctag_id", "ctag_id=8303"),
        ("tag_id", "tag_id=8303"),
    ],
)
def test_w14_the_tag_goes_under_both_names(wanted: str, fields: str) -> None:
    """W14: a contact is a form in the body, the plus encoded, its tag under both names."""
    transport, seen = kept(always(SAVED))
    settings = Settings(token=Secret(TOKEN), contacts_tag_param=wanted)
    with writing(settings, HeldClock(START), transport=transport) as writer:
        outcome = writer.save_contact("+33612345678", 8303, "Élodie & Co")
    assert (outcome.verdict, outcome.number, outcome.message) == (Verdict.SAVED, 5, "ok")
    body = f"phone=%2B33612345678&{fields}&fullname=%C3%89lodie+%26+Co&token={TOKEN}"
    assert seen[0].content.decode() == body
    assert (seen[0].method, str(seen[0].url)) == (
        "POST",
        "https://smsgateway24.com/getdata/savecontact",
    )


def test_w14_no_secret_is_told(caplog: pytest.LogCaptureFixture) -> None:
    """W14: a gateway that echoes the token makes it stars; no log line holds it, nor the number."""
    caplog.set_level(logging.DEBUG)
    transport, _ = kept(always(f'{{"error":1,"message":"no {TOKEN} here"}}'))
    with writing(SETTINGS, HeldClock(START), transport=transport) as writer:
        outcome = writer.save_contact("+33612345678", 8303, "Anna")
        told = repr(outcome) + repr(writer) + caplog.text
    assert "no *** here" in told
    assert not [secret for secret in (TOKEN, "33612345678") if secret in told]


def test_a_text_that_is_echoed_is_not_kept() -> None:
    """A refusal that quotes the message, in part or over lines, keeps its own words alone."""
    text = "Anna,\nyour code is 4711 and nobody may know it"
    transport, _ = kept(always('{"error":1,"message":"bad text: Anna,your code is 47"}'))
    sms = Sms(to="+33612345678", body=text, device_id=7)
    with writing(SETTINGS, HeldClock(START), transport=transport) as writer:
        told = [writer.send(sms).message, writer.send_many([replace(sms, body="Hi"), sms]).message]
    assert told == ["bad text: '...'"] * 2


@pytest.mark.parametrize(("rate", "said"), [(0.5, "close"), (5.0, "keep-alive")])
def test_a_slow_load_keeps_no_connection(rate: float, said: str) -> None:
    """Below one call a second each has a connection of its own; above, two seconds of idleness."""
    transport, seen = kept(always(SAVED))
    with writing(SETTINGS, HeldClock(START), rate=rate, transport=transport) as writer:
        writer.save_contact("+33612345678", 8303, "Anna")
    assert seen[0].headers["connection"] == said
    timeouts = {"connect": 10.0, "write": 30.0, "read": 120.0, "pool": None}
    assert seen[0].extensions["timeout"] == timeouts == TIMEOUT.as_dict()


def test_connections_are_dropped_before_servers_drop_them() -> None:
    """An idle connection is not used after two seconds; no redirect is followed; no retry is on."""
    with writing(SETTINGS, HeldClock(START)) as writer:
        client = writer._client
        pool = client._transport._pool  # type: ignore[attr-defined]
    assert (pool._keepalive_expiry, pool._retries, pool._http2) == (2.0, 0, False)
    assert client.follow_redirects is False


@pytest.mark.parametrize(
    ("handler", "is_answering"),
    [
        (always('{"error":0,"count":0,"device":[]}'), True),
        (always('{"error":1,"message":"Token is not valid"}'), True),
        (always('{"error":1,"message":"Try again later"}'), False),
        (always("<html>"), False),
        (always("", 503), False),
        (always('{"error":0}'), False),
    ],
)
def test_whether_it_answers_is_asked_by_reading(handler: Handler, is_answering: bool) -> None:  # noqa: FBT001
    """A normal answer to `getalldevices` counts; so does a refused login, of which writes tell."""
    transport, seen = kept(handler)
    with writing(SETTINGS, HeldClock(START), transport=transport) as writer:
        assert writer.is_answering() is is_answering
    assert [request.url.path for request in seen] == ["/getdata/getalldevices"]


def test_a_token_is_fetched_again_only_where_one_was_fetched() -> None:
    """With e-mail and password a new token is used from then on; a token that is set stays."""
    first, second = (answer(f'{{"error":0,"token":"tok-{n}"}}') for n in (1, 2))
    transport, seen = kept(in_turn(first, answer(SAVED), second, answer(SAVED)))
    with writing(LOGIN, HeldClock(START), transport=transport) as writer:
        writer.save_contact("+33612345678", 8303, "Anna")
        assert writer.log_in_again()
        writer.save_contact("+33612345678", 8303, "Anna")
    assert [b"token=tok-1" in seen[1].content, b"token=tok-2" in seen[3].content] == [True, True]
    transport, seen = kept(always(SAVED))
    with writing(SETTINGS, HeldClock(START), transport=transport) as writer:
        assert not writer.log_in_again()
    assert seen == []


def test_a_login_that_fails_is_raised() -> None:
    """Without a token no call is made: the login's error is what a person sees."""
    transport, seen = kept(always('{"error":1,"message":"Login or password incorrect"}'))
    with pytest.raises(LoginError), writing(LOGIN, HeldClock(START), transport=transport):
        pass
    assert {request.url.path for request in seen} == {"/getdata/gettoken"}


def test_the_pace_of_writes_is_a_setting(tmp_path) -> None:  # noqa: ANN001
    """`rate` in the table `contacts` is `contacts_rate`, and the environment wins over it."""
    (tmp_path / "sms24.toml").write_text('[contacts]\nrate = 2\ntag_param = "tag_id"\n')
    settings = load_settings({"SMS24_CONTACTS_TRUST_503": "true"}, folder=tmp_path)
    found = (settings.contacts_rate, settings.contacts_tag_param, settings.contacts_trust_503)
    assert found == (2.0, "tag_id", True)
    assert load_settings({"SMS24_CONTACTS_RATE": "9"}, folder=tmp_path).contacts_rate == 9.0
