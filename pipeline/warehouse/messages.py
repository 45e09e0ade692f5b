"""Land messages: what is new, where it stands, who came from outside, who has vanished."""

import re
from collections.abc import Sequence

from pendulum import DateTime

from pipeline.warehouse.asked import Asking, Landed, NewField, Place
from pipeline.warehouse.retention import Retention
from pipeline.warehouse.shapes import Field
from pipeline.warehouse.store import Warehouse, statement

# Names that stand in a JSON path as they are.
_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_ASKED_COLUMNS = (
    "asking",
    "begin_at",
    "end_at",
    "asked_at",
    "noticed_at",
    "is_placed",
    "is_whole",
)


class MessageStore:
    """The messages of one warehouse, written by one run; call it inside a transaction."""

    def __init__(self, warehouse: Warehouse, run_id: str) -> None:
        self._warehouse = warehouse
        self._run = {"run_id": run_id}

    def land(self, askings: Sequence[Asking], place: Place | None, now: DateTime) -> Landed:
        """Append the versions that are new in a batch, and note who has vanished.

        An older copy never follows a newer one, in whatever order the bodies come.

        Args:
            askings: what was asked and came, in any order.
            place: how bounds are read; None if it is not known, then nobody is missed.
            now: when whoever is missed was noticed.
        """
        self._note_asked(askings, place, now)
        has_records = any(body.rows for asking in askings for body in asking.records)
        new, fields = self._append(askings, now) if has_records else (0, ())
        if place is None:
            return Landed(new, fields=fields)
        given = {"reading_column": place.column, "grain": place.grain}
        strays: frozenset[int] = frozenset()
        if has_records:
            rows = self._warehouse.plain(statement("0_raw/strays"), given)
            strays = frozenset(row["asking"] for row in rows)
        if strays:
            sql = "delete from asked where list_contains($strays, asking)"
            self._warehouse.execute(sql, {"strays": sorted(strays)})
        return Landed(new, self._miss(place.column), strays, fields)

    def take_back_absences(self) -> None:
        """Forget the absences of this run."""
        with self._warehouse.transaction():
            self._note_missed()
            self._warehouse.execute(
                """
                update raw.message_heads as heads
                set gone_at = null
                from raw.absences as absences
                where
                    absences.run_id = $run_id
                    and heads.message_id = absences.message_id
                    and heads.gone_at = absences.noticed_at
                """,
                self._run,
            )
            self._warehouse.execute("delete from raw.absences where run_id = $run_id", self._run)

    def _note_asked(self, askings: Sequence[Asking], place: Place | None, now: DateTime) -> None:
        self._warehouse.execute(statement("0_raw/asked"))
        rows = [
            (
                number,
                whole.window.begin_at if whole.window else None,
                whole.window.end_at if whole.window else None,
                whole.asked_at,
                now,
                place is not None and whole.window is not None and whole.reading == place.reading,
                whole.is_whole,
            )
            for number, whole in enumerate(asking.whole for asking in askings)
        ]
        self._warehouse.append("asked", _ASKED_COLUMNS, rows)

    def _append(self, askings: Sequence[Asking], now: DateTime) -> tuple[int, tuple[NewField, ...]]:
        bodies = [(body, n) for n, asking in enumerate(askings) for body in asking.records]
        given = {
            "files": [str(path) for body, _ in bodies for path in body.paths],
            "calls": [body.call.call_id for body, _ in bodies],
            "askings": [number for _, number in bodies],
        }
        self._warehouse.execute(statement("0_raw/arrive_messages"), given)
        self._warehouse.execute(statement("0_raw/place_messages"))
        fields = self._new_fields([body.fields for body, _ in bodies], now)
        Retention(self._warehouse).forget_arrivals()
        new = int(self._warehouse.scalar(statement("0_raw/append_messages")))
        self._warehouse.execute(statement("0_raw/note_unbuilt"))
        self._warehouse.execute(statement("0_raw/move_heads"))
        return new, fields

    def _new_fields(
        self, of_bodies: Sequence[frozenset[Field] | None], now: DateTime
    ) -> tuple[NewField, ...]:
        """Keep and return the fields that no version before had; bodies mostly have none such."""
        rows = self._warehouse.plain("select name, type from raw.fields")
        known = {(row["name"], row["type"]) for row in rows}
        names = {name for fields in of_bodies for name, _ in (fields or frozenset()) - known}
        is_told = None not in of_bodies
        if is_told and not names:
            return ()
        is_plain = is_told and all(map(_PLAIN.fullmatch, names))
        paths = [f"$.{name}" for name in sorted(names)] if is_plain else None
        self._warehouse.execute(statement("0_raw/met"), {"paths": paths})
        rows = self._warehouse.plain(statement("0_raw/shapes"))
        found = tuple(NewField(**row) for row in rows)
        kept = [(field.name, field.type, self._run["run_id"], now) for field in found]
        self._warehouse.append("raw.fields", ("name", "type", "run_id", "first_seen_at"), kept)
        return found

    def _miss(self, column: str) -> int:
        """Note who should have come and did not; returns how many."""
        given = {"reading_column": column, **self._run}
        missed = int(self._warehouse.scalar(statement("0_raw/vanished"), given))
        if missed:
            self._warehouse.execute(statement("0_raw/mark_gone"), self._run)
            self._note_missed()
        return missed

    def _note_missed(self) -> None:
        sql = "insert into raw.unbuilt select message_id from raw.absences where run_id = $run_id"
        self._warehouse.execute(sql, self._run)
