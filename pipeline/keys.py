"""How each setting is read from a file or a variable, and which of them are secrets."""

from typing import Any

from pipeline import parsing
from pipeline.errors import UsageError
from pipeline.timetable import timetable_of
from pipeline.values import Secret

SETTINGS_FILE = "sms24.toml"
SECRET_KEYS = frozenset({"token", "password", "mail_password", "webhook_url", "notify_urls"})


def parsed(key: str, value: Any, source: str) -> Any:
    """Return the value of a setting; UsageError names the key and its source, never a secret."""
    try:
        return PARSERS[key](value)
    except (ValueError, TypeError) as error:
        shown = "***" if key in SECRET_KEYS else repr(str(value))
        raise UsageError(
            f"The setting {key} cannot be {shown}: {error}.", advice=f"Mend it in {source}."
        ) from None


PARSERS: dict[str, Any] = {
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
    "keep_versions_months": parsing.at_least(0, int),
    "keep_body_days": parsing.at_least(0, int),
    "keep_log_days": parsing.at_least(0, int),
    "log_form": parsing.one_of("json", "human"),
    "mail_host": parsing.text,
    "mail_port": parsing.at_least(1, int),
    "mail_user": parsing.text,
    "mail_password": parsing.secret,
    "mail_from": parsing.text,
    "mail_to": parsing.names,
    "mail_tls": parsing.one_of("starttls", "tls", "none"),
    "webhook_url": lambda value: Secret(parsing.link(value)),
    "secrets_file": parsing.path,
    "keyring": parsing.yes_or_no,
    "schedule": lambda value: timetable_of(parsing.text(value)),
    "alert_success_below": parsing.share,
    "alert_success_messages": parsing.at_least(1, int),
    "alert_silent_hours": parsing.at_least(0.01, float),
    "alert_no_data_hours": parsing.at_least(0.01, float),
    "alert_holes": parsing.yes_or_no,
    "alert_doubts": parsing.at_least(1, int),
    "alert_sending_doubts": parsing.at_least(1, int),
    "alert_codes": parsing.numbers,
    "alert_failures": parsing.yes_or_no,
    "notify_by": parsing.some_of("mail", "webhook", "command", "apprise"),
    "notify_command": parsing.words,
    "notify_urls": lambda value: tuple(map(parsing.secret, parsing.names(value))),
}
