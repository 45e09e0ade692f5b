"""The benchmark gateway: a world served on loopback, as fast as the kernel sends a file.

    python tests/bench/gateway.py --world FOLDER [--changed] [--port 0]

Prints its base address as one line, then serves until SIGTERM or SIGINT. It answers `gettoken`,
`getallsms`, `getalldevices` and `getsmsstatus` as `sms24 emulator` does by default, under the same
token, e-mail and password; rows are slices of a file, sent by the kernel. Dates are rendered in
UTC: asked with `timezone=UTC` an answer costs nothing, in other zones its dates are rewritten.

The time is the world's: the header `Date` tells the instant of the rendition, and stands still.
`sms24 run` puts its own clock right by that header; `held_run.py` starts it at the very instant.

`/bench/tally` tells what was asked so far: calls and bytes by endpoint (`count` for `onlycount=1`),
and the seconds of processor that it took here; with `?reset=1` it begins anew after that.
"""

import argparse
import json
import os
import signal
import socket
import sys
import threading
import time
from collections import Counter
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

# The machine is that of who is measured.
os.environ.setdefault("POLARS_MAX_THREADS", "1")
sys.path.insert(0, str(Path(__file__).parents[1]))

from bench.served import Parts, Served, Span
from bench.world import open_world
from pipeline.emulator.forms import integer, read_fields

_MORE = getattr(socket, "MSG_MORE", 0)


class Tally:
    """What was asked since the beginning."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._reset()

    def add(self, name: str, size: int) -> None:
        """Count a call with the bytes of its answer."""
        with self._lock:
            self._calls[name] += 1
            self._bytes[name] += size

    def told(self, *, is_reset: bool) -> bytes:
        """Return the counts as JSON; then begin anew if wanted."""
        with self._lock:
            told = {
                "calls": self._calls.total(),
                "bytes": self._bytes.total(),
                "processor_seconds": time.process_time() - self._since,
                "by_endpoint": {
                    name: {"calls": calls, "bytes": self._bytes[name]}
                    for name, calls in sorted(self._calls.items())
                },
            }
            if is_reset:
                self._reset()
        return json.dumps(told).encode()

    def _reset(self) -> None:
        self._calls, self._bytes = Counter[str](), Counter[str]()
        self._since = time.process_time()


class Gateway(ThreadingHTTPServer):
    """A server of one rendition; each connection has a thread."""

    request_queue_size = 64

    def __init__(self, served: Served, port: int) -> None:
        self.served, self.tally = served, Tally()
        self.date = formatdate(served.now.timestamp(), usegmt=True)
        self.file = served.rows.path.open("rb")
        super().__init__(("127.0.0.1", port), Handler)

    @property
    def address(self) -> str:
        """The base address, as in the settings of the product."""
        return f"http://127.0.0.1:{self.server_port}/getdata"

    def server_close(self) -> None:
        """Give the port and the file free."""
        super().server_close()
        self.file.close()


class Handler(BaseHTTPRequestHandler):
    """Answers the requests of one connection."""

    server: Gateway
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        """Answer a request."""
        url = urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        fields = read_fields(url.query, self.headers.get("content-type", ""), body)
        _, room, name = (*url.path.split("/"), "", "")[:3]
        tally = self.server.tally
        if room == "bench":
            self._send(200, (tally.told(is_reset=fields.get("reset") == "1"),))
            return
        answer = self.server.served.answer(name, fields) if room == "getdata" else None
        if answer is None:
            self._send(404, (b"{}",))
            return
        tally.add("count" if integer(fields, "onlycount") == 1 else name, size_of(answer))
        self._send(200, answer)

    do_POST = do_GET  # noqa: N815 - the name is the library's

    def _send(self, status: int, parts: Parts) -> None:
        head = (
            f"HTTP/1.1 {status} {'OK' if status == 200 else 'Not Found'}\r\n"
            f"content-type: application/json\r\ncontent-length: {size_of(parts)}\r\n"
            f"date: {self.server.date}\r\n\r\n"
        )
        *first, last = (head.encode(), *parts)
        try:
            for part in first:
                self._put(part, _MORE)
            self._put(last, 0)
        except ConnectionError:
            self.close_connection = True

    def _put(self, part: bytes | Span, flags: int) -> None:
        if isinstance(part, bytes):
            self.connection.sendall(part, flags)
            return
        start, left = part.start, part.size
        while left > 0:
            sent = os.sendfile(self.connection.fileno(), self.server.file.fileno(), start, left)
            if sent == 0:
                raise ConnectionError("the file of rows is shorter than its index says")
            start, left = start + sent, left - sent

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def size_of(parts: Parts) -> int:
    """Return the bytes of an answer."""
    return sum(part.size if isinstance(part, Span) else len(part) for part in parts)


def main() -> None:
    """Serve until a signal comes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--world", type=Path, required=True)
    parser.add_argument("--changed", action="store_true")
    parser.add_argument("--port", type=int, default=0)
    given = parser.parse_args()
    served = Served(open_world(given.world), "changed" if given.changed else "base")
    with Gateway(served, given.port) as gateway:
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, lambda *_: threading.Thread(target=gateway.shutdown).start())
        print(gateway.address, flush=True)
        gateway.serve_forever()


if __name__ == "__main__":
    main()
