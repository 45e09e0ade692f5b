"""Tell the rest of the world by apprise: chats, pagers, telephones; an extra."""

import logging
from typing import Any

from pipeline.errors import TellingError, UsageError
from pipeline.settings import Settings


def tell_world(title: str, text: str, settings: Settings) -> None:
    """Send a text to each address of the settings.

    Raises:
        UsageError: there is none, apprise is not installed, or it does not know one of them.
        TellingError: one of them did not take it.
    """
    if not settings.notify_urls:
        raise UsageError("It is not said whom apprise tells.", advice="Set notify_urls.")
    service = _apprise().Apprise()
    for url in settings.notify_urls:
        if not service.add(url.reveal()):
            raise UsageError(
                "An address of notify_urls is none that apprise knows.",
                advice="Look it up in the documentation of apprise.",
            )
    if not service.notify(title=title, body=text):
        raise TellingError("A service of notify_urls did not take the notice.")


def _apprise() -> Any:
    logging.getLogger("apprise").setLevel(logging.CRITICAL)  # it logs addresses, which hold keys
    try:
        import apprise  # noqa: PLC0415 - an extra
    except ImportError:
        raise UsageError(
            "Notices cannot go out by apprise: it is not installed.",
            advice="Run: pip install 'sms24[notify]'",
        ) from None
    return apprise
