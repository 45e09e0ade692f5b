"""The emulator's switches one by one: what each is set to, how to see it, and what is seen."""

from collections.abc import Callable
from typing import Any

import httpx

from pipeline.emulator.app import create_app
from pipeline.emulator.habits import TOKEN, Habits
from pipeline.emulator.switches import with_switches
from support.asked import EPOCH, QUICK, SILENT, SMS, Asked
from support.emulator import running_app

HOUR = 3600
UTC = {"timezone": "UTC"}
PHONE = "+33612345678"
Probe = Callable[[Asked], object]


def made(texts: dict[str, str]) -> Asked:
    """Return a gateway with some switches set, and one message that was sent at NOW."""
    habits = with_switches(Habits(), texts)
    served = Asked(**{name: getattr(habits, name) for name in texts})
    served.gateway.account.write("addsms", {k: str(v) for k, v in SMS.items()}, EPOCH)
    return served


def row(served: Asked, **fields: object) -> dict[str, Any]:
    """Return the last message."""
    return list(served.rows(**fields).values())[-1]


def found(**fields: object) -> Probe:
    """Return a probe that tells how many messages a query finds."""
    return lambda served: len(served.rows(**{**UTC, **fields}))


def error(endpoint: str, **fields: object) -> Probe:
    """Return a probe that tells the error of a call, in an account with a contact in a tag."""

    def probe(served: Asked) -> object:
        served.gateway.account.write("savetag", {"title": "t"}, EPOCH)
        contact = {"tag_id": "8303", "ctag_id": "8303", "phone": PHONE, "fullname": "A"}
        served.gateway.account.write("savecontact", contact, EPOCH)
        return served.ask(endpoint, **fields)["error"]

    return probe


def sent(**fields: object) -> Callable[[Asked], dict[str, Any]]:
    """Return a probe that sends a message and gives its row."""

    def probe(served: Asked) -> dict[str, Any]:
        served.send(**fields)
        return row(served, **UTC)

    return probe


def wall(date: dict[str, str]) -> str:
    """Return the hour and minute of a date."""
    return date["date"][11:16]


def device(served: Asked) -> dict[str, Any]:
    """Return the first phone."""
    return dict(served.ask("getalldevices")["device"][str(QUICK)])


def inserted(status: int, *instants: int) -> Callable[[Asked], Asked]:
    """Return a step that inserts messages of a status, made at some instants or at NOW."""

    def step(served: Asked) -> Asked:
        for created in instants or (EPOCH,):
            served.world.insert(created, device_id=QUICK, status=status, at=EPOCH)
        return served

    return step


def after(step: Callable[[Asked], Asked], probe: Probe) -> Probe:
    """Return a probe that comes after a step."""
    return lambda served: probe(step(served))


def newsletter_row(served: Asked) -> dict[str, Any]:
    """Return the message of a newsletter that is scheduled for 14:00, a day later."""
    served.newsletter(served.tag(PHONE), time_to_send="03.11.2026 14:00:00")
    served.clock.advance(48 * HOUR)
    return row(served, **UTC)


def lefts(served: Asked) -> list[int]:
    """Return the seconds after which three messages have left their phone, the last settled."""
    served.send(2)
    served.statuses(HOUR)
    last = served.world.added[-1]
    return [*(m.left - EPOCH for m in served.world.added), (last.settled or 0) - last.left]


def status_code(served: Asked) -> int:
    """Return the HTTP status of getallsms."""
    return served.gateway.respond("getallsms", {"token": TOKEN}).status_code


def json_error(served: Asked) -> object:
    """Return the error of a batch that comes as a body of JSON."""
    body = {"token": TOKEN, "smsdata": [SMS]}
    with running_app(create_app(served.world, served.clock, served.habits)) as address:
        return httpx.post(f"{address}/addalotofsms", json=body).json()["error"]


def fails(served: Asked) -> bool:
    """Return whether the first call would fail."""
    faults = create_app(served.world, served.clock, served.habits).state.faults
    return faults.choose("getallsms", {}) is not None


