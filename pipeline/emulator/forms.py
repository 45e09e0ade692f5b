"""Read a request's fields as PHP does: from the address, an urlencoded form, or a multipart one."""

from email import policy
from email.parser import BytesParser
from urllib.parse import parse_qsl

Fields = dict[str, str]


def read_fields(query: str, content_type: str, body: bytes) -> Fields:
    """Return all fields of a request; those of the body win over those of the address."""
    fields = dict(parse_qsl(query, keep_blank_values=True))
    kind = content_type.partition(";")[0].strip().lower()
    if kind == "multipart/form-data":
        fields |= _multipart(content_type, body)
    elif kind in {"", "application/x-www-form-urlencoded"}:
        fields |= dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))
    return fields


def integer(fields: Fields, name: str) -> int | None:
    """Return a field as a whole number; None if it is absent, empty or none."""
    text = fields.get(name, "").strip()
    return int(text) if text.lstrip("-").isdecimal() else None


def _multipart(content_type: str, body: bytes) -> Fields:
    head = b"content-type: " + content_type.encode("latin-1", "replace") + b"\r\n\r\n"
    message = BytesParser(policy=policy.HTTP).parsebytes(head + body)
    fields: Fields = {}
    for part in message.iter_parts():
        name = part.get_param("name", header="content-disposition")
        content = part.get_payload(decode=True)
        if isinstance(name, str) and isinstance(content, bytes):
            fields[name] = content.decode("utf-8", "replace")
    return fields
