"""A load as a process of its own: `python loader.py DATA_DIR ADDRESS PEOPLE RATE MOST_IN_DOUBT`."""

import json
import os
import sys
from pathlib import Path

from pipeline.clock import SystemClock
from pipeline.contacts.applied import ApplyMeans, ApplyOptions
from pipeline.contacts.apply import apply_plan
from pipeline.emulator.habits import TOKEN
from pipeline.errors import Sms24Error
from pipeline.ledger.ledger import open_ledger
from pipeline.settings import Settings
from pipeline.values import Secret
from support.loads import Listed, numbered, writing


def load(folder: Path, address: str, people: int, rate: float, most_in_doubt: int) -> int:
    """Apply a plan of so many people; prints the counts, returns the exit code."""
    clock = SystemClock()
    settings = Settings(base_url=address, token=Secret(TOKEN), data_dir=folder)
    options = ApplyOptions(rate=rate, most_in_doubt=most_in_doubt)
    with writing(settings, clock, rate=rate) as writer, open_ledger(folder, clock) as ledger:
        applied = apply_plan(
            Listed(numbered(people)), ledger, writer, options, ApplyMeans(clock=clock)
        )
    print(json.dumps({**applied.counts(), "stop": applied.stop and applied.stop.kind}), flush=True)
    return applied.exit_code


def main() -> int:
    """Run a load as the command line would."""
    folder, address, people, rate, most_in_doubt = sys.argv[1:]
    try:
        return load(Path(folder), address, int(people), float(rate), int(most_in_doubt))
    except KeyboardInterrupt:
        return 130
    except Sms24Error as error:
        print(error, flush=True)
        return error.exit_code


if __name__ == "__main__":
    os._exit(main())
