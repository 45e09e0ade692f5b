"""Fetch the device list, and see by it whose account this is."""

from pipeline.errors import WrongAccountError
from pipeline.extract.ask import query_of
from pipeline.gateway.client import Gateway
from pipeline.gateway.decode import decode_devices, decode_messages
from pipeline.values import Window
from pipeline.warehouse.inbox import Inbox, Landing, Ticket
from pipeline.warehouse.store import Warehouse


def fetch_devices(gateway: Gateway, inbox: Inbox, warehouse: Warehouse, *, run_id: str) -> Landing:
    """Return the sealed device list; raises WrongAccountError before anything foreign is kept."""
    body_path = inbox.new_body(f"{run_id}-devices")
    fetched = gateway.fetch_devices(body_path)
    page = decode_devices(body_path.read_bytes())
    known = {row["device_id"] for row in warehouse.rows("select device_id from raw.devices")}
    listed = {device_id for device_id, _ in page.records}
    if known and not known & listed and not _knows_our_messages(gateway, inbox, warehouse):
        body_path.unlink()
        raise WrongAccountError(
            "None of the devices and messages held here answers under this login."
        )
    return inbox.seal(body_path, Ticket("devices", run_id, fetched.call))


def _knows_our_messages(gateway: Gateway, inbox: Inbox, warehouse: Warehouse) -> bool:
    """Whether the newest proven window still brings one of the messages held from it."""
    sql = "from raw.windows where state = 'verified' and rows > 0 order by end_at desc limit 1"
    rows = warehouse.rows(f"select begin_at, end_at {sql}")
    if not rows:
        return False
    found = rows[0]
    path = inbox.new_body("account-check")
    gateway.fetch_messages(query_of(Window(found["begin_at"], found["end_at"])), path)
    ids = [message_id for message_id, _ in decode_messages(path.read_bytes()).records]
    path.unlink()
    held = "select count(*) from raw.message_heads where list_contains($ids, message_id)"
    return bool(warehouse.scalar(held, {"ids": ids}))
