"""Post a verdict as JSON to a web address.

The address is a secret: many hold a key. It stands in no message, and nothing here logs.
"""

import hashlib
import logging
import ssl
from email.utils import parsedate_to_datetime
from typing import Any

import httpx
import msgspec

from pipeline.clock import Clock
from pipeline.errors import TellingError, UsageError
from pipeline.settings import Settings
from pipeline.trust import trust_of

_SECONDS = 15.0
_TRIES = 3
_LONGEST_WAIT = 30.0
_TAKEN = range(200, 300)
# The receiver says that it did not act; after any other failure nobody knows whether it did.
_LATER = frozenset({429, 503})


def post(
    verdict: dict[str, Any],
    settings: Settings,
    clock: Clock,
    transport: httpx.BaseTransport | None = None,
) -> None:
    """Post a verdict; one that surely was not taken is posted again, twice at the most.

    `Idempotency-Key` is the hash of the verdict, so that a receiver knows what it has already.

    Raises:
        UsageError: the settings name no address.
        TellingError: it cannot be reached, or did not take it.
    """
    if settings.webhook_url is None:
        raise UsageError("It is not said where verdicts are posted.", advice="Set webhook_url.")
    logging.getLogger("httpx").setLevel(logging.WARNING)  # it logs whole addresses
    content = msgspec.json.encode(verdict)
    headers = {
        "Content-Type": "application/json",
        "Idempotency-Key": hashlib.sha256(content).hexdigest(),
        "User-Agent": "sms24",
    }
    trust: ssl.SSLContext | bool = trust_of(settings.ca_file) if settings.ca_file else True
    with httpx.Client(
        timeout=_SECONDS, transport=transport, verify=trust, follow_redirects=False
    ) as client:
        for left in range(_TRIES - 1, -1, -1):
            wait, told = _try(client, settings.webhook_url.reveal(), content, headers)
            if not told:
                return
            if wait is None or not left:
                raise TellingError(told)
            clock.sleep(wait)


def _try(
    client: httpx.Client, address: str, content: bytes, headers: dict[str, str]
) -> tuple[float | None, str]:
    """Return after how long to try again (None: never), and what went wrong; empty if nothing."""
    try:
        # What it answers is not read: it may be as large as it likes.
        with client.stream("POST", address, content=content, headers=headers) as answer:
            status = answer.status_code
    except (httpx.ConnectError, httpx.ConnectTimeout) as error:
        return 1.0, f"The webhook cannot be reached ({type(error).__name__})."
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        return None, f"The webhook did not answer ({type(error).__name__})."
    if status in _TAKEN:
        return None, ""
    told = f"The webhook answered with status {status}."
    return (_wait(answer) if status in _LATER else None), told


def _wait(answer: httpx.Response) -> float:
    """Return the seconds of Retry-After, bounded; a date counts from the answer's own clock."""
    text = answer.headers.get("retry-after", "1")
    if text.isdecimal():
        return min(float(text), _LONGEST_WAIT)
    try:
        later, now = map(parsedate_to_datetime, (text, answer.headers.get("date", "")))
    except ValueError:
        return 1.0
    return min(max((later - now).total_seconds(), 1.0), _LONGEST_WAIT)
