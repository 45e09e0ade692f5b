"""Find what parts the cells of a row, from the first rows of a file."""

import re
from collections import Counter
from collections.abc import Sequence
from itertools import islice

from pipeline.contacts.reading.likeness import looks_like_phone
from pipeline.contacts.reading.records import rows_of
from pipeline.errors import UsageError

DELIMITERS = (",", ";", "\t", "|")
# A file of one column is cut at a character that the text never holds.
NONE = "\x1a"
_SEP_LINE = re.compile(r'"?sep=([^\w"\r\n])"?[,;\t|]*', re.IGNORECASE)
_SAMPLE = 200


def from_sep_line(line: str) -> str | None:
    """Return the delimiter that a line such as `sep=;` names for Excel; None for other lines."""
    match = _SEP_LINE.fullmatch(line.rstrip("\r\n"))
    return match[1] if match else None


def checked(text: str) -> str:
    """Return a delimiter that a person names; a UsageError unless it is one character."""
    if len(text) != 1 or text in '"\r\n':
        raise UsageError(
            f"{text!r} cannot be a delimiter", advice="Give one character, such as , or ; or a tab."
        )
    return text


def choose(lines: Sequence[str]) -> str:
    """Return the delimiter under which the first rows are most alike; NONE for one column."""
    scores = {delimiter: _score(lines, delimiter) for delimiter in DELIMITERS}
    best = max(DELIMITERS, key=lambda delimiter: scores[delimiter])
    return best if scores[best] > (0.0,) else NONE


def _score(lines: Sequence[str], delimiter: str) -> tuple[float, ...]:
    """Return how well a delimiter fits; more is better, (0.0,) is not at all."""
    rows = [cells for _, cells in islice(rows_of(lines, delimiter), _SAMPLE)]
    filled = [cells for cells in rows if isinstance(cells, list) and any(map(str.strip, cells))]
    widths = Counter(map(len, filled))
    if not widths:
        return (0.0,)
    width, alike = max(widths.items(), key=lambda item: (item[1], item[0]))
    if width < 2:  # noqa: PLR2004 - one cell is not parted
        return (0.0,)
    with_phone = sum(any(map(looks_like_phone, cells)) for cells in filled)
    share = alike / len(rows)
    return share, float(len(filled[0]) == width), with_phone / len(filled), float(width)
