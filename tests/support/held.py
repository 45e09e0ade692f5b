"""`sms24` as a process in which it is another time: `python held.py INSTANT VERSION ARGUMENTS...`.

Waits take no time, and the version is what the process believes to be of.
"""

import sys

import pendulum

import pipeline.session
import pipeline.transform.build
import pipeline.warehouse.store
from pipeline.cli.main import entry
from pipeline.clock import HeldClock, SystemClock

# Whose idea of the version is what an account is told.
VERSIONED = (pipeline.session, pipeline.transform.build, pipeline.warehouse.store)


def hold(instant: str, version: str) -> None:
    """Let this process believe in an instant and a version."""
    clock = HeldClock(pendulum.DateTime.fromisoformat(instant))
    SystemClock.now = lambda _: clock.now()  # type: ignore[method-assign]
    SystemClock.monotonic = lambda _: clock.monotonic()  # type: ignore[method-assign]
    SystemClock.sleep = lambda _, seconds: clock.sleep(seconds)  # type: ignore[method-assign]
    for module in VERSIONED:
        # A name that is not there any more would leave the version as it is.
        assert module.own_version()
        module.own_version = lambda: version  # type: ignore[attr-defined]


if __name__ == "__main__":
    hold(sys.argv.pop(1), sys.argv.pop(1))
    entry()
