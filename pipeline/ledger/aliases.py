"""A number that was forgotten is kept as a keyed hash: it is known again, and cannot be read.

The hash is the `recipient_key` of the snapshot, so that a person can be named by it alone.
"""

from collections.abc import Iterable
from pathlib import Path

from pipeline.ledger.values import FORGOTTEN, is_forgotten
from pipeline.values import Secret
from pipeline.warehouse.keys import hash_key, keyed


class Aliases:
    """The hashes of numbers, by the key of the data folder; without a key nothing is forgotten."""

    def __init__(self, data_dir: Path) -> None:
        self._data_dir = data_dir
        self._key: Secret | None = None

    def of(self, e164: str) -> str | None:
        """Return the hash of a number, itself where it is one; None where there is no key yet."""
        if is_forgotten(e164):
            return e164
        if self._key is None:
            if not (self._data_dir / "keys").exists():
                return None
            self._key = hash_key(self._data_dir)
        return alias_of(keyed(self._key, e164))

    def made(self, e164: str) -> str:
        """Return the hash of a number, making the key if there is none."""
        self._key = self._key or hash_key(self._data_dir)
        alias = self.of(e164)
        assert alias is not None  # noqa: S101 - there is a key
        return alias

    def name_of(self, e164: str) -> str:
        """Return one name for a number and its hash: the hash, or the number without a key."""
        return self.of(e164) or e164

    def with_numbers(self, e164s: Iterable[str]) -> dict[str, str]:
        """Return each number and each hash, with the number that it stands for."""
        names: dict[str, str] = {}
        has_key = self._key is not None or (self._data_dir / "keys").exists()
        for e164 in e164s:
            names[e164] = e164
            alias = self.of(e164) if has_key else None
            if alias is not None:
                names[alias] = e164
        return names


def alias_of(key: str) -> str:
    """Return a `recipient_key` as the ledger writes it in place of a number."""
    return f"{FORGOTTEN}{key}"
