"""The rule that looks into the ledger: what was sent and nobody knows what came of."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from pipeline.alerts.rules import Crossing, plain
from pipeline.clock import Clock
from pipeline.ledger.ledger import SENDERS_LOCK, Ledger, look_into_ledger
from pipeline.settings import Settings
from pipeline.warehouse.lock import is_locked

if TYPE_CHECKING:
    from pipeline.report.voice import Voice


def sending_doubts(settings: Settings, clock: Clock, voice: "Voice") -> Iterator[Crossing]:
    """Give the crossing of `alert_sending_doubts`, if it is set and crossed."""
    least = settings.alert_sending_doubts
    if least is None:
        return
    is_at_work = is_locked(settings.data_dir, SENDERS_LOCK)
    with look_into_ledger(settings.data_dir, clock) as ledger:
        doubts = _doubts(ledger, is_at_work=is_at_work)
    if doubts >= least:
        words = voice.count(
            "{number} message or newsletter that was sent is in doubt: sms24 outbox resolve.",
            "{number} messages and newsletters that were sent are in doubt: sms24 outbox resolve.",
            doubts,
        )
        yield Crossing("sending_doubts", "sending_doubts", plain(words))


def _doubts(ledger: Ledger, *, is_at_work: bool) -> int:
    """Count what is in doubt; what is on its way is too, where nobody waits for the answer."""
    states = {"in_doubt"} if is_at_work else {"in_doubt", "sent"}
    found = sum(one.state in states for one in ledger.newsletters.every())
    for sending in ledger.outbox.every():
        counts = ledger.outbox.counts(sending)
        found += sum(counts.get(state, 0) for state in states)
    return found
