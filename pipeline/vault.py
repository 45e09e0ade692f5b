"""Where secrets are kept at rest: a file of mode 0600, a credential of systemd, the keyring."""

import os
import stat
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pipeline.errors import UsageError
from pipeline.keys import SECRET_KEYS
from pipeline.values import Secret

SECRETS_FILE = "sms24.secrets.toml"
_SERVICE = "sms24"
_IN_KEYRING = ("token", "password")


def read_toml(path: Path) -> tuple[dict[str, Any], int]:
    """Return the keys of a TOML file, and its mode; `rate` in `[contacts]` is `contacts_rate`.

    UsageError says that it cannot be read, or where it is no TOML.
    """
    try:
        with path.open("rb") as file:
            mode = stat.S_IMODE(os.fstat(file.fileno()).st_mode)
            return dict(_flat(tomllib.load(file))), mode
    except OSError as error:
        raise UsageError(
            f"The settings file {path} cannot be read ({error.strerror}).",
            advice="Name an existing file with --config or SMS24_CONFIG.",
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(
            f"The settings file {path} is not valid TOML.", advice=f"Mend this: {error}."
        ) from None


def refuse_open(path: Path, mode: int) -> None:
    """Raise UsageError if a file that holds a secret may be read by others."""
    if mode & 0o077:
        raise UsageError(
            f"The settings file {path} holds a secret and others may read it.",
            advice=f"Run: chmod 600 {path}",
        )


def read_secrets(path: Path) -> dict[str, Any]:
    """Return the secrets of a file; UsageError if others may read it, or it holds other keys."""
    found, mode = read_toml(path)
    refuse_open(path, mode)
    strange = sorted(set(found) - SECRET_KEYS)
    if strange:
        raise UsageError(
            f"The file of secrets {path} has a key that is none: {strange[0]}.",
            advice=f"Secrets are: {', '.join(sorted(SECRET_KEYS))}.",
        )
    return found


def credential_file(environ: Mapping[str, str]) -> Path | None:
    """Return the file of secrets that systemd hands to this service; None without one."""
    folder = environ.get("CREDENTIALS_DIRECTORY")
    path = Path(folder) / SECRETS_FILE if folder else None
    return path if path is not None and path.is_file() else None


def keyring_secrets(account: str) -> dict[str, str]:
    """Return what the system's keyring holds for an account; UsageError if it cannot be asked."""
    keyring = _keyring()
    try:
        found = {key: keyring.get_password(_SERVICE, f"{account}/{key}") for key in _IN_KEYRING}
    except keyring.errors.KeyringError as error:
        raise _closed(error) from None
    return {key: text for key, text in found.items() if text}


def put_into_keyring(account: str, key: str, secret: Secret) -> None:
    """Let the system's keyring keep a secret; UsageError if it cannot."""
    keyring = _keyring()
    try:
        keyring.set_password(_SERVICE, f"{account}/{key}", secret.reveal())
    except keyring.errors.KeyringError as error:
        raise _closed(error) from None


def _keyring() -> Any:
    try:
        import keyring  # noqa: PLC0415 - an extra
        import keyring.errors  # noqa: PLC0415
    except ImportError:
        raise UsageError(
            "The keyring cannot be used: its library is not installed.",
            advice="Run: pip install 'sms24[keyring]', or keep the secret in a file.",
        ) from None
    return keyring


def _closed(error: Exception) -> UsageError:
    return UsageError(
        f"The system's keyring cannot be used ({type(error).__name__}).",
        advice="Unlock it, or keep the secret in a file of mode 0600.",
    )


def _flat(found: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for key, value in found.items():
        if isinstance(value, dict):
            yield from ((f"{key}_{name}", inner) for name, inner in value.items())
        else:
            yield key, value
