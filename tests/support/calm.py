"""A made-up world in which nothing is amiss, for all the tests of a file that only read from it."""

from datetime import datetime
from pathlib import Path

import pytest

from support.worlds import made_snapshot, traffic_rows

UNTIL = datetime.fromisoformat("2026-10-31 09:00")


@pytest.fixture(scope="module")
def calm(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a snapshot of three phones, 200 messages a day from 1 September to 30 October."""
    return made_snapshot(tmp_path_factory.mktemp("calm"), traffic_rows(), UNTIL)
