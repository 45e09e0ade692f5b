"""All eleven endpoints as typed methods: what is sent, what is understood, what stays hidden."""

import json
import re
from pathlib import Path

import httpx
import pendulum
import pytest

from pipeline import gateway
from pipeline.clock import HeldClock
from pipeline.emulator.habits import TOKEN as EMULATED
from pipeline.errors import GarbledError, RefusedError, UsageError
from pipeline.gateway import MessageQuery, Newsletter, Sms, Verdict, Writer
from pipeline.gateway.endpoints import wall_clock
from pipeline.settings import Settings
from pipeline.values import Secret
from support.account import account
from support.bench import TOKEN, Bench, Handler, always
from support.ledger import ANNA, START

ROOT = Path(__file__).parent.parent
LOGIN = Settings(token=Secret(TOKEN), email="a@example.org", password=Secret("pw-SECRET-7"))
SMS = Sms(to=ANNA, body="à 9 h + 1", device_id=260, sim=1, customer_id=122, is_urgent=True)
SAVED = '{"error":0,"sms_id":"7","message":"Sms has been saved successfully"}'


def written(handler: Handler, settings: Settings = LOGIN) -> tuple[Writer, list[dict[str, str]]]:
    """Return a writer, and the forms that it will have sent."""
    bench = Bench(handler, settings)
    transport = bench.gateway._wire._client._transport
    writer = Writer(bench.gateway, settings, clock=HeldClock(START), transport=transport)
    return writer, Forms(bench)


class Forms(list[dict[str, str]]):
    """The forms that a bench has seen, read when they are compared."""

    def __init__(self, bench: Bench) -> None:
        super().__init__()
        self._bench = bench

    def last(self) -> tuple[str, dict[str, str]]:
        """Return the endpoint and the form of the last call."""
        path = self._bench.requests[-1].url.path
        return path.rpartition("/")[2], self._bench.forms()[-1]


def test_a_message_is_sent_as_documented() -> None:
    """`addsms` gets every field under its documented name, the time in UTC, the id comes back."""
    writer, forms = written(always(SAVED))
    at = pendulum.datetime(2026, 12, 1, 9, tz="Europe/Paris")
    outcome = writer.send(Sms(to=ANNA, body="à 9 h", device_id=260, at=at))
    assert (outcome.verdict, outcome.number) == (Verdict.SAVED, 7)
    fields = {"sendto": ANNA, "body": "à 9 h", "device_id": "260", "sim": "0"}
    assert forms.last() == (
        "addsms",
        {**fields, "timetosend": "2026-12-01 08:00:00", "token": TOKEN},
    )


def test_a_message_by_password_has_no_token() -> None:
    """`smstosend` gets e-mail and password and no token, and an echo of the password is starred."""
    writer, forms = written(always('{"error":1,"message":"no pw-SECRET-7 here"}'))
    outcome = writer.send_by_password(SMS)
    assert (outcome.verdict, outcome.message) == (Verdict.REJECTED, "no *** here")
    fields = {"sendto": ANNA, "body": "à 9 h + 1", "device_id": "260", "sim": "1"}
    login = {"email": "a@example.org", "pass": "pw-SECRET-7"}
    assert forms.last() == ("smstosend", {**fields, "customerid": "122", "urgent": "1", **login})
    with pytest.raises(UsageError):
        written(always(SAVED), Settings(token=Secret(TOKEN)))[0].send_by_password(SMS)


def test_a_batch_is_one_field_of_json() -> None:
    """`addalotofsms` gets `datajson` alone, token inside; `error: 0` without an id is saved."""
    writer, forms = written(always('{"error":0,"message":"Sms has been saved successfully"}'))
    outcome = writer.send_many([SMS, Sms(to="+33766666666", body="b", device_id=260)])
    assert (outcome.verdict, outcome.number) == (Verdict.SAVED, None)
    name, form = forms.last()
    found = json.loads(form.pop("datajson"))
    assert (name, form, found["token"], len(found["smsdata"])) == ("addalotofsms", {}, TOKEN, 2)
    assert found["smsdata"][0] == {
        "sendto": ANNA, "body": "à 9 h + 1", "device_id": 260, "sim": 1, "customerid": 122,
        "urgent": 1,
    }  # fmt: skip


