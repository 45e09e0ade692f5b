"""A gateway behind TLS, whose certificate is of an authority made for the test."""

import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import trustme

ANSWER = b'{"error": 0, "count": 7}'


@dataclass(slots=True)
class Sealed:
    """Where it is, who vouches for it, and the bodies that it was sent."""

    address: str
    ca_file: Path
    bodies: list[bytes]


@contextmanager
def sealed(folder: Path, host: str = "127.0.0.1") -> Iterator[Sealed]:
    """Serve a count over TLS on loopback, under a certificate for a host."""
    authority = trustme.CA()
    ca_file = folder / "ca.pem"
    authority.cert_pem.write_to_path(str(ca_file))
    bodies: list[bytes] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            bodies.append(self.rfile.read(int(self.headers["content-length"])))
            self.send_response(200)
            self.send_header("content-length", str(len(ANSWER)))
            self.end_headers()
            self.wfile.write(ANSWER)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = _Quiet(("127.0.0.1", 0), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(host).configure_cert(context)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield Sealed(f"https://127.0.0.1:{server.server_address[1]}", ca_file, bodies)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Quiet(HTTPServer):
    def handle_error(self, *_: object) -> None:
        """Say nothing of clients that hang up."""
