"""The fields of messages as the documentation and real answers show them, with their types."""

from pipeline.warehouse.asked import NewField

_TEXT = frozenset({"VARCHAR"})
_NUMBER = frozenset({"INTEGER", "VARCHAR"})
_DATE = frozenset({"OBJECT"})
_FLAG = frozenset({"BOOLEAN", "INTEGER", "VARCHAR"})
_DOCUMENTED = {
    "id": _NUMBER,
    "sendto": _TEXT,
    "body": _TEXT,
    "customerid": _NUMBER,
    "status": _NUMBER,
    "statustitle": _TEXT,
    "deviceid": _NUMBER,
    "urgent": _FLAG,
    "created": _DATE,
    "senttime": _DATE,
    "timetosend": _DATE,
    "sim": _NUMBER,
    "paketid": _NUMBER,
    "pakettitle": _TEXT,
    "paketbody": _TEXT,
}
_LONGEST = 60


def surprise_of(field: NewField) -> str | None:
    """Return what a person should know of a field; None where it is as documented."""
    name = "".join(c for c in field.name if c.isprintable())[:_LONGEST]
    if field.former_type is not None:
        return f"The gateway's field {name} is now {field.type}; it was {field.former_type}."
    if field.type in _DOCUMENTED.get(field.name, ()):
        return None
    if field.name in _DOCUMENTED:
        return f"The gateway's field {name} is {field.type}, which is not documented."
    return f"The gateway sends a field that is new here: {name} ({field.type})."
