"""`sms24` as a process in which it is always the same instant: `held_run.py INSTANT ARGUMENTS...`.

    python tests/bench/held_run.py 2026-11-02T09:30:00+00:00 run

Only the time of day stands still, so that a world is the same on every day and each run asks the
same; durations, waits and the pace of calls are real, as they are to be measured. (In
`support/held.py` waits take no time.) The instants of a world are in its `world.json`.
"""

import sys

import pendulum

from pipeline.cli.main import entry
from pipeline.clock import SystemClock


def hold(instant: str) -> None:
    """Let this process believe in an instant."""
    held = pendulum.instance(pendulum.DateTime.fromisoformat(instant)).in_timezone("UTC")
    SystemClock.now = lambda _: held  # type: ignore[method-assign]


if __name__ == "__main__":
    hold(sys.argv.pop(1))
    entry()
