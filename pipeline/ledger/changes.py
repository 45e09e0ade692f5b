"""How far the ledger has come since it was copied, and how its people stand now; reads only."""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice

from pipeline.ledger.aliases import Aliases
from pipeline.ledger.store import Store, statement
from pipeline.ledger.values import Mark, Standing, is_forgotten, key_of

_BLOCK = 50_000  # people


class Changes:
    """What has happened since a mark; all of it is in tables that are only appended to."""

    def __init__(self, store: Store, aliases: Aliases) -> None:
        self._store = store
        self._aliases = aliases

    def mark(self) -> Mark:
        """Return how far the ledger has come."""
        (row,) = self._store.rows(statement("mark"))
        return Mark(**dict(row), forgotten=len(self.forgotten()))

    def is_later_than(self, mark: Mark) -> bool:
        """Whether this ledger went on from a mark; not if it was restored, or is another one."""
        rows = self._store.rows(statement("mark_holds"), _bound(mark))
        return bool(rows[0][0])

    def since(self, mark: Mark) -> Iterator[list[tuple[str | None, str | None]]]:
        """Give whose state may have changed: the key of the tag and the number, None for all.

        Many at a time. Those whose call is in flight are always among them.
        """
        now = self.mark()
        bound = {**_bound(mark), "is_freed": now.freed != mark.freed}
        rows = self._store.scan(statement("changed"), bound)
        while block := [(row[0], row[1]) for row in islice(rows, _BLOCK)]:
            yield block

    def forgotten(self) -> frozenset[str]:
        """Return the hashes of all numbers that were forgotten."""
        return frozenset(row[0] for row in self._store.rows(statement("forgotten")))

    def hashed(self, e164s: Iterable[str], forgotten: frozenset[str]) -> dict[str, str]:
        """Return the hash of each of these numbers that was forgotten."""
        if not forgotten:
            return {}
        hashes = ((e164, self._aliases.of(e164)) for e164 in e164s if not is_forgotten(e164))
        return {e164: alias for e164, alias in hashes if alias in forgotten}

    def standings(self, title: str, plan: str, names: Sequence[str]) -> Mapping[str, Standing]:
        """Return how people stand under the tag of a title.

        Where a tag was left for a new one of the same title, as the plan that was applied to the
        old one has left them.

        Args:
            title: of the tag.
            plan: the id of the plan.
            names: numbers; of those that were forgotten, the hashes.
        """
        asked = json.dumps(list(names))
        given = {"asked": asked, "title_key": key_of(title), "plan": plan}
        rows = self._store.rows(statement("standings"), given)
        found = {row["e164"]: _standing(row) for row in rows}
        for row in self._store.rows(statement("suppressed"), (asked,)):
            before = found.get(row["e164"])
            if before is None or before.state == "pending":
                found[row["e164"]] = Standing("suppressed", row["reason"])
        return found

    def applied(self) -> dict[str, str]:
        """Return when each plan was last applied (UTC, ISO 8601)."""
        sql = "select plan, max(started) from run group by plan"
        return dict(tuple(row) for row in self._store.rows(sql))


def _bound(mark: Mark) -> dict[str, object]:
    return {name: getattr(mark, name) for name in Mark.__dataclass_fields__}


def _standing(row: sqlite3.Row) -> Standing:
    if row["state"] == "sent":
        return Standing("pending", "sent, not answered yet")
    return Standing(row["state"], row["reason"])
