"""The errors file: rejected rows as they stood, with what is wrong, to be mended and fed again."""

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TextIO

from pipeline.contacts.codes import explained
from pipeline.contacts.dispositions import Disposition, Outcome
from pipeline.contacts.reading.guard import OWN_COLUMNS, guarded
from pipeline.contacts.reading.source import SourceFacts
from pipeline.contacts.rows import cells_of
from pipeline.errors import UsageError


def delimiter_for(facts: SourceFacts, region: str | None) -> str:
    """Return the source's delimiter; of a source without, what Excel in that country expects."""
    if facts.delimiter or region is None:
        return facts.delimiter or ","
    from babel import Locale, UnknownLocaleError  # noqa: PLC0415 - few files ask for it

    try:
        symbols = Locale.parse(f"und_{region}").number_symbols
    except UnknownLocaleError:
        return ","
    return ";" if symbols["latn"]["decimal"] == "," else ","


class ErrorsWriter:
    """Writes the errors file of one plan, for a spreadsheet.

    The last column, its signature, names the plan; the reader knows the file by it.
    """

    def __init__(self, stream: TextIO, header: Sequence[str], delimiter: str, plan_id: str) -> None:
        self._rows = csv.writer(stream, delimiter=delimiter)
        self._width = len(header)
        self._plan_id = plan_id
        self._rows.writerow([*map(guarded, header), *OWN_COLUMNS])

    def write(self, outcomes: Iterable[Outcome]) -> int:
        """Write the rows among these that a person may mend; returns how many they are.

        Those of countries that are not allowed were left out on purpose.
        """
        found = [
            (outcome, outcome.problem)
            for outcome in outcomes
            if outcome.problem and outcome.disposition is not Disposition.NOT_ALLOWED
        ]
        for outcome, problem in found:
            cells, suggestion = cells_of(outcome.row, self._width), outcome.person.suggestion
            words = explained(problem)
            self.write_row(cells, outcome.row.line, problem.code, words, suggestion or "")
        return len(found)

    def write_row(
        self, cells: Sequence[str], line: int, code: str, words: str, suggestion: str
    ) -> None:
        """Write one row: its cells, and what is wrong with it in words."""
        own = (str(line), code, words, suggestion, self._plan_id)
        self._rows.writerow([*map(guarded, cells), *map(guarded, own)])


def copy_errors(source: Path, target: Path) -> None:
    """Copy the errors file of a plan to a path where nothing is yet.

    Raises:
        UsageError: something is there, or it cannot be written.
    """
    try:
        with target.open("xb") as stream:
            stream.write(source.read_bytes())
    except FileExistsError:
        raise UsageError(
            f"{target} is there already", advice="Name another file with --out."
        ) from None
    except OSError as error:
        raise UsageError(f"{target} cannot be written: {error.strerror or error}") from None
