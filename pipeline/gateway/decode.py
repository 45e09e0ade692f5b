"""Split the gateway's answers into records, whatever shape PHP gave them.

A list may come as an object keyed by id, a list, `[]`, `{}` or null; a number as text; `error` may
be missing. Records are handed on as the very bytes that were received: views into the body, which
may be a file mapped into memory, so that a body of 100 MB costs no second 100 MB.
"""

import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from mmap import mmap
from typing import Any

import msgspec

from pipeline.errors import GarbledError, LoginError, RefusedError
from pipeline.values import Secret

_SHOWN = 80
_LONGEST_MESSAGE = 200
_GREATEST_ID = 2**63 - 1
# Lists and objects in each other in a record; in what is known of the gateway there are four.
_DEEPEST = 64
# All that is no bracket of the structure: texts, and what stands between.
_BRACKETS = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"|[^\[\]{}"]+', re.DOTALL)
_LOGIN_WORDS = ("token", "login", "log in", "password", "authori", "authenti", "session")
_BOM = b"\xef\xbb\xbf"
# Half of a UTF-16 pair, left where a text was cut inside an emoji: no reader of JSON takes it.
_SURROGATES = re.compile(
    rb"\\\\|\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}"
    rb"|\\u[dD][89a-fA-F][0-9a-fA-F]{2}"
)


@dataclass(frozen=True, slots=True)
class Page:
    """The records of an answer.

    Attributes:
        records: each record's id, and its JSON as received (UTF-8), a view into the body.
        count: the answer's own count; None if it gave none.
    """

    records: tuple[tuple[int, msgspec.Raw], ...]
    count: int | None


@dataclass(frozen=True, slots=True)
class StatusAnswer:
    """The status of one message, by `getsmsstatus`."""

    message_id: int
    status: int
    title: str | None


# What msgspec reads: bytes, or a file mapped into memory.
Body = bytes | mmap

# Compared by being empty: no JSON value is.
_ABSENT = msgspec.Raw()


class _Envelope(msgspec.Struct):
    error: Any = None
    message: Any = None
    count: Any = None
    smss: msgspec.Raw = _ABSENT
    device: msgspec.Raw = _ABSENT
    token: Any = None
    sms_id: Any = None
    status: Any = None
    status_description: Any = None
    statustitle: Any = None


class _Identified(msgspec.Struct):
    id: Any = None


def decode_messages(body: Body) -> Page:
    """Return the records of `getallsms`; an absent `smss` is empty only with a count of 0."""
    envelope = _envelope(body)
    return _page(envelope.smss, whole_number(envelope.count), "smss")


def decode_devices(body: Body) -> Page:
    """Return the records of `getalldevices`."""
    envelope = _envelope(body)
    return _page(envelope.device, whole_number(envelope.count), "device")


def decode_count(body: Body) -> int | None:
    """Return the count of an `onlycount=1` answer; None if it carries no usable one."""
    count = whole_number(_envelope(body).count)
    return count if count is not None and count >= 0 else None


def decode_token(body: Body) -> Secret:
    """Return the token of `gettoken`; raises LoginError if the gateway refuses the login."""
    try:
        envelope = _envelope(body)
    except RefusedError as error:
        raise LoginError(str(error)) from None
    if not isinstance(envelope.token, str) or not envelope.token:
        raise GarbledError("The gateway's answer to the login holds no token.")
    return Secret(envelope.token)


def decode_status(body: Body) -> StatusAnswer:
    """Return the answer of `getsmsstatus`."""
    envelope = _envelope(body)
    message_id, status = whole_number(envelope.sms_id), whole_number(envelope.status)
    if message_id is None or status is None:
        raise GarbledError("The gateway's answer holds no status.")
    title = envelope.status_description or envelope.statustitle
    return StatusAnswer(message_id, status, title if isinstance(title, str) else None)


def decoded(body: Body) -> dict[str, Any]:
    """Return a whole answer as it is; RefusedError where the gateway says `error`."""
    _envelope(body)
    found: dict[str, Any] = msgspec.json.decode(mended(bytes(body)))
    return found


def _envelope(body: Body) -> _Envelope:
    try:
        envelope = msgspec.json.decode(body, type=_Envelope)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        envelope = _mended_envelope(bytes(body))
    error = envelope.error
    if error not in (None, "", False) and whole_number(error) != 0:
        raise RefusedError(f'The gateway refused the request: "{words(envelope.message)}".')
    return envelope


