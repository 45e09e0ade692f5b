"""Mail with a text, a page and files: written to a file, or given to a mail server.

What a header holds was made by others too (titles of phones): it is put on one line here, so that
no text can add a header.
"""

import hashlib
import re
import smtplib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from pipeline.errors import TellingError, UsageError
from pipeline.settings import Settings
from pipeline.trust import trust_of

_SECONDS = 30.0
_LONGEST_SUBJECT = 200
# Control characters, and those that part lines or turn the direction of what follows.
_STEERING = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_ADDRESS = re.compile(r"[^\s@<>,;:()\"\[\]\\]+@[^\s@<>,;:()\"\[\]\\]+")


@dataclass(frozen=True, slots=True)
class Attached:
    """A file of a mail: its name, its type such as `text/html`, and what is in it."""

    name: str
    kind: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Letter:
    """What a mail says, as text and as a page, with its files."""

    subject: str
    text: str
    page: str
    files: tuple[Attached, ...] = ()


def message(letter: Letter, settings: Settings, sent: datetime) -> EmailMessage:
    """Return the mail of a letter; the same letter, settings and time are the same bytes.

    Raises:
        UsageError: the settings name no sender or nobody to send to, or no addresses.
    """
    if settings.mail_from is None or not settings.mail_to:
        raise UsageError(
            "It is not said who sends mail, and to whom.", advice="Set mail_from and mail_to."
        )
    mail = EmailMessage(policy=SMTP)
    mail["Subject"] = one_line(letter.subject)
    mail["From"] = _address(settings.mail_from)
    mail["To"] = [_address(text) for text in settings.mail_to]
    mail["Date"] = format_datetime(sent)
    seal = hashlib.sha256(letter.text.encode())
    mail.set_content(letter.text, cte="quoted-printable")  # any server takes seven bits
    mail.add_alternative(letter.page, subtype="html", cte="quoted-printable")
    for file in letter.files:
        seal.update(file.content)
        main, _, sub = file.kind.partition("/")
        mail.add_attachment(file.content, maintype=main, subtype=sub, filename=file.name)
    mail["Message-ID"] = f"<{seal.hexdigest()[:32]}.{sent:%Y%m%d%H%M%S}@sms24.invalid>"
    _set_boundaries(mail, seal.hexdigest())
    return mail


def send(mail: EmailMessage, settings: Settings) -> None:
    """Give a mail to the server of the settings.

    Raises:
        UsageError: the settings name no server.
        TellingError: the server cannot be reached, or did not take it; without its words, which may
            repeat what was sent.
    """
    if settings.mail_host is None:
        raise UsageError("It is not said which server sends mail.", advice="Set mail_host.")
    try:
        with _server(settings) as server:
            if settings.mail_user and settings.mail_password:
                server.login(settings.mail_user, settings.mail_password.reveal())
            refused = server.send_message(mail)
    except smtplib.SMTPResponseException as error:
        raise TellingError(f"The mail server refused with code {error.smtp_code}.") from None
    except (OSError, smtplib.SMTPException) as error:
        raise TellingError(f"The mail could not be sent ({type(error).__name__}).") from None
    if refused:
        raise TellingError(f"The mail server refused {len(refused)} of the addresses.")


def one_line(text: str) -> str:
    """Return a text on one line of bounded length, without anything that steers."""
    return " ".join(_STEERING.sub(" ", text).split())[:_LONGEST_SUBJECT]


@contextmanager
def _server(settings: Settings) -> Iterator[smtplib.SMTP]:
    host, port = settings.mail_host or "", settings.mail_port
    trust = trust_of(settings.ca_file)
    if settings.mail_tls == "tls":
        with smtplib.SMTP_SSL(host, port, timeout=_SECONDS, context=trust) as server:
            yield server
        return
    with smtplib.SMTP(host, port, timeout=_SECONDS) as server:
        if settings.mail_tls == "starttls":
            server.starttls(context=trust)
        yield server


def _address(text: str) -> Address:
    if not _ADDRESS.fullmatch(text) or not text.isprintable():
        raise UsageError(
            "An address of mail_from or mail_to is none.", advice="Write it like name@example.com."
        )
    return Address(addr_spec=text)


def _set_boundaries(mail: EmailMessage, seal: str) -> None:
    """Name the parts by what is in them: by chance, no two mails would be equal."""
    for place, part in enumerate(part for part in mail.walk() if part.is_multipart()):
        part.set_boundary(f"sms24-{seal[:32]}-{place}")
