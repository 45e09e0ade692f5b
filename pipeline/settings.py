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

import pendulum
from pendulum import DateTime

from pipeline.errors import UsageError
from pipeline.values import Secret

SETTINGS_FILE = "sms24.toml"
_SECRET_KEYS = frozenset({"token", "password"})


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that may be set; each key is also an environment variable `SMS24_<KEY>`.

    Attributes:
        base_url: the gateway's address, without a slash at the end.
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
    """

    base_url: str = "https://smsgateway24.com/getdata"
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


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError("a text is expected")
    return value.strip()


def _address(value: Any) -> str:
    text = _text(value).rstrip("/")
    if not text.startswith(("https://", "http://")):
        raise ValueError("an address that starts with https:// is expected")
    if "?" in text or "@" in text.partition("//")[2]:
        raise ValueError("an address without a login or a question mark is expected")
    return text


def _zone(value: Any) -> str:
    text = _text(value)
    try:
        pendulum.timezone(text)
    except (ValueError, OSError) as error:
        raise ValueError("an IANA time zone is expected, such as Europe/Paris") from error
    return text


def parse_instant(value: Any) -> DateTime:
    """Return a day or an instant as UTC, to the second; ValueError if it is neither."""
    parsed = pendulum.parse(str(value), tz="UTC")
    if not isinstance(parsed, DateTime):
        raise ValueError("a date or an instant is expected")  # noqa: TRY004 - one kind of refusal
    return parsed.in_timezone("UTC").set(microsecond=0)


def _at_least(least: float, kind: type[int] | type[float]) -> Any:
    def parse(value: Any) -> float:
        number = kind(value)
        if not least <= number < 1_000_000:  # noqa: PLR2004 - nan and nonsense end here
            raise ValueError(f"a number from {least:g} up is expected")
        return number

    return parse


def _one_of(*words: str) -> Any:
    def parse(value: Any) -> str:
        if value not in words:
            raise ValueError(f"{', '.join(words[:-1])} or {words[-1]} is expected")
        return str(value)

    return parse


def _yes_or_no(value: Any) -> bool:
    if str(value).lower() not in {"true", "false"}:
        raise ValueError("true or false is expected")
    return str(value).lower() == "true"


_PARSERS: dict[str, Any] = {
    "base_url": _address,
    "token": lambda value: Secret(_text(value)),
    "email": _text,
    "password": lambda value: Secret(_text(value)),
    "timezone": _zone,
    "data_dir": lambda value: Path(_text(value)).expanduser(),
    "since": parse_instant,
    "concurrency": _at_least(1, int),
    "rate": _at_least(0.01, float),
    "timeout": _at_least(1, float),
    "outage_seconds": _at_least(1, float),
    "window_rows": _at_least(1, int),
    "settle_hours": _at_least(0, int),
    "audit_days": _at_least(1, int),
    "tail_minutes": _at_least(0, int),
    "privacy": _one_of("mask", "hash", "full"),
    "contacts_rate": _at_least(0.01, float),
    "contacts_tag_param": _one_of("ctag_id", "tag_id", "both"),
    "contacts_trust_503": _yes_or_no,
    "send_rate": _at_least(0.01, float),
    "send_batch": _at_least(1, int),
    "send_zone": _zone,
    "models_dir": lambda value: Path(_text(value)).expanduser(),
}