def _mended_envelope(body: bytes) -> _Envelope:
    text = mended(body)
    try:
        return msgspec.json.decode(text, type=_Envelope)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise GarbledError(_describe(text)) from None


def mended(body: bytes) -> bytes:
    """Return a body that JSON readers take: no mark at its start, no half of a surrogate pair."""
    body = body.removeprefix(_BOM)
    if b"\\ud" in body or b"\\uD" in body:
        return _SURROGATES.sub(_keep_whole, body)
    return body


def _keep_whole(match: re.Match[bytes]) -> bytes:
    found = match.group()
    return b"\\ufffd" if len(found) == len(b"\\ud800") else found


def _page(raw: msgspec.Raw, count: int | None, key: str) -> Page:
    if memoryview(raw).nbytes == 0:
        if count == 0:
            return Page((), 0)
        raise GarbledError(f"The gateway's answer has no `{key}`.")
    records = _records(raw, key)
    for _, record in records:
        text = bytes(record)
        if not text.startswith(b"{"):
            raise GarbledError(f"A record in the `{key}` of the gateway's answer is no object.")
        # Most have no list: to see that is far cheaper than to count.
        opened = text.count(b"{") + (text.count(b"[") if b"[" in text else 0)
        if opened > _DEEPEST and _depth(text) > _DEEPEST:
            raise GarbledError(f"A record in the `{key}` of the gateway's answer is too deep.")
    return Page(tuple(records), count)


def _records(raw: msgspec.Raw, key: str) -> list[tuple[int, msgspec.Raw]]:
    """Return the records of a list, or of an object keyed by id: as PHP mostly writes it."""
    with suppress(msgspec.DecodeError):
        keyed = msgspec.json.decode(raw, type=dict[int, msgspec.Raw])
        if all(0 <= name <= _GREATEST_ID for name in keyed):
            return list(keyed.items())
    try:
        found = msgspec.json.decode(raw, type=dict[str, msgspec.Raw] | list[msgspec.Raw] | None)
    except msgspec.DecodeError:
        raise GarbledError(f"The `{key}` of the gateway's answer is no list of records.") from None
    if isinstance(found, Mapping):
        return [(_key(name, record), record) for name, record in found.items()]
    return [(_key(None, record), record) for record in found or ()]


def _depth(text: bytes) -> int:
    """Return how deep lists and objects stand in each other in a JSON text."""
    depth = deepest = 0
    for bracket in _BRACKETS.sub(b"", text):
        depth += 1 if bracket in b"[{" else -1
        deepest = max(deepest, depth)
    return deepest


def _key(name: str | None, record: msgspec.Raw) -> int:
    """Return a record's id: its own if it has one, else its key in the list."""
    found = whole_number(name)
    if found is None:
        try:
            found = whole_number(msgspec.json.decode(record, type=_Identified).id)
        except msgspec.DecodeError:
            found = None
    if found is None or not 0 <= found <= _GREATEST_ID:
        raise GarbledError("A record of the gateway's answer has no id.")
    return found


def whole_number(value: Any) -> int | None:
    """Return a whole number that came as a number or as text; None for anything else."""
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, int):
        return value
    if isinstance(value, str) and re.fullmatch(r"\s*-?\d{1,19}\s*", value, re.ASCII):
        return int(value)
    return None


def is_about_login(message: str) -> bool:
    """Whether a refusal is worded as one of the token, not of what was asked."""
    return any(word in message.casefold() for word in _LOGIN_WORDS)


def _describe(text: bytes) -> str:
    start = text.lstrip()[:_SHOWN].decode("utf-8", "replace")
    if start[:1] == "<":
        return "The gateway answered with a web page instead of JSON."
    if not start:
        return "The gateway gave an empty answer."
    if start[:1] == "{":
        return "The gateway's answer is not whole, or not the JSON that was asked for."
    return f'The gateway gave no JSON: "{words(start)}".'


def words(message: object) -> str:
    """Return the gateway's own words, cut and fit to be shown."""
    text = message if isinstance(message, str) else ""
    printable = "".join(c for c in text if c.isprintable())
    return printable[:_LONGEST_MESSAGE] or "no reason given"
