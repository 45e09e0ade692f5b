"""A bulk as a process of its own: `python sender.py DATA_DIR ADDRESS MESSAGES DEVICE BATCH`."""

import json
import os
import sys
from pathlib import Path

from pipeline.clock import HeldClock
from pipeline.emulator.habits import TOKEN
from pipeline.errors import Sms24Error
from pipeline.ledger.ledger import open_ledger
from pipeline.send.dispatched import SendMeans, SendOptions
from pipeline.send.dispatching import dispatch
from pipeline.settings import Settings
from pipeline.values import Secret
from support.account import NOW
from support.loads import writing
from support.sends import Pile


def run(folder: Path, address: str, messages: int, device: int, batch: int) -> int:
    """Send a bulk of so many messages; prints the counts, returns the exit code."""
    clock = HeldClock(NOW)  # that of the account
    settings = Settings(base_url=address, token=Secret(TOKEN), data_dir=folder)
    options = SendOptions(rate=1000.0, batch=batch, most_in_doubt=1000)
    pile = Pile(messages, "bulk", device=device)
    with writing(settings, clock) as writer, open_ledger(folder, clock) as ledger:
        done = dispatch(pile, ledger, writer, options, SendMeans(clock=clock))
    stop = done.stop.kind if done.stop else None
    sys.stdout.write(json.dumps({**done.counts(), "stop": stop, "died": done.died}))
    return done.exit_code


if __name__ == "__main__":
    path, base, *numbers = sys.argv[1:]
    try:
        code = run(Path(path), base, *map(int, numbers))
    except KeyboardInterrupt:
        code = 130
    except Sms24Error as error:
        sys.stdout.write(str(error))
        code = error.exit_code
    sys.stdout.flush()
    os._exit(code)
