"""The settings: one frozen object, built once at the door and passed down.

Sources, weakest first: defaults, the keyring, `sms24.toml`, the file of secrets, a credential of
systemd, the environment. An empty variable is unset. A file with a secret is its owner's alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from pendulum import DateTime

from pipeline import vault
from pipeline.errors import UsageError
from pipeline.keys import SECRET_KEYS, SETTINGS_FILE, parsed
from pipeline.timetable import Timetable
from pipeline.values import Secret


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
        window_rows: messages that one answer should hold at first; more where they come quickly.
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
        keep_versions_months: months after which a record that another has followed is pruned; 0
            keeps all.
        keep_body_days: days after which the text of a message is taken away; 0 keeps all.
        keep_log_days: days after which a log is removed; 0 keeps all.
        log_form: how logs are written: `json`, or `human` for people.
        mail_host, mail_port: the mail server; without a host no mail can be sent.
        mail_user, mail_password: its login; None for a server that asks for none.
        mail_from, mail_to: who sends, and who gets it.
        mail_tls: how the connection is sealed: `starttls`, `tls` from the first byte, or `none`.
        webhook_url: where verdicts are posted; a secret, since many such addresses hold one.
        secrets_file: a file of secrets alone; None looks beside the settings file.
        keyring: whether the system's keyring is asked for token and password.
        schedule: when `sms24 run` is due; None where nobody said.
        alert_success_below: the success rate that is too low; None for no such rule.
        alert_success_messages: over how many messages, the newest, it is counted.
        alert_silent_hours: hours without a sign of life after which a phone is told of.
        alert_no_data_hours: hours without a new message, or without anything proven.
        alert_holes: whether a hole in what is proven is told of.
        alert_doubts: from how many contacts in doubt on that is told of.
        alert_sending_doubts: from how many messages and newsletters in doubt on that is told of.
        alert_codes: failure codes that are told of where they were seen in the last 24 hours.
        alert_failures: whether a run that ends with 1, 2, 3 or 4 is told of.
        notify_by: by what ways: `mail`, `webhook`, `command`, `apprise`; none at all says nothing.
        notify_command: a program and its arguments; it reads the notice as JSON.
        notify_urls: addresses of apprise; secrets.
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
    keep_versions_months: int = 0
    keep_body_days: int = 0
    keep_log_days: int = 90
    log_form: str = "json"
    mail_host: str | None = None
    mail_port: int = 587
    mail_user: str | None = None
    mail_password: Secret | None = None
    mail_from: str | None = None
    mail_to: tuple[str, ...] = ()
    mail_tls: str = "starttls"
    webhook_url: Secret | None = None
    secrets_file: Path | None = None
    keyring: bool = False
    schedule: Timetable | None = None
    alert_success_below: float | None = None
    alert_success_messages: int = 200
    alert_silent_hours: float | None = None
    alert_no_data_hours: float | None = None
    alert_holes: bool = False
    alert_doubts: int | None = None
    alert_sending_doubts: int | None = None
    alert_codes: tuple[int, ...] = ()
    alert_failures: bool = False
    notify_by: tuple[str, ...] = ()
    notify_command: tuple[str, ...] = ()
    notify_urls: tuple[Secret, ...] = ()

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


@dataclass(frozen=True, slots=True)
class Loaded:
    """Settings and where they came from.

    Attributes:
        path: the settings file; None without one.
        sources: by key, in words for people; what is not in it is the default.
        secrets_path: the file of secrets that was read; None without one.
    """

    settings: Settings
    path: Path | None
    sources: Mapping[str, str]
    secrets_path: Path | None = None


def load_settings(
    environ: Mapping[str, str], *, config: Path | None = None, folder: Path | None = None
) -> Settings:
    """Return the settings of a command started in `folder`; UsageError names a bad key."""
    return load(environ, config=config, folder=folder).settings


def load(
    environ: Mapping[str, str], *, config: Path | None = None, folder: Path | None = None
) -> Loaded:
    """Return the settings with the source of each; UsageError names a bad key."""
    here = folder or Path.cwd()
    path = config or (Path(environ["SMS24_CONFIG"]) if environ.get("SMS24_CONFIG") else None)
    if path is None and (here / SETTINGS_FILE).is_file():
        path = here / SETTINGS_FILE
    base = path.resolve().parent if path else here
    given = _Given()
    if path is not None:
        given.add(_read_file(path), path.name)
    given.add(_from_environment(environ), "")
    secrets_path = _secrets_path(given, environ, path, base)
    _add_secrets(given, environ, secrets_path)
    values = {key: parsed(key, value, given.place(key)) for key, value in given.texts.items()}
    values.setdefault("data_dir", Settings().data_dir)
    values |= {key: base / value for key, value in values.items() if isinstance(value, Path)}
    sources = {key: given.place(key) for key in given.texts}
    return Loaded(Settings(**values), path, sources, secrets_path)


@dataclass(slots=True)
class _Given:
    """What was given, as it stands there, and by what source; what comes later wins."""

    texts: dict[str, Any] = field(default_factory=dict)
    sources: dict[str, str] = field(default_factory=dict)

    def add(self, texts: Mapping[str, Any], source: str) -> None:
        self.texts |= texts
        self.sources |= dict.fromkeys(texts, source)

    def place(self, key: str) -> str:
        return self.sources[key] or f"SMS24_{key.upper()}"


def _from_environment(environ: Mapping[str, str]) -> dict[str, str]:
    found = {key.name: environ.get(f"SMS24_{key.name.upper()}") for key in fields(Settings)}
    return {key: text for key, text in found.items() if text}


def _add_secrets(given: _Given, environ: Mapping[str, str], place: Path | None) -> None:
    """Add the secrets that lie apart from the settings; variables stay the strongest."""
    before = dict(given.texts)
    if place is not None:
        handed = " of systemd" * (place == vault.credential_file(environ))
        found = vault.read_secrets(place)
        weaker = {key: text for key, text in found.items() if given.sources.get(key) != ""}
        given.add(weaker, f"{place.name}{handed}")
    has_login = "token" in given.texts or "password" in given.texts
    if str(before.get("keyring", "")).lower() == "true" and not has_login:
        given.add(vault.keyring_secrets(account_name(before)), "the keyring")


def _secrets_path(
    given: _Given, environ: Mapping[str, str], path: Path | None, base: Path
) -> Path | None:
    """Return the file of secrets: systemd's, the one that is named, or one beside the settings."""
    handed = vault.credential_file(environ)
    if handed is not None:
        return handed
    if "secrets_file" in given.texts:
        return base / Path(str(given.texts["secrets_file"])).expanduser()
    beside = base / vault.SECRETS_FILE
    return beside if path is not None and beside.is_file() else None


def account_name(given: Mapping[str, Any]) -> str:
    """Return under what name the keyring keeps an account's secrets: its e-mail, or its folder."""
    return str(given.get("email") or given.get("data_dir") or Settings().data_dir)


def _read_file(path: Path) -> dict[str, Any]:
    found, mode = vault.read_toml(path)
    known = [key.name for key in fields(Settings)]
    unknown = sorted(set(found) - set(known))
    if unknown:
        raise UsageError(
            f"The settings file {path} has an unknown key: {unknown[0]}.",
            advice=f"Known keys: {', '.join(known)}.",
        )
    if SECRET_KEYS & set(found):
        vault.refuse_open(path, mode)
    return found
