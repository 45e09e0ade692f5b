"""Talk to the gateway: form posts, bodies streamed to disk, every call kept, no secret shown."""

import random
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import Generic, Self, TypeVar

import httpx
import msgspec
from pendulum import DateTime

from pipeline.clock import Clock, SystemClock
from pipeline.errors import BusyGatewayError, GatewayError, RefusedError, UsageError
from pipeline.gateway import decode, records
from pipeline.gateway.breaker import Breaker
from pipeline.gateway.endpoints import MessageQuery
from pipeline.gateway.pace import Pace
from pipeline.gateway.retry import RetryPolicy, wait_before_next
from pipeline.gateway.wire import Attempt, Wire, redact
from pipeline.logs import LOG
from pipeline.settings import Settings
from pipeline.values import CallRecord, Secret

T = TypeVar("T")
Taker = Callable[[CallRecord, Sequence[tuple[int, msgspec.Raw]]], object]
# A token that is younger than this has not run out: then it is the question that is refused.
_TOKEN_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class _Done(Generic[T]):
    call: CallRecord
    value: T
    gateway_time: DateTime | None


@dataclass(frozen=True, slots=True)
class Counted:
    """A count: None if the gateway gave none; `gateway_time` is its own clock (`Date` header)."""

    call: CallRecord
    count: int | None
    gateway_time: DateTime | None


@dataclass(frozen=True, slots=True)
class Fetched:
    """A body on disk: how many records it holds, and what the answer itself counts."""

    call: CallRecord
    rows: int
    count: int | None
    gateway_time: DateTime | None


