"""Set up an account: try its login, write the settings and, apart from them, the secret."""

import json
import os
from dataclasses import dataclass
from pathlib import Path

from pipeline import vault
from pipeline.clock import Clock
from pipeline.errors import UsageError
from pipeline.gateway.client import Gateway
from pipeline.keys import SETTINGS_FILE
from pipeline.settings import Settings, account_name
from pipeline.values import Secret


@dataclass(frozen=True, slots=True)
class Answers:
    """What was answered; one of `token` and `password` is there.

    Attributes:
        data_dir: as it is to stand in the settings: relative to their file, or absolute.
        is_in_keyring: whether the secret goes into the system's keyring, not into a file.
    """

    email: str | None
    token: Secret | None
    password: Secret | None
    timezone: str
    data_dir: str
    base_url: str
    is_in_keyring: bool = False

    @property
    def secret(self) -> tuple[str, Secret]:
        """The key and the secret that are kept."""
        if self.token is not None:
            return "token", self.token
        if self.password is not None and self.email is not None:
            return "password", self.password
        raise UsageError(
            "There is no login to keep.",
            advice="Give a token, or an e-mail and a password: by prompt, standard input or"
            " SMS24_TOKEN, SMS24_EMAIL, SMS24_PASSWORD.",
        )


def try_login(answers: Answers, clock: Clock) -> int:
    """Return how many phones the account has; GatewayError if the login does not open it."""
    key, secret = answers.secret
    login = {key: secret}
    settings = Settings(base_url=answers.base_url, email=answers.email, **login)  # type: ignore[arg-type]
    with Gateway(settings, clock=clock) as gateway:
        return len(gateway.device_ids())


def refuse_present(folder: Path, name: str, *, is_in_keyring: bool) -> None:
    """Raise UsageError if settings or secrets are there already: nothing is written over."""
    names = (name,) if is_in_keyring else (name, vault.SECRETS_FILE)
    for path in (folder / each for each in names):
        if os.path.lexists(path):
            raise UsageError(
                f"{path} is there already; nothing was changed.",
                advice="Work with it, or run sms24 init --force: the old one is kept beside it.",
            )


def set_up(answers: Answers, folder: Path, name: str = SETTINGS_FILE) -> list[str]:
    """Write settings and secret, make the data folder; returns what was done, for people.

    What is there already is kept beside it under another name.
    """
    key, secret = answers.secret
    done = []
    if answers.is_in_keyring:
        vault.put_into_keyring(_account(answers), key, secret)
        done.append(f"The {key} is in the system's keyring.")
    else:
        text = f"# The secret of {name}; for its owner alone.\n{key} = {_quoted(secret.reveal())}\n"
        done += _write(folder / vault.SECRETS_FILE, text)
    done += _write(folder / name, settings_text(answers))
    data_dir = folder / Path(answers.data_dir).expanduser()
    if not data_dir.is_dir():
        try:
            data_dir.mkdir(parents=True)
            data_dir.chmod(0o755)  # people read snapshot and reports; the rest has its own modes
        except OSError as error:
            raise UsageError(f"{data_dir} cannot be made ({error.strerror}).") from None
    return done


def _account(answers: Answers) -> str:
    return account_name({"email": answers.email, "data_dir": answers.data_dir})


def _write(path: Path, text: str) -> list[str]:
    done = []
    if os.path.lexists(path):
        kept = _free_name(path)
        path.rename(kept)
        done.append(f"The old {path.name} is now {kept.name}.")
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise UsageError(
            f"{path} cannot be written ({error.strerror}).", advice="Start in a folder of yours."
        ) from None
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(descriptor)
    return [*done, f"Wrote {path}"]


def _free_name(path: Path) -> Path:
    number = 1
    while os.path.lexists(kept := path.with_name(f"{path.name}.old{number}")):
        number += 1
    return kept


def settings_text(answers: Answers) -> str:
    """Return the text of the settings: what was answered, and the rest as comments to take up."""
    is_usual = answers.base_url == Settings().base_url
    address = f"{'# ' * is_usual}base_url = {_quoted(answers.base_url)}"
    email = f"{'# ' * (answers.email is None)}email = {_quoted(answers.email or 'me@example.com')}"
    return _TEXT.format(
        email=email,
        keyring=f"{'# ' * (not answers.is_in_keyring)}keyring = true",
        timezone=_quoted(answers.timezone),
        data_dir=_quoted(answers.data_dir),
        address=address,
    )


def _quoted(text: str) -> str:
    """Return a text between the quotes of TOML."""
    if not text.isprintable():
        raise UsageError("An answer holds a line break or another sign that nobody can see.")
    return json.dumps(text, ensure_ascii=False)


_TEXT = """\
# Settings of sms24. Every key: docs/operate.md. A variable SMS24_KEY wins over a line here.

# The account. Its token or password is kept apart: in sms24.secrets.toml, mode 0600, or in the
# system's keyring.
{email}
{keyring}
{address}

# What a day is in tables and reports (IANA), and where everything is kept.
timezone = {timezone}
data_dir = {data_dir}

# When `sms24 run` is due: "hourly", "every 15 minutes", "daily 06:20". After a change install again
# what `sms24 schedule` prints.
schedule = "hourly"

# The history begins where the account does, unless a day is given.
# since = "2026-01-01"

# What `sms24 run` writes.
# report_periods = ["last-28-days"]
# report_formats = ["html"]
# report_language = "en"

# [mail]
# host = "smtp.example.com"
# port = 587
# user = "me@example.com"
# from = "me@example.com"
# to = ["you@example.com"]

# Thresholds: a run that crosses one ends with 6, and people are told, each time once.
# [alert]
# success_below = 0.9
# success_messages = 200
# silent_hours = 6
# no_data_hours = 24
# holes = true
# doubts = 1
# codes = [100, 101]
# failures = true

# [notify]
# by = ["mail"]
# command = ["/usr/local/bin/page", "--loud"]
"""
