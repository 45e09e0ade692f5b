"""Serve an application on loopback."""

import logging
import socket
from collections.abc import Callable

import uvicorn
from starlette.applications import Starlette


def make_server(app: Starlette) -> uvicorn.Server:
    """Return a quiet server for an application; it makes no `Date` of its own."""
    logging.getLogger("uvicorn.error").addFilter(_is_real)
    config = uvicorn.Config(
        app, log_level="error", access_log=False, date_header=False, server_header=False
    )
    return uvicorn.Server(config)


def _is_real(record: logging.LogRecord) -> bool:
    """Tell a real error from an answer that was cut on purpose."""
    return "without completing response" not in record.getMessage()


def bind(port: int) -> tuple[socket.socket, str]:
    """Return a listening socket on loopback and its base address; port 0 is a free one."""
    # Named TCP, or asyncio leaves Nagle's algorithm on: then each answer waits 40 ms.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", port))
    listener.listen(64)
    return listener, f"http://127.0.0.1:{listener.getsockname()[1]}/getdata"


def serve(app: Starlette, port: int, on_ready: Callable[[str], None]) -> None:
    """Serve until a signal ends it; `on_ready` is told the base address once it is bound."""
    listener, address = bind(port)
    on_ready(address)
    make_server(app).run(sockets=[listener])
