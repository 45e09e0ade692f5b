"""Tell what a report says: by mail, as a file of a mail, or to a webhook."""

from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec

from pipeline.clock import Clock
from pipeline.notify import webhook
from pipeline.notify.mail import Attached, Letter, message, send
from pipeline.report.letter import letter_of
from pipeline.report.putting import put_file
from pipeline.report.shelf import enlist
from pipeline.report.verdict import verdict_of
from pipeline.report.writing import Written, stem_of
from pipeline.settings import Settings

_KINDS = {
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def send_mail(settings: Settings, written: Written, clock: Clock) -> None:
    """Send a report to the people of the settings, with its page and other files attached.

    Raises:
        UsageError: the settings lack a server, a sender or somebody to send to.
        TellingError: the server did not take it.
    """
    send(_mail(settings, written, clock.now()), settings)


def write_mail(settings: Settings, written: Written, folder: Path) -> Path:
    """Write the same mail as a file `.eml`, dated when the snapshot was built; return its path."""
    origin = written.report.origin
    zone = ZoneInfo(origin.timezone)
    mail = _mail(settings, written, origin.built_local.replace(tzinfo=zone).astimezone(UTC))
    path = folder / f"{stem_of(written.report)}.eml"
    put_file(path, mail.as_bytes())
    if folder == settings.reports_path:
        enlist(settings, msgspec.structs.replace(written, paths={"eml": path}))
    return path


def post_verdict(settings: Settings, written: Written, clock: Clock) -> None:
    """Post the verdict of a report to the webhook of the settings.

    Raises:
        UsageError: the settings name none.
        TellingError: it did not take it.
    """
    webhook.post(verdict_of(written.report), settings, clock)


def _mail(settings: Settings, written: Written, sent: datetime) -> EmailMessage:
    said = letter_of(written.report, settings.reports_dir)
    page = Attached(f"{stem_of(written.report)}.html", "text/html", written.page.encode())
    others = tuple(
        Attached(path.name, _KINDS[name], path.read_bytes())
        for name, path in written.paths.items()
        if name in _KINDS
    )
    return message(Letter(said.subject, said.text, said.page, (page, *others)), settings, sent)
