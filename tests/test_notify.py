"""Telling by mail and by webhook: what arrives, what is refused, and that no secret comes out."""

import email
import json
import logging
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from email.policy import default

import httpx
import pendulum
import pytest

from pipeline.clock import HeldClock
from pipeline.errors import TellingError, UsageError
from pipeline.notify.mail import Attached, Letter, message, one_line, send
from pipeline.notify.webhook import post
from pipeline.settings import Settings
from pipeline.values import Secret
from support.mailbox import mailbox

SENT = datetime(2026, 3, 4, 11, 30, tzinfo=UTC)
SECRET = "hunter2"
LETTER = Letter(
    "96 % ▼ 0.7 pt: déjà",
    "Text. été\n",
    "<p>Page</p>",
    (Attached("report.html", "text/html", b"<h1>whole</h1>"),),
)
SETTINGS = Settings(
    mail_host="127.0.0.1",
    mail_from="sms24@example.com",
    mail_to=("a@example.com", "b@example.com"),
    mail_tls="none",
    webhook_url=Secret(f"https://hooks.example.com/{SECRET}"),
)
VERDICT = {"headline": "96 %", "findings": []}


def test_a_mail_arrives_with_its_text_its_page_and_its_files() -> None:
    """What the server got holds subject, both texts and the attachment, for everybody named."""
    with mailbox() as server:
        send(message(LETTER, SETTINGS, SENT), replace(SETTINGS, mail_port=server.port))
    found = email.message_from_bytes(server.mails[0], policy=default)
    assert found["Subject"] == LETTER.subject
    assert [part.get_content_type() for part in found.walk() if not part.is_multipart()] == [
        *("text/plain", "text/html", "text/html")
    ]
    assert found.get_body(("plain",)).get_content().splitlines() == ["Text. été"]  # type: ignore[union-attr]
    assert next(found.iter_attachments()).get_content().strip() == "<h1>whole</h1>"  # type: ignore[attr-defined]
    rcpt = [text for text in server.commands if text.upper().startswith("RCPT")]
    assert len(rcpt) == 2


def test_the_same_letter_is_the_same_mail() -> None:
    """Parts, ids and dates follow from the letter and the time given."""
    one, other = (message(LETTER, SETTINGS, SENT).as_bytes() for _ in range(2))
    assert one == other
    changed = replace(LETTER, text="Other\n")
    assert message(changed, SETTINGS, SENT)["Message-ID"] not in one.decode("ascii")


@pytest.mark.parametrize(
    "subject",
    [
        "a\r\nBcc: x@evil.test",
        "a\nX: y",
        "a\x0bb\u2028Bcc: x",
        "\u202egnp",
        "a\r\n\r\nbody",
        "x" * 900,
    ],
)
def test_no_text_can_add_a_header(subject: str) -> None:
    """A subject of other people's words stays one header, on one line of bounded length."""
    mail = message(replace(LETTER, subject=subject), SETTINGS, SENT)
    found = email.message_from_bytes(mail.as_bytes(), policy=default)
    assert found["Bcc"] is None
    assert found["X"] is None
    assert found["Subject"] == one_line(subject)
    assert len(found["Subject"]) <= 200
    assert found.get_body(("plain",)).get_content().splitlines() == ["Text. été"]  # type: ignore[union-attr]


@pytest.mark.parametrize("address", ["x", "a@b\r\nBcc: c@d", "a@b, c@d", "<a@b>", "a b@c", ""])
def test_an_address_that_is_none_is_refused(address: str) -> None:
    """What is no single address sends nothing, as sender and as recipient."""
    for settings in (replace(SETTINGS, mail_to=(address,)), replace(SETTINGS, mail_from=address)):
        with pytest.raises(UsageError):
            message(LETTER, settings, SENT)


def test_without_people_or_a_server_nothing_is_sent() -> None:
    """Each missing setting is a usage error that names it."""
    mail = message(LETTER, SETTINGS, SENT)
    with pytest.raises(UsageError) as refused:
        send(mail, replace(SETTINGS, mail_host=None))
    assert "mail_host" in refused.value.advice
    with pytest.raises(UsageError) as refused:
        message(LETTER, replace(SETTINGS, mail_to=()), SENT)
    assert "mail_to" in refused.value.advice


