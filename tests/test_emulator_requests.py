"""Every endpoint of the emulator, asked in every way that clients ask, in each flavour."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from pipeline.emulator.habits import EMAIL, FLAVOURS, PASSWORD, TOKEN, Habits
from pipeline.emulator.switches import flavoured
from pipeline.emulator.watch import EmulatorClock
from pipeline.emulator.world import make_world
from support.asked import NOW, QUICK, Asked
from support.emulator import running_emulator

LOGIN = {"email": EMAIL, "pass": PASSWORD}
SMS = {"sendto": "+49 157 52982212", "body": "ça va + bien?", "device_id": str(QUICK)}
ITEMS: list[dict[str, Any]] = [{**SMS, "sim": 1, "urgent": 1, "customerid": 122}]
BATCH: dict[str, Any] = {"token": TOKEN, "smsdata": ITEMS}
# What is asked of each endpoint, and the keys of its answer in the order of the documentation.
ASKED: dict[str, tuple[dict[str, str], str]] = {
    "gettoken": (LOGIN, "error message token"),
    "addsms": ({"token": TOKEN, **SMS}, "error sms_id message"),
    "smstosend": ({**LOGIN, **SMS}, "error sms_id message"),
    "addalotofsms": ({"datajson": json.dumps(BATCH)}, "error message"),
    "getallsms": ({"token": TOKEN, "phone": "+49 157 52982212"}, "error smss count message"),
    "savetag": ({"token": TOKEN, "title": "Employés"}, "error tag_id message"),
    "savecontact": (
        {"token": TOKEN, "phone": "+49 157 52982212", "tag_id": "8303", "fullname": "A"},
        "error contact_id message",
    ),
    "savepaket": (
        {"token": TOKEN, "title": "n", "body": "b", "tags": "8303", "device_id": str(QUICK)},
        "error paket_id message",
    ),
    "getalldevices": ({"token": TOKEN}, "error device count message"),
    "getsmsstatus": (
        {"token": TOKEN, "sms_id": "62000000"},
        "error sms_id status status_description message",
    ),
    "getdevicestatus": (
        {"token": TOKEN, "device_id": str(QUICK)},
        "online error message device_id lastseen diffseconds title",
    ),
}
# Where a flavour has other keys, or another order of them.
OTHERWISE = {
    "2021": {
        "gettoken": "error token message",
        "savetag": "error message tag_id",
        "savecontact": "error message contact_id",
        "savepaket": "error message paket_id",
    },
    "current": {"getallsms": "smss", "getalldevices": "count device"},
}
_Form = dict[str, str]
WAYS: dict[str, Callable[[httpx.Client, str, _Form], httpx.Response]] = {
    "query": lambda client, name, form: client.get(name, params=form),
    "query of a post": lambda client, name, form: client.post(name, params=form),
    "urlencoded": lambda client, name, form: client.post(name, data=form),
    "multipart": lambda client, name, form: client.post(
        name, files={field: (None, text) for field, text in form.items()}
    ),
    "json": lambda client, name, form: client.post(
        name, json=BATCH if "datajson" in form else form
    ),
}
Served = tuple[str, httpx.Client]
ROW = (
    "id sendto body customerid status statustitle deviceid urgent created senttime timetosend "
    "sim paketid pakettitle paketbody"
)


@pytest.fixture(scope="module", params=["", *FLAVOURS])
def served(request: pytest.FixtureRequest) -> Iterator[Served]:
    """Serve an empty account with one tag and one message; gives its flavour and a client."""
    world = make_world(seed=3, messages=0, days=1, now=NOW, future_days=0)
    habits = flavoured(request.param) if request.param else Habits()
    with (
        running_emulator(world, EmulatorClock(NOW), habits) as address,
        httpx.Client(base_url=address) as client,
    ):
        for endpoint in ("savetag", "addsms"):
            assert client.post(endpoint, data=ASKED[endpoint][0]).json()["error"] == 0
        yield request.param, client


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("endpoint", ASKED)
def test_each_endpoint_answers_each_way_of_asking(served: Served, endpoint: str, way: str) -> None:
    """However it is asked, an endpoint answers by HTTP 200 with the keys of its flavour."""
    flavour, client = served
    form, keys = ASKED[endpoint]
    answer = WAYS[way](client, endpoint, form)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    told = answer.json()
    assert list(told) == OTHERWISE.get(flavour, {}).get(endpoint, keys).split()
    assert told.get("error", 0) == 0
    assert all(type(value) is int for key, value in told.items() if key.endswith("_id"))


def test_texts_arrive_whole_whatever_the_way(served: Served) -> None:
    """Accents, a plus and blanks in a text survive each way of asking."""
    _, client = served
    form = {"token": TOKEN, **SMS}
    for way in WAYS.values():
        sms_id = str(way(client, "addsms", form).json()["sms_id"])
        row = client.get("getallsms", params={"token": TOKEN}).json()["smss"][sms_id]
        assert (row["body"], row["sendto"]) == (SMS["body"], "+4915752982212")


def test_rows_have_the_fields_of_their_flavour(served: Served) -> None:
    """The 2021 row has an offset and repeats `created`; today's has a zone and no SIM."""
    flavour, client = served
    answer = client.get("getallsms", params={"token": TOKEN}).json()
    row = answer["smss"]["62000000"]
    assert list(row) == [k for k in ROW.split() if k != "sim" or flavour != "current"]
    zone = "+01:00" if flavour == "2021" else "Europe/Paris"
    assert (row["created"]["timezone_type"], row["created"]["timezone"]) == (
        (1 if flavour == "2021" else 3),
        zone,
    )
    assert row["timetosend"] == (row["created"] if flavour == "2021" else None)
    assert (row["urgent"], row["customerid"], row["statustitle"]) == (None, None, "New")


