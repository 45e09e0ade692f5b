"""Fetch the device list, and see by it whose account this is."""

from pipeline.errors import WrongAccountError
from pipeline.gateway.client import Gateway
from pipeline.gateway.decode import decode_devices, decode_messages
from pipeline.gateway.reading import Reading
from pipeline.gateway.wire import body_of
from pipeline.warehouse.inbox import Body, Inbox, Landing, Ticket
from pipeline.warehouse.raw import RawStore


def fetch_devices(
    gateway: Gateway, inbox: Inbox, raw: RawStore, *, run_id: str, reading: Reading
) -> Landing:
    """Return the sealed device list; raises WrongAccountError before anything foreign is kept.

    Known messages are looked for under `reading` where no device is known.
    """
    path = inbox.new_body(f"{run_id}-devices")
    fetched = gateway.fetch_devices(path)
    page = decode_devices(body_of(path))
    known = raw.device_ids()
    listed = {device_id for device_id, _ in page.records}
    if known and not known & listed and not _knows_our_messages(gateway, inbox, raw, reading):
        path.unlink()
        raise WrongAccountError(
            "None of the devices and messages held here answers under this login."
        )
    return inbox.seal(Ticket("devices", run_id, (Body(path.name, fetched.call, fetched.rows),)))


def _knows_our_messages(gateway: Gateway, inbox: Inbox, raw: RawStore, reading: Reading) -> bool:
    """Whether the newest window that held messages still brings one of them."""
    window = raw.newest_window()
    if window is None:
        return False
    path = inbox.new_body("account-check")
    gateway.fetch_messages(reading.query(window), path)
    ids = [message_id for message_id, _ in decode_messages(body_of(path)).records]
    path.unlink()
    return raw.holds_any(ids)
