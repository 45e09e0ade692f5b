"""Tell whether the first row names the columns, and how wide the rows are."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.contacts.reading.likeness import looks_like_phones, share_of_phones

_MOSTLY = 0.5


@dataclass(frozen=True, slots=True)
class Head:
    """What the first rows say of the columns.

    Attributes:
        names: of the columns, trimmed; `column 1` and so on where the file names none.
        phone_columns: where most cells look like numbers, from 0.
        warnings: `W_NO_HEADER` where it was found, not told, that the first row is data.
    """

    has_header: bool
    names: tuple[str, ...]
    phone_columns: tuple[int, ...]
    warnings: tuple[str, ...] = ()


def head_of(rows: Sequence[Sequence[str]], has_header: bool | None) -> Head:  # noqa: FBT001
    """Return what the first rows say; `has_header` is what a person says, if anything.

    A first row with a telephone number in it is data. Columns at the end without a name and
    without a cell are none.
    """
    is_told = has_header is not None
    if has_header is None:
        has_header = not any(map(looks_like_phones, rows[0]))
    body = rows[1:] if has_header else rows
    if has_header:
        names = [" ".join(cell.strip("\ufeff").split()) for cell in rows[0]]
        while len(names) > 1 and not names[-1] and not _has_text(body, len(names) - 1):
            names.pop()
    else:
        widths = Counter(map(len, body))
        names = [f"column {i + 1}" for i in range(max(widths, key=lambda w: (widths[w], w)))]
    columns = range(len(names))
    phones = (c for c in columns if share_of_phones(_column(body, c)) >= _MOSTLY)
    warnings = () if has_header or is_told else ("W_NO_HEADER",)
    return Head(has_header, tuple(names), tuple(phones), warnings)


def _column(rows: Sequence[Sequence[str]], column: int) -> list[str]:
    return [row[column] for row in rows if len(row) > column]


def _has_text(rows: Sequence[Sequence[str]], column: int) -> bool:
    return any(cell.strip() for cell in _column(rows, column))
