"""What of raw goes when a person is forgotten or a text is too old, record by record."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pendulum
import pytest

from pipeline.transform.phones import person_of
from pipeline.warehouse.retention import Retention
from pipeline.warehouse.store import Warehouse, open_warehouse

ALIAS = "hmac:" + "1" * 32
ANNA = "+33612345678"
NOW = pendulum.datetime(2026, 11, 2)


@pytest.fixture
def warehouse(tmp_path: Path) -> Iterator[Warehouse]:
    """Open an empty warehouse in which phone 1 is French and phone 2 is Italian."""
    with open_warehouse(tmp_path / "warehouse.duckdb") as opened:
        opened.append("lookup.regions", ("device_id", "region"), [(1, "FR"), (2, "IT")])
        yield opened


def land(warehouse: Warehouse, payload: str, number: int = 1) -> None:
    """Put one version of a message into raw."""
    columns = ("version_id", "message_id", "payload", "payload_hash", "call_id", "first_seen_at")
    row = (number, number, payload, 99, f"c{number}", NOW)
    warehouse.append("raw.messages", columns, [row])
    warehouse.append("raw.message_heads", ("message_id", "created_at"), [(number, NOW)])


def record(**fields: Any) -> str:
    """Return a record as the gateway sends it."""
    usual = {"id": 1, "sendto": ANNA, "body": "Hello", "status": 7, "deviceid": 1, "sim": 0}
    return json.dumps({**usual, **fields})


def held(warehouse: Warehouse) -> dict[str, Any]:
    """Return the one version that is held."""
    (row,) = warehouse.rows("select payload, redacted, payload_hash from raw.messages")
    assert row["payload_hash"] == 99
    return {"redacted": row["redacted"], **json.loads(row["payload"])}


def forget(warehouse: Warehouse, e164: str = ANNA) -> int:
    """Forget a number; returns how many records had it."""
    person = person_of(e164, ALIAS)
    retention = Retention(warehouse)
    retention.remember(person)
    return retention.forget(person)


@pytest.mark.parametrize(
    ("sendto", "device", "is_hers"),
    [
        (ANNA, 2, True),
        ("33612345678", None, True),
        ("0033 612 345 678", 1, True),
        ("06 12 34 56 78", 1, True),
        ("06 12 34 56 78", None, True),
        ("06 12 34 56 78", 2, False),
        ("+33612345679", 1, False),
        ("+49612345678", 1, False),
        ("Anna", 1, False),
        ("", 1, False),
        (None, 1, False),
    ],
)
def test_whose_record_it_is(
    warehouse: Warehouse, sendto: str | None, device: int | None, *, is_hers: bool
) -> None:
    """A record is hers by its number as her country dials it; the hash and the country stay."""
    land(warehouse, record(sendto=sendto, deviceid=device))
    assert forget(warehouse) == is_hers
    found = held(warehouse)
    assert found["sendto"] == (f"{ALIAS} FR" if is_hers else sendto)
    assert found["redacted"] == ("person" if is_hers else None)


def test_of_her_record_only_what_the_tables_read_stays(warehouse: Warehouse) -> None:
    """Unknown fields go, the text becomes stars, numbers and dates stay as they came."""
    created = {"date": "2026-11-01 10:00:00.000000", "timezone_type": 3, "timezone": "UTC"}
    land(warehouse, record(created=created, name="Anna", paketbody="Hello", pakettitle="News"))
    forget(warehouse)
    assert held(warehouse) == {
        "redacted": "person", "id": 1, "sendto": f"{ALIAS} FR", "body": "*****", "status": 7,
        "deviceid": 1, "sim": 0, "created": created, "pakettitle": "News",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("body", "status", "left"),
    [
        ("Stop please", 5, "stop*******"),
        ("Stop please", 7, "***********"),
        ("Hello", 5, "*****"),
        ("", 7, ""),
        (12345, 7, "*****"),
    ],
)
def test_an_old_text_is_stars_of_its_length(
    warehouse: Warehouse, body: object, status: int, left: str
) -> None:
    """Length and the word by which somebody asks for no more stay; all other fields too."""
    land(warehouse, record(body=body, status=status, name="Anna", paketbody="Hello"))
    retention = Retention(warehouse)
    assert retention.find_old_bodies(NOW) == 0
    assert retention.find_old_bodies(NOW.add(seconds=1)) == 1
    retention.redact_bodies()
    found = held(warehouse)
    assert (found["body"], found["name"], found["sendto"]) == (left, "Anna", ANNA)
    assert "paketbody" not in found
    assert retention.find_old_bodies(NOW.add(seconds=1)) == 0


def test_what_is_no_json_goes_as_a_whole(warehouse: Warehouse) -> None:
    """A record that no table could read has nothing left, be it old or hers."""
    land(warehouse, f'{{"sendto": "{ANNA}", ')
    assert forget(warehouse) == 1
    assert held(warehouse) == {"redacted": "body"}


def test_a_text_of_others_that_mentions_her_is_stars(warehouse: Warehouse) -> None:
    """Her number in another person's text goes with that text; the other person stays."""
    land(warehouse, record(sendto="+33766666666", body="Call Anna: 06 12 34 56 78!"))
    assert forget(warehouse) == 1
    found = held(warehouse)
    assert (found["sendto"], found["body"]) == ("+33766666666", "*" * 26)


def test_forgetting_twice_remembers_once(warehouse: Warehouse) -> None:
    """The second time nothing is found, and no hash is kept twice."""
    land(warehouse, record())
    assert forget(warehouse) == 1
    before = warehouse.scalar("select count(*) from raw.forgotten")
    assert forget(warehouse) == 0
    assert warehouse.scalar("select count(*) from raw.forgotten") == before
    assert not warehouse.rows(
        f"select 1 as n from raw.forgotten where spelling like '%{ANNA[3:]}%'"
    )
