"""The settings: one frozen object, built once at the door and passed down.

Sources, weakest first: defaults, `sms24.toml`, the environment. An empty variable is unset.
Secrets come from the environment, or from a settings file that only its owner may read.
"""

import os
import stat
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pendulum import DateTime

from pipeline import parsing
from pipeline.errors import UsageError
from pipeline.values import Secret

SETTINGS_FILE = "sms24.toml"
_SECRET_KEYS = frozenset({"token", "password", "mail_password", "webhook_url"})


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that may be set; each key is also an environment variable `SMS24_<KEY>`.

    Attributes:
        base_url: the gateway's address, without a slash at the end.
        ca_file: certificates (PEM) that are trusted beside the usual ones; None for none.
        token: the account's token; without it `email` and `password` are exchanged for one.
        timezone: the reporting zone (IANA): it decides what a day is.
        data_dir: the folder of this account's state and results.
        since: the floor of the account's history; None finds where the account begins.
        concurrency: reads in flight at once.
        rate: reads per second at the most.
        timeout: seconds that one answer may take before it counts as failed.
        outage_seconds: seconds without a good answer after which a sync gives the gateway up.
        window_rows: messages that one answer should hold at the most.
        settle_hours: hours after its due time in which a message may still change by itself.
        audit_days: days in which each settled window is read again once, whatever counts say.
        tail_minutes: minutes before the gateway's own clock that are not called proven yet.
        privacy: what the snapshot holds of people: `mask`, `hash` or `full`.
        contacts_rate: contacts sent per second at the most.
        contacts_tag_param: by what name a contact's tag is sent: `ctag_id`, `tag_id` or `both`.
        contacts_trust_503: whether a 503 with Retry-After says that nothing was saved.
        send_rate: calls per second at the most that send messages.
        send_batch: messages that one call of a bulk holds at the most.
        send_zone: the zone (IANA) in which the gateway reads times to send at.
        models_dir: a folder of SQL models of one's own, built into the schema `my`; None for none.
        reports_dir: a folder of templates, sections and reports of one's own; None for none.
        report_language: the language of what is not asked for in another one.
        report_kinds: which reports `sms24 run` writes.
        report_periods: for which periods; none at all, and it writes no report.
        report_formats: in which formats.
        report_notes: a file of what people know of some days; None for none.
        report_keep_days: days after which a report that we wrote is removed; 0 keeps them all.
        mail_host, mail_port: the mail server; without a host no mail can be sent.
        mail_user, mail_password: its login; None for a server that asks for none.
        mail_from, mail_to: who sends, and who gets it.
        mail_tls: how the connection is sealed: `starttls`, `tls` from the first byte, or `none`.
        webhook_url: where verdicts are posted; a secret, since many such addresses hold one.
    """

    base_url: str = "https://smsgateway24.com/getdata"
    ca_file: Path | None = None
    token: Secret | None = None
    email: str | None = None
    password: Secret | None = None
    timezone: str = "UTC"
    data_dir: Path = Path("data")
    since: DateTime | None = None
    concurrency: int = 4
    rate: float = 20.0
    timeout: float = 120.0
    outage_seconds: float = 60.0
    window_rows: int = 5000
    settle_hours: int = 72
    audit_days: int = 30
    tail_minutes: int = 5
    privacy: str = "mask"
    contacts_rate: float = 5.0
    contacts_tag_param: str = "both"
    contacts_trust_503: bool = False
    send_rate: float = 2.0
    send_batch: int = 50
    send_zone: str = "UTC"
    models_dir: Path | None = None
    reports_dir: Path | None = None
    report_language: str = "en"
    report_kinds: tuple[str, ...] = ("delivery",)
    report_periods: tuple[str, ...] = ("last-28-days",)
    report_formats: tuple[str, ...] = ("html",)
    report_notes: Path | None = None
    report_keep_days: int = 400
    mail_host: str | None = None
    mail_port: int = 587
    mail_user: str | None = None
    mail_password: Secret | None = None
    mail_from: str | None = None
    mail_to: tuple[str, ...] = ()
    mail_tls: str = "starttls"
    webhook_url: Secret | None = None

    @property
    def has_login(self) -> bool:
        """Whether there is a token, or an e-mail and password to get one."""
        return self.token is not None or (self.email is not None and self.password is not None)

    @property
    def warehouse_path(self) -> Path:
        """The private database."""
        return self.data_dir / "warehouse.duckdb"

    @property
    def snapshot_path(self) -> Path:
        """The published database, for people."""
        return self.data_dir / "analytics.duckdb"

    @property
    def reports_path(self) -> Path:
        """The folder of reports, for people."""
        return self.data_dir / "reports"


def load_settings(
    environ: Mapping[str, str], *, config: Path | None = None, folder: Path | None = None
) -> Settings:
    """Return the settings of a command started in `folder`; UsageError names a bad key."""
    here = folder or Path.cwd()
    path = config or (Path(environ["SMS24_CONFIG"]) if environ.get("SMS24_CONFIG") else None)
    if path is None and (here / SETTINGS_FILE).is_file():
        path = here / SETTINGS_FILE
    given = _read_file(path) if path else {}
    base = path.resolve().parent if path else here
    for key in Settings.__dataclass_fields__:
        text = environ.get(f"SMS24_{key.upper()}")
        if text:
            given[key] = text
    values = {key: _parse(key, value) for key, value in given.items()}
    values.setdefault("data_dir", Settings().data_dir)
    values |= {key: base / value for key, value in values.items() if isinstance(value, Path)}
    return Settings(**values)


def _read_file(path: Path) -> dict[str, Any]:
    try:
        with path.open("rb") as file:
            mode = stat.S_IMODE(os.fstat(file.fileno()).st_mode)
            found = dict(_flat(tomllib.load(file)))
    except OSError as error:
        raise UsageError(
            f"The settings file {path} cannot be read ({error.strerror}).",
            advice="Name an existing file with --config or SMS24_CONFIG.",
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(
            f"The settings file {path} is not valid TOML.", advice=f"Mend this: {error}."
        ) from None
    unknown = sorted(set(found) - set(Settings.__dataclass_fields__))
    if unknown:
        raise UsageError(
            f"The settings file {path} has an unknown key: {unknown[0]}.",
            advice=f"Known keys: {', '.join(Settings.__dataclass_fields__)}.",
        )
    if _SECRET_KEYS & set(found) and mode & 0o077:
        raise UsageError(
            f"The settings file {path} holds a secret and others may read it.",
            advice=f"Run: chmod 600 {path}",
        )
    return found


def _flat(found: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Give the keys of a file; `rate` in the table `contacts` is `contacts_rate`."""
    for key, value in found.items():
        if isinstance(value, dict):
            yield from ((f"{key}_{name}", inner) for name, inner in value.items())
        else:
            yield key, value


