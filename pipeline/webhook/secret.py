"""The secret part of the receiver's addresses: who knows it may push."""

import os
import secrets
from pathlib import Path

from pipeline.warehouse.lock import make_folder

_BYTES = 32


def secret_of(data_dir: Path, *, makes_new: bool = False) -> str:
    """Return the secret of a data folder, made (0600) if there is none or a new one is wanted."""
    path = data_dir / "webhook.secret"
    if path.exists() and not makes_new:
        return path.read_text(encoding="ascii").strip()
    make_folder(data_dir)
    secret = secrets.token_urlsafe(_BYTES)
    draft = path.with_name(f"{path.name}.new")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as stream:
        stream.write(f"{secret}\n")
        stream.flush()
        os.fsync(stream.fileno())
    draft.replace(path)
    return secret
