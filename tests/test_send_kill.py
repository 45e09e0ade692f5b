"""kill -9 at random moments of a bulk: nothing is sent twice, and a last run leaves nothing out.

Three kills on 400 messages by default, twenty on 10,000 with `SMS24_CAMPAIGN=1`.
"""

import json
import signal
from collections import Counter
from pathlib import Path
from random import Random

import pytest

from pipeline.clock import HeldClock
from pipeline.emulator.faults import FaultKind, Faults
from pipeline.gateway.client import Gateway
from pipeline.ledger.ledger import open_ledger
from pipeline.send.doubts import look_for
from support.account import NOW, account
from support.campaign import note, rounds
from support.killer import Killer
from support.sends import FIRST, Pile, started_sending

# What leaves a batch in doubt: in the last two it was taken.
UNKNOWN: tuple[FaultKind, ...] = ("500", "html", "empty", "truncated", "reset")
LONGEST_DELAY = 0.006


@pytest.mark.parametrize("rate", [0.0, 0.1])
def test_kills_send_nothing_twice(tmp_path: Path, rate: float) -> None:
    """No message twice, doubts only of what was in flight, and the gateway's list tells of each."""
    messages, kills, batch = rounds(400, 10_000), rounds(3, 20), rounds(10, 50)
    killer = Killer(
        random=Random(round(rate * 100) + messages),
        rate=rate,
        endpoint="addalotofsms",
        doubtful=UNKNOWN,
        longest_delay=LONGEST_DELAY,
    )
    with account(tmp_path / "a", messages=20, days=2, faults=Faults(rule=killer.rule)) as known:
        pile = Pile(messages, "bulk", device=known.world.phones[0].device_id)
        address, killed = known.settings.base_url, 0
        for _ in range(kills):
            killer.calls, killer.at = 0, killer.random.randint(1, messages // batch // kills)
            with started_sending(tmp_path, address, pile, batch) as killer.process:
                killer.process.wait(timeout=300)
            killed += killer.process.returncode == -signal.SIGKILL
        killer.at = 0
        with started_sending(tmp_path, address, pile, batch) as last:
            said, _ = last.communicate(timeout=300)
        counts = json.loads(said)
        there = Counter(m.customer_id for m in known.world.added)
        clock = HeldClock(NOW)
        with (
            open_ledger(tmp_path, clock) as ledger,
            Gateway(known.settings, clock=clock) as gateway,
        ):
            sending = ledger.outbox.find(pile.key)
            assert sending is not None
            states = Counter(ledger.outbox.counts(sending))
            doubts = list(ledger.outbox.of(sending, "in_doubt"))
            found = look_for(doubts, ledger, [sending], gateway, NOW)
            saved = {sent.customer_id for sent in ledger.outbox.of(sending, "saved")}
    note("send-kill", rate, killed, killer.unknown, dict(states), there.total())
    assert killed >= kills - 1
    assert (counts["unsent"], counts["stop"]) == (0, None)
    assert max(there.values()) == 1
    assert states["saved"] + states["in_doubt"] == messages
    assert states["in_doubt"] <= (killed + killer.unknown) * batch
    assert saved <= there.keys()
    assert found.there.keys() == there.keys() - saved
    assert there.keys() <= set(range(FIRST, FIRST + messages))
