"""A vCard file (2.1, 3.0, 4.0) as records: one card, one row, numbers sorted by their kind."""

import io
import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.contacts.reading.container import open_bytes, reading, sha256_of
from pipeline.contacts.reading.encoding import LONE, detect, line_batches, line_end_of
from pipeline.contacts.reading.records import MOST_RAW
from pipeline.contacts.reading.shapes import ReadingOptions, Record, Refused, Row, SourceFacts
from pipeline.contacts.values import Problem

if TYPE_CHECKING:
    from vobject.base import Component, ContentLine

HEADER = (
    "Name",
    "Nickname",
    "Organization",
    "Mobile Phone",
    "Primary Phone",
    "Other Phone",
    "Home Phone",
    "Business Phone",
    "Fax",
    "Pager",
)
# A number goes to the first column that one of its types, or its label, names.
_KINDS = (
    ("Fax", re.compile("fax", re.IGNORECASE)),
    ("Pager", re.compile("pager", re.IGNORECASE)),
    ("Mobile Phone", re.compile("cell|mobile|iphone", re.IGNORECASE)),
    ("Primary Phone", re.compile(r"\b(?:pref|main)\b", re.IGNORECASE)),
    ("Home Phone", re.compile("home", re.IGNORECASE)),
    ("Business Phone", re.compile("work", re.IGNORECASE)),
)
_BEGIN = re.compile(r"begin\s*:\s*vcard\s*", re.IGNORECASE)
_END = re.compile(r"end\s*:\s*vcard\s*", re.IGNORECASE)
_HEAVY = re.compile(r"(?:[\w-]+\.)?(?:photo|logo|sound|key)[;:]", re.IGNORECASE)
_WANTED = re.compile(
    r"(?:[\w-]+\.)?(?:begin|end|version|fn|n|nickname|org|tel|x-ablabel)[;:]", re.IGNORECASE
)
# vobject's own pattern takes time without end over a line that does not fit (seen in 0.9.9, with
# some thirty parameters): it is given lines of this shape only.
_VALUE = r'(?:"[^"]*"|[^";:,]*)'
_LINE = re.compile(
    rf"(?:[A-Za-z0-9_-]+\.)?[A-Za-z0-9_-]+(?:;[A-Za-z0-9_-]+(?:={_VALUE}(?:,{_VALUE})*)?)*:"
)
# Android writes the label of a number of its own kind so; it is no parameter.
_ANDROID_LABEL = re.compile(r";x-custom\([^)]{0,200}\)", re.IGNORECASE)
_MOST_CARD = 50_000
_BETWEEN = " ::: "


class CardSource:
    """A file of vCards; `line` of a record is where its card begins."""

    def __init__(self, path: Path, options: ReadingOptions) -> None:
        self._open = partial(open_bytes, path)
        self.blank = 0
        with reading(path):
            encoding = detect(self._open, options.encoding)
            lines = next(line_batches(self._open, encoding.name), [])
        guessed = ("W_ENCODING_GUESSED",) if encoding.is_guessed else ()
        self.facts = SourceFacts(
            path=path,
            sha256=sha256_of(path),
            size=path.stat().st_size,
            kind="vcard",
            encoding=encoding.name,
            is_encoding_guessed=encoding.is_guessed,
            line_end=line_end_of(lines),
            header=HEADER,
            warnings=(*guessed, *(("W_NUL",) if encoding.has_nul else ())),
        )

    def blocks(self, size: int = 10_000) -> Iterator[list[Row]]:
        """Yield all cards, and what stands between them, in order, at most `size` at a time."""
        rows: list[Row] = []
        with reading(self.facts.path):
            for number, (line, text) in enumerate(self._cards(), 1):
                rows.append(_row(line, number, text))
                if len(rows) == size:
                    yield rows
                    rows = []
        if rows:
            yield rows

    def _cards(self) -> Iterator[tuple[int, str]]:
        """Yield each card's first line and text, without its pictures."""
        card: list[str] = []
        begin = at = 0
        is_heavy = False
        for lines in line_batches(self._open, self.facts.encoding):
            for line in lines:
                at += 1
                if card and _BEGIN.fullmatch(line):
                    yield begin, "".join(card)
                    card = []
                is_heavy = _HEAVY.match(line) is not None or (is_heavy and line[:1] in " \t")
                if is_heavy or not (card or line.strip()):
                    continue
                begin = begin if card else at
                card.append(line)
                if _END.fullmatch(line):
                    yield begin, "".join(card)
                    card = []
        if card:
            yield begin, "".join(card)


def _row(line: int, number: int, text: str) -> Row:
    problem = None
    if LONE.search(text):
        problem = Problem("E_ENCODING", "bytes that are no text in the file's encoding")
    elif len(text) > _MOST_CARD:
        problem = Problem("E_CELL_TOO_LONG", f"a card of more than {_MOST_CARD} characters")
    else:
        card = _parsed(text)
        if card is not None:
            return Record(line, number, _cells(card))
        problem = Problem("E_VCARD", "not a whole card")
    return Refused(line, number, problem, LONE.sub("\ufffd", text[:MOST_RAW]))


def _parsed(text: str) -> "Component | None":
    """Return the card with the lines that are used; None where one of them is damaged."""
    from vobject.base import (  # noqa: PLC0415 - only a vCard file pays for its library
        VObjectError,
        getLogicalLines,
        readOne,
    )

    logical = (line for line, _ in getLogicalLines(io.StringIO(text)))
    lines = [_ANDROID_LABEL.sub("", line) for line in logical if _WANTED.match(line)]
    if not all(map(_LINE.match, lines)):
        return None
    try:
        card = readOne("\n".join(lines), transform=False, allowQP=True)
    except (VObjectError, ValueError, LookupError, TypeError, StopIteration):
        return None
    return card if card is not None and card.name == "VCARD" else None


def _cells(card: "Component") -> tuple[str, ...]:
    found: dict[str, list[str]] = {name: [] for name in HEADER}
    labels = {line.group: str(line.value) for line in card.lines() if line.name == "X-ABLABEL"}
    for line in card.lines():
        if line.name == "TEL":
            found[_kind(line, labels)].append(str(line.value).strip())
    found["Name"] = [_first(card, "fn") or _spoken(_first(card, "n"))]
    found["Nickname"] = [_first(card, "nickname")]
    found["Organization"] = [" ".join(_parts(_first(card, "org")))]
    return tuple(_BETWEEN.join(filter(None, found[name])) for name in HEADER)


def _kind(line: "ContentLine", labels: dict[str | None, str]) -> str:
    types = [
        *line.singletonparams,
        *line.params.get("TYPE", ()),
        *(["pref"] * ("PREF" in line.params)),
    ]
    said = " ".join([*types, labels.get(line.group, "") if line.group else ""])
    return next((name for name, pattern in _KINDS if pattern.search(said)), "Other Phone")


def _first(card: "Component", name: str) -> str:
    lines = card.contents.get(name)
    return str(lines[0].value).strip() if lines else ""


def _parts(value: str) -> list[str]:
    return [part.replace("\\", "").strip() for part in re.split(r"(?<!\\);", value) if part.strip()]


def _spoken(value: str) -> str:
    """Return `N` (family; given; additional; ...) in the order in which it is said."""
    parts = [part.replace("\\", "").strip() for part in re.split(r"(?<!\\);", value)]
    family, given, additional = [*parts, "", "", ""][:3]
    return " ".join(filter(None, (given, additional, family)))