def _parse(key: str, value: Any) -> Any:
    try:
        return _PARSERS[key](value)
    except (ValueError, TypeError) as error:
        shown = "***" if key in _SECRET_KEYS else repr(str(value))
        raise UsageError(
            f"The setting {key} cannot be {shown}: {error}.",
            advice=f"Mend it in {SETTINGS_FILE}, or in SMS24_{key.upper()}.",
        ) from None


_PARSERS: dict[str, Any] = {
    "base_url": parsing.address,
    "ca_file": parsing.path,
    "token": parsing.secret,
    "email": parsing.text,
    "password": parsing.secret,
    "timezone": parsing.zone,
    "data_dir": parsing.path,
    "since": parsing.instant,
    "concurrency": parsing.at_least(1, int),
    "rate": parsing.at_least(0.01, float),
    "timeout": parsing.at_least(1, float),
    "outage_seconds": parsing.at_least(1, float),
    "window_rows": parsing.at_least(1, int),
    "settle_hours": parsing.at_least(0, int),
    "audit_days": parsing.at_least(1, int),
    "tail_minutes": parsing.at_least(0, int),
    "privacy": parsing.one_of("mask", "hash", "full"),
    "contacts_rate": parsing.at_least(0.01, float),
    "contacts_tag_param": parsing.one_of("ctag_id", "tag_id", "both"),
    "contacts_trust_503": parsing.yes_or_no,
    "send_rate": parsing.at_least(0.01, float),
    "send_batch": parsing.at_least(1, int),
    "send_zone": parsing.zone,
    "models_dir": parsing.path,
    "reports_dir": parsing.path,
    "report_language": parsing.text,
    "report_kinds": parsing.names,
    "report_periods": parsing.names,
    "report_formats": parsing.names,
    "report_notes": parsing.path,
    "report_keep_days": parsing.at_least(0, int),
    "mail_host": parsing.text,
    "mail_port": parsing.at_least(1, int),
    "mail_user": parsing.text,
    "mail_password": parsing.secret,
    "mail_from": parsing.text,
    "mail_to": parsing.names,
    "mail_tls": parsing.one_of("starttls", "tls", "none"),
    "webhook_url": lambda value: Secret(parsing.link(value)),
}
