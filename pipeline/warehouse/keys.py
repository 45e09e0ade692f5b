"""The key of the hashes: made once per data folder, never shown."""

import os
import secrets
from pathlib import Path

from pipeline.values import Secret


def hash_key(data_dir: Path) -> Secret:
    """Return the folder's key, making it (mode 0600) if there is none; the same for ever after."""
    path = data_dir / "keys"
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    except FileExistsError:
        return Secret(path.read_text(encoding="ascii").strip())
    key = secrets.token_hex(32)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(key + "\n")
        file.flush()
        os.fsync(file.fileno())
    return Secret(key)
