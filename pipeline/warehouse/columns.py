"""What the columns of an answer hold, and the SQL that words their values outside DuckDB."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum, auto

_NUMBERS = re.compile(r"U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?|FLOAT|DOUBLE|DECIMAL")
_NESTED = re.compile(r"STRUCT|MAP|UNION|TUPLE|VARIANT|JSON")
# What polars cannot hold, or would hold as bytes that nobody can read (measured on 2.1.0).
_FOREIGN = re.compile(r"INTERVAL|UNION|BIT\b|BIGNUM|GEOMETRY|VARIANT|TIME_?(TZ| WITH)")
# A sheet takes a text that begins like this for a formula; sums of digits, as telephone numbers
# are to it, can do no harm.
_FORMULA = "[=+@\t\r\n＝＋－＠-]"  # noqa: RUF001 - sheets read the wide signs of East Asia too
_HARMLESS = "[+-][0-9 ().*/-]*"


class Kind(Enum):
    """What a column holds, as far as a reader outside DuckDB must know."""

    NUMBER = auto()
    BOOLEAN = auto()
    DATE = auto()
    TIMESTAMP = auto()
    INSTANT = auto()
    NESTED = auto()
    TEXT = auto()


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its number from 1, its name (once in an answer), what it holds, DuckDB's type."""

    number: int
    name: str
    kind: Kind
    type: str

    @property
    def _value(self) -> str:
        return f"#{self.number}"

    def words(self, *, is_wall: bool = False) -> str:
        """Return SQL for a number, a boolean, or a text: ISO 8601 for dates, JSON for what nests.

        An instant has its offset from UTC, or with `is_wall` none.
        """
        match self.kind:
            case Kind.NUMBER | Kind.BOOLEAN:
                return self._value
            case Kind.INSTANT if not is_wall:
                iso = f"replace({self._value}::varchar, ' ', 'T')"
                return f"regexp_replace({iso}, '([+-][0-9][0-9])$', '\\1:00')"
            case Kind.INSTANT | Kind.TIMESTAMP:
                return f"replace({self._value}::timestamp::varchar, ' ', 'T')"
            case Kind.NESTED:
                return f"to_json({self._value})::varchar"
            case _:
                return f"{self._value}::varchar"

    def csv_cell(self, *, is_exact: bool) -> str:
        """Return SQL for a cell of CSV; null is empty, all but numbers and booleans in quotes."""
        if self.kind in {Kind.NUMBER, Kind.BOOLEAN}:
            return f"{self._value}::varchar"
        words = self.words()
        if self.kind is Kind.TEXT and not is_exact:
            is_formula = f"regexp_matches({words}, {quoted(f'^{_FORMULA}')})"
            is_harmless = f"regexp_full_match({words}, {quoted(_HARMLESS)})"
            words = f"if({is_formula} and not {is_harmless}, '''', '') || {words}"
        return f"""'"' || replace({words}, '"', '""') || '"'"""

    def csv_name(self, *, is_exact: bool) -> str:
        """Return the name as a cell of CSV: of a pivot it is other people's text too."""
        is_formula = re.match(_FORMULA, self.name) and not re.fullmatch(_HARMLESS, self.name)
        name = f"'{self.name}" if is_formula and not is_exact else self.name
        return '"' + name.replace('"', '""') + '"'

    def json_pair(self) -> str:
        """Return SQL for the name and the value, as `json_object` takes them."""
        is_time = self.kind in {Kind.INSTANT, Kind.TIMESTAMP}
        return f"{quoted(self.name)}, {self.words() if is_time else self._value}"

    def native(self) -> str:
        """Return SQL for a value that polars can hold, under the column's name."""
        is_foreign = _FOREIGN.search(self.type) is not None
        return f"{self.words() if is_foreign else self._value} as {identifier(self.name)}"


def columns_of(names: Iterable[str], types: Iterable[str]) -> tuple[Column, ...]:
    """Return the columns of an answer; a name that came before gets a number: `a`, `a_1`."""
    found: dict[str, Column] = {}
    for number, (name, kind) in enumerate(zip(names, types, strict=True), 1):
        own, again = name, 0
        while own in found:
            again += 1
            own = f"{name}_{again}"
        found[own] = Column(number, own, _kind(kind), kind)
    return tuple(found.values())


def quoted(text: str) -> str:
    """Return a text as SQL writes it."""
    return "'" + text.replace("'", "''") + "'"


def identifier(name: str) -> str:
    """Return a name as SQL writes it."""
    return '"' + name.replace('"', '""') + '"'


def _kind(text: str) -> Kind:
    if text.endswith("]") or _NESTED.match(text):
        return Kind.NESTED
    if _NUMBERS.fullmatch(text.partition("(")[0]):
        return Kind.NUMBER
    if text.startswith("TIMESTAMP"):
        return Kind.INSTANT if "ZONE" in text or "TZ" in text else Kind.TIMESTAMP
    return {"BOOLEAN": Kind.BOOLEAN, "DATE": Kind.DATE}.get(text, Kind.TEXT)