def test_a_newsletter_has_dates_of_its_own_form() -> None:
    """`savepaket` gets the tags as a comma list, the date as `DD.MM.YYYY`, 0 for now."""
    writer, forms = written(always('{"error":0,"paket_id":9501,"message":"OK"}'))
    at = pendulum.datetime(2026, 12, 1, 23, tz="America/New_York")
    news = Newsletter(title="T", body="N", device_id=260, tag_ids=(12, 13), at=at)
    assert writer.save_newsletter(news).number == 9501
    fields = {"title": "T", "body": "N", "device_id": "260", "tags": "12,13", "sim": "0"}
    when = {"time_to_send": "02.12.2026 04:00:00"}
    assert forms.last() == ("savepaket", {**fields, **when, "token": TOKEN})
    writer.save_newsletter(Newsletter(title="T", body="N", device_id=260, tag_ids=(12,)))
    assert forms.last()[1]["time_to_send"] == "0"


@pytest.mark.parametrize(
    ("zone", "shown"),
    [
        ("UTC", "2026-10-25 01:30:00"),
        ("Asia/Kolkata", "2026-10-25 07:00:00"),
        ("America/New_York", "2026-10-24 21:30:00"),
    ],
)
def test_a_time_is_written_in_the_zone_that_is_read(zone: str, shown: str) -> None:
    """An instant goes out as the wall clock of the setting `send_zone`."""
    assert wall_clock(pendulum.datetime(2026, 10, 25, 1, 30), zone) == shown


def test_a_time_that_a_wall_clock_shows_twice_is_refused() -> None:
    """In a zone whose clocks go back, nobody could tell the gateway which of two hours is meant."""
    with pytest.raises(UsageError):
        wall_clock(pendulum.datetime(2026, 10, 25, 1, 30), "Europe/Paris")


RECORD = {
    "id": "9", "sendto": "+33612345678", "body": "S3CRET", "customerid": 0, "status": "7",
    "statustitle": "delivered", "deviceid": 260, "urgent": None, "sim": 1,
    "created": {"date": "2021-07-11 14:06:50.000000", "timezone_type": 1, "timezone": "+02:00"},
    "senttime": {"date": "2021-07-11 14:07:00.000000", "timezone_type": 2, "timezone": "CEST"},
    "timetosend": {"date": "2021-07-11 14:06:50.5", "timezone_type": 3, "timezone": "Europe/Paris"},
    "paketid": None, "pakettitle": "null", "paketbody": None,
}  # fmt: skip


def test_messages_are_typed_whatever_php_made_of_them() -> None:
    """Texts for numbers, 0 for no customer, three kinds of time; what tells no offset is None."""
    body = json.dumps({"smss": {"9": RECORD}, "count": 1})
    (message,) = Bench(always(body)).gateway.messages(MessageQuery())
    assert (message.message_id, message.status, message.outcome) == (9, 7, "delivered")
    assert (message.customer_id, message.sim, message.newsletter_title) == (None, 1, None)
    assert message.created_at == pendulum.datetime(2021, 7, 11, 12, 6, 50)
    assert message.scheduled_at == pendulum.datetime(2021, 7, 11, 12, 6, 50, 500_000)
    assert message.sent_at is None
    assert (message.recipient, message.body) == ("+33612345678", "S3CRET")
    assert "S3CRET" not in repr(message)
    assert "612345678" not in repr(message)