def test_words_are_those_of_the_flavour(served: Served) -> None:
    """Answers that save say `Ok` in 2021, and `OK` or `ok` as documented today."""
    flavour, client = served
    told = {
        endpoint: client.post(endpoint, data=ASKED[endpoint][0]).json()["message"]
        for endpoint in ("gettoken", "savetag", "savecontact", "addsms", "addalotofsms")
    }
    sent = "Sms has been saved successfully"
    tag, contact = ("Ok", "Ok") if flavour == "2021" else ("OK", "ok")
    assert told == {
        "gettoken": "OK", "savetag": tag, "savecontact": contact, "addsms": sent,
        "addalotofsms": sent,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("status", "usual", "today"), [(2, "Taken from Server", "sending"), (1, "New", "New")]
)
def test_titles_are_those_of_the_flavour(status: int, usual: str, today: str) -> None:
    """The documentation of today has names of its own for some statuses, in both endpoints."""
    for habits, title in (({}, usual), ({"titles": "current"}, today)):
        served = Asked(**habits)
        (sms_id,) = served.send()
        served.statuses({1: 0, 2: 10}[status])
        assert served.rows()[sms_id]["statustitle"] == title
        assert served.ask("getsmsstatus", sms_id=sms_id)["status_description"] == title


@pytest.mark.parametrize("name", ["tag_id", "ctag_id"])
def test_the_tag_of_a_contact_has_two_names(name: str) -> None:
    """Both names of the tag are read, the other one too where the first is empty."""
    served = Asked()
    tag_id = served.tag()
    other = ({"tag_id", "ctag_id"} - {name}).pop()
    answer = served.ask("savecontact", phone="+33612345678", **{name: tag_id, other: ""})
    assert answer["error"] == 0
    assert served.gateway.account.contacts == {tag_id: ["+33612345678"]}


@pytest.mark.parametrize(
    ("endpoint", "missing"),
    [
        ("addsms", "sendto"), ("addsms", "body"), ("addsms", "device_id"), ("savetag", "title"),
        ("smstosend", "sendto"), ("savecontact", "phone"), ("savecontact", "tag_id"),
        ("savepaket", "title"), ("savepaket", "body"), ("savepaket", "tags"),
        ("savepaket", "device_id"), ("addalotofsms", "datajson"), ("getsmsstatus", "sms_id"),
        ("getdevicestatus", "device_id"), ("gettoken", "pass"), ("smstosend", "email"),
    ],
)  # fmt: skip
def test_what_is_needed_is_asked_for(endpoint: str, missing: str) -> None:
    """Without a field that is needed an endpoint refuses, and keeps nothing."""
    served = Asked()
    served.tag()
    form = {name: text for name, text in ASKED[endpoint][0].items() if name != missing}
    answer = served.ask(endpoint, **form, **({missing: ""} if missing in LOGIN else {}))
    assert answer["error"] == 1
    assert answer["message"]
    account = served.gateway.account
    assert (len(served.world.added), len(account.tags), len(account.saved)) == (0, 1, 0)


@pytest.mark.parametrize("endpoint", [name for name in ASKED if name != "gettoken"])
def test_each_endpoint_asks_who_is_there(endpoint: str) -> None:
    """With a wrong token, or a wrong password where that counts, nothing is answered or kept."""
    served = Asked()
    form = json.loads(json.dumps(ASKED[endpoint][0]).replace(TOKEN, "wrong"))
    answer = served.ask(endpoint, **{"token": "wrong", **form, "pass": "wrong"})
    assert answer["error"] == 1
    assert served.world.added == []


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"smsdata": 1}', '{"smsdata": [1]}'])
def test_a_batch_that_is_none_is_refused(text: str) -> None:
    """What is no batch is refused, whatever it is."""
    signed = text.replace("{", f'{{"token": "{TOKEN}", ') if "smsdata" in text else text
    answer = Asked().ask("addalotofsms", datajson=signed)
    assert (answer["error"], answer["message"]) == (1, "Parameter datajson is not valid")


def test_a_batch_keeps_what_each_of_its_messages_says() -> None:
    """Each message of a batch has its own text, time and customer; without one it keeps 0."""
    served = Asked()
    served.batch({"body": "a", "customerid": 122, "urgent": 1}, {"body": "b", "sim": 1})
    rows = list(served.rows().values())
    assert [row["body"] for row in rows] == ["a", "b"]
    assert [row["customerid"] for row in rows] == [122, 0]
    assert [row["urgent"] for row in rows] == [True, None]
    assert [row["sim"] for row in rows] == [0, 1]


def test_a_picture_takes_the_place_of_the_text() -> None:
    """A file sent with a message stands in it as an address, and needs no text."""
    world = make_world(seed=3, messages=0, days=1, now=NOW, future_days=0)
    form = {"token": TOKEN, "sendto": "+33612345678", "device_id": str(QUICK), "sim": "2"}
    with running_emulator(world, EmulatorClock(NOW)) as address:
        files = {"file": ("cat.png", b"\x89PNG\r\n\x1a\n", "image/png")}
        answer = httpx.post(f"{address}/addsms", data=form, files=files).json()
    assert answer["error"] == 0
    assert world.added[0].body == "https://files.invalid/cat.png"


def test_a_customer_is_read_in_small_letters_only() -> None:
    """`customerId`, which some clients send, is no customer: names have their case."""
    served = Asked()
    served.send(customerId=7)
    served.send(customerid=7)
    assert [row["customerid"] for row in served.rows().values()] == [None, 7]