@pytest.mark.parametrize("verb", ["AUTH", "RCPT", "DATA"])
def test_a_refusal_tells_the_code_and_no_secret(verb: str) -> None:
    """A server's words may repeat a login or an address: only its code is told."""
    login = replace(SETTINGS, mail_user="someone", mail_password=Secret(SECRET))
    with mailbox(refuse_at=verb) as server, pytest.raises(TellingError) as refused:
        send(message(LETTER, login, SENT), replace(login, mail_port=server.port))
    said = f"{refused.value!r} {refused.value.advice} {refused.value.__cause__}"
    assert not re.search(f"{SECRET}|someone|example|c29tZW9uZQ", said)
    assert refused.value.exit_code == 3


def test_a_server_that_is_not_there_is_told() -> None:
    """No connection is a failure to tell, not a bug."""
    with mailbox() as server:
        port = server.port
    with pytest.raises(TellingError, match="ConnectionRefused"):
        send(message(LETTER, SETTINGS, SENT), replace(SETTINGS, mail_port=port))


def test_a_sealed_connection_is_never_given_up() -> None:
    """A server without STARTTLS gets neither the login nor the mail."""
    sealed = replace(SETTINGS, mail_tls="starttls", mail_user="u", mail_password=Secret(SECRET))
    with mailbox() as server, pytest.raises(TellingError):
        send(message(LETTER, sealed, SENT), replace(sealed, mail_port=server.port))
    assert server.mails == []
    assert not [text for text in server.commands if text.startswith("AUTH")]


class Hook:
    """A webhook that answers as it is told, one answer after the other."""

    def __init__(self, *answers: object) -> None:
        self.answers = list(answers)
        self.requests: list[httpx.Request] = []
        self.clock = HeldClock(pendulum.instance(SENT))

    def post(self) -> None:
        """Post the verdict to it."""
        post(VERDICT, SETTINGS, self.clock, httpx.MockTransport(self._answer))

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer  # type: ignore[return-value]


def test_a_verdict_is_posted_as_json() -> None:
    """One post with the verdict and a key by which a second one would be known."""
    hook = Hook(httpx.Response(204))
    hook.post()
    assert json.loads(hook.requests[0].content) == VERDICT
    assert len(hook.requests[0].headers["Idempotency-Key"]) == 64


@pytest.mark.parametrize(
    ("answer", "waited"),
    [
        (httpx.ConnectError("no"), 1),
        (httpx.Response(503), 1),
        (httpx.Response(429, headers={"Retry-After": "7"}), 7),
        (httpx.Response(429, headers={"Retry-After": "100000"}), 30),
        (httpx.Response(429, headers={"Retry-After": "soon"}), 1),
    ],
)
def test_what_was_surely_not_taken_is_posted_again(answer: object, waited: float) -> None:
    """The same post again, after the time asked for, within bounds."""
    hook = Hook(answer, httpx.Response(200))
    hook.post()
    one, other = hook.requests
    assert one.headers["Idempotency-Key"] == other.headers["Idempotency-Key"]
    assert hook.clock.monotonic() == waited


@pytest.mark.parametrize(
    "answer",
    [httpx.ReadTimeout("late"), httpx.Response(500), httpx.Response(302), httpx.Response(404)],
)
def test_what_may_have_been_taken_is_not_posted_again(answer: object) -> None:
    """After any other failure nobody knows: one post, and it is told."""
    hook = Hook(answer)
    with pytest.raises(TellingError):
        hook.post()
    assert len(hook.requests) == 1


def test_a_webhook_that_stays_busy_is_given_up(caplog: pytest.LogCaptureFixture) -> None:
    """Three posts at the most; neither the error nor the log holds the address."""
    caplog.set_level(logging.DEBUG)
    hook = Hook(*(httpx.Response(503) for _ in range(3)))
    with pytest.raises(TellingError, match="503") as refused:
        hook.post()
    assert len(hook.requests) == 3
    assert SECRET not in f"{refused.value} {caplog.text}"


def test_the_answer_of_a_webhook_is_not_read() -> None:
    """A receiver that answers without an end costs nothing: its status is enough."""

    class Endless(httpx.SyncByteStream):
        def __iter__(self) -> Iterator[bytes]:
            raise AssertionError("nobody reads this")

    transport = httpx.MockTransport(lambda _: httpx.Response(200, stream=Endless()))
    post(VERDICT, SETTINGS, HeldClock(pendulum.instance(SENT)), transport)
