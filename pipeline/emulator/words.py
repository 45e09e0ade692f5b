"""The words of answers: names of statuses, and what is said when all is well."""

TITLES = {
    1: "New",
    2: "Taken from Server",
    3: "Queued for sending",
    5: "Income",
    6: "Sent by Phone",
    7: "Sms Delivered",
    8: "Sms Not Delivered",
    9: "Not SENT - Generic failure",
    10: "Not sent - No service",
    11: "Not Sent - Null PDU",
    12: "Not Sent - Radio off",
    100: "not sent - NOT ALLOWED",
    101: "not sent - Not Allowed At all",
}
TITLES_TODAY = {**TITLES, 2: "sending", 7: "delivered"}
# What answers say when all is well, in the order of their keys.
_WORDS: dict[str, dict[str, tuple[str, str]]] = {
    "current": {
        "gettoken": ("error message token", "OK"),
        "savetag": ("error tag_id message", "OK"),
        "savecontact": ("error contact_id message", "ok"),
        "savepaket": ("error paket_id message", "OK"),
    },
    "2021": {
        "gettoken": ("error token message", "OK"),
        "savetag": ("error message tag_id", "Ok"),
        "savecontact": ("error message contact_id", "Ok"),
        "savepaket": ("error message paket_id", "Ok"),
    },
}
_SENT = "Sms has been saved successfully"
_ALWAYS = {
    "addsms": ("error sms_id message", _SENT),
    "smstosend": ("error sms_id message", _SENT),
    "addalotofsms": ("error message", _SENT),
    "getsmsstatus": ("error sms_id status status_description message", "Ok"),
    "getdevicestatus": ("online error message device_id lastseen diffseconds title", "OK"),
}


def words_of(name: str, flavour: str) -> tuple[str, str]:
    """Return the keys of an endpoint's answer, in order and spaced, and its `message`."""
    return _ALWAYS.get(name) or _WORDS[flavour][name]
