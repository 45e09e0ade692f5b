"""The people under the tags: claimed before a call, settled after it, never sent twice."""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence

from pipeline.errors import Sms24Error
from pipeline.ledger.aliases import Aliases
from pipeline.ledger.store import Store, statement
from pipeline.ledger.values import (
    Answer,
    Known,
    Obstacle,
    Person,
    Settled,
    State,
    is_forgotten,
    obstacle_of,
)

_DIED = "the process ended before the answer"
_AFTER: dict[Answer, State] = {"saved": "saved", "resend": "pending", "drop": "dropped"}


class Contacts:
    """The table `contact`, and what happened to it in `attempt` and `decision`."""

    def __init__(self, store: Store, aliases: Aliases) -> None:
        self._store = store
        self._aliases = aliases

    def known(self, tag_id: int, e164s: Iterable[str]) -> Mapping[str, Known]:
        """Return who of these numbers is known under a tag, by number."""
        names = self._aliases.with_numbers(e164s)
        rows = self._store.rows(statement("known"), (json.dumps(list(names)), tag_id))
        return {names[row["e164"]]: _known(row) for row in rows}

    def other_tags(self, tag_id: int | None, e164s: Iterable[str]) -> Mapping[str, Sequence[str]]:
        """Return the titles of the other tags in use that each of these numbers is under."""
        names = self._aliases.with_numbers(e164s)
        found: dict[str, list[str]] = {}
        for row in self._store.rows(
            statement("other_tags"), (json.dumps(list(names)), tag_id or 0)
        ):
            found.setdefault(names[row["e164"]], []).append(row["title"])
        return found

    def under(self, tag_id: int, *states: State) -> Iterator[Known]:
        """Give the people under a tag that are in one of the states."""
        marks = ", ".join("?" for _ in states)
        sql = f"select * from contact where tag_id = ? and state in ({marks}) order by e164"  # noqa: S608 - question marks
        yield from map(_known, self._store.scan(sql, (tag_id, *states)))

    def counts(self, tag_id: int) -> Mapping[str, int]:
        """Return how many people under a tag are in each state."""
        sql = "select state, count(*) as n from contact where tag_id = ? group by state"
        return {row["state"]: row["n"] for row in self._store.rows(sql, (tag_id,))}

    def in_doubt(self) -> int:
        """Return of how many people nobody knows what came of the call, under all tags."""
        sql = "select count(*) from contact where state = 'in_doubt'"
        return int(self._store.rows(sql)[0][0])

    def reasons(self, tag_id: int, run: int, state: State) -> Mapping[str, int]:
        """Return why people whom a run sent are in a state, the most frequent reason first."""
        sql = """
            select reason, count(*) as n from contact
            where tag_id = ? and last_run = ? and state = ? group by reason order by n desc, reason
        """
        return {row["reason"]: row["n"] for row in self._store.rows(sql, (tag_id, run, state))}

    def claim(
        self, tag_id: int, person: Person, run: int, *, retries_rejected: bool = False
    ) -> Obstacle | None:
        """Write down that a person is about to be sent; or return why they must not be.

        The call may be made once the transaction around this is on the disk.
        """
        with self._store.transaction():
            row = self._row(tag_id, person.e164)
            if self._is_suppressed(person.e164):
                return "suppressed"
            if row is None:
                self._add(tag_id, person, run)
            else:
                found = obstacle_of(_known(row), person.name, retries_rejected=retries_rejected)
                if found is not None:
                    return found
            before = "pending" if row is None else row["state"]
            given = (person.name, run, self._store.now(), tag_id, person.e164, before)
            _one(self._store.change(statement("claim"), given))
            return None

    def settle(self, tag_id: int, e164: str, settled: Settled) -> None:
        """Write down what came of the call to a person that was claimed, and the call."""
        now = self._store.now()
        call = (now, settled.outcome, settled.http_status, settled.message, settled.ms)
        reason = None if settled.state == "saved" else settled.message
        after = (settled.state, reason, settled.contact_id, now, tag_id, e164)
        with self._store.transaction():
            _one(self._store.change(statement("settle"), after))
            _one(self._store.change(statement("log_attempt"), (*call, tag_id, e164)))

    def put_back(self, tag_id: int, e164s: Sequence[str], reason: str) -> None:
        """Let people be sent again whom the gateway refused, though not for their own sake."""
        with self._store.transaction():
            for e164 in e164s:
                self._decide(tag_id, e164, ("rejected", "pending"), reason)

    def resolve(
        self,
        tag_id: int,
        e164s: Iterable[str],
        answer: Answer,
        reason: str,
        *,
        contact_ids: Mapping[str, int] | None = None,
    ) -> int:
        """Do with people in doubt what a person said; returns how many were in doubt.

        Args:
            tag_id: the ledger's number of the tag.
            e164s: whom; who is not in doubt is left as they are.
            answer: `saved` (they are at the gateway), `resend` (they are not), or `drop`.
            reason: who said so, or by what evidence.
            contact_ids: the numbers at the gateway of those that are there, where known.
        """
        done = 0
        with self._store.transaction():
            for e164, known in self.known(tag_id, e164s).items():
                if known.state == "in_doubt":
                    self._decide(tag_id, known.e164, ("in_doubt", _AFTER[answer]), reason)
                    number = (contact_ids or {}).get(e164)
                    sql = "update contact set contact_id = ? where tag_id = ? and e164 = ?"
                    self._store.change(sql, (number, tag_id, known.e164))
                    done += 1
        return done

    def recover(self) -> int:
        """Put in doubt whatever a process that died was sending; returns how many.

        Only for one that holds the lock of loaders: else the process may live.
        """
        with self._store.transaction():
            self._store.change(statement("recover"), (_DIED,))
            sql = "update contact set state = 'in_doubt', reason = ? where state = 'sent'"
            return self._store.change(sql, (_DIED,))

    def holder(self, contact_id: int, e164: str) -> str | None:
        """Return another number to which the gateway gave the same contact id, if any."""
        sql = "select e164 from contact where contact_id = ? and e164 <> ? limit 1"
        rows = self._store.rows(sql, (contact_id, e164))
        return rows[0]["e164"] if rows and not is_forgotten(rows[0]["e164"]) else None

    def attempts(self, tag_id: int, e164: str | None) -> list[sqlite3.Row]:
        """Return the calls for a person, or those of the tag itself, oldest first."""
        sql = "select * from attempt where tag_id = ? and e164 is ? order by id"
        return self._store.rows(sql, (tag_id, e164))

    def decisions(self, tag_id: int) -> list[sqlite3.Row]:
        """Return what was changed under a tag by other than answers, oldest first."""
        return self._store.rows("select * from decision where tag_id = ? order by id", (tag_id,))

    def forget(self, e164: str) -> int:
        """Replace a number by its hash wherever it is, names and words too; returns the contacts.

        What was sent or suppressed stays so. Who was waiting is dropped. Raises Sms24Error if a
        call to the number goes on.
        """
        alias = self._aliases.made(e164)
        with self._store.transaction():
            for table in ("contact", "outbox"):
                sql = f"select 1 from {table} where e164 = ? and state = 'sent'"  # noqa: S608 - our own names
                if self._store.rows(sql, (e164,)):
                    raise Sms24Error(
                        "A command is sending to this number.", advice="Wait for it to end."
                    )
            sql = "update contact set state = 'dropped' where e164 = ? and state = 'pending'"
            self._store.change(sql, (e164,))
            sql = "update contact set e164 = ?, name = '', reason = null where e164 = ?"
            done = self._store.change(sql, (alias, e164))
            self._store.change(
                "update attempt set e164 = ?, message = null where e164 = ?", (alias, e164)
            )
            self._forget_elsewhere(e164, alias)
        self._store.wipe()
        return done

    def _forget_elsewhere(self, e164: str, alias: str) -> None:
        """Replace a number in what was said of it; the hash may be there already."""
        for name in ("decision", "suppression", "consent", "run", "outbox"):
            self._store.change(statement(f"forget_{name}"), {"e164": e164, "alias": alias})
        self._store.change("delete from consent where e164 = ?", (e164,))

    def _row(self, tag_id: int, e164: str) -> sqlite3.Row | None:
        sql = "select * from contact where tag_id = ? and e164 in (?, ?)"
        rows = self._store.rows(sql, (tag_id, e164, self._aliases.of(e164)))
        return rows[0] if rows else None

    def _add(self, tag_id: int, person: Person, run: int) -> None:
        who = {"tag_id": tag_id, "e164": person.e164, "name": person.name}
        self._store.insert("contact", {**who, "state": "pending", "first_run": run})

    def _is_suppressed(self, e164: str) -> bool:
        sql = "select 1 from suppression where e164 in (?, ?) and removed is null"
        return bool(self._store.rows(sql, (e164, self._aliases.of(e164))))

    def _decide(self, tag_id: int, e164: str, step: tuple[str, str], reason: str) -> None:
        before, after = step
        sql = "update contact set state = ?, reason = ? where tag_id = ? and e164 = ? and state = ?"
        _one(self._store.change(sql, (after, reason, tag_id, e164, before)))
        told = {"tag_id": tag_id, "e164": e164, "before": before, "after": after, "reason": reason}
        self._store.insert("decision", {**told, "at": self._store.now()})


def _known(row: sqlite3.Row) -> Known:
    return Known(**{name: row[name] for name in row.keys()})  # noqa: SIM118 - a Row gives values


def _one(changed: int) -> None:
    """Stop if a row was not as it must be: then somebody else has changed it."""
    if changed != 1:
        raise Sms24Error(
            f"The ledger was changed by another hand ({changed} rows instead of one).",
            advice="Nothing more was sent. Run the command again.",
        )
