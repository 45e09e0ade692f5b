"""Fetch the device list, and see by it whose account this is."""

from pipeline.errors import WrongAccountError
from pipeline.extract.ask import query_of
from pipeline.gateway.client import Gateway
from pipeline.gateway.decode import decode_devices, decode_messages
from pipeline.warehouse.inbox import Inbox, Landing, Ticket
from pipeline.warehouse.raw import RawStore


def fetch_devices(gateway: Gateway, inbox: Inbox, raw: RawStore, *, run_id: str) -> Landing:
    """Return the sealed device list; raises WrongAccountError before anything foreign is kept."""
    body_path = inbox.new_body(f"{run_id}-devices")
    fetched = gateway.fetch_devices(body_path)
    page = decode_devices(body_path.read_bytes())
    known = raw.device_ids()
    listed = {device_id for device_id, _ in page.records}
    if known and not known & listed and not _knows_our_messages(gateway, inbox, raw):
        body_path.unlink()
        raise WrongAccountError(
            "None of the devices and messages held here answers under this login."
        )
    return inbox.seal(body_path, Ticket("devices", run_id, fetched.call))


def _knows_our_messages(gateway: Gateway, inbox: Inbox, raw: RawStore) -> bool:
    """Whether the newest window that held messages still brings one of them."""
    window = raw.newest_window()
    if window is None:
        return False
    path = inbox.new_body("account-check")
    gateway.fetch_messages(query_of(window), path)
    ids = [message_id for message_id, _ in decode_messages(path.read_bytes()).records]
    path.unlink()
    return raw.holds_any(ids)
