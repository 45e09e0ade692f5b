"""A mail server on loopback that keeps what it is given, or refuses it with a code."""

import socketserver
from collections.abc import Iterator
from contextlib import contextmanager

from support.threads import serving_in_thread


class Mailbox(socketserver.ThreadingTCPServer):
    """Takes one mail per connection; `refuse_at` is a verb, such as `RCPT`, that gets a 550."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, refuse_at: str = "") -> None:
        super().__init__(("127.0.0.1", 0), _Talk)
        self.refuse_at = refuse_at
        self.commands: list[str] = []
        self.mails: list[bytes] = []

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self.server_address[1])


class _Talk(socketserver.StreamRequestHandler):
    server: Mailbox

    def handle(self) -> None:
        self._say("220 ready")
        while line := self.rfile.readline():
            text = line.decode("ascii", "replace").strip()
            verb = text.upper().split(" ")[0]
            self.server.commands.append(text)
            if verb == self.server.refuse_at:
                self._say(f"550 no: {text}")
            elif verb == "EHLO":
                self._say("250-loopback\r\n250-AUTH PLAIN\r\n250 SMTPUTF8")
            elif verb == "AUTH":
                self._say("235 welcome")
            elif verb == "DATA":
                self._say("354 go on")
                self._take()
            elif verb == "QUIT":
                self._say("221 bye")
                return
            else:
                self._say("250 fine")

    def _take(self) -> None:
        lines: list[bytes] = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line)
        self.server.mails.append(b"".join(lines))
        self._say("250 taken")

    def _say(self, text: str) -> None:
        self.wfile.write(text.encode() + b"\r\n")


@contextmanager
def mailbox(refuse_at: str = "") -> Iterator[Mailbox]:
    """Serve a mailbox while the block lasts."""
    with Mailbox(refuse_at) as server, serving_in_thread(server):
        yield server
