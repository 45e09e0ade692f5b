"""Call what writes: once each, never again by itself, and say what is certain of the outcome."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import TracebackType
from typing import Self

import httpx

from pipeline.clock import Clock, SystemClock
from pipeline.errors import GatewayError, RefusedError, UsageError
from pipeline.gateway import decode
from pipeline.gateway.client import Gateway
from pipeline.gateway.endpoints import Newsletter, Sms
from pipeline.gateway.outcome import (
    Outcome,
    of_body,
    of_failure,
    of_status,
    without_secrets,
    without_texts,
)
from pipeline.gateway.wire import hush_http_logs, trust_for, wait_of
from pipeline.settings import Settings

# Waiting is cheap, doubt is dear: an answer that comes late is an answer.
TIMEOUT = httpx.Timeout(connect=10.0, write=30.0, read=120.0, pool=None)
# Below what servers hold an idle connection for (Apache: 5 s): a request that meets its end is in
# doubt. Slower than one call a second each has a connection of its own.
_KEEPALIVE_SECONDS = 2.0
_SLOW = 1.0
_LARGEST_ANSWER = 1 << 20
_LONGEST_SECONDS = 240.0
_OK = 200


class Writer:
    """The writing calls for one account; several threads may use it at once.

    No call is made twice, whatever comes of it: what it came to is an Outcome. Only what is wrong
    on our side is raised: UsageError for an address that is none.

    Args:
        gateway: logs in; it is not closed by this.
        settings: the address, and how tags are named in a form.
        clock: the time; the machine's own unless given.
        rate: calls a second at the most that are meant to be made.
        transport: stands in for the network, in tests.
    """

    def __init__(
        self,
        gateway: Gateway,
        settings: Settings,
        *,
        clock: Clock | None = None,
        rate: float = 1.0,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        hush_http_logs()
        self._gateway = gateway
        self._settings = settings
        self._clock = clock or SystemClock()
        self._token = gateway.token()
        kept = {"connection": "close"} if rate < _SLOW else {}
        self._client = httpx.Client(
            transport=transport,
            verify=trust_for(settings),
            timeout=TIMEOUT,
            limits=httpx.Limits(keepalive_expiry=_KEEPALIVE_SECONDS),
            headers={"user-agent": "sms24", "accept": "application/json", **kept},
            follow_redirects=False,
            http2=False,
        )

    def __repr__(self) -> str:
        return f"Writer({self._settings.base_url!r})"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._client.close()

    def send(self, sms: Sms) -> Outcome:
        """Send one message (`addsms`); its id is the outcome's `number`.

        Of a comma list of numbers one id comes back, of which message nobody documents. SAVED says
        that the gateway took it: a phone sends it later. REJECTED says that nothing was made; the
        words for an unknown device, a limit or a lapsed subscription are not documented.
        """
        outcome = self._write("addsms", sms.parameters(self._settings.send_zone), "sms_id")
        return _silent(outcome, (sms.body,))

    def send_by_password(self, sms: Sms) -> Outcome:
        """Send one message by e-mail and password, without a token (`smstosend`); as `send`.

        The password goes along with each message: a token is the better way. UsageError where the
        settings hold no password.
        """
        settings = self._settings
        if settings.email is None or settings.password is None:
            raise UsageError(
                "There is no e-mail and password in the settings.",
                advice="Set SMS24_EMAIL and SMS24_PASSWORD, or send by the token.",
            )
        login = {"email": settings.email, "pass": settings.password.reveal()}
        outcome = self._write("smstosend", sms.parameters(settings.send_zone), "sms_id", login)
        return _silent(outcome, (sms.body,))

    def send_many(self, messages: Sequence[Sms]) -> Outcome:
        """Send a batch (`addalotofsms`); it answers no ids.

        Each message should have a `customer_id` of its own, by which `getallsms` finds it. How many
        one call may hold is not documented; the vendor sends 50. Of a batch that is REJECTED nobody
        documents whether the messages before the bad one were taken.
        """
        zone, token = self._settings.send_zone, self._token.reveal()
        found = {"token": token, "smsdata": [sms.parameters(zone) for sms in messages]}
        form: dict[str, str | int] = {"datajson": json.dumps(found)}
        outcome = self._write("addalotofsms", form, None, {})
        return _silent(outcome, (sms.body for sms in messages))

    def save_newsletter(self, newsletter: Newsletter) -> Outcome:
        """Send a text to all contacts of tags (`savepaket`); its id is the outcome's `number`.

        The documentation hints that a person must tap start on the device.
        """
        zone = self._settings.send_zone
        outcome = self._write("savepaket", newsletter.parameters(zone), "paket_id")
        return _silent(outcome, (newsletter.body,))

    def save_tag(self, title: str) -> Outcome:
        """Make a tag (`savetag`); its id is the outcome's `number`.

        Whether a title that exists makes a second tag is not documented.
        """
        return self._write("savetag", {"title": title}, "tag_id")

    def save_contact(self, phone: str, tag_id: int, name: str) -> Outcome:
        """Put a contact under a tag (`savecontact`); its id is the outcome's `number`.

        Whether a number that is in the tag is saved again is not documented.
        """
        form: dict[str, str | int] = {"phone": phone, **self._tag_fields(tag_id), "fullname": name}
        return self._write("savecontact", form, "contact_id")

    def is_answering(self) -> bool:
        """Ask once for something that changes nothing; whether a normal answer comes.

        A refused login is an answer: the next call that writes tells what is wrong.
        """
        try:
            answer = self._exchange("getalldevices", {"token": self._token.reveal()})
            if answer.status != _OK or answer.broke is not None:
                return False
            decode.decode_devices(answer.body)
        except RefusedError as refusal:
            return decode.is_about_login(str(refusal))
        except (httpx.HTTPError, GatewayError):
            return False
        return True

    def log_in_again(self) -> bool:
        """Get a new token; False where the settings hold nothing to get one by.

        Raises GatewayError if the login fails. Not while calls are in flight.
        """
        if self._settings.token is not None:
            return False
        self._token = self._gateway.token(stale=self._token)
        return True

    def _tag_fields(self, tag_id: int) -> dict[str, str]:
        """Return the tag under the names that a gateway may read it by."""
        # The documentation says `ctag_id`; the vendor's own clients all send `tag_id` (2022-23).
        wanted = self._settings.contacts_tag_param
        names = ("ctag_id", "tag_id") if wanted == "both" else (wanted,)
        return dict.fromkeys(names, str(tag_id))

    def _write(
        self,
        endpoint: str,
        form: Mapping[str, str | int],
        key: str | None,
        login: Mapping[str, str] | None = None,
    ) -> Outcome:
        """Make one call; `login` stands in for the token, which the form of a batch holds."""
        token = {"token": self._token.reveal()}
        sent = token if login is None else login
        begun = self._clock.monotonic()
        status = None
        try:
            answer = self._exchange(endpoint, {**form, **sent})
        except httpx.HTTPError as error:
            outcome = of_failure(error)
        else:
            status = answer.status
            outcome = self._outcome(answer, key)
        return replace(
            outcome,
            message=without_secrets(outcome.message, {**token, **sent}),
            http_status=status,
            milliseconds=round((self._clock.monotonic() - begun) * 1000),
        )

    def _outcome(self, answer: "_Answer", key: str | None) -> Outcome:
        if answer.broke is not None:
            return of_failure(answer.broke)
        trusts = self._settings.contacts_trust_503
        said = of_status(answer.status, answer.wait_seconds, trusts_503=trusts)
        return said or of_body(answer.body, key)

    def _exchange(self, endpoint: str, form: Mapping[str, str | int]) -> "_Answer":
        """Return one answer; httpx.HTTPError if none began. Only a 200 has its body read."""
        url = f"{self._settings.base_url}/{endpoint}"
        try:
            with self._client.stream("POST", url, data=dict(form)) as response:
                answer = _Answer(response.status_code, wait_of(response))
                if response.status_code == _OK:
                    self._read(response, answer)
                return answer
        except (httpx.InvalidURL, httpx.UnsupportedProtocol):
            raise UsageError(f"The address {self._settings.base_url} is not valid.") from None

    def _read(self, response: httpx.Response, answer: "_Answer") -> None:
        deadline = self._clock.monotonic() + _LONGEST_SECONDS
        try:
            for chunk in response.iter_bytes():
                answer.body += chunk
                if len(answer.body) > _LARGEST_ANSWER or self._clock.monotonic() > deadline:
                    raise httpx.ReadError("no answer of this kind is so large, or so slow")
        except httpx.HTTPError as error:
            answer.broke = error


@dataclass(slots=True)
class _Answer:
    status: int
    wait_seconds: float | None
    body: bytes = b""
    broke: httpx.HTTPError | None = None


def _silent(outcome: Outcome, bodies: Iterable[str]) -> Outcome:
    """Return what came of a call without the texts that it sent, should the gateway echo them."""
    return replace(outcome, message=without_texts(outcome.message, bodies))
