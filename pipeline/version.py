"""Which version of sms24 this is."""

from functools import cache
from importlib.metadata import version


@cache
def own_version() -> str:
    """Return the installed version, such as `0.1.0`."""
    return version("sms24")
