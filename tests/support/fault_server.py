"""A gateway of bare sockets for what no HTTP library would do: it saves or not, then misbehaves."""

import socket
import socketserver
import struct
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import parse_qs

from support.threads import serving_in_thread

DEVICES = '{"error":0,"count":0,"device":[]}'


@dataclass(frozen=True)
class Act:
    """What is done with one call.

    Attributes:
        reads: how much of the request: nothing, a part, or all of it.
        saves: whether the contact is saved.
        reply: the bytes of the answer; None is the right one.
        ends: how the connection ends afterwards; `late` keeps it silent until the server stops.
    """

    reads: Literal["nothing", "part", "all"] = "all"
    saves: bool = False
    reply: bytes | None = b""
    ends: Literal["close", "reset", "late"] = "close"


RIGHT = Act(saves=True, reply=None)


def reply(body: str | bytes, status: str = "200 OK", **headers: str) -> bytes:
    """Return the bytes of a whole answer."""
    text = body.encode() if isinstance(body, str) else body
    told = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
    head = f"HTTP/1.1 {status}\r\n{told}connection: close\r\ncontent-length: {len(text)}\r\n\r\n"
    return head.encode() + text


@dataclass
class Served:
    """The server's memory.

    Attributes:
        acts: what is done with the next calls of `savetag` and `savecontact`; then all is right.
        saved: every contact that was saved: its id and number, twice if it was saved twice.
        requests: the first line and the body of each request that was read.
        gate: answers to `savecontact` wait until it is set.
        seen: released once for each `savecontact` that was read.
    """

    acts: deque[Act] = field(default_factory=deque)
    saved: list[tuple[int, str]] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    requests: list[tuple[str, str]] = field(default_factory=list)
    address: str = ""
    port: int = 0
    stopped: threading.Event = field(default_factory=threading.Event)
    gate: threading.Event = field(default_factory=threading.Event)
    seen: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    lock: threading.Lock = field(default_factory=threading.Lock)

    def calls(self, endpoint: str) -> list[dict[str, str]]:
        """Return the forms of the calls of an endpoint."""
        return [
            {name: values[0] for name, values in parse_qs(body).items()}
            for line, body in self.requests
            if f"/{endpoint} " in line
        ]


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True
    served: Served


class _Handler(socketserver.BaseRequestHandler):
    request: socket.socket
    server: _Server

    def handle(self) -> None:
        """Take one call."""
        served = self.server.served
        acts = served.acts
        with suppress(OSError):
            if acts and acts[0].reads == "nothing":
                acts.popleft()
                return
            if acts and acts[0].reads == "part":
                self.request.recv(1000)
                self._end(acts.popleft())
                return
            line, body = self._read()
            with served.lock:
                served.requests.append((line, body))
                is_write = "getalldevices" not in line
                act = acts.popleft() if acts and is_write else RIGHT
                right = self._answer(line, body, saves=act.saves)
            if "/savecontact " in line:
                served.seen.release()
                served.gate.wait()
            self.request.sendall(reply(right) if act.reply is None else act.reply)
            self._end(act)

    def _read(self) -> tuple[str, str]:
        data = b""
        while b"\r\n\r\n" not in data:
            data += self._more()
            if data.startswith(b"\x16"):
                raise OSError("somebody speaks TLS")
        head, _, body = data.partition(b"\r\n\r\n")
        lines = head.decode().split("\r\n")
        size = next(int(x.split(":")[1]) for x in lines if x.lower().startswith("content-length"))
        while len(body) < size:
            body += self._more()
        return lines[0], body.decode()

    def _more(self) -> bytes:
        data = self.request.recv(65_536)
        if not data:
            raise OSError("the client has gone")
        return data

    def _answer(self, line: str, body: str, *, saves: bool) -> str:
        served = self.server.served
        form = {name: values[0] for name, values in parse_qs(body).items()}
        if "/getalldevices " in line:
            return DEVICES
        if "/savetag " in line:
            if saves:
                served.tags.append(form["title"])
            return f'{{"error":0,"tag_id":{8302 + len(served.tags)},"message":"OK"}}'
        number = 15_954_765 + len(served.saved)
        if saves:
            served.saved.append((number, form["phone"]))
        return f'{{"error":0,"contact_id":{number},"message":"ok"}}'

    def _end(self, act: Act) -> None:
        if act.ends == "late":
            self.server.served.stopped.wait()
        if act.ends == "reset":
            self.request.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.request.close()


@contextmanager
def fault_server(*acts: Act, is_held: bool = False) -> Iterator[Served]:
    """Serve on loopback; the first calls that write meet the acts, one each."""
    with _Server(("127.0.0.1", 0), _Handler) as server:
        served = server.served = Served(deque(acts))
        served.port = server.server_address[1]
        served.address = f"http://127.0.0.1:{served.port}/getdata"
        with serving_in_thread(server):
            if not is_held:
                served.gate.set()
            try:
                yield served
            finally:
                served.stopped.set()
                served.gate.set()
