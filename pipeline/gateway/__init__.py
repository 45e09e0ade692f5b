"""The gateway's API: `from pipeline.gateway import Gateway, Writer`; what is named loads when used.

`Gateway` reads and may ask again; `Writer` writes, once each. `docs/library.md` has an example.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pipeline.gateway.client import Gateway
    from pipeline.gateway.decode import StatusAnswer
    from pipeline.gateway.endpoints import MessageQuery, Newsletter, Sms
    from pipeline.gateway.outcome import Outcome, Verdict
    from pipeline.gateway.records import Device, DeviceStatus, Message, Sim
    from pipeline.gateway.writing import Writer

__all__ = [
    "Device",
    "DeviceStatus",
    "Gateway",
    "Message",
    "MessageQuery",
    "Newsletter",
    "Outcome",
    "Sim",
    "Sms",
    "StatusAnswer",
    "Verdict",
    "Writer",
]
_PLACES = {
    "Device": "records",
    "DeviceStatus": "records",
    "Gateway": "client",
    "Message": "records",
    "MessageQuery": "endpoints",
    "Newsletter": "endpoints",
    "Outcome": "outcome",
    "Sim": "records",
    "Sms": "endpoints",
    "StatusAnswer": "decode",
    "Verdict": "outcome",
    "Writer": "writing",
}


def __getattr__(name: str) -> Any:
    """Return what is asked for by name; a command that needs no HTTP loads none."""
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"pipeline.gateway.{_PLACES[name]}"), name)
