"""Which fields records can have, told while they are laid: most are like those before them."""

from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Union

import msgspec

# A field, and the type of its values as DuckDB names it; a null has none.
Field = tuple[str, str]

# More are no fields: their names tell something.
_MOST_NAMES = 50


class _Object(msgspec.Struct, gc=False):
    """An object, whatever is in it."""


_Integer = Annotated[int, msgspec.Meta(ge=-(2**63), le=2**63 - 1)]
_TYPES: dict[str, Any] = {
    "BOOLEAN": bool,
    "INTEGER": _Integer,
    "DOUBLE": float,
    "VARCHAR": str,
    "OBJECT": _Object,
    "ARRAY": list[msgspec.Raw],
}
_NAMES = {bool: "BOOLEAN", int: "INTEGER", float: "DOUBLE", str: "VARCHAR", _Object: "OBJECT"}
_ANY = msgspec.json.Decoder(dict[str, Union[*_TYPES.values(), None]])  # type: ignore[misc]


class Shapes:
    """The fields that records had since the start; used by one thread at a time.

    A record is first read as one that has no other fields than those before it: that takes a third
    of the time that it takes to name its fields, and a fifth of DuckDB's.
    """

    def __init__(self) -> None:
        self._types: dict[str, frozenset[str]] = {}
        self._alike = _decoder({})

    def fields_of(self, records: Iterable[str]) -> frozenset[Field] | None:
        """Return at least the fields that some records have; None where that cannot be told."""
        if len(self._types) > _MOST_NAMES:
            return None
        for record in records:
            try:
                self._alike.decode(record)
            except msgspec.DecodeError:
                if not self._learn(record):
                    return None
        return frozenset((name, kind) for name, kinds in self._types.items() for kind in kinds)

    def _learn(self, record: str) -> bool:
        """Know a record's fields from now on; returns whether it has none but those known then."""
        types = dict(self._types)
        try:
            for name, value in _ANY.decode(record).items():
                types[name] = types.get(name, frozenset()) | _types_of(value)
            alike = _decoder(types)
            alike.decode(record)
        except ValueError:  # JSON that is none, or a name that msgspec takes for no field
            return False
        self._types, self._alike = types, alike
        return len(types) <= _MOST_NAMES


def _decoder(types: Mapping[str, Iterable[str]]) -> msgspec.json.Decoder[Any]:
    """Return what reads records that have no other fields and types, and fails for others."""
    fields = [
        (f"f{number}", Union[*(_TYPES[kind] for kind in kinds), None], None)
        for number, kinds in enumerate(types.values())
    ]
    names = {f"f{number}": name for number, name in enumerate(types)}
    alike = msgspec.defstruct("Alike", fields, rename=names, forbid_unknown_fields=True, gc=False)
    return msgspec.json.Decoder(alike)


def _types_of(value: Any) -> frozenset[str]:
    if value is None:
        return frozenset()
    kind = _NAMES.get(type(value), "ARRAY")
    # A whole number is taken for one with a fraction where such are known.
    return frozenset({kind, "INTEGER"}) if kind == "DOUBLE" else frozenset({kind})
