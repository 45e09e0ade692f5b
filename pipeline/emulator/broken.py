"""The answers of a gateway that fails."""

from typing import Any

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from pipeline.emulator.faults import FaultKind

PAGE = "<!DOCTYPE html>\n<html><body><h1>{}</h1></body></html>"
JSON_TYPE = "application/json"
_REFUSAL = '{"error":1,"message":"Try again later"}'
_GARBAGE = b"\x1f\x8b\x00\xff\xfe\xc3\x28 not gzip, not text, not JSON \x80\x00"
_AT_ONCE = {"retry-after": "0"}
_PAGES: dict[FaultKind, tuple[int, str, dict[str, str]]] = {
    "500": (500, "Internal error", {}),
    "503": (503, "Busy", {}),
    "503-retry": (503, "Busy", _AT_ONCE),
    "429": (429, "Too many requests", {}),
    "429-retry": (429, "Too many requests", _AT_ONCE),
    "html": (200, "Maintenance", {}),
}


class _CutResponse(Response):
    """Promises its whole length, sends half of it and drops the connection."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002
        start: dict[str, Any] = {"type": "http.response.start", "status": self.status_code}
        await send({**start, "headers": self.raw_headers})
        half = bytes(self.body)[: len(self.body) // 2]
        await send({"type": "http.response.body", "body": half, "more_body": True})


def broken(kind: FaultKind, text: str) -> Response:
    """Return the answer of one kind of fault; `text` is the JSON that should have come."""
    if kind == "reset":
        return _CutResponse(text, media_type=JSON_TYPE)
    if kind in _PAGES:
        status, words, headers = _PAGES[kind]
        return Response(PAGE.format(words), status, headers, "text/html")
    return Response(_body(kind, text), media_type=JSON_TYPE)


def _body(kind: FaultKind, text: str) -> str | bytes:
    if kind == "error1":
        return _REFUSAL
    if kind == "garbage":
        return _GARBAGE
    return text[: len(text) // 2] if kind == "truncated" else ""
