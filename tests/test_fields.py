"""Fields of messages that are new, or have a type that they never had, are noticed."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pendulum
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipeline.clock import HeldClock
from pipeline.extract.landing import CallLog, Lander
from pipeline.values import CallRecord, Window
from pipeline.warehouse.inbox import Body, Inbox, Ticket
from pipeline.warehouse.store import Warehouse, open_warehouse
from support.fields import kinds

ASKED = pendulum.datetime(2026, 11, 2, 12)
NAMES = st.sampled_from(["status", "cost", "a b", "x.y", "$", "*", "é", "_1", "[0]", ""])
VALUES = st.sampled_from([None, True, 7, -2, 0.5, "7", {}, {"a": 1}, []])
RECORDS = st.lists(st.dictionaries(NAMES, VALUES, max_size=4), max_size=4)


class Landed:
    """A warehouse that lands what tests make up."""

    def __init__(self, warehouse: Warehouse, inbox: Inbox) -> None:
        self.warehouse, self.inbox, self.count = warehouse, inbox, 0
        clock = HeldClock(ASKED.add(hours=1))
        self.lander = Lander(warehouse, inbox, CallLog(), run_id="r2", clock=clock)

    def land(self, records: Sequence[str], minutes: int) -> list[str]:
        """Land an answer with records; returns what a person is told of their fields."""
        path = self.inbox.new_body(f"c{minutes}")
        keyed = (f'"{5 + number}":{record}' for number, record in enumerate(records))
        path.write_text(f'{{"error":0,"smss":{{{",".join(keyed)}}}}}', "utf-8")
        at, size, rows = ASKED.add(minutes=minutes), path.stat().st_size, len(records)
        call = CallRecord(f"c{minutes}", "getallsms", {}, at, at, 200, "ok", rows, bytes=size)
        body = Body(path.name, call, rows, rows)
        window = Window(ASKED.subtract(days=1), ASKED)
        self.lander.fields.clear()
        self.lander.land(
            [self.inbox.seal(Ticket("messages", "r1", (body,), window, "verified", rows))]
        )
        return self.lander.surprises()


def test_new_fields_and_changed_types_are_kept_and_said_once(tmp_path: Path) -> None:
    """A field that nobody knows, and a type that a field never had, are told the first time."""
    with open_warehouse(tmp_path / "w.duckdb") as warehouse:
        landed = Landed(warehouse, Inbox(tmp_path / "inbox"))
        assert landed.land(['{"id":5,"status":1,"customerid":null}'], 0) == []
        new = "The gateway sends a field that is new here: cost (DOUBLE)."
        assert landed.land(['{"id":5,"status":1,"cost":0.5}'], 1) == [new]
        assert landed.land(['{"id":5,"status":2,"cost":0.7}'], 2) == []
        changed = "The gateway's field status is now VARCHAR; it was INTEGER."
        assert landed.land(['{"id":5,"status":"2","cost":0.7}'], 3) == [changed]
        odd = "The gateway's field created is VARCHAR, which is not documented."
        assert landed.land(['{"id":5,"status":3,"created":"2026-11-01"}'], 4) == [odd]
        sql = "select payload from raw.messages order by rowid"
        assert '"cost":0.7' in warehouse.rows(sql)[-2]["payload"]


@pytest.fixture(scope="module")
def landed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Landed]:
    """Land into one warehouse."""
    folder = tmp_path_factory.mktemp("fields")
    with open_warehouse(folder / "w.duckdb") as warehouse:
        yield Landed(warehouse, Inbox(folder / "inbox"))


@settings(deadline=None, max_examples=40)
@given(st.lists(RECORDS, max_size=3))
@example([[{"status": 7}, {"status": "7"}], [{"cost": 1}, {"cost": 0.5}], [{"cost": "1"}]])
@example([[{"status": 7, "cost": 7}, {"status": 7, "x.y": 7}], [{"status": None, "cost": 0.5}]])
def test_every_type_of_every_field_is_noticed_at_once(
    landed: Landed, batches: list[list[dict[str, Any]]]
) -> None:
    """After each answer exactly its types and those of before are known, whatever their names."""
    landed.warehouse.execute("delete from raw.fields")
    expected: set[tuple[str, str]] = set()
    for records in batches:
        landed.count += 1
        # What was landed before and has not changed tells nothing new.
        landed.land([json.dumps(record | {"n": landed.count}) for record in records], landed.count)
        expected |= kinds(records) | ({("n", "INTEGER")} if records else set())
        found = landed.warehouse.rows("select name, type from raw.fields")
        assert len(found) == len(expected)
        assert {(row["name"], row["type"]) for row in found} == expected
