"""A warehouse that lands bodies of one message, sealed by hand."""

from pathlib import Path

import pendulum

from pipeline.clock import HeldClock
from pipeline.extract.landing import CallLog, Lander
from pipeline.values import CallRecord, Window
from pipeline.warehouse.inbox import Body, Inbox, Landing, Ticket
from pipeline.warehouse.store import Warehouse

ASKED = pendulum.datetime(2026, 11, 2, 12)
WINDOW = Window(ASKED.subtract(days=1), ASKED)


def sealed(inbox: Inbox, name: str, body: str, *, minutes: int = 0) -> Landing:
    """Put a body of messages into the inbox, asked so many minutes after noon."""
    path = inbox.new_body(name)
    path.write_text(body, "utf-8")
    call = CallRecord(
        call_id=name,
        endpoint="getallsms",
        parameters={},
        asked_at=ASKED.add(minutes=minutes),
        answered_at=ASKED.add(minutes=minutes, seconds=1),
        http_status=200,
        outcome="ok",
        rows=1,
        bytes=path.stat().st_size,
    )
    body = Body(path.name, call, 1, 1)
    return inbox.seal(Ticket("messages", "r1", (body,), WINDOW, "verified", 1))


def body_of(landing: Landing) -> Path:
    """Return where the one body of a ticket lies."""
    return landing.body_path(landing.ticket.bodies[0])


def page(status: int) -> str:
    """Return an answer with one message in a status."""
    return f'{{"error":0,"smss":{{"5":{{"id":5,"status":{status}}}}}}}'


class Landed:
    """A warehouse that lands what an inbox holds."""

    def __init__(self, warehouse: Warehouse, inbox: Inbox) -> None:
        self.warehouse = warehouse
        clock = HeldClock(ASKED.add(hours=1))
        self.lander = Lander(warehouse, inbox, CallLog(), run_id="r2", clock=clock)

    def statuses(self) -> list[int]:
        """Return the versions of the one message, in order of landing."""
        sql = "select (payload ->> '$.status')::int as s from raw.messages order by rowid"
        return [row["s"] for row in self.warehouse.rows(sql)]
