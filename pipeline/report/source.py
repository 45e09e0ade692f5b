"""What sections read from: the published snapshot, by the queries of `reports/queries`."""

import re
from collections.abc import Callable
from typing import Any, TypeVar

import msgspec

from pipeline.paths import resource_folder
from pipeline.report.asked import Asked
from pipeline.report.notes import Note
from pipeline.warehouse.snapshot import Snapshot

T = TypeVar("T")
_PARAMETER = re.compile(r"\$([a-z_]+)")


class Source:
    """The answers to a report's queries; each is asked once, however many sections read it.

    Attributes:
        notes: what people know of some days.
    """

    def __init__(self, snapshot: Snapshot, asked: Asked, notes: tuple[Note, ...] = ()) -> None:
        self._snapshot = snapshot
        self._made: dict[Callable[[Source], Any], Any] = {}
        self.notes = notes
        self._answers: dict[str, list[dict[str, Any]]] = {}
        self.asked = asked
        self.queries: dict[str, str] = {}

    def read(self, name: str, kind: type[T]) -> list[T]:
        """Return the rows of `reports/queries/NAME.sql`, each as one struct.

        The query may ask for the parameters of `Asked.parameters`.
        """
        if name not in self._answers:
            text = self.queries.setdefault(name, query_text(name))
            known = self.asked.parameters()
            given = {key: known[key] for key in dict.fromkeys(_PARAMETER.findall(text))}
            self._answers[name] = self._snapshot.rows(text, given)
        return msgspec.convert(self._answers[name], list[kind])  # type: ignore[valid-type]

    def once(self, make: Callable[["Source"], T]) -> T:
        """Return what a function makes of this source; several sections may need it."""
        if make not in self._made:
            self._made[make] = make(self)
        made: T = self._made[make]
        return made


def query_text(name: str) -> str:
    """Return the SQL of a query, as it is shown in the page too."""
    return (resource_folder("reports") / "queries" / f"{name}.sql").read_text(encoding="utf-8")