DOUBLED = (1792888200, 1792891800)  # half past two, twice, in Paris on 2026-10-25
LATER = {"begindate": "2026-11-02 12:30:00"}
NEVER = {"begindate": "2030-01-01", "enddate": "2030-01-02"}
TWO = {"sendto": f"{PHONE},{PHONE}"}
# The name, what it is set to, how to see it, and what is seen: by itself, and once it is set.
CASES: list[tuple[str, str, Probe, object, object]] = [
    ("date_type", "1", lambda s: row(s)["created"]["timezone"], "Europe/Paris", "+01:00"),
    ("account_zone", "UTC", lambda s: wall(row(s)["created"]), "13:00", "12:00"),
    ("device_zone", "UTC", lambda s: device(s)["created"]["timezone"], "Europe/Paris", "UTC"),
    ("obeys_zone", "no", lambda s: wall(row(s, **UTC)["created"]), "12:00", "13:00"),
    ("filters_in_zone", "no", found(**LATER), 0, 1),
    (
        "reads_wall_clock", "yes",
        after(inserted(7, *DOUBLED), lambda s: len(s.rows(begindate="2026-10-25 02:00:00",
                                                           enddate="2026-10-25 02:59:59"))),
        1, 2,
    ),
    (
        "filter_column", "due",
        lambda s: s.send(timetosend="2026-11-02 13:00:00") and found(**LATER)(s), 0, 1,
    ),
    ("begin_inside", "no", found(begindate="2026-11-02 12:00:00"), 1, 0),
    ("end_inside", "no", found(enddate="2026-11-02 12:00:00"), 1, 0),
    ("row_cap", "1", after(inserted(7), found()), 2, 1),
    ("byte_cap", "700", after(inserted(7), found()), 2, 1),
    ("counts", "lying", lambda s: s.ask("getallsms", onlycount=1)["count"], 1, 2),
    ("count_has_list", "yes", lambda s: "smss" in s.ask("getallsms", onlycount=1), False, True),
    ("heeds_dates", "no", found(**NEVER), 0, 1),
    ("needs_dates", "yes", error("getallsms"), 0, 1),
    ("longest_days", "3", error("getallsms", begindate="2026-01-01", enddate="2026-02-01"), 0, 1),
    ("grain", "86400", found(enddate="2026-11-02 11:00:00"), 0, 1),
    ("hidden_statuses", "1,3", found(), 1, 0),
    ("hidden_sims", "0", found(), 1, 0),
    ("hides_incoming", "yes", after(inserted(5), found()), 2, 1),
    ("ignores", "status", found(status=9), 0, 1),
    ("phone_filter", "exact", found(phone="612345678"), 1, 0),
    ("empty", "null", lambda s: s.ask("getallsms", **NEVER)["smss"], [], None),
    ("empty_object", "yes", lambda s: s.ask("getallsms", **NEVER)["smss"], [], {}),
    ("siminfo", "text", lambda s: type(device(s)["siminfo"]), list, str),
    ("numbers_as_text", "yes", lambda s: row(s)["status"], 1, "1"),
    ("is_bare", "yes", lambda s: list(s.ask("getallsms")), ["error", "smss", "count", "message"],
     ["smss"]),
    ("unscheduled_is_created", "yes", lambda s: row(s)["timetosend"] is None, True, False),
    ("words", "2021", lambda s: s.ask("savetag", title="t")["message"], "OK", "Ok"),
    ("titles", "current", after(inserted(7), lambda s: row(s)["statustitle"]), "Sms Delivered",
     "delivered"),
    ("takes_any_login", "yes", error("getalldevices", token="x"), 1, 0),
    ("takes_any_device", "yes", error("getdevicestatus", device_id=260), 1, 0),
    ("takes_json", "no", json_error, 0, 1),
    ("tag_field", "ctag_id", error("savecontact", tag_id=8303, phone="+33699999999"), 0, 1),
    ("tag_again", "same", lambda s: s.tag() == s.tag(), False, True),
    (
        "contact_again", "refused",
        error("savecontact", tag_id=8303, phone="+33 6 12 34 56 78"), 0, 1,
    ),
    ("needs_fullname", "yes", error("savecontact", tag_id=8303, phone="+33699999999"), 0, 1),
    ("checks_phones", "yes", error("addsms", **{**SMS, "sendto": "123"}), 0, 1),
    ("strips_numbers", "no", lambda s: sent(sendto="(06) 12")(s)["sendto"], "0612", "(06) 12"),
    ("plus_codes", "33,49", lambda s: sent(sendto="33612")(s)["sendto"], "33612", "+33612"),
    ("repeats", "once", lambda s: s.send(**TWO) and len(s.rows()), 3, 2),
    ("answers_id", "last", lambda s: s.send(**TWO)[0] - max(s.rows()), -1, 0),
    ("batch_limit", "1", lambda s: s.batch({}, {})["error"], 0, 1),
    ("bad_item", "skipped", lambda s: (s.batch({}, {"body": ""}, {})["error"], len(s.rows())),
     (1, 1), (0, 3)),
    (
        "schedule_zone", "account",
        lambda s: wall(sent(timetosend="2026-11-02 14:00")(s)["timetosend"]), "14:00", "13:00",
    ),
    ("newsletter_zone", "account", lambda s: wall(newsletter_row(s)["timetosend"]), "14:00",
     "13:00"),
    ("bad_schedule", "refused", error("addsms", **SMS, timetosend="soon"), 0, 1),
    ("starts_newsletters", "no", lambda s: newsletter_row(s)["status"], 7, 3),
    ("first_tag", "1009", lambda s: s.tag(), 8303, 1009),
    (
        "first_contact", "566706",
        lambda s: s.ask("savecontact", tag_id=s.tag(), phone=PHONE)["contact_id"],
        15_954_765, 566_706,
    ),
    ("first_newsletter", "7", lambda s: s.newsletter(s.tag(PHONE)), 9501, 7),
    ("pack", "1", lambda s: lefts(s)[:3], [11, 12, 13], [11, 21, 31]),
    ("sms_seconds", "3", lambda s: lefts(s)[:3], [11, 12, 13], [13, 16, 19]),
    ("receipt_seconds", "1", lambda s: lefts(s)[3] > 1, True, False),
    ("ends", "9=1,12=0", lambda s: s.statuses(HOUR).popitem()[1], 7, 9),
    (
        "online_seconds", "1000000",
        lambda s: s.ask("getdevicestatus", device_id=SILENT)["online"], False, True,
    ),
    ("clock_skew", "60", lambda s: s.gateway.headers()["date"][17:25], "12:00:00", "12:01:00"),
    ("tells_date", "no", lambda s: list(s.gateway.headers()), ["date"], []),
    ("token_calls", "1", lambda s: [s.ask("getallsms")["error"] for _ in "ab"], [0, 0], [0, 1]),
    ("too_heavy_rows", "0", status_code, 200, 500),
    ("fault_rate", "1", fails, False, True),
]  # fmt: skip
