"""What sections read from: the published snapshot, by the queries of `reports/queries`."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from pipeline.errors import UsageError
from pipeline.paths import resource_folder
from pipeline.report.asked import Asked
from pipeline.report.notes import Note
from pipeline.warehouse.snapshot import Snapshot

T = TypeVar("T")
_PARAMETER = re.compile(r"\$([a-z_]+)")


class Source:
    """The answers to a report's queries; each is asked once, however many sections read it.

    Attributes:
        notes: what people know of days of the period.
    """

    def __init__(
        self,
        snapshot: Snapshot,
        asked: Asked,
        own: Path | None = None,
        notes: tuple[Note, ...] = (),
    ) -> None:
        self._snapshot = snapshot
        self._own = own
        self._made: dict[Callable[[Source], Any], Any] = {}
        self.notes = notes
        self._read: dict[tuple[str, type], list[Any]] = {}
        self._answers: dict[str, list[dict[str, Any]]] = {}
        self.asked = asked
        self.queries: dict[str, str] = {}

    def read(self, name: str, kind: type[T]) -> list[T]:
        """Return the rows of `reports/queries/NAME.sql`, each as one struct.

        The query may ask for the parameters of `Asked.parameters`.
        """
        if (name, kind) not in self._read:
            self._read[name, kind] = msgspec.convert(self.rows(name), list[kind])  # type: ignore[valid-type]
        found: list[T] = self._read[name, kind]
        return list(found)

    def rows(self, name: str) -> list[dict[str, Any]]:
        """Return the rows of a query as they are; UsageError for one that cannot be asked."""
        if name not in self._answers:
            text = self.queries.setdefault(name, query_text(name, self._own))
            known = self.asked.parameters()
            wanted = dict.fromkeys(_PARAMETER.findall(text))
            if unknown := [key for key in wanted if key not in known]:
                raise UsageError(
                    f"The query {name} asks for ${unknown[0]}.",
                    advice=f"A report knows: {', '.join(f'${key}' for key in known)}.",
                )
            given = {key: known[key] for key in wanted}
            self._answers[name] = self._snapshot.rows(text, given)
        return self._answers[name]

    def once(self, make: Callable[["Source"], T]) -> T:
        """Return what a function makes of this source; several sections may need it."""
        if make not in self._made:
            self._made[make] = make(self)
        made: T = self._made[make]
        return made


def query_text(name: str, own: Path | None = None) -> str:
    """Return the SQL of a query, as it is shown in the page too; one in the folder `own` first."""
    folders = (*([own] if own else []), resource_folder("reports"))
    for folder in folders:
        path = folder / "queries" / f"{name}.sql"
        if path.is_file():
            return path.read_text(encoding="utf-8")
    raise UsageError(
        f"There is no query {name}.", advice=f"Write it to {folders[0] / 'queries'}/{name}.sql."
    )
