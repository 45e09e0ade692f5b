"""The tags: each is made once, and its id is kept."""

import sqlite3

from pipeline.errors import Sms24Error
from pipeline.ledger.store import Store, statement
from pipeline.ledger.values import Tag, key_of

_DIED = "the process ended before the answer"


class Tags:
    """The table `tag`; a title has one tag that is in use."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def find(self, title: str) -> Tag | None:
        """Return the tag in use of a title, whatever its case and blanks."""
        sql = "select * from tag where title_key = ? and state <> 'abandoned'"
        rows = self._store.rows(sql, (key_of(title),))
        return _tag(rows[0]) if rows else None

    def of_plan(self, title: str, plan: str) -> Tag | None:
        """Return the tag that a plan was loaded into, also if it is abandoned by now.

        Of a plan that was loaded into none yet it is the tag in use of its title.
        """
        found = self._store.rows(statement("tag_of_plan"), (key_of(title), plan, plan))
        return _tag(found[0]) if found else self.find(title)

    def get(self, tag_id: int) -> Tag:
        """Return a tag by the ledger's number of it."""
        return _tag(self._store.rows("select * from tag where id = ?", (tag_id,))[0])

    def every(self) -> list[Tag]:
        """Return all tags, abandoned ones too, oldest first."""
        return [_tag(row) for row in self._store.rows("select * from tag order by id")]

    def plan(self, title: str) -> Tag:
        """Return the tag in use of a title, a new `planned` one if there is none."""
        with self._store.transaction():
            found = self.find(title)
            if found is not None:
                return found
            row = {"title": title, "title_key": key_of(title), "state": "planned"}
            return self.get(self._store.insert("tag", {**row, "created": self._store.now()}))

    def begin(self, tag: Tag) -> Tag:
        """Write down that a planned tag is about to be made."""
        return self._step(tag, "planned", "sent", tag.note)

    def saved(self, tag: Tag, gateway_id: int) -> Tag:
        """Write down the id that the gateway gave."""
        return self._step(tag, "sent", "saved", None, gateway_id)

    def unsent(self, tag: Tag, note: str) -> Tag:
        """Write down that the gateway has not made the tag."""
        return self._step(tag, "sent", "planned", note)

    def in_doubt(self, tag: Tag, note: str) -> Tag:
        """Write down that nobody knows whether the gateway has made the tag."""
        return self._step(tag, "sent", "in_doubt", note)

    def again(self, tag: Tag) -> Tag:
        """Let a tag in doubt be made again: a surplus one, empty, harms nobody."""
        return self._decided(tag, "planned", "a person lets it be made again")

    def adopt(self, tag: Tag, gateway_id: int) -> Tag:
        """Take the id that a person read in the panel for a tag that has none."""
        return self._decided(tag, "saved", "a person named its id", gateway_id)

    def abandon(self, tag: Tag, note: str) -> Tag:
        """Let a tag be used no more; its title is free for another one."""
        return self._decided(tag, "abandoned", note, tag.gateway_id)

    def check(self, tag: Tag) -> None:
        """Write down that a first contact went through the tag and was found good."""
        sql = "update tag set checked_at = ? where id = ?"
        self._store.change(sql, (self._store.now(), tag.id))

    def holder(self, gateway_id: int, tag: Tag) -> Tag | None:
        """Return another tag, abandoned ones too, that has an id of the gateway."""
        sql = "select * from tag where gateway_id = ? and id <> ?"
        rows = self._store.rows(sql, (gateway_id, tag.id))
        return _tag(rows[0]) if rows else None

    def log_attempt(self, tag: Tag, outcome: str, http_status: int | None, message: str) -> None:
        """Write down a call that was to make a tag."""
        sql = "select count(*) + 1 from attempt where tag_id = ? and e164 is null"
        row = {
            "tag_id": tag.id,
            "n": self._store.rows(sql, (tag.id,))[0][0],
            "answered_at": self._store.now(),
            "outcome": outcome,
            "http_status": http_status,
            "message": message,
        }
        self._store.insert("attempt", row)

    def recover(self) -> int:
        """Put in doubt a tag that a process that died was making; returns how many."""
        sql = "update tag set state = 'in_doubt', note = ? where state = 'sent'"
        return self._store.change(sql, (_DIED,))

    def _decided(self, tag: Tag, after: str, reason: str, gateway_id: int | None = None) -> Tag:
        with self._store.transaction():
            row = {"tag_id": tag.id, "before": tag.state, "after": after, "reason": reason}
            self._store.insert("decision", {**row, "at": self._store.now()})
            return self._step(tag, tag.state, after, reason, gateway_id)

    def _step(
        self, tag: Tag, before: str, after: str, note: str | None, gateway_id: int | None = None
    ) -> Tag:
        sql = "update tag set state = ?, note = ?, gateway_id = ? where id = ? and state = ?"
        if self._store.change(sql, (after, note, gateway_id, tag.id, before)) != 1:
            raise Sms24Error(f"The tag {tag.title!r} is not {before} any more.")
        return self.get(tag.id)


def _tag(row: sqlite3.Row) -> Tag:
    return Tag(
        id=row["id"],
        title=row["title"],
        state=row["state"],
        gateway_id=row["gateway_id"],
        is_checked=row["checked_at"] is not None,
        note=row["note"],
    )
