"""What every test starts from: no settings of the person who runs it, no proxy, UTC or not."""

import atexit
import os
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
# These say how long the tests shall be; the product does not know them.
STEERING = frozenset({"SMS24_CAMPAIGN", "SMS24_EXAMPLES"})
# They hold tests of many seconds each, which must not be what one worker does alone at the end.
LONG = frozenset({"test_model.py", "test_moving.py", "test_incremental.py", "test_habits.py"})


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take away every variable that would steer the product from outside."""
    for name in list(os.environ):
        is_ours = name.startswith("SMS24_") and name not in STEERING
        if is_ours or name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run the long files first; within a file, and among the others, the order stays."""
    items.sort(key=lambda item: item.path.name not in LONG)


def pytest_configure(config: pytest.Config) -> None:
    """Let a worker process end in silence: DuckDB's binding reports its own leaks at exit."""
    if hasattr(config, "workerinput"):
        atexit.register(lambda: os.dup2(os.open(os.devnull, os.O_WRONLY), 2))
