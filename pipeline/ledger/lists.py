"""What a person said once and for ever: who is not to be sent, who agreed, what was found out."""

import json
import sqlite3
from collections.abc import Iterable, Mapping

from pipeline.ledger.aliases import Aliases
from pipeline.ledger.store import Store, statement
from pipeline.ledger.values import is_forgotten


class Suppression:
    """The numbers that are never sent, and those that were once in this list."""

    def __init__(self, store: Store, aliases: Aliases) -> None:
        self._store = store
        self._aliases = aliases

    def add(self, e164s: Iterable[str], *, reason: str, source: str) -> int:
        """Suppress numbers; returns how many were not suppressed yet."""
        names = list(e164s)
        with self._store.transaction():
            known = self.of(names)
            new = [e164 for e164 in dict.fromkeys(names) if e164 not in known]
            sql = "insert into suppression (e164, reason, source, added) values (?, ?, ?, ?)"
            self._store.change_all(sql, [(e, reason, source, self._store.now()) for e in new])
        return len(new)

    def remove(self, e164: str, *, reason: str) -> bool:
        """Let a number be sent again; it stays written that it was not. False if it was free."""
        where = "where e164 in (?, ?) and removed is null"
        sql = f"update suppression set removed = ?, removed_reason = ? {where}"  # noqa: S608 - our own names
        given = (self._store.now(), reason, e164, self._aliases.of(e164))
        return self._store.change(sql, given) > 0

    def of(self, e164s: Iterable[str]) -> Mapping[str, str]:
        """Return which of these numbers are suppressed, each with its source and reason."""
        names = self._aliases.with_numbers(e164s)
        rows = self._store.rows(statement("suppressed"), (json.dumps(list(names)),))
        return {names[row["e164"]]: f"{row['source']}: {row['reason']}" for row in rows}

    def count(self) -> int:
        """Return how many numbers are suppressed now."""
        sql = "select count(*) from suppression where removed is null"
        return int(self._store.rows(sql)[0][0])

    def has_hashes(self) -> bool:
        """Whether somebody is suppressed who is known by a hash alone."""
        return any(r["removed"] is None and is_forgotten(r["e164"]) for r in self.every())

    def every(self) -> list[sqlite3.Row]:
        """Return the whole history, oldest first."""
        return self._store.rows("select * from suppression order by added, e164")


class Notes:
    """Consents of the files, and what probes of the gateway found."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def consent(self, given: Iterable[tuple[str, str, str]]) -> None:
        """Keep consents: number, basis, when (as the file says it); each once."""
        sql = "insert or ignore into consent (e164, basis, at) values (?, ?, ?)"
        with self._store.transaction():
            self._store.change_all(sql, given)

    def consents(self) -> list[sqlite3.Row]:
        """Return all consents."""
        return self._store.rows("select * from consent order by e164, at")

    def probed(self, kind: str, result: str) -> None:
        """Keep what a probe found."""
        self._store.insert("probe", {"kind": kind, "result": result, "at": self._store.now()})

    def probes(self) -> Mapping[str, tuple[str, str]]:
        """Return what the last probe of each kind found, and when."""
        rows = self._store.rows("select kind, result, at from probe order by rowid")
        return {row["kind"]: (row["result"], row["at"]) for row in rows}

    def probe(self, kind: str) -> str | None:
        """Return what the last probe of a kind found."""
        sql = "select result from probe where kind = ? order by rowid desc limit 1"
        rows = self._store.rows(sql, (kind,))
        return rows[0]["result"] if rows else None
