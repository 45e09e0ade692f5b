"""Tell people of alerts: one notice for all that is new, by each way of the settings."""

import html
from collections.abc import Callable, Iterable
from typing import Any

import msgspec

from pipeline.alerts.rules import minute, plain
from pipeline.alerts.state import Alert, write_alerts
from pipeline.clock import Clock
from pipeline.errors import Sms24Error, TellingError, UsageError
from pipeline.notify import mail
from pipeline.report.voice import Voice
from pipeline.report.words import SOURCE, languages
from pipeline.settings import Settings


def refuse_incomplete(settings: Settings) -> None:
    """Raise UsageError if a way of telling lacks what it needs: better now than in the night."""
    needed = {
        "mail": ("mail_host", "mail_from", "mail_to"),
        "webhook": ("webhook_url",),
        "command": ("notify_command",),
        "apprise": ("notify_urls",),
    }
    for way in settings.notify_by:
        for key in needed[way]:
            if not getattr(settings, key):
                raise UsageError(f"Notices by {way} need {key}.", advice=f"Set {key}.")


def tell(alerts: Iterable[Alert], settings: Settings, clock: Clock) -> None:
    """Tell what is due by each way, and keep what was told after each.

    Raises:
        TellingError: a way did not take it; the others were told, and this one is tried again by
            the next run.
    """
    current = list(alerts)
    write_alerts(settings.data_dir, current)
    failure: Sms24Error | None = None
    for way in settings.notify_by:
        due = [alert for alert in current if alert.is_due(way)]
        if not due:
            continue
        try:
            _WAYS[way](due, settings, clock)
        except (TellingError, UsageError) as error:
            failure = error
            continue
        current = [alert.told_by(way) if alert in due else alert for alert in current]
        write_alerts(settings.data_dir, current)
    if failure is not None:
        raise failure


def notice_of(alerts: Iterable[Alert], settings: Settings) -> dict[str, Any]:
    """Return a notice as JSON says it; the same alerts are the same notice."""
    found = list(alerts)
    return {
        "kind": "alert",
        "folder": str(settings.data_dir),
        "language": voice_of(settings).words.language,
        "crossed": [_plain(alert) for alert in found if alert.over_at is None],
        "over": [_plain(alert) for alert in found if alert.over_at is not None],
    }


def _plain(alert: Alert) -> dict[str, Any]:
    kept = msgspec.to_builtins(alert)
    return {
        name: kept[name] for name in ("rule", "key", "sentence", "since", "over_at") if name in kept
    }


def voice_of(settings: Settings) -> Voice:
    """Return how notices speak: as reports do; English where those have no such language."""
    language = settings.report_language
    return Voice(language if language in languages() else SOURCE)


def title_of(alerts: Iterable[Alert], voice: Voice) -> str:
    """Return what a notice is about, on one line."""
    found = list(alerts)
    crossed = [alert for alert in found if alert.over_at is None]
    first = (crossed or found)[0].sentence
    said = first if crossed else voice.say("Over: {sentence}", sentence=first)
    if found[1:]:
        more = len(found) - 1
        said = voice.count(
            "{first} (and {number} more)", "{first} (and {number} more)", more, first=said
        )
    return plain(f"sms24: {said}")


def text_of(alerts: Iterable[Alert], settings: Settings, voice: Voice) -> str:
    """Return a notice as a text for people."""
    lines = [_line(alert, voice) for alert in alerts]
    folder = voice.say("Data folder: {folder}", folder=settings.data_dir)
    return plain("\n".join([*lines, "", folder, ""]))


def _line(alert: Alert, voice: Voice) -> str:
    since = minute(alert.since)
    if alert.over_at is None:
        return voice.say("New: {sentence} Since {since}.", sentence=alert.sentence, since=since)
    return voice.say("Over: {sentence} Since {since}.", sentence=alert.sentence, since=since)


def _mail(alerts: list[Alert], settings: Settings, _clock: Clock) -> None:
    voice = voice_of(settings)
    text = text_of(alerts, settings, voice)
    letter = mail.Letter(title_of(alerts, voice), text, f"<pre>{html.escape(text)}</pre>")
    # Dated by the alerts, so that one that is sent twice after a crash has the same id.
    sent = max(alert.over_at or alert.since for alert in alerts)
    mail.send(mail.message(letter, settings, sent), settings)


def _webhook(alerts: list[Alert], settings: Settings, clock: Clock) -> None:
    from pipeline.notify.webhook import post  # noqa: PLC0415 - only who posts pays for it

    post(notice_of(alerts, settings), settings, clock)


def _command(alerts: list[Alert], settings: Settings, _clock: Clock) -> None:
    from pipeline.notify.command import hand_over  # noqa: PLC0415

    hand_over(notice_of(alerts, settings), settings)


def _apprise(alerts: list[Alert], settings: Settings, _clock: Clock) -> None:
    from pipeline.notify.world import tell_world  # noqa: PLC0415

    voice = voice_of(settings)
    tell_world(title_of(alerts, voice), text_of(alerts, settings, voice), settings)


_WAYS: dict[str, Callable[[list[Alert], Settings, Clock], None]] = {
    "mail": _mail,
    "webhook": _webhook,
    "command": _command,
    "apprise": _apprise,
}
