"""Read a request's fields as PHP does: from the address, an urlencoded form, or a multipart one."""

import json
from email import policy
from email.parser import BytesParser
from urllib.parse import parse_qsl

Fields = dict[str, str]
_LONGEST_NUMBER = 18


def read_fields(query: str, content_type: str, body: bytes, *, takes_json: bool = True) -> Fields:
    """Return all fields of a request; those of the body win over those of the address.

    A body of JSON has a field for each key of its object: with its text, or its JSON.
    """
    fields = dict(parse_qsl(query, keep_blank_values=True))
    kind = content_type.partition(";")[0].strip().lower()
    if kind == "multipart/form-data":
        fields |= _multipart(content_type, body)
    elif kind in {"", "application/x-www-form-urlencoded"}:
        fields |= dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))
    elif kind == "application/json" and takes_json:
        fields |= read_json(body)
    return fields


def integer(fields: Fields, name: str) -> int | None:
    """Return a field as a whole number; None if it is absent, empty or none."""
    text = fields.get(name, "").strip()
    is_number = text.lstrip("-").isdecimal() and len(text) <= _LONGEST_NUMBER
    return int(text) if is_number and "-" not in text[1:] else None


def plain_fields(values: dict[str, object]) -> Fields:
    """Return the values of a JSON object as a form would send them; those that are null are not."""
    return {name: _plain(value) for name, value in values.items() if value is not None}


def _plain(value: object) -> str:
    if isinstance(value, bool):
        return str(int(value))
    return value if isinstance(value, str) else json.dumps(value)


def read_json(body: bytes) -> Fields:
    """Return the keys of a JSON object as fields; none if it is no object."""
    try:
        values = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return plain_fields(values) if isinstance(values, dict) else {}


def _multipart(content_type: str, body: bytes) -> Fields:
    head = b"content-type: " + content_type.encode("latin-1", "replace") + b"\r\n\r\n"
    message = BytesParser(policy=policy.HTTP).parsebytes(head + body)
    fields: Fields = {}
    for part in message.iter_parts():
        name = part.get_param("name", header="content-disposition")
        content = part.get_payload(decode=True)
        if isinstance(name, str) and isinstance(content, bytes):
            # Of a file only its name is of use: nobody looks at pictures here.
            fields[name] = part.get_filename() or content.decode("utf-8", "replace")
    return fields
