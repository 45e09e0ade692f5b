"""The fields of messages as the documentation and real answers show them, with their types."""

_TEXT = ("VARCHAR",)
_NUMBER = ("UBIGINT", "BIGINT", "VARCHAR")
_DATE = ("OBJECT",)
_FLAG = ("BOOLEAN", "UBIGINT", "BIGINT", "VARCHAR")

_FIELDS = {
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
# Each field with each type of value that is no surprise.
DOCUMENTED = frozenset((name, kind) for name, kinds in _FIELDS.items() for kind in kinds)
