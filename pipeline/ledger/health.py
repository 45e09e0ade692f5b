"""Whether the ledger's file is whole, read without changing it."""

import sqlite3
from contextlib import closing
from pathlib import Path

from pipeline.errors import UsageError
from pipeline.ledger.store import MIGRATIONS, told

_ADVICE = "Restore it from a backup. Without it sms24 cannot tell who was sent."


def check_ledger(path: Path) -> int:
    """Return the version of a ledger, after reading all of it.

    Raises:
        UsageError: it is damaged, a newer sms24's, or cannot be read.
        BusyError: another process holds it for long.
    """
    with (
        told(path),
        closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as db,
    ):
        said = [row[0] for row in db.execute("pragma integrity_check(3)")]
        strays = db.execute("pragma foreign_key_check").fetchall()
        version = int(db.execute("pragma user_version").fetchone()[0])
    if said != ["ok"] or strays:
        raise UsageError(f"The ledger {path} is damaged.", advice=_ADVICE)
    if version > len(MIGRATIONS):
        raise UsageError(
            f"The ledger {path} was written by a newer sms24 (version {version}).",
            advice="Install that version, or use another data folder.",
        )
    return version
