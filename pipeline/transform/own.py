"""An analyst's own models: built after ours, into the schema `my` of the snapshot."""

import re
from collections.abc import Mapping
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

from pipeline.warehouse.parse import tables_read
from pipeline.warehouse.publish import Draft, open_draft

_NAME = re.compile(r"[a-z_][a-z0-9_]*")


def build_own(draft: Path, folder: Path | None) -> tuple[str, ...]:
    """Build every `*.sql` of a folder, in the order in which they read one another.

    Args:
        draft: the new snapshot, with the published tables and an empty schema `my` in it.
        folder: where the files are; each is one select over published tables and others' `my.NAME`.

    Returns a sentence for each that could not be built: it never stops anything else.
    """
    if folder is None:
        return ()
    if not folder.is_dir():
        return (f"The folder of your own models, {folder}, is no folder.",)
    with open_draft(draft) as snapshot:
        found = sorted(folder.glob("*.sql"))
        files = {path.stem: path for path in found if not path.name.startswith(".")}
        own = _Own(files, snapshot.tables())
        notes = tuple(note for name in own.order() if (note := own.build(name, snapshot)))
        snapshot.warn("my", notes)
        return notes


class _Own:
    """The models of one folder."""

    def __init__(self, files: Mapping[str, Path], published: frozenset[str]) -> None:
        self._files = files
        self._known = published | {f"my.{name}" for name in files}
        self._sql: dict[str, str] = {}
        self._faults: dict[str, str] = {}
        self._reads: dict[str, frozenset[str]] = {}
        for name, path in files.items():
            self._read(name, path)

    def _read(self, name: str, path: Path) -> None:
        self._sql[name], self._reads[name] = "", frozenset()
        try:
            self._sql[name] = path.read_text(encoding="utf-8")
            read = (table.lower() for table in tables_read(self._sql[name]))
            self._reads[name] = frozenset(table.removeprefix("main.") for table in read)
        except UnicodeDecodeError:
            self._faults[name] = "is no text in UTF-8"
        except OSError as error:
            self._faults[name] = f"cannot be read ({error.strerror})"
        except ValueError as error:
            self._faults[name] = f"is not one select: {error}"

    def order(self) -> list[str]:
        """Return the names so that each comes after those that it reads."""
        graph = {
            name: {read.removeprefix("my.") for read in reads if read.startswith("my.")}
            for name, reads in self._reads.items()
        }
        while True:
            try:
                return [n for n in TopologicalSorter(graph).static_order() if n in self._files]
            except CycleError as error:
                circle: list[str] = error.args[1]
                for name in circle:
                    self._faults[name] = f"reads itself: {' <- '.join(circle)}"
                    graph[name] = set()

    def build(self, name: str, snapshot: Draft) -> str | None:
        """Build one model; returns what was wrong with it, if anything was."""
        fault = self._faults.get(name) or self._unknown(name)
        if fault is None and not _NAME.fullmatch(name):
            fault = "needs a name of small letters, digits and underscores"
        if fault is None:
            fault = snapshot.create_own(name, self._sql[name])
        return f"Your model {self._files[name]} {fault}." if fault else None

    def _unknown(self, name: str) -> str | None:
        for table in sorted(self._reads[name] - self._known):
            lines = self._sql[name].lower().splitlines()
            line = next((n for n, text in enumerate(lines, 1) if table in text), 1)
            return f"reads {table} in line {line}, which is no published table"
        return None
