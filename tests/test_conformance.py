"""The page of conformance: all eleven endpoints, each with all who call it."""

from pathlib import Path

import httpx

from pipeline.emulator.watch import EmulatorClock
from pipeline.emulator.world import make_world
from support.asked import NOW
from support.emulator import running_emulator

PAGE = Path(__file__).parent.parent / "docs" / "conformance.md"


def rows() -> dict[str, list[str]]:
    """Return the cells of the page's table by endpoint."""
    lines = PAGE.read_text(encoding="utf-8").splitlines()
    cells = [[c.strip() for c in line.strip("|").split("|")] for line in lines if line[:3] == "| `"]
    return {row[0].strip("`"): row[1:] for row in cells}


def test_every_endpoint_has_a_row_without_a_gap() -> None:
    """The table has every endpoint that the emulator serves, and a call in each of its cells."""
    found = rows()
    assert len(found) == 11
    assert all(len(cells) == 4 and all(cells) for cells in found.values())
    world = make_world(seed=3, messages=0, days=1, now=NOW, future_days=0)
    with (
        running_emulator(world, EmulatorClock(NOW)) as address,
        httpx.Client(base_url=address) as client,
    ):
        served = {name: client.post(name).status_code for name in (*found, "other")}
    assert served == dict.fromkeys(found, 200) | {"other": 404}
