"""The receiver over HTTP: a push is on the disk before it is answered, and kept once.

Nobody documents whether the gateway pushes again, what it waits for, or how it writes times. So any
JSON object is kept as it came; 200 says that it is kept, anything else that it is not.
"""

import asyncio
import hmac
import json
import logging
import resource
import socket
from collections.abc import Callable
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from pipeline.clock import Clock
from pipeline.warehouse.events import EventSpool, Kind

LARGEST = 1 << 16
_DEEPEST = 20
_MOST_AT_ONCE = 2048
_SPARE_FILES = 128
_IDLE_SECONDS = 5
_KINDS: dict[str, Kind] = {"status": "status", "incoming": "incoming"}
_LOG = logging.getLogger("sms24.webhook")


class _RefusedError(Exception):
    """A push that is not kept; its words say why."""

    def __init__(self, words: str, status: int = 400) -> None:
        super().__init__(words)
        self.status = status


def create_receiver(spool: EventSpool, secret: str, clock: Clock) -> Starlette:
    """Return the receiver as an ASGI application: POST to `/SECRET/status` and `/SECRET/incoming`.

    Without the secret everything is 404, as if nothing were there. 400 is no JSON object, 413 too
    large, 503 a disk that takes no more.
    """

    async def receive(request: Request) -> Response:
        kind = _KINDS.get(request.path_params["kind"])
        if kind is None or not _is_same(request.path_params["secret"], secret):
            return PlainTextResponse("Not Found", 404)
        if request.method != "POST":
            return PlainTextResponse("ready")
        try:
            payload = _decoded(await _body(request))
            await asyncio.to_thread(spool.put, kind, payload, clock.now())
        except _RefusedError as error:
            return PlainTextResponse(str(error), error.status)
        except ClientDisconnect:
            return PlainTextResponse("gone", 400)
        except OSError as error:
            _LOG.warning("A push was not kept: %s.", error.strerror or error)
            return PlainTextResponse("not kept", 503)
        return PlainTextResponse("ok")

    # A slash at the end is taken too: nobody knows whether the gateway follows redirects.
    paths = ("/{secret}/{kind}", "/{secret}/{kind}/")
    routes = [Route(path, receive, methods=["GET", "POST"]) for path in paths]
    return Starlette(routes=routes, exception_handlers={404: _nothing, 405: _nothing})


async def _nothing(_request: Request, _error: Exception) -> Response:
    return PlainTextResponse("Not Found", 404)


def serve(app: Starlette, bind: str, port: int, on_ready: Callable[[str], None]) -> None:
    """Serve until a signal ends it; `on_ready` is told the base address once it is bound.

    OSError where the address cannot be bound.
    """
    family = socket.AF_INET6 if ":" in bind else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((bind, port))
    room = _room()
    listener.listen(room)
    host = f"[{bind}]" if ":" in bind else bind
    on_ready(f"http://{host}:{listener.getsockname()[1]}")
    config = uvicorn.Config(
        app,
        log_level="error",
        access_log=False,  # its lines would hold the secret
        server_header=False,
        limit_concurrency=room,
        timeout_keep_alive=_IDLE_SECONDS,
    )
    uvicorn.Server(config).run(sockets=[listener])


def _room() -> int:
    """Return how many connections may be open at once: a burst waits for the disk, none is lost."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _MOST_AT_ONCE + _SPARE_FILES
    if soft == resource.RLIM_INFINITY or soft >= wanted:
        return _MOST_AT_ONCE
    most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
    return most - _SPARE_FILES


def _is_same(given: str, secret: str) -> bool:
    return hmac.compare_digest(given.encode(), secret.encode())


async def _body(request: Request) -> bytes:
    """Return the body of a push; no more is read than may be kept."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST:
            raise _RefusedError("too large", 413)
    return body


def _decoded(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body)
        json.dumps(found, allow_nan=False)
    except (ValueError, RecursionError):
        raise _RefusedError("not JSON") from None
    if not isinstance(found, dict) or _depth(found) > _DEEPEST:
        raise _RefusedError("not a JSON object")
    return found


def _depth(value: Any) -> int:
    """Return how deep lists and objects stand in each other."""
    depth, level = 0, [value]
    while level and depth <= _DEEPEST:
        inner = [
            v.values() if isinstance(v, dict) else v for v in level if isinstance(v, dict | list)
        ]
        level = [item for items in inner for item in items]
        depth += bool(inner)
    return depth
