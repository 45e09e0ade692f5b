"""The key of the hashes: made once per data folder, never shown."""

import hashlib
import os
import re
import secrets
from pathlib import Path

from pipeline.errors import UsageError
from pipeline.values import Secret

_KEY = re.compile(r"[0-9a-f]{64}")
_DIGITS = 32


def hash_key(data_dir: Path) -> Secret:
    """Return the folder's key, making it (mode 0600) if there is none; the same for ever after.

    UsageError for a file that holds no key: hashes without one are nobody's secret.
    """
    path = data_dir / "keys"
    if not path.exists():
        _make(path)
    key = path.read_text(encoding="ascii", errors="replace").strip()
    if not _KEY.fullmatch(key):
        raise UsageError(
            f"The file {path} holds no key.",
            advice="Restore it from a backup; or remove it, and every recipient_key changes.",
        )
    return Secret(key)


def keyed(key: Secret, text: str) -> str:
    """Return the keyed hash of a text: what the macro of the same name in `sql/` makes of it."""
    return hashlib.sha256((key.reveal() + text).encode()).hexdigest()[:_DIGITS]


def _make(path: Path) -> None:
    draft = path.with_name(f".{path.name}.tmp")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(secrets.token_hex(32) + "\n")
        file.flush()
        os.fsync(file.fileno())
    draft.rename(path)
