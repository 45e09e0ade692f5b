"""The newsletters: a title is sent once; whom one reaches is known by the contacts of its tags."""

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.errors import Sms24Error
from pipeline.ledger.aliases import Aliases
from pipeline.ledger.outbox import DIED
from pipeline.ledger.outgoing import Posted
from pipeline.ledger.store import Store, statement
from pipeline.ledger.values import Answer, State, Tag, key_of

_AFTER: dict[Answer, State] = {"saved": "saved", "resend": "pending", "drop": "dropped"}


@dataclass(frozen=True, slots=True)
class Reach:
    """Whom a newsletter reaches, by the ledger.

    Attributes:
        people: different numbers under the tags.
        contacts: contacts under the tags: so many messages at the most.
        several: those under more than one of the tags: they may get it more than once.
        doubtful: those of whom nobody knows whether they are at the gateway.
        suppressed: those who must not be written to.
    """

    people: int
    contacts: int
    several: int
    doubtful: int
    suppressed: int


class Newsletters:
    """The table `newsletter`."""

    def __init__(self, store: Store, aliases: Aliases) -> None:
        self._store = store
        self._aliases = aliases

    def reach(self, tags: Sequence[Tag]) -> Reach:
        """Return whom a newsletter to some tags reaches."""
        asked = (json.dumps([tag.id for tag in tags]),)
        sql = "select e164 from suppression where removed is null"
        stopped = {self._aliases.name_of(row[0]) for row in self._store.rows(sql)}
        people = contacts = several = doubtful = suppressed = 0
        for row in self._store.scan(statement("reach"), asked):
            people += 1
            contacts += row["times"]
            several += row["times"] > 1
            doubtful += row["doubts"] > 0
            suppressed += bool(stopped) and self._aliases.name_of(row["e164"]) in stopped
        return Reach(people, contacts, several, doubtful, suppressed)

    def find(self, title: str) -> Posted | None:
        """Return the newsletter of a title that was sent, or may have been."""
        sql = (
            "select * from newsletter where title_key = ? and state not in ('rejected', 'dropped')"
        )
        rows = self._store.rows(sql, (key_of(title),))
        return _posted(rows[0]) if rows else None

    def every(self) -> list[Posted]:
        """Return all newsletters, oldest first."""
        return [_posted(row) for row in self._store.rows("select * from newsletter order by id")]

    def claim(self, row: dict[str, object]) -> int:
        """Write down that a newsletter is about to be sent; returns its number.

        `row` has title, fingerprint, tags, people, device_id and due. One of that title that waits
        is taken up again. Sms24Error where one of that title was sent, or may have been.
        """
        title = str(row["title"])
        with self._store.transaction():
            before = self.find(title)
            if before is not None and before.state != "pending":
                raise Sms24Error(f"A newsletter {title!r} is {before.state.replace('_', ' ')}.")
            given = {**row, "state": "sent", "sent_at": self._store.now()}
            if before is None:
                return self._store.insert("newsletter", {**given, "title_key": key_of(title)})
            names = ", ".join(f"{name} = ?" for name in given)
            sql = f"update newsletter set {names} where id = ?"  # noqa: S608 - our own names
            self._store.change(sql, (*given.values(), before.id))
            return before.id

    def settle(self, number: int, state: State, reason: str, gateway_id: int | None) -> None:
        """Write down what came of the call."""
        sql = """
            update newsletter
            set state = ?, reason = ?, gateway_id = ?, answered_at = ?
            where id = ? and state = 'sent'
        """
        said = None if state == "saved" else reason
        given = (state, said, gateway_id, self._store.now(), number)
        if self._store.change(sql, given) != 1:
            raise Sms24Error("The ledger was changed by another hand.")

    def resolve(self, title: str, answer: Answer, reason: str, gateway_id: int | None) -> bool:
        """Do with a newsletter in doubt what a person or evidence said; False if it was not."""
        sql = """
            update newsletter set state = ?, reason = ?, gateway_id = coalesce(?, gateway_id)
            where title_key = ? and state = 'in_doubt'
        """
        given = (_AFTER[answer], reason, gateway_id, key_of(title))
        return self._store.change(sql, given) > 0

    def recover(self) -> int:
        """Put in doubt what a process that died was sending; returns how many."""
        sql = "update newsletter set state = 'in_doubt', reason = ? where state = 'sent'"
        return self._store.change(sql, (DIED,))


def _posted(row: sqlite3.Row) -> Posted:
    return Posted(**{name: row[name] for name in Posted.__dataclass_fields__})
