"""One HTTP exchange: a form post, a body of bounded size, failures told in our own words."""

import hashlib
import logging
import mmap
import os
import ssl
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from email.utils import parsedate_to_datetime
from functools import cache
from pathlib import Path

import httpx
import pendulum
from pendulum import DateTime

from pipeline.clock import Clock
from pipeline.errors import (
    BrokenGatewayError,
    BusyGatewayError,
    GarbledError,
    GatewayError,
    RefusedError,
    UnreachableError,
    UsageError,
)
from pipeline.gateway.decode import Body, Page
from pipeline.settings import Settings
from pipeline.trust import trust_of
from pipeline.values import CallRecord

LARGEST_BODY = 1 << 30
# An answer that is held in memory, such as a count.
LARGEST_WORD = 1 << 26
_CONNECT_SECONDS = 10.0
# Longer than this, and a connection that the gateway has closed meanwhile looks like a failure.
_KEEPALIVE_SECONDS = 2.0
_OK = 200
_BUSY = frozenset({429, 503})
# A question that some gateways refuse by status instead of `error`: a period that is too long, say.
_REFUSED = frozenset({400, 422})


class Attempt:
    """What is known of one HTTP call; filled while it goes on."""

    def __init__(self, endpoint: str, parameters: Mapping[str, str], clock: Clock) -> None:
        self.endpoint = endpoint
        self.parameters = parameters
        self._asked_at, self._begun = clock.now(), clock.monotonic()
        self.http_status: int | None = None
        self.gateway_time: DateTime | None = None
        self.size = 0
        self.sha256: str | None = None
        self._clock = clock
        self._id = uuid.uuid4().hex

    def record(self, value: object = None, outcome: str = "ok") -> CallRecord:
        """Return the call as `raw.calls` keeps it; `value` is what was read from the answer."""
        count = value.count if isinstance(value, Page) else value
        answered_at = self._clock.now()
        return CallRecord(
            call_id=self._id,
            endpoint=self.endpoint,
            parameters=self.parameters,
            asked_at=self._asked(answered_at),
            answered_at=answered_at,
            http_status=self.http_status,
            outcome=outcome,
            rows=len(value.records) if isinstance(value, Page) else None,
            reported_count=count if isinstance(count, int) else None,
            bytes=self.size,
            body_sha256=self.sha256,
        )

    def _asked(self, answered_at: DateTime) -> DateTime:
        """Return when it was asked, counted back where the clock was put right meanwhile."""
        took = self._clock.monotonic() - self._begun
        counted = answered_at.subtract(microseconds=round(took * 1_000_000))
        is_right = abs((counted - self._asked_at).total_seconds()) < 1
        return self._asked_at if is_right else counted


