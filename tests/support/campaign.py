"""The long form of a test: `SMS24_CAMPAIGN=1` asks for it, `make campaign` runs them all."""

import json
import os
from pathlib import Path

FIGURES = Path(__file__).parent.parent.parent / "build" / "campaign"
IS_LONG = os.environ.get("SMS24_CAMPAIGN") == "1"


def rounds(short: int, long: int) -> int:
    """Return how often to do something: a few times in `make test`, many in a campaign."""
    return long if IS_LONG else short


def note(name: str, *figures: object) -> None:
    """Keep what a campaign measured: a line of JSON in `build/campaign/NAME.jsonl`."""
    if IS_LONG:
        FIGURES.mkdir(parents=True, exist_ok=True)
        with (FIGURES / f"{name}.jsonl").open("a", encoding="utf-8") as file:
            file.write(json.dumps(figures, default=str) + "\n")
