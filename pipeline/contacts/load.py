"""One load as its parts see it."""

from dataclasses import dataclass

from pipeline.contacts.applied import Applied, ApplyMeans, ApplyOptions, Gateway, Plan
from pipeline.contacts.interrupting import Interrupting
from pipeline.contacts.ledger.ledger import Ledger
from pipeline.contacts.pace import Pace


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """What a load works on and with; `applied` is filled while it goes on."""

    plan: Plan
    ledger: Ledger
    gateway: Gateway
    options: ApplyOptions
    means: ApplyMeans
    pace: Pace
    applied: Applied
    interrupting: Interrupting