class Wire:
    """The connections to one gateway."""

    def __init__(
        self, settings: Settings, clock: Clock, transport: httpx.BaseTransport | None
    ) -> None:
        hush_http_logs()
        self._base_url = settings.base_url
        self._host = settings.base_url.partition("//")[2].partition("/")[0]
        self._seconds = settings.timeout
        self._clock = clock
        self._client = httpx.Client(
            transport=transport,
            verify=trust_for(settings),
            timeout=httpx.Timeout(settings.timeout, connect=_CONNECT_SECONDS),
            limits=httpx.Limits(keepalive_expiry=_KEEPALIVE_SECONDS),
            headers={"user-agent": "sms24", "accept": "application/json"},
            follow_redirects=False,
        )

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def post(self, attempt: Attempt, secrets: Mapping[str, str], body_path: Path | None) -> Body:
        """Return the body of an answer with status 200; a map of the file if `body_path` is given.

        Raises GatewayError in our own words: no text of the HTTP library, no parameter.
        """
        form = {**attempt.parameters, **secrets}
        url = f"{self._base_url}/{attempt.endpoint}"
        with self._told(), self._client.stream("POST", url, data=form) as response:
            attempt.http_status = response.status_code
            attempt.gateway_time = _instant(response.headers.get("date"))
            self._refuse_status(response)
            chunks = self._bounded(response, attempt, LARGEST_BODY if body_path else LARGEST_WORD)
            if body_path is None:
                return b"".join(chunks)
            with body_path.open("wb") as file:
                file.writelines(chunks)
        return body_of(body_path)

    def _bounded(self, response: httpx.Response, attempt: Attempt, most: int) -> Iterator[bytes]:
        digest = hashlib.sha256()
        deadline = self._clock.monotonic() + self._seconds
        for chunk in response.iter_bytes():
            attempt.size += len(chunk)
            if attempt.size > most:
                raise GarbledError(f"The gateway's answer is larger than {most >> 20:,} MiB.")
            if self._clock.monotonic() > deadline:
                raise UnreachableError(self._late(), is_late=True)
            digest.update(chunk)
            yield chunk
        attempt.sha256 = digest.hexdigest()

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except httpx.ConnectTimeout:
            raise UnreachableError(self._late()) from None
        except httpx.TimeoutException:
            raise UnreachableError(self._late(), is_late=True) from None
        except httpx.ConnectError as error:
            raise UnreachableError(
                f"The gateway at {self._host} cannot be reached ({_reason(error)})."
            ) from None
        except httpx.DecodingError:
            raise GarbledError("The gateway's answer cannot be decompressed.") from None
        except httpx.TransportError:
            raise UnreachableError(
                f"The connection to the gateway at {self._host} broke."
            ) from None
        except httpx.InvalidURL:
            raise UsageError(f"The address {self._base_url} is not valid.") from None

    def _late(self) -> str:
        return f"The gateway at {self._host} did not answer within {self._seconds:g} seconds."

    def _refuse_status(self, response: httpx.Response) -> None:
        status = response.status_code
        if status == _OK:
            return
        if status in _BUSY:
            raise BusyGatewayError(
                f"The gateway at {self._host} is busy (HTTP {status}).",
                wait_seconds=wait_of(response),
            )
        if status in _REFUSED:
            raise RefusedError(f"The gateway refused the request (HTTP {status}).")
        if response.is_redirect:
            raise BrokenGatewayError(
                f"The gateway at {self._host} points to another address (HTTP {status})."
                " Redirects are not followed, since they would be handed the token."
            )
        raise BrokenGatewayError(
            f"The gateway at {self._host} failed (HTTP {status}).",
            is_passing=response.is_server_error,
        )


def body_of(path: Path) -> Body:
    """Return a body on disk, mapped into memory; an empty file is empty bytes."""
    with path.open("rb") as file:
        if os.fstat(file.fileno()).st_size == 0:
            return b""
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)


def redact(failure: GatewayError, secrets: Mapping[str, str]) -> None:
    """Take every secret that the gateway echoed out of an error's sentence."""
    text = str(failure)
    for secret in secrets.values():
        text = text.replace(secret, "***")
    failure.args = (text,)


def trust_for(settings: Settings) -> ssl.SSLContext:
    """Return what verifies the gateway of an account; UsageError if its `ca_file` is none."""
    if settings.ca_file:
        return trust_of(settings.ca_file)
    # Where no certificate can come nobody is trusted; redirects are not followed.
    is_plain = settings.base_url.startswith("http:")
    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT) if is_plain else _usual_trust()


@cache
def _usual_trust() -> ssl.SSLContext:
    """Return what verifies a gateway where nothing else is named, read once: it is a large file."""
    return httpx.create_ssl_context()


def hush_http_logs() -> None:
    """Keep the HTTP library's own log lines, which show addresses and headers, to warnings."""
    for name in ("httpx", "httpcore"):
        logging.getLogger(name).setLevel(logging.WARNING)


def _reason(error: httpx.ConnectError) -> str:
    text = "".join(c for c in str(error) if c.isprintable())
    return text.partition("] ")[2] or text or "no connection"


def _instant(header: str | None) -> DateTime | None:
    if not header:
        return None
    try:
        return pendulum.instance(parsedate_to_datetime(header)).in_timezone("UTC")
    except (ValueError, OverflowError):
        return None


def wait_of(response: httpx.Response) -> float | None:
    """Return the seconds that an answer asks to wait (`Retry-After`), if it does."""
    header, gateway_time = response.headers.get("retry-after"), response.headers.get("date")
    if header and header.strip().isdecimal():
        return float(header[:9])
    until, now = _instant(header), _instant(gateway_time)
    if until is None or now is None:
        return None
    return max((until - now).total_seconds(), 0.0)
