"""The text of a message: of a template and a row, checked before anything is sent.

A template is an operator's; what stands in a row is a stranger's, and only ever data.
"""

import math
import re
import unicodedata
from collections.abc import Mapping, Sequence, Sized
from dataclasses import dataclass, field
from typing import Any, TypeGuard

from jinja2 import StrictUndefined, Template, TemplateError, UndefinedError, meta, nodes
from jinja2.exceptions import SecurityError
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment

from pipeline.errors import UsageError
from pipeline.send.segments import Segments, segments_of

MOST_SEGMENTS = 6
_LONGEST = 20_000
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_BROKEN = re.compile("[\ud800-\udfff]")
_NO_WORD = re.compile(r"\W+")
# What a row can make of a template that is right.
_RENDERING = (
    TemplateError, TypeError, ValueError, LookupError, ArithmeticError, RecursionError, MemoryError,
)  # fmt: skip
_LARGEST_POWER = 64
WORDS = {
    "E_BODY_EMPTY": "The text is empty",
    "E_BODY_CONTROL": "The text holds a control character",
    "E_BODY_BROKEN": "The text holds half a character",
    "E_BODY_LONG": "The text is too many SMS (--max-segments)",
    "E_BODY_CELL": "A cell that the text uses is empty (--allow-empty)",
    "E_BODY_TEMPLATE": "The template does not work for this row",
}


@dataclass(frozen=True, slots=True)
class Body:
    """A text to send, or why it cannot be; `repr` does not show it.

    Attributes:
        problem: a code such as `E_BODY_EMPTY`; empty where the text may be sent.
        detail: more of it; never a part of the text.
    """

    text: str = field(default="", repr=False)
    segments: Segments | None = None
    problem: str = ""
    detail: str = ""

    @property
    def words(self) -> str:
        """The problem in words."""
        return f"{WORDS[self.problem]}: {self.detail}" if self.detail else WORDS[self.problem]


def checked_body(text: str, most_segments: int = MOST_SEGMENTS) -> Body:
    """Return a text as it will be sent (NFC, line ends as LF, trimmed), or the problem."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    if _BROKEN.search(text):
        return Body(problem="E_BODY_BROKEN")
    text = unicodedata.normalize("NFC", text).strip()
    if not text:
        return Body(problem="E_BODY_EMPTY")
    control = _CONTROL.search(text)
    if control:
        return Body(problem="E_BODY_CONTROL", detail=f"U+{ord(control[0]):04X}")
    segments = segments_of(text)
    if segments.count > most_segments:
        return Body(problem="E_BODY_LONG", detail=f"{segments.count} SMS in {segments.encoding}")
    return Body(text, segments)


class _Environment(ImmutableSandboxedEnvironment):
    """A sandbox in which no slip, and no number in a cell, makes a text of gigabytes."""

    intercepted_binops = frozenset({"*", "**", "%"})

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        numbers = [side for side in (left, right) if isinstance(side, int | float)]
        are_numbers = numbers == [left, right]
        size = math.prod(len(side) for side in (left, right) if isinstance(side, Sized))
        is_harmless = {
            "*": are_numbers or (bool(numbers) and size * numbers[0] <= _LONGEST),
            "**": are_numbers and max(map(abs, numbers)) <= _LARGEST_POWER,
            "%": are_numbers,
        }
        if not is_harmless[operator]:
            raise SecurityError(f"{operator} is not for such values")
        return super().call_binop(context, operator, left, right)


class _Row(dict[str, str]):
    """The cells by header; written by itself it is the cell of a column of that very name."""

    def __str__(self) -> str:
        own = next((cell for name, cell in self.items() if variable_of(name) == "row"), None)
        if own is None:
            raise UndefinedError("row by itself is no text")
        return own


class BodyTemplate:
    """A template such as `Hello {{ first_name }}`; `row["First Name"]` names any column.

    Columns have two names: the header as it stands, and the same in lower case with `_` for what is
    no letter or digit. A name that is no column's is refused before any row is read.

    Args:
        text: the template, Jinja2.
        header: the columns of the file.
        most_segments: SMS that a text may be.
        allows_empty: whether a cell that the text uses may be empty.
    """

    def __init__(
        self, text: str, header: Sequence[str], most_segments: int, *, allows_empty: bool = False
    ) -> None:
        environment = _Environment(undefined=StrictUndefined, autoescape=False)
        environment.globals.clear()  # no range, no lipsum: nothing but the row
        self._header = tuple(header)
        self._names = [(name, variable_of(name)) for name in header]
        self._most = most_segments
        try:
            tree = environment.parse(text)
            used = meta.find_undeclared_variables(tree)
            self._template: Template = environment.from_string(text)
        except (TemplateError, RecursionError) as error:
            told = str(error).partition("\n")[0]
            raise UsageError(
                f"The text is no template: {told}",
                advice="Write it like: Hello {{ first_name }}, with the names of columns.",
            ) from None
        known = {"row", *(name for names in self._names for name in names)}
        unknown = sorted(used - known) + sorted(_asked_of_row(tree) - {*header, *dir(dict)})
        if unknown:
            columns = ", ".join(variable for _, variable in self._names)
            raise UsageError(
                f"The file has no column {unknown[0]!r}.", advice=f"It has: {columns}."
            )
        named = {node.arg.value for node in tree.find_all(nodes.Getitem) if _is_const(node.arg)}
        self._needed = [
            at
            for at, names in enumerate(self._names)
            if not allows_empty and ((names[0] in named and "row" in used) or used & {*names})
        ]

    def render(self, cells: Sequence[str]) -> Body:
        """Return the text for a row, or its problem; never an error."""
        cells = [cell.strip() for cell in cells]
        empty = next((at for at in self._needed if not cells[at]), None)
        if empty is not None:
            return Body(problem="E_BODY_CELL", detail=self._names[empty][1])
        by_header = _Row(zip(self._header, cells, strict=True))
        by_name = {variable: by_header[name] for name, variable in reversed(self._names)}
        row: Mapping[str, object] = {**by_name, **by_header, "row": by_header}
        try:
            text = self._written(row)
        except _RENDERING as error:
            return Body(problem="E_BODY_TEMPLATE", detail=type(error).__name__)
        if len(text) > _LONGEST:
            return Body(problem="E_BODY_LONG", detail=f"over {_LONGEST:,} characters")
        return checked_body(text, self._most)

    def _written(self, row: Mapping[str, object]) -> str:
        pieces, size = [], 0
        for piece in self._template.generate(row):
            pieces.append(piece)
            size += len(piece)
            if size > _LONGEST:
                break
        return "".join(pieces)


def _asked_of_row(tree: nodes.Template) -> set[str]:
    """Return what `row["..."]` and `row....` name."""
    items = (node for node in tree.find_all(nodes.Getitem) if _is_row(node.node))
    named = {node.arg.value for node in items if _is_const(node.arg)}
    told = {node.attr for node in tree.find_all(nodes.Getattr) if _is_row(node.node)}
    return {str(name) for name in named | told}


def _is_row(node: nodes.Node) -> bool:
    return isinstance(node, nodes.Name) and node.name == "row"


def _is_const(node: nodes.Node) -> TypeGuard[nodes.Const]:
    return isinstance(node, nodes.Const)


def variable_of(header: str) -> str:
    """Return the name of a column in a template: `first_name` of `First Name`."""
    return _NO_WORD.sub("_", header.strip()).strip("_").lower()
