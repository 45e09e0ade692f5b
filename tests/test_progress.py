"""What a long command says while it works."""

import pytest

from pipeline.cli.console import TimedProgress
from pipeline.clock import HeldClock
from support.account import NOW


def test_a_stage_that_stands_still_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    """Where nothing moved since the last line there is no rate, so no time left is told."""
    clock = HeldClock(NOW)
    progress = TimedProgress(clock)
    progress.begin("Sending messages", 10)
    clock.sleep(5)
    progress.advance(0)
    clock.sleep(5)
    progress.advance(5)
    assert capsys.readouterr().err.splitlines()[1:] == [
        "  0, 0.0 a second",
        "  5, 1.0 a second, 5 s left",
    ]