class Gateway:
    """The gateway's API for one account; several threads may use it at once.

    Every method raises GatewayError (see `pipeline.errors`) once the retries are used up, and
    UsageError if the settings hold no login. OSError of the disk passes as it is.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        clock: Clock | None = None,
        transport: httpx.BaseTransport | None = None,
        on_call: Callable[[CallRecord], None] = lambda _: None,
        on_time: Callable[[DateTime], None] = lambda _: None,
        policy: RetryPolicy | None = None,
    ) -> None:
        self._settings = settings
        self._clock = clock = clock or SystemClock()
        self._on_call = on_call
        self._on_time = on_time
        self._policy = policy or RetryPolicy()
        # A body that fails is asked again in halves: sooner than a count is given up.
        self._body_policy = replace(self._policy, attempts=min(self._policy.attempts, 3))
        self.pace = Pace(clock, settings.rate)
        self.breaker = Breaker(clock, settings.outage_seconds)
        self._wire = Wire(settings, clock, transport)
        self._token = settings.token
        self._token_since = 0.0
        self._apart_lock = threading.Lock()
        self._login_lock = threading.Lock()

    def __repr__(self) -> str:
        return f"Gateway({self._settings.base_url!r})"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._wire.close()

    def count_messages(self, query: MessageQuery) -> Counted:
        """Return how many messages a query finds (`getallsms` with `onlycount=1`)."""
        parameters = {**query.parameters(), "onlycount": "1"}
        done = self._call("getallsms", parameters, decode.decode_count)
        return Counted(done.call, done.value, done.gateway_time)

    def messages(self, query: MessageQuery) -> list[records.Message]:
        """Return the messages that a query finds (`getallsms`), at most 64 MiB of them.

        There are no pages: ask for windows of time. Which date the bounds compare, in which zone,
        and whether rows are cut off silently is not documented; `sms24 doctor` measures it.
        """
        page = self._call("getallsms", query.parameters(), decode.decode_messages).value
        return [records.message_of(raw) for _, raw in page.records]

    def fetch_messages(
        self, query: MessageQuery, body_path: Path, take: Taker = lambda _, __: None
    ) -> Fetched:
        """Write the answer of `getallsms` to `body_path`, as received; at most 1 GiB.

        `take` is given the call and each record with its id, a view into the body.
        """
        done = self._call("getallsms", query.parameters(), self._taken_apart, body_path)
        take(done.call, done.value.records)
        return _fetched(done)

    def _taken_apart(self, body: decode.Body) -> decode.Page:
        """Return the records of a large body; one at a time, so that who lands has a core, too."""
        with self._apart_lock:
            return decode.decode_messages(body)

    def devices(self) -> list[records.Device]:
        """Return the account's devices (`getalldevices`)."""
        page = self._call("getalldevices", {}, decode.decode_devices).value
        return [records.device_of(raw) for _, raw in page.records]

    def fetch_devices(self, body_path: Path) -> Fetched:
        """Write the answer of `getalldevices` to `body_path`, as received."""
        return _fetched(self._call("getalldevices", {}, decode.decode_devices, body_path))

    def device_ids(self) -> frozenset[int]:
        """Return the ids of the account's devices (`getalldevices`)."""
        page = self._call("getalldevices", {}, decode.decode_devices).value
        return frozenset(device_id for device_id, _ in page.records)

    def message_status(self, message_id: int) -> decode.StatusAnswer:
        """Return the status of one message (`getsmsstatus`).

        RefusedError where there is none; in which words is not documented.
        """
        parameters = {"sms_id": str(message_id)}
        return self._call("getsmsstatus", parameters, decode.decode_status).value

    def device_status(self, device_id: int) -> records.DeviceStatus:
        """Return whether a device answers (`getdevicestatus`).

        The endpoint is in no documentation; the vendor's clients use it. RefusedError where there
        is no such device, BrokenGatewayError where the gateway has no such endpoint any more.
        """
        parameters = {"device_id": str(device_id)}
        return self._call("getdevicestatus", parameters, records.decode_device_status).value

    def log_in(self) -> Secret:
        """Return a token for the e-mail and password of the settings (`gettoken`).

        LoginError if they are refused. How long a token lasts is not documented.
        """
        settings = self._settings
        if settings.email is None or settings.password is None:
            raise UsageError(
                "There is no login in the settings.",
                advice="Run: sms24 init; or set SMS24_TOKEN, or SMS24_EMAIL and SMS24_PASSWORD.",
            )
        secrets = {"email": settings.email, "pass": settings.password.reveal()}
        return self._patiently("gettoken", {}, secrets, decode.decode_token, None).value

    def _call(
        self,
        endpoint: str,
        parameters: Mapping[str, str],
        read: Callable[[decode.Body], T],
        body_path: Path | None = None,
    ) -> _Done[T]:
        token = self.token()
        try:
            return self._patiently(endpoint, parameters, {"token": token.reveal()}, read, body_path)
        except RefusedError:
            is_young = self._clock.monotonic() - self._token_since < _TOKEN_SECONDS
            if self._settings.token is None and not is_young:
                # A token that was fetched may have run out: once more with a new one.
                token = self.token(token)
            else:
                self._clock.sleep(self._policy.first_wait)
        # What is refused twice is meant: busy gateways say `error` in passing, too.
        return self._patiently(endpoint, parameters, {"token": token.reveal()}, read, body_path)

    def token(self, stale: Secret | None = None) -> Secret:
        """Return the token; fetches one if there is none, or if `stale` is still the one in use."""
        with self._login_lock:
            if self._token is None or self._token == stale:
                self._token = self.log_in()
                # The first token's age is not known: it may be the account's lasting one.
                self._token_since = -_TOKEN_SECONDS if stale is None else self._clock.monotonic()
            return self._token

    def _patiently(
        self,
        endpoint: str,
        parameters: Mapping[str, str],
        secrets: Mapping[str, str],
        read: Callable[[decode.Body], T],
        body_path: Path | None,
    ) -> _Done[T]:
        for number in count(1):
            self.pace.wait()
            attempt = Attempt(endpoint, dict(parameters), self._clock)
            try:
                value = read(self._wire.post(attempt, secrets, body_path))
            except GatewayError as failure:
                self._put_off(number, attempt, failure, secrets, body_path)
            else:
                if attempt.gateway_time is not None:
                    self._on_time(attempt.gateway_time)
                call = attempt.record(value)
                self.breaker.good()
                self.pace.recover()
                self._on_call(call)
                return _Done(call, value, attempt.gateway_time)
        raise AssertionError("counting never ends")

    def _put_off(
        self,
        number: int,
        attempt: Attempt,
        failure: GatewayError,
        secrets: Mapping[str, str],
        body_path: Path | None,
    ) -> None:
        """Wait before the next attempt, or raise the failure for good."""
        if body_path is not None:
            body_path.unlink(missing_ok=True)
        redact(failure, secrets)
        self.breaker.failed()
        self._on_call(attempt.record(outcome=failure.outcome))
        spread = random.random()  # noqa: S311 - it parts threads, it hides nothing
        policy = self._policy if body_path is None else self._body_policy
        wait = wait_before_next(policy, number, failure, random=spread)
        if wait is None or self.breaker.is_open:
            raise failure from None
        LOG.warning("try %d failed, the next in %.1f s: %s", number, wait, failure)
        if isinstance(failure, BusyGatewayError):
            self.pace.rest(wait)
        else:
            self._clock.sleep(wait)


def _fetched(done: _Done[decode.Page]) -> Fetched:
    page = done.value
    return Fetched(done.call, len(page.records), page.count, done.gateway_time)
