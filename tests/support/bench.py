"""A client of the gateway on a transport that is a function, with a clock that stands still."""

from collections.abc import Callable
from urllib.parse import parse_qs

import httpx
import pendulum

from pipeline.clock import HeldClock
from pipeline.gateway.client import Gateway
from pipeline.gateway.endpoints import MessageQuery
from pipeline.settings import Settings
from pipeline.values import CallRecord, Secret

TOKEN = "tok-SECRET-42"
START = pendulum.datetime(2026, 11, 2, 12)
COUNT = MessageQuery(only_count=True)
Handler = Callable[[httpx.Request], httpx.Response]


class Bench:
    """A client whose transport is a function, with its clock and its calls."""

    def __init__(self, handler: Handler, settings: Settings | None = None) -> None:
        self.clock = HeldClock(START)
        self.calls: list[CallRecord] = []
        self.requests: list[httpx.Request] = []

        def handle(request: httpx.Request) -> httpx.Response:
            self.requests.append(request)
            return handler(request)

        self.gateway = Gateway(
            settings or Settings(token=Secret(TOKEN)),
            clock=self.clock,
            transport=httpx.MockTransport(handle),
            on_call=self.calls.append,
        )

    def forms(self) -> list[dict[str, str]]:
        """Return the form of each request."""
        return [
            {name: values[0] for name, values in parse_qs(request.content.decode()).items()}
            for request in self.requests
        ]


def always(text: str, status: int = 200, **headers: str) -> Handler:
    """Return a gateway that knows one answer."""
    return lambda _: answer(text, status, **headers)


def in_turn(*responses: httpx.Response) -> Handler:
    """Return a gateway that answers in turn."""
    left = iter(responses)
    return lambda _: next(left)


def answer(text: str, status: int = 200, **headers: str) -> httpx.Response:
    """Return an answer."""
    return httpx.Response(status, stream=httpx.ByteStream(text.encode()), headers=headers)


def failing(error: Exception) -> Handler:
    """Return a gateway that cannot be talked to."""

    def handle(_: httpx.Request) -> httpx.Response:
        raise error

    return handle
