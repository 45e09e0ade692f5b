"""The messages: claimed before a call, settled after it, never sent twice."""

import secrets
import socket
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict

from pipeline.errors import Sms24Error, UsageError
from pipeline.ledger.aliases import Aliases
from pipeline.ledger.lists import Suppression
from pipeline.ledger.outgoing import (
    HINDRANCES,
    Answered,
    Hindrance,
    Letter,
    Sending,
    SendingFacts,
    Sent,
)
from pipeline.ledger.store import Store, statement
from pipeline.ledger.values import Answer, State
from pipeline.version import own_version

DIED = "the process ended before the answer"
# Numbers of our own: what a signed 32-bit column holds, far from those that people give customers.
FIRST_ID, LAST_ID = 1_000_000_000, 2**31 - 1
_TRIES = 100
_AFTER: dict[Answer, State] = {"saved": "saved", "resend": "pending", "drop": "dropped"}


class Outbox:
    """The tables `sending`, `outbox`, `outbox_call` and `outbox_decision`."""

    def __init__(self, store: Store, aliases: Aliases, suppression: Suppression) -> None:
        self._store = store
        self._aliases = aliases
        self._suppression = suppression

    def free_ids(self, count: int) -> int:
        """Return the first of so many customer ids in a row that no sending has."""
        for _ in range(_TRIES):
            first = FIRST_ID + secrets.randbelow(LAST_ID - FIRST_ID - count)
            if self._holder(first, count) is None:
                return first
        raise UsageError("There is no room for so many messages in the numbers of our own.")

    def begin(self, facts: SendingFacts) -> Sending:
        """Return the sending of a key, a new one if there is none.

        Raises:
            UsageError: the key was used for something else, or another sending has the ids.
        """
        with self._store.transaction():
            known = self.find(facts.key)
            if known is not None:
                if known.fingerprint != facts.fingerprint:
                    raise UsageError(
                        f"The key {facts.key!r} was used on {known.created[:10]} for another"
                        " text, other numbers or another time.",
                        advice="Give another --key; the same one goes on with the same messages.",
                    )
                return known
            if self._holder(facts.first_id, facts.total) is not None:
                raise UsageError(
                    f"Another sending has the numbers of {facts.key!r}.",
                    advice="Make the plan again.",
                )
            row = {**asdict(facts), "tool_version": own_version(), "host": socket.gethostname()}
            self._store.insert("sending", {**row, "created": self._store.now()})
        found = self.find(facts.key)
        assert found is not None  # noqa: S101 - it was just written
        return found

    def renew(self, key: str, fingerprint: str) -> None:
        """Note that a sending says something else: a person was forgotten in it."""
        sql = "update sending set fingerprint = ? where key = ?"
        self._store.change(sql, (fingerprint, key))

    def find(self, key: str) -> Sending | None:
        """Return the sending of a key."""
        rows = self._store.rows("select * from sending where key = ?", (key,))
        return _sending(rows[0]) if rows else None

    def every(self) -> list[Sending]:
        """Return all sendings, oldest first."""
        return [_sending(row) for row in self._store.rows("select * from sending order by id")]

    def claim(self, sending: Sending, letters: Sequence[Letter]) -> dict[int, Hindrance | None]:
        """Write down that messages are about to be sent, or why one of them must not be.

        The call may be made once the transaction around this is on the disk. By customer id.
        """
        with self._store.transaction():
            known = {sent.customer_id: sent for sent in self._of_ids(letters)}
            suppressed = self._suppression.of([letter.to for letter in letters])
            return {
                letter.customer_id: self._claim(sending, letter, known, letter.to in suppressed)
                for letter in letters
            }

    def _claim(
        self,
        sending: Sending,
        letter: Letter,
        known: Mapping[int, Sent],
        is_suppressed: bool,  # noqa: FBT001 - said by its name
    ) -> Hindrance | None:
        if is_suppressed:
            return "suppressed"
        before = known.get(letter.customer_id)
        if before is not None and before.state != "pending":
            return HINDRANCES[before.state]
        given = {
            "customer_id": letter.customer_id,
            "sending_id": sending.id,
            "e164": letter.to,
            "text_key": self.text_key(letter.body),
            "device_id": letter.device_id,
            "due": letter.due,
            "now": self._store.now(),
        }
        _one(self._store.change(statement("claim_message"), given))
        return None

    def settle(self, sending: Sending, letters: Sequence[Letter], answered: Answered) -> None:
        """Write down what came of a call that held these messages, and the call."""
        now = self._store.now()
        reason = None if answered.state == "saved" else answered.message
        after = (answered.state, reason, answered.sms_id, now)
        with self._store.transaction():
            sent_at = self._of_ids(letters)[0].sent_at
            for letter in letters:
                _one(self._store.change(statement("settle_message"), (*after, letter.customer_id)))
            call = {
                "sending_id": sending.id,
                "first_id": letters[0].customer_id,
                "messages": len(letters),
                "sent_at": sent_at,
                "answered_at": now,
                "outcome": answered.outcome,
                "http_status": answered.http_status,
                "message": answered.message,
                "ms": answered.ms,
            }
            self._store.insert("outbox_call", call)

    def recover(self) -> int:
        """Put in doubt whatever a process that died was sending; returns how many messages.

        Only for one that holds the lock of senders: else the process may live.
        """
        with self._store.transaction():
            self._store.change(statement("recover_outbox"), (DIED,))
            sql = "update outbox set state = 'in_doubt', reason = ? where state = 'sent'"
            return self._store.change(sql, (DIED,))

    def resolve(
        self,
        customer_ids: Sequence[int],
        answer: Answer,
        reason: str,
        *,
        sms_ids: Mapping[int, int] | None = None,
    ) -> int:
        """Do with messages in doubt what a person or evidence said; returns how many were."""
        done = 0
        with self._store.transaction():
            for customer_id in customer_ids:
                sql = (
                    "update outbox set state = ?, reason = ?, sms_id = coalesce(?, sms_id)"
                    " where customer_id = ? and state = 'in_doubt'"
                )
                sms_id = (sms_ids or {}).get(customer_id)
                given = (_AFTER[answer], reason, sms_id, customer_id)
                if self._store.change(sql, given):
                    self._note_decision(customer_id, _AFTER[answer], reason)
                    done += 1
        return done

    def put_back(self, customer_ids: Sequence[int], reason: str) -> None:
        """Let messages be sent again that were refused, though not for their own sake."""
        sql = "update outbox set state = 'pending', reason = ? where customer_id = ? and state = ?"
        with self._store.transaction():
            for customer_id in customer_ids:
                _one(self._store.change(sql, (reason, customer_id, "rejected")))
                self._note_decision(customer_id, "pending", reason, before="rejected")

    def note_ids(self, sms_ids: Mapping[int, int]) -> None:
        """Keep the gateway's ids of messages that were sent without an answer that gave them."""
        sql = "update outbox set sms_id = ? where customer_id = ? and sms_id is null"
        with self._store.transaction():
            self._store.change_all(sql, [(sms_id, mine) for mine, sms_id in sms_ids.items()])

    def counts(self, sending: Sending) -> Mapping[str, int]:
        """Return how many messages of a sending are in each state; who waits untried is in none."""
        sql = "select state, count(*) as n from outbox where sending_id = ? group by state"
        return {row["state"]: row["n"] for row in self._store.rows(sql, (sending.id,))}

    def of(self, sending: Sending, *states: State) -> Iterator[Sent]:
        """Give the messages of a sending that are in one of the states, in order; all if none."""
        marks = ", ".join("?" for _ in states)
        which = f" and state in ({marks})" if states else ""
        sql = f"select * from outbox where sending_id = ?{which} order by customer_id"  # noqa: S608 - our own names
        yield from map(_sent, self._store.scan(sql, (sending.id, *states)))

    def in_doubt(self) -> int:
        """Return of how many messages nobody knows what came of the call."""
        sql = "select count(*) from outbox where state = 'in_doubt'"
        return int(self._store.rows(sql)[0][0])

    def alike_in_doubt(self, letters: Sequence[Letter], key: str) -> list[Sent]:
        """Return messages of other sendings, in doubt, with the text and number of one of these."""
        sql = """
            select outbox.* from outbox
            inner join sending on outbox.sending_id = sending.id
            where outbox.state in ('sent', 'in_doubt') and sending.key <> ?
        """
        found = [_sent(row) for row in self._store.rows(sql, (key,))]
        if not found:
            return []
        names = {(self._aliases.name_of(one.to), self.text_key(one.body)) for one in letters}
        return [one for one in found if (self._aliases.name_of(one.e164), one.text_key) in names]

    def calls(self, sending: Sending) -> list[sqlite3.Row]:
        """Return the calls of a sending, oldest first."""
        sql = "select * from outbox_call where sending_id = ? order by id"
        return self._store.rows(sql, (sending.id,))

    def text_key(self, body: str) -> str:
        """Return by what two texts are the same one: a keyed hash, since a text may be secret."""
        return self._aliases.made(f"text:{body}")

    def _of_ids(self, letters: Sequence[Letter]) -> list[Sent]:
        marks = ", ".join("?" for _ in letters)
        sql = f"select * from outbox where customer_id in ({marks}) order by customer_id"  # noqa: S608 - question marks
        return [_sent(row) for row in self._store.rows(sql, [one.customer_id for one in letters])]

    def _holder(self, first: int, count: int) -> str | None:
        sql = "select key from sending where first_id < ? and first_id + total > ? limit 1"
        rows = self._store.rows(sql, (first + count, first))
        return str(rows[0]["key"]) if rows else None

    def _note_decision(
        self, customer_id: int, after: str, reason: str, before: str = "in_doubt"
    ) -> None:
        row = {"customer_id": customer_id, "before": before, "after": after, "reason": reason}
        self._store.insert("outbox_decision", {**row, "at": self._store.now()})


def _sending(row: sqlite3.Row) -> Sending:
    return Sending(**{name: row[name] for name in Sending.__dataclass_fields__})


def _sent(row: sqlite3.Row) -> Sent:
    return Sent(**{name: row[name] for name in Sent.__dataclass_fields__})


def _one(changed: int) -> None:
    """Stop if a row was not as it must be: then somebody else has changed it."""
    if changed != 1:
        raise Sms24Error(
            f"The ledger was changed by another hand ({changed} rows instead of one).",
            advice="Nothing more was sent. Run the command again.",
        )