def test_the_documented_devices_are_understood() -> None:
    """`null` as text, a blank before a number, a null delay: as in the documentation's sample."""
    sims = '[{"Slot":"0","IccId":"89","Number":" 1555","Roaming":"1","CountryIso":"us"}]'
    text = (
        '{"count":1,"device":{"1576":{"id":1576,"title":"A","number":null,"imei":"null",'
        f'"siminfo":{sims},"appversion":"12.1.21","isappversionactual":false,"subscription":true,'
        '"delaybetweeneachsms":null,"delaybetweenrequest":1,"lastseen":{"date":'
        '"2020-04-23 17:02:21.000000","timezone_type":3,"timezone":"UTC"}}}}'
    )
    for body in (text, text.replace(sims, json.dumps(sims))):
        (device,) = Bench(always(body)).gateway.devices()
        assert (device.device_id, device.imei, device.poll_seconds) == (1576, None, 1)
        assert device.last_seen_at == pendulum.datetime(2020, 4, 23, 17, 2, 21)
        assert [(sim.slot, sim.number, sim.is_roaming) for sim in device.sims] == [
            (0, "1555", True)
        ]
        assert device.is_subscribed
        assert "1555" not in repr(device)


@pytest.mark.parametrize(
    "record", ['{"9": {"id": "x"}}', '{"9": {"id": -1}}', '{"9": {"id": 1, }}']
)
def test_a_record_without_an_id_is_garbled(record: str) -> None:
    """What cannot be told apart from other records is refused."""
    with pytest.raises(GarbledError):
        Bench(always(f'{{"smss":{record},"count":1}}')).gateway.messages(MessageQuery())


def test_the_status_of_a_device_is_understood() -> None:
    """The vendor's pasted answer: offline, seen so many seconds ago, by the device's own zone."""
    body = (
        '{"online":false,"error":0,"message":"OK","device_id":260,"lastseen":{"date":'
        '"2020-08-11 16:09:53.000000","timezone_type":1,"timezone":"+02:00"},'
        '"diffseconds":28851900,"title":"SM-F NIK!"}'
    )
    bench = Bench(always(body))
    status = bench.gateway.device_status(260)
    assert (status.is_online, status.silent_seconds, status.title) == (False, 28851900, "SM-F NIK!")
    assert status.last_seen_at == pendulum.datetime(2020, 8, 11, 14, 9, 53)
    assert bench.forms()[0]["device_id"] == "260"
    with pytest.raises(RefusedError):
        Bench(always('{"error":1,"message":"Device not found"}')).gateway.device_status(1)


def test_a_fault_of_a_batch_is_told_like_any_other() -> None:
    """No connection, an answer that breaks off, `error: 1`: unsent, in doubt, rejected."""

    def lost(_: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("no")

    def verdict(handler: Handler) -> Verdict:
        return written(handler)[0].send_many([SMS]).verdict

    assert verdict(lost) is Verdict.UNSENT
    assert verdict(always('{"error":0,"mess')) is Verdict.IN_DOUBT
    assert verdict(always('{"message":"ok"}')) is Verdict.IN_DOUBT
    assert verdict(always('{"error":1,"message":"Device not found"}')) is Verdict.REJECTED


def test_the_example_of_the_documentation_runs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The example of docs/library.md runs as it stands, given an address and a token."""
    text = (ROOT / "docs" / "library.md").read_text("utf-8")
    code = text.partition("```python\n")[2].partition("```")[0]
    with account(tmp_path, messages=20, days=2) as known:
        given = {"ADDRESS": known.settings.base_url, "TOKEN": EMULATED}
        exec(compile(code, "docs/library.md", "exec"), given)
    assert capsys.readouterr().out.startswith("New\n")


def test_what_is_documented_exists() -> None:
    """Every method in the table of the page, and every name that the room gives, is there."""
    text = (ROOT / "docs" / "library.md").read_text("utf-8")
    found = re.findall(r"`(Gateway|Writer)\.(\w+)\(", text)
    assert len(found) == 13
    assert [name for room, name in found if not hasattr(getattr(gateway, room), name)] == []
    assert all(hasattr(gateway, name) for name in gateway.__all__)
    assert not hasattr(gateway, "Anything")
