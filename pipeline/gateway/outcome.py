"""What can come of a call that writes, and how an answer is told apart from doubt."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import httpx
import msgspec

from pipeline.errors import GarbledError
from pipeline.gateway.decode import is_about_login, mended, whole_number, words

_OK = 200
_TOO_MANY = 429
_BUSY = 503
# So much of a text tells that it is echoed; shorter ones are in anybody's words.
_HEAD, _SHORTEST = 20, 6
_LARGEST_ID = 2**63 - 1  # what a database takes
# The request was read and turned away before any work: asking again would be refused again.
_TURNED_AWAY = frozenset({401, 403, 404, 405, 413})
# These break before a byte of the request is sent.
_BEFORE_SENDING = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError)


class Verdict(StrEnum):
    """What a call that writes came to; each but `IN_DOUBT` is certain."""

    SAVED = "saved"
    REJECTED = "rejected"
    REFUSED_LOGIN = "refused_login"
    UNSENT = "unsent"
    BUSY = "busy"
    STOP = "stop"
    IN_DOUBT = "in_doubt"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """One call that writes, and what came of it.

    Attributes:
        verdict: `SAVED`; `REJECTED` (`error: 1`, nothing was made); `REFUSED_LOGIN` (the same, by
            its words for the token); `UNSENT` (nobody was reached); `BUSY` (come later); `STOP`
            (turned away: so will the next one be); `IN_DOUBT` (it may have been done).
        message: the gateway's words, or what broke; without any secret.
        number: the id that the gateway gave; None unless saved, and for a batch of messages.
        http_status: None where no answer began.
        wait_seconds: how long the gateway asks to wait; None if it does not say.
        milliseconds: from the start of the call to its end.
    """

    verdict: Verdict
    message: str
    number: int | None = None
    http_status: int | None = None
    wait_seconds: float | None = None
    milliseconds: int = 0


class _Written(msgspec.Struct):
    error: Any = None
    message: Any = None
    contact_id: Any = None
    tag_id: Any = None
    sms_id: Any = None
    paket_id: Any = None


def of_failure(error: httpx.HTTPError) -> Outcome:
    """Return what a call came to that broke: it never was sent, or nobody knows."""
    broke = type(error).__name__
    if isinstance(error, _BEFORE_SENDING):
        return Outcome(verdict=Verdict.UNSENT, message=f"no connection ({broke})")
    return Outcome(verdict=Verdict.IN_DOUBT, message=f"no whole answer ({broke})")


def of_status(
    status: int, wait_seconds: float | None, *, trusts_503: bool = False
) -> Outcome | None:
    """Return what a status alone says; None for 200, whose body says it.

    Args:
        status: the answer's status.
        wait_seconds: its Retry-After, if it has one.
        trusts_503: whether a 503 with Retry-After says that nothing was done.
    """
    if status == _OK:
        return None
    message = f"HTTP {status}"
    if status == _TOO_MANY or (trusts_503 and status == _BUSY and wait_seconds is not None):
        return Outcome(verdict=Verdict.BUSY, message=message, wait_seconds=wait_seconds)
    verdict = Verdict.STOP if status in _TURNED_AWAY else Verdict.IN_DOUBT
    return Outcome(verdict=verdict, message=message, wait_seconds=wait_seconds)


def of_body(body: bytes, key: str | None) -> Outcome:
    """Return what the body of an answer with status 200 says; `key` names the id in it, if any."""
    try:
        written = _decoded(body)
    except GarbledError as error:
        return Outcome(verdict=Verdict.IN_DOUBT, message=str(error))
    number = None if key is None else whole_number(getattr(written, key))
    has_id = number is not None and 0 < number <= _LARGEST_ID
    match whole_number(written.error):
        case 0 if has_id or key is None:
            return Outcome(verdict=Verdict.SAVED, message=words(written.message), number=number)
        case 1 if not has_id:
            return _refusal(words(written.message))
        case 0:
            said = f"the answer has no {key}"
        case _:
            said = "the answer says neither yes nor no"
    return Outcome(verdict=Verdict.IN_DOUBT, message=said)


def _decoded(body: bytes) -> _Written:
    try:
        return msgspec.json.decode(mended(body), type=_Written)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise GarbledError("the answer is not the JSON that was asked for") from None


def _refusal(message: str) -> Outcome:
    verdict = Verdict.REFUSED_LOGIN if is_about_login(message) else Verdict.REJECTED
    return Outcome(verdict=verdict, message=message)


def without_texts(text: str, bodies: Iterable[str]) -> str:
    """Return the gateway's words up to where they begin to echo the text of a message."""
    for body in bodies:
        head = "".join(c for c in body if c.isprintable())[:_HEAD]
        at = text.find(head) if len(head) >= _SHORTEST else -1
        if at >= 0:
            text = f"{text[:at]}'...'"
    return text


def without_secrets(text: str, secrets: Mapping[str, str]) -> str:
    """Return a text that shows none of these, should the gateway have echoed one."""
    for secret in secrets.values():
        text = text.replace(secret, "***")
    return text
